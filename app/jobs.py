"""The jobs that turn stored pages into tagged, grouped, searchable articles: annotate, then group reprints and stories, then index.

Each takes the work lease's holder as given (``holding``); ``settle`` is for every other command: it does the work itself when
nobody holds the lease, and waits for the holder to catch up when somebody does.
"""

import os
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from app.wiring import opened
from core.dates import utc_now
from core.errors import RasadError
from core.records import Article
from core.settings import Settings
from nlp.annotate import Annotator, Text, version_with
from nlp.fingerprint import bands, is_reprint
from store.archive import Archive
from store.indexing import catch_up

LEASE = "work"
LEASE_SECONDS = 60
BATCH = 32
BATCHES_A_ROUND = 8
Progress = Callable[[str, int], None]


class LeaseLost(RasadError):
    """Another process took the work over because this one did not renew its lease in time."""


@dataclass(frozen=True, slots=True)
class Settled:
    """How many articles a run of the jobs annotated, regrouped and indexed."""

    annotated: int
    grouped: int
    indexed: int


def text_of(article: Article) -> Text:
    """What annotation reads of an article; offsets are those of the body."""
    raw = article.raw
    return Text(headline=raw.headline, lead=raw.lead, body=raw.body, published_at=raw.published_at)


def annotate_some(archive: Archive, annotator: Annotator, now: datetime) -> int:
    """Annotates up to one batch of articles that are new, edited or of an older version; their number."""
    articles = archive.articles.untagged(annotator.version, BATCH)
    annotations = annotator.annotate([text_of(article) for article in articles])
    labelled = [(article.id, article.revision, one) for article, one in zip(articles, annotations, strict=True)]
    archive.articles.annotate_many(labelled, now)
    return len(articles)


def annotate_claimed(archive: Archive, annotator: Annotator, owner: str, now: datetime) -> int:
    """The same, for one of several processes that annotate side by side: no two work on one article."""
    articles = archive.articles.claim_untagged(owner, annotator.version, BATCH, now)
    annotations = annotator.annotate([text_of(article) for article in articles])
    labelled = [(article.id, article.revision, one) for article, one in zip(articles, annotations, strict=True)]
    archive.articles.annotate_many(labelled, now, owner)
    return len(articles)


def group_some(archive: Archive, now: datetime) -> int:
    """Puts newly fingerprinted articles into their reprint groups; the number of articles looked at."""
    return archive.groups.group_pending(bands, lambda a, b: is_reprint(text_of(a), text_of(b)), now)


def run_jobs(archive: Archive, annotator: Annotator | None, progress: Progress, renew: Callable[[], None]) -> Settled:
    """Runs the three jobs in rounds until nothing is left. Without an annotator articles are only grouped and indexed."""
    annotated = grouped = indexed = 0
    while True:
        done = _annotate_round(archive, annotator, progress, renew) if annotator else 0
        moved = group_some(archive, utc_now())
        archive.stories.join_pending(utc_now())
        renew()
        fed = catch_up(archive)
        progress("indexed", fed)
        annotated, grouped, indexed = annotated + done, grouped + moved, indexed + fed
        if not done and not moved:
            return Settled(annotated, grouped, indexed)


def _annotate_round(archive: Archive, annotator: Annotator, progress: Progress, renew: Callable[[], None]) -> int:
    total = 0
    for _ in range(BATCHES_A_ROUND):
        done = annotate_some(archive, annotator, utc_now())
        if not done:
            break
        total += done
        progress("annotated", done)
        renew()
    return total


@contextmanager
def holding(archive: Archive) -> Iterator[Callable[[], None] | None]:
    """The work lease: gives a function that renews it (LeaseLost when it is gone), or None when somebody else holds it."""
    owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    if not archive.work.claim(LEASE, owner, utc_now(), LEASE_SECONDS):
        yield None
        return

    def renew() -> None:
        if not archive.work.renew(LEASE, owner, utc_now(), LEASE_SECONDS):
            raise LeaseLost(f"the lease {LEASE!r} is held by {archive.work.holder(LEASE, utc_now())}")

    try:
        yield renew
    finally:
        archive.work.release(LEASE, owner)


def settle(settings: Settings, load: Callable[[], Annotator] | None, progress: Progress) -> Settled:
    """Returns when every stored article is grouped and searchable, and annotated too when ``load`` is given."""
    version = version_with(settings.tone_model, settings.tone_labels, settings.own_model)
    with opened(settings) as reader:
        while True:
            with holding(reader) as renew:
                if renew:
                    with opened(settings, writable=True) as writer:
                        return run_jobs(writer, load() if load else None, progress, renew)
            if not _behind(reader, version if load else ""):
                return Settled(0, 0, 0)
            time.sleep(0.5)


def _behind(archive: Archive, version: str) -> bool:
    """Whether the holder of the lease still has work that we wait for; with a ``version``, annotating too."""
    if version and archive.articles.untagged(version, 1):
        return True
    return archive.search.seq() < archive.articles.newest_seq()
