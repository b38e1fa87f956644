"""Stories: the originals that tell of one event within 72 hours. A serial step that follows the change log."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from core.records import Article
from store.changes import read_changes
from store.engine import insert_into, reading, writing
from store.loading import load_many
from store.story_tables import followers, stories
from store.story_traits import Rarity, Traits, likeness, traits_of
from store.work import Work, is_holder, process_owner

LEASE = "stories"
LEASE_SECONDS = 120.0
WITHIN = timedelta(hours=72)
BATCH = 100
# Rarity is that of so many reports, the newest ones.
REPORTS = 20_000
# Articles so far apart are looked up in windows of their own.
_LONGEST_WINDOW = timedelta(days=10)


@dataclass(slots=True)
class _Report:
    id: int
    story: int
    at: datetime
    traits: Traits


class Stories:
    """Which articles tell of one event. Only originals are joined; reprints belong to the story of their group."""

    def __init__(self, engine: sa.Engine, work: Work) -> None:
        self._engine = engine
        self._work = work
        self._rarity: Rarity | None = None

    def join_pending(self, now: datetime) -> int:
        """Puts every original annotated or changed since the last call into a story; how many. 0 when another process does it."""
        owner = process_owner()
        if not self._work.claim(LEASE, owner, now, LEASE_SECONDS):
            return 0
        joined, start = 0, time.monotonic()
        try:
            while (step := self._step(owner)) is not None:
                joined += step
                if not self._work.renew(LEASE, owner, now + timedelta(seconds=time.monotonic() - start), LEASE_SECONDS):
                    break
        finally:
            self._work.release(LEASE, owner)
        return joined

    def stories_of(self, groups: Sequence[int]) -> dict[int, int]:
        """Per reprint group (id of its original) the story; a group that no story step has seen yet is its own story."""
        found = {group: group for group in groups}
        with reading(self._engine) as connection:
            for start in range(0, len(groups), 500):
                which = stories.c.article_id.in_(groups[start : start + 500])
                rows = connection.execute(sa.select(stories.c.article_id, stories.c.story_id).where(which))
                found.update((id, story) for id, story in rows)
        return found

    def members(self, story: int) -> list[int]:
        """The originals of a story, earliest first."""
        query = sa.select(stories.c.article_id).where(stories.c.story_id == story).order_by(stories.c.at, stories.c.article_id)
        with reading(self._engine) as connection:
            return list(connection.scalars(query))

    def _step(self, owner: str) -> int | None:
        """Reads a batch of changes and joins what it names; None when there is nothing left."""
        with reading(self._engine) as connection:
            seq = connection.scalar(sa.select(followers.c.seq).where(followers.c.name == LEASE)) or 0
            changes = read_changes(connection, seq, BATCH)
            changed = load_many(connection, [change.article_id for change in changes])
            self._rarity = self._rarity or _read_rarity(connection)
        if not changes:
            return None
        told = [article for article in changed if _tells(article)]
        reports = [_Report(one.id, one.id, one.raw.published_at or one.first_seen_at, traits_of(one)) for one in told]
        for report in reports:
            self._rarity.add(report.traits)
        reports.sort(key=lambda report: (report.at, report.id))
        for window in _windows(reports):
            self._join(window)
        with writing(self._engine) as connection:
            if is_holder(connection, LEASE, owner):
                _write(connection, [change.article_id for change in changes], reports, changes[-1].seq)
        return len(reports)

    def _join(self, window: Sequence[_Report]) -> None:
        assert self._rarity is not None
        with reading(self._engine) as connection:
            others = _near(connection, window)
        spans: dict[int, list[datetime]] = {}
        for other in others:
            spans.setdefault(other.story, []).append(other.at)
        for report in window:
            likest = 0.0
            for other in others:
                if abs(other.at - report.at) <= WITHIN and all(abs(at - report.at) <= WITHIN for at in spans[other.story]):
                    found = likeness(report.traits, other.traits, self._rarity)
                    if found > likest:
                        likest, report.story = found, other.story
            others.append(report)
            spans.setdefault(report.story, []).append(report.at)


def _tells(article: Article) -> bool:
    return article.reprint_group == article.id and article.annotations is not None and article.withdrawn_at is None


def _windows(reports: Sequence[_Report]) -> Iterator[list[_Report]]:
    """The reports, in order of time, in parts that are not longer than ten days."""
    part: list[_Report] = []
    for report in reports:
        if part and report.at - part[0].at > _LONGEST_WINDOW:
            yield part
            part = []
        part.append(report)
    if part:
        yield part


def _near(connection: sa.Connection, window: Sequence[_Report]) -> list[_Report]:
    """The stored reports within 72 hours of the window, without those of the window itself."""
    between = stories.c.at.between(window[0].at - WITHIN, window[-1].at + WITHIN)
    rows = connection.execute(sa.select(stories).where(between).order_by(stories.c.at, stories.c.article_id))
    own = {report.id for report in window}
    return [_Report(row.article_id, row.story_id, row.at, Traits.unpack(row.traits)) for row in rows if row.article_id not in own]


def _read_rarity(connection: sa.Connection) -> Rarity:
    rarity = Rarity()
    for data in connection.scalars(sa.select(stories.c.traits).order_by(stories.c.at.desc()).limit(REPORTS)):
        rarity.add(Traits.unpack(data))
    return rarity


def _write(connection: sa.Connection, changed: Sequence[int], reports: Sequence[_Report], seq: int) -> None:
    """A changed article that is no original any more loses its place; the others are written anew."""
    connection.execute(sa.delete(stories).where(stories.c.article_id.in_(changed)))
    rows = [{"article_id": one.id, "story_id": one.story, "at": one.at, "traits": one.traits.pack()} for one in reports]
    if rows:
        connection.execute(sa.insert(stories), rows)
    insert = insert_into(connection, followers).values(name=LEASE, seq=seq)
    connection.execute(insert.on_conflict_do_update(index_elements=["name"], set_={"seq": seq}))
