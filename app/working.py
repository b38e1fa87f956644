"""The work process: the only one that writes the index, under the lease; it also sends digests, alerts and webhooks."""

import logging
import signal
import threading
from collections.abc import Callable
from contextlib import suppress

from app.jobs import LeaseLost, annotate_claimed, holding, run_jobs
from app.pausing import Loop, pause_reason, wait_for_database
from app.sending import start_sending
from app.wiring import opened
from core.dates import utc_now
from core.errors import Unavailable
from core.settings import Settings
from nlp.annotate import Annotator
from store.archive import Archive
from store.work import process_owner

IDLE_SECONDS = 1.0
STANDBY_SECONDS = 5.0
MAILER_SECONDS = 10.0
ALL_PARTS = frozenset({"tag", "index", "send"})
log = logging.getLogger("rasad.work")


def work_forever(settings: Settings, parts: frozenset[str] = ALL_PARTS) -> None:
    """Works until SIGTERM or SIGINT. A second one stands by and takes over when the first is gone.

    ``parts`` are some of ``tag`` (annotate; any number of processes share the articles), ``index`` (group and index, under the lease) and
    ``send``. Together, as ``rasad up`` runs them, annotating happens under the lease too: one model in memory, one process.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    wait_for_database(settings, stop)
    if stop.is_set():
        return
    with opened(settings) as reader:
        senders = start_sending(reader, settings, stop) if "send" in parts else []
        if "index" in parts:
            _stand_by(reader, settings, stop, tagging="tag" in parts)
        elif "tag" in parts:
            tag_forever(reader, settings, stop)
        stop.wait()
        for sender in senders:
            sender.join(MAILER_SECONDS)


def _stand_by(reader: Archive, settings: Settings, stop: threading.Event, *, tagging: bool) -> None:
    def once() -> None:
        with holding(reader) as renew:
            if renew:
                with suppress(LeaseLost):
                    _work(settings, renew, stop, tagging=tagging)

    Loop("work", STANDBY_SECONDS, once, settings.data, stop).run()


def tag_forever(archive: Archive, settings: Settings, stop: threading.Event) -> None:
    """Annotates whatever waits; each article is handed to one such process at a time."""
    annotator, owner = _load(settings), process_owner()
    log.info("working: annotating")

    def once() -> None:
        archive.articles.release_dead(owner, utc_now())  # also what this process could not deliver while the database was away
        while not stop.is_set() and annotate_claimed(archive, annotator, owner, utc_now()):
            pass

    Loop("tag", IDLE_SECONDS, once, settings.data, stop).run()


def _work(settings: Settings, renew: Callable[[], None], stop: threading.Event, *, tagging: bool) -> None:
    with opened(settings, writable=True) as archive:
        annotator = _load(settings) if tagging else None
        log.info("working: %sgrouping, indexing", "annotating, " if tagging else "")
        while not stop.is_set():
            reason = pause_reason(settings.data)
            if reason:
                raise Unavailable(reason)
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


def _load(settings: Settings) -> Annotator:
    return Annotator.load(settings.config, settings.tone_model, settings.tone_labels, settings.own_model)
