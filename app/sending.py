"""Everything that leaves by itself, each kind in a thread of its own: a mail server may stall for minutes, a webhook for seconds.

The ledgers in SQL keep several workers apart, so any number of processes may run these. Each step first hands back what a worker that is
gone, or this one while the database was away, left unfinished.
"""

import logging
import threading
from collections.abc import Callable

from app.pausing import Loop
from core.dates import utc_now
from core.settings import Settings
from digest import alert_run, run, webhooks
from digest.outbox import open_outbox
from store.archive import Archive
from store.outgoing_tables import alert_letters, webhook_deliveries
from store.people_tables import sendings
from store.work import hand_back, process_owner

DIGEST_SECONDS = 5.0
ALERT_SECONDS = 60.0
WEBHOOK_SECONDS = 2.0
TIDY_SECONDS = 3600.0
log = logging.getLogger("rasad.send")


def start_sending(archive: Archive, settings: Settings, stop: threading.Event) -> list[threading.Thread]:
    """Starts the threads; they end soon after ``stop`` is set."""
    steps: tuple[tuple[str, float, Callable[[Archive, Settings], None]], ...] = (
        ("digests", DIGEST_SECONDS, send_digests),
        ("alerts", ALERT_SECONDS, send_alerts),
        ("webhooks", WEBHOOK_SECONDS, send_webhooks),
        ("tidying", TIDY_SECONDS, tidy),
    )
    threads = []
    for name, seconds, step in steps:
        loop = Loop(name, seconds, lambda step=step: step(archive, settings), settings.data, stop)  # type: ignore[misc]
        threads.append(threading.Thread(target=loop.run, name=name, daemon=True))
        threads[-1].start()
    return threads


def send_digests(archive: Archive, settings: Settings) -> None:
    """Sends every digest that is due."""
    hand_back(archive.engine, sendings, process_owner(), utc_now())
    for report in run.send_due(archive, open_outbox(settings), settings, utc_now()):
        log.info("digest %d of %s: %s %s", report.subscription, report.window.isoformat(), report.state, report.error)


def send_alerts(archive: Archive, settings: Settings) -> None:
    """Judges every alert rule and sends the letters that are due."""
    hand_back(archive.engine, alert_letters, process_owner(), utc_now())
    fired = alert_run.watch(archive, settings, utc_now())
    sent = alert_run.send_letters(archive, open_outbox(settings), settings, utc_now())
    if fired or sent:
        log.info("alerts: %d fired, %d letters sent", fired, sent)


def send_webhooks(archive: Archive, settings: Settings) -> None:
    """Tells the webhooks what has changed."""
    hand_back(archive.engine, webhook_deliveries, process_owner(), utc_now())
    webhooks.compose_due(archive, utc_now())
    for told in webhooks.send_due(archive, settings, utc_now()):
        log.info("webhook %d: %s %s", told.webhook, told.message_id, "delivered" if told.delivered else told.error)


def tidy(archive: Archive, _settings: Settings) -> None:
    """Forgets deliveries that were settled thirty days ago."""
    forgotten = archive.webhooks.forget(utc_now())
    if forgotten:
        log.info("webhooks: %d settled deliveries forgotten", forgotten)
