"""Composes what is due and hands it over, each letter once; may be stopped at any moment and run by several workers."""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from functools import lru_cache
from pathlib import Path

from core.dates import tehran_day
from core.errors import BadQuery, Unavailable
from core.records import Subscription
from core.settings import Settings
from digest.compose import compose
from digest.gather import Desk, gather
from digest.mail import Envelope, Mail, make_message, message_id
from digest.outbox import AddressRefused, Outbox
from digest.select import select
from digest.signing import sign
from digest.windows import CATCH_UP, Window, due_windows, window_of_day
from store.archive import Archive
from store.arrivals import is_on_its_way
from store.sendings import DigestRecord, Sending
from store.work import process_owner

# How long a digest waits for articles of its window that are still being annotated or indexed.
GRACE = timedelta(minutes=20)
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=5)
EVERYTHING = Subscription(0, "همهٔ خبرها", "", ())
log = logging.getLogger("rasad.digest")


@dataclass(frozen=True, slots=True)
class SendingReport:
    """What became of one letter in this run: ``state`` is sent, failed, or composed when it is to be tried again."""

    subscription: int
    window: datetime
    address: str
    state: str
    path: Path | None = None
    error: str = ""

    def as_row(self) -> dict[str, object]:
        """The report as JSON values."""
        row: dict[str, object] = {"subscription": self.subscription, "window": self.window.isoformat()}
        row |= {"address": self.address, "state": self.state}
        return row | ({"path": str(self.path)} if self.path else {}) | ({"error": self.error} if self.error else {})


def send_due(archive: Archive, outbox: Outbox, settings: Settings, now: datetime) -> list[SendingReport]:
    """Composes every digest that is due and sends what is open, in the order of the windows; reports each letter tried.

    A part that is away (search, mail server) leaves its letters for the next call. Cheap when nothing is due.
    """
    for subscription in archive.people.subscriptions():
        _compose_due(archive, settings, subscription, now)
    return list(_send_open(archive, outbox, settings, now))


def send_now(archive: Archive, outbox: Outbox, settings: Settings, subscription: Subscription, now: datetime) -> Path | None:
    """Sends today's digest at once, whatever the hour; it will not be sent again. The file of the first letter, if it lies in one."""
    window = window_of_day(subscription, tehran_day(now))
    if window.until not in archive.people.sendings.windows(subscription.id, window.until):
        _keep(archive, settings, subscription, window, now)
    reports = list(_send_open(archive, outbox, settings, now))
    mine = (report.path for report in reports if (report.subscription, report.window) == (subscription.id, window.until))
    return next((path for path in mine if path is not None), None)


def preview(archive: Archive, settings: Settings, subscription_id: int | None, now: datetime) -> Mail:
    """What the newest digest of a subscription (None: of everything) says. Nothing is written or sent. NotFound."""
    subscription = EVERYTHING if subscription_id is None else archive.people.subscription(subscription_id)
    window = due_windows(subscription, now - CATCH_UP, now)[-1]
    return compose(select(gather(Desk(archive, settings, now), subscription, window)))


def _compose_due(archive: Archive, settings: Settings, subscription: Subscription, now: datetime) -> None:
    created_at = archive.people.created_at(subscription.id)
    known = archive.people.sendings.windows(subscription.id, now - CATCH_UP)
    for window in due_windows(subscription, created_at, now, known):
        if now < window.until + GRACE and is_on_its_way(archive.engine, archive.search.seq(), window.until):
            return
        try:
            _keep(archive, settings, subscription, window, now)
        except BadQuery as error:
            _warn_once(subscription.id, window.until, f"its search cannot be read any more: {error}")
            return
        except Unavailable as error:
            _warn_once(subscription.id, window.until, f"{error}; tried again")
            return


@lru_cache(maxsize=1000)
def _warn_once(subscription_id: int, window_at: datetime, words: str) -> None:
    """One line in the log, though the worker tries every second."""
    log.warning("subscription %d, digest of %s: %s", subscription_id, window_at.isoformat(), words)


def _keep(archive: Archive, settings: Settings, subscription: Subscription, window: Window, now: datetime) -> None:
    """Composes one digest and writes it down with its sendings; on an empty day maybe with none."""
    chosen = select(gather(Desk(archive, settings, now), subscription, window))
    mail = compose(chosen)
    silent = chosen.is_empty and subscription.when_empty == "nothing"
    record = DigestRecord(subscription.id, window.until, now, chosen.total, mail.subject, mail.html, mail.text, mail.chart)
    if archive.people.sendings.keep(record, () if silent else subscription.addresses):
        log.info("subscription %d: digest of %s composed, %d articles", subscription.id, window.until.isoformat(), chosen.total)


def _send_open(archive: Archive, outbox: Outbox, settings: Settings, now: datetime) -> Iterator[SendingReport]:
    sendings = archive.people.sendings
    owner = process_owner()
    started = time.monotonic()
    while True:
        # Claims must not run out early because an earlier letter took long.
        moment = now + timedelta(seconds=time.monotonic() - started)
        if not sendings.is_any_due(moment):
            return
        sending = sendings.claim(owner, moment)
        if sending is None:
            return
        yield _send(archive, outbox, settings, _Turn(sending, owner, moment))


@dataclass(frozen=True, slots=True)
class _Turn:
    """One sending in this worker's hands."""

    sending: Sending
    owner: str
    now: datetime

    def report(self, state: str, path: Path | None = None, error: str = "") -> SendingReport:
        return SendingReport(self.sending.subscription_id, self.sending.window_at, self.sending.address, state, path, error)


def _send(archive: Archive, outbox: Outbox, settings: Settings, turn: _Turn) -> SendingReport:
    sendings, sending = archive.people.sendings, turn.sending
    record = sendings.digest(sending.digest_id)
    mail = Mail(record.subject, record.html, record.text, record.chart)
    message = sign(make_message(mail, _envelope(archive, settings, record, sending.address)), settings)
    try:
        path = outbox.send(message, sending.address, lambda: sendings.begin(sending.id, turn.owner, turn.now))
    except AddressRefused as error:
        sendings.failed(sending.id, turn.owner, str(error))
        archive.people.mark_bad(sending.address, str(error), turn.now)
        log.warning("subscription %d: an address was refused for good: %s", sending.subscription_id, error)
        return turn.report("failed", error=str(error))
    except Unavailable as error:
        return _put_off(archive, turn, str(error))
    sendings.sent(sending.id, turn.owner, turn.now)
    return turn.report("sent", path)


def _put_off(archive: Archive, turn: _Turn, error: str) -> SendingReport:
    """Tried again after 1, 2, 4 … 60 minutes, for five days after the digest was composed."""
    sendings, sending = archive.people.sendings, turn.sending
    wait = min(FIRST_RETRY * 2 ** min(sending.attempts - 1, 10), LONGEST_RETRY)
    if turn.now + wait > sending.window_at + GIVE_UP_AFTER and sending.attempts > 1:
        sendings.failed(sending.id, turn.owner, error)
        return turn.report("failed", error=error)
    sendings.retry(sending.id, turn.owner, turn.now + wait, error)
    return turn.report("composed", error=error)


def _envelope(archive: Archive, settings: Settings, record: DigestRecord, address: str) -> Envelope:
    sender = parseaddr(settings.mail_from)[1] or settings.mail_from
    tokens = {one.address: one.token for one in archive.people.recipients(record.subscription_id)}
    link = f"{settings.public_url}/unsubscribe/{tokens[address]}"
    return Envelope(sender, address, link, record.composed_at, message_id(record.subscription_id, record.window_at, sender))
