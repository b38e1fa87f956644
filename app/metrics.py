"""``/metrics`` for Prometheus: what the crawl met, what waits in each stage, how old the newest article is, how late the digests are.

Asked from the archive at each scrape, so that it is the same in every process and survives a restart.
"""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from core.errors import RasadError
from store.archive import Archive
from store.backlog import read_backlog

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(archive: Archive, now: datetime) -> bytes:
    """The metrics in Prometheus' text format. A part that is away is left out, and ``rasad_up`` says so."""
    registry = CollectorRegistry()
    registry.register(_Archive(archive, now))
    text: bytes = generate_latest(registry)
    return text


class _Archive(Collector):
    def __init__(self, archive: Archive, now: datetime) -> None:
        self._archive = archive
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """Every metric once."""
        parts = {"crawl": self._crawl, "backlog": self._backlog, "search": self._search, "state": self._state}
        up = GaugeMetricFamily("rasad_up", "Whether this part of the archive answers.", labels=["part"])
        found: list[Metric] = []
        for name, part in parts.items():
            try:
                found += list(part())
                up.add_metric([name], 1)
            except (RasadError, OSError, sa.exc.SQLAlchemyError):
                up.add_metric([name], 0)
        yield from (up, *found)

    def _crawl(self) -> Iterator[Metric]:
        fetches = GaugeMetricFamily("rasad_fetches_last_day", "Fetches of the last 24 hours by outcome.", labels=["outlet", "outcome"])
        for (outlet, outcome), count in sorted(read_backlog(self._archive.engine, self._now).fetches.items()):
            fetches.add_metric([outlet, outcome], count)
        addresses = GaugeMetricFamily("rasad_addresses", "Known addresses by their last outcome.", labels=["outlet", "outcome"])
        for covered in self._archive.ledger.coverage():
            for last, count in sorted(covered.outcomes.items()):
                addresses.add_metric([covered.outlet, last.value], count)
        yield from (fetches, addresses)

    def _backlog(self) -> Iterator[Metric]:
        waiting = read_backlog(self._archive.engine, self._now)
        backlog = GaugeMetricFamily("rasad_backlog", "What waits in each stage.", labels=["stage"])
        for stage, count in waiting.stages.items():
            backlog.add_metric([stage], count)
        yield backlog
        yield GaugeMetricFamily("rasad_articles", "Articles in the archive, withdrawn ones included.", value=self._archive.articles.count())
        ages = GaugeMetricFamily(
            "rasad_newest_article_age_seconds", "Since the newest article of an outlet was first seen.", labels=["outlet"]
        )
        for outlet, at in waiting.newest.items():
            ages.add_metric([outlet], max(0.0, (self._now - at).total_seconds()))
        yield ages
        late = max((self._now - waiting.oldest_letter).total_seconds(), 0.0) if waiting.oldest_letter else 0.0
        yield GaugeMetricFamily("rasad_digest_lateness_seconds", "How long the oldest digest letter that is due has waited.", value=late)

    def _search(self) -> Iterator[Metric]:
        behind = max(0, self._archive.articles.newest_seq() - self._archive.search.seq())
        yield GaugeMetricFamily("rasad_index_behind_changes", "Changes that the search index does not hold yet.", value=behind)
        yield GaugeMetricFamily("rasad_index_articles", "Articles in the search index.", value=self._archive.search.count())

    def _state(self) -> Iterator[Metric]:
        paused = GaugeMetricFamily("rasad_paused", "1 while nothing is written, with the reason.", labels=["reason"])
        shortage = self._archive.room.look()
        paused.add_metric([shortage.english if shortage else ""], float(bool(shortage)))
        yield paused
