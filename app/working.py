"""The work process: the only one that writes the index, under the lease; it also sends the digests."""

import logging
import signal
import threading
from collections.abc import Callable
from contextlib import suppress

from app.jobs import LeaseLost, holding, run_jobs
from app.wiring import opened
from core.dates import utc_now
from core.errors import RasadError, Unavailable
from core.settings import Settings
from digest.outbox import open_outbox
from digest.run import send_due
from nlp.annotate import Annotator
from store.archive import Archive

IDLE_SECONDS = 1.0
STANDBY_SECONDS = 5.0
SEND_SECONDS = 5.0
MAILER_SECONDS = 10.0
log = logging.getLogger("rasad.work")


def work_forever(settings: Settings) -> None:
    """Works until SIGTERM or SIGINT. A second one stands by and takes over when the first is gone."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with opened(settings) as reader:
        mailer = threading.Thread(target=_send_forever, args=(reader, settings, stop), name="mailer", daemon=True)
        mailer.start()
        while not stop.is_set():
            with holding(reader) as renew:
                if renew:
                    with suppress(LeaseLost):
                        _work(settings, renew, stop)
            stop.wait(STANDBY_SECONDS)
        mailer.join(MAILER_SECONDS)


def _work(settings: Settings, renew: Callable[[], None], stop: threading.Event) -> None:
    with opened(settings, writable=True) as archive:
        annotator = Annotator.load(settings.config, settings.tone_model, settings.tone_labels, settings.own_model)
        log.info("working: annotating, grouping, indexing")
        while not stop.is_set():
            renew()
            stop.wait(IDLE_SECONDS if work_once(archive, annotator, renew) else STANDBY_SECONDS)


def work_once(archive: Archive, annotator: Annotator | None, renew: Callable[[], None]) -> bool:
    """One round of the jobs; False while the search engine is away. Annotating goes on meanwhile, and the change log waits."""
    try:
        done = run_jobs(archive, annotator, lambda *_: None, renew)
    except Unavailable as error:
        log.warning("the index waits: %s", error)
        return False
    if done.indexed:
        log.info("annotated %d, regrouped %d, indexed %d", done.annotated, done.grouped, done.indexed)
    return True


def _send_forever(archive: Archive, settings: Settings, stop: threading.Event) -> None:
    """Sends what is due, in a thread of its own: a mail server may stall for minutes. The ledger in SQL keeps two workers apart."""
    while not stop.is_set():
        try:
            for sending in send_due(archive, open_outbox(settings), settings, utc_now()):
                log.info("digest: %s", sending)
        except RasadError as error:
            log.warning("digest: %s", error)
        stop.wait(SEND_SECONDS)
