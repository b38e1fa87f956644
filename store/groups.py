"""Reprint groups: the same text at several outlets, found over bands kept in SQL, for the whole archive.

Two articles belong together when they share a band and ``is_reprint`` says so; a group is everything joined by such pairs.
So a group depends on the texts alone, never on the order in which they arrived. An edited article leaves its group first,
and its former companions are compared anew, since it may have been what held them together.
"""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched

import sqlalchemy as sa

from core.records import Article
from store.changes import log_changes
from store.engine import reading, writing
from store.loading import load_many
from store.tables import UtcTime, annotations, articles, bands, revisions
from store.work import Work, is_holder, process_owner

Bands = Callable[[bytes], tuple[int, ...]]
IsReprint = Callable[[Article, Article], bool]
LEASE = "group"
LEASE_SECONDS = 120.0
# Articles compared before one transaction writes the result.
BATCH = 40
_CHUNK = 500
# Of the candidates of an article the likeliest are read at once, the others only when these are no reprints.
_FIRST = 4
_TEXTS_KEPT = 5_000


class Groups:
    """The serial step that joins reprints. Only one process does it at a time, under a lease."""

    def __init__(self, engine: sa.Engine, work: Work) -> None:
        self._engine = engine
        self._work = work

    def waiting(self) -> int:
        """How many annotated articles have not been grouped yet."""
        with reading(self._engine) as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(articles).where(articles.c.ungrouped)) or 0

    def members(self, group: int) -> list[int]:
        """Ids of the articles of a reprint group, the original first."""
        query = sa.select(articles.c.id).where(articles.c.reprint_group == group).order_by(articles.c.id != group, articles.c.id)
        with reading(self._engine) as connection:
            return list(connection.scalars(query))

    def group_pending(self, bands: Bands, is_reprint: IsReprint, now: datetime) -> int:
        """Groups every article that waits and returns how many were done; 0 at once when another process is doing it.

        ``bands`` gives the numbers (64 bits) under which a fingerprint is looked up, ``is_reprint`` compares two articles (symmetric).
        """
        owner = process_owner()
        if not self._work.claim(LEASE, owner, now, LEASE_SECONDS):
            return 0
        run = _Run(owner, bands, is_reprint, _Texts(self._engine))
        done, start = 0, time.monotonic()
        try:
            while batch := self._next_batch():
                done += self._group(batch, run)
                run.texts.forget()
                passed = timedelta(seconds=time.monotonic() - start)
                if not self._work.renew(LEASE, owner, now + passed, LEASE_SECONDS):
                    break
        finally:
            self._work.release(LEASE, owner)
        return done

    def _next_batch(self) -> list[Article]:
        """The next articles that wait, with the companions of those that already had some."""
        query = sa.select(articles.c.id, articles.c.reprint_group).where(articles.c.ungrouped).order_by(articles.c.id).limit(BATCH)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
            former = sa.select(articles.c.id).where(articles.c.reprint_group.in_({row.reprint_group for row in rows}))
            ids = sorted({row.id for row in rows} | set(connection.scalars(former))) if rows else []
            return load_many(connection, ids)

    def _group(self, batch: Sequence[Article], run: "_Run") -> int:
        numbers = {article.id: _signed(run.bands(article.annotations.fingerprint)) for article in batch if article.annotations}
        with reading(self._engine) as connection:
            near = _sharing(connection, numbers)
            groups = _groups_of(connection, {id for others in near.values() for id in others})
        forest = _Forest({article.id for article in batch}, groups)
        run.texts.put(batch)
        run.texts.fetch(id for others in near.values() for id in others[:_FIRST])
        for id, others in near.items():
            for place, other in enumerate(others):
                if forest.joined(id, other):
                    continue
                if place % _CHUNK == _FIRST:
                    run.texts.fetch(others[place : place + _CHUNK])
                if run.is_reprint(run.texts.get(id), run.texts.get(other)):
                    forest.join(id, other)
        with writing(self._engine) as connection:
            # Comparing may have outlived the lease: then another process has grouped these articles, perhaps on newer texts.
            return _write(connection, batch, numbers, forest) if is_holder(connection, LEASE, run.owner) else 0


class _Texts:
    """The articles last compared: candidates come again and again, and reading them is what grouping spends its time on."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._kept: dict[int, Article] = {}

    def put(self, found: Iterable[Article]) -> None:
        for article in found:
            self._kept.pop(article.id, None)
            self._kept[article.id] = article

    def fetch(self, ids: Iterable[int]) -> None:
        missing = sorted(set(ids) - self._kept.keys())
        if missing:
            with reading(self._engine) as connection:
                self.put(load_many(connection, missing))

    def get(self, id: int) -> Article:
        if id not in self._kept:
            self.fetch([id])
        return self._kept[id]

    def forget(self) -> None:
        """Drops the oldest articles, between two batches."""
        for id in list(self._kept)[: len(self._kept) - _TEXTS_KEPT]:
            del self._kept[id]


@dataclass(frozen=True, slots=True)
class _Run:
    """What one call of ``group_pending`` works with."""

    owner: str
    bands: Bands
    is_reprint: IsReprint
    texts: _Texts


class _Forest:
    """Union–find over groups. The articles of the batch start alone, all others in the group they have."""

    def __init__(self, singles: set[int], groups: dict[int, int]) -> None:
        self.singles = singles
        # A single's own node is negative: the group it leaves may go on under the same number.
        self._group = {**groups, **{id: -id for id in singles}}
        self._parent = {node: node for node in self._group.values()}

    def joined(self, one: int, other: int) -> bool:
        return self._root(self._group[one]) == self._root(self._group[other])

    def join(self, one: int, other: int) -> None:
        self._parent[self._root(self._group[one])] = self._root(self._group[other])

    def older_groups(self) -> set[int]:
        """The groups outside the batch that something of the batch was compared with."""
        return {node for node in self._parent if node >= 0}

    def part(self, id: int, group: int) -> int:
        """The same number for all articles that belong together: of the batch by ``id``, of the older groups by ``group``."""
        return self._root(-id if id in self.singles else group)

    def _root(self, node: int) -> int:
        while self._parent[node] != node:
            self._parent[node] = node = self._parent[self._parent[node]]
        return node


@dataclass(frozen=True, slots=True)
class _Member:
    id: int
    group: int
    order: tuple[bool, datetime, str, str]


def _signed(numbers: Iterable[int]) -> set[int]:
    """Band numbers as the signed 64 bits that a database keeps."""
    return {(number + 2**63) % 2**64 - 2**63 for number in numbers}


def _sharing(connection: sa.Connection, numbers: dict[int, set[int]]) -> dict[int, list[int]]:
    """Per article of the batch the ids of all others that share a band with it, those that share the most first."""
    holders: dict[int, set[int]] = {}
    for id, own in numbers.items():
        for number in own:
            holders.setdefault(number, set()).add(id)
    wanted = list(holders)
    for start in range(0, len(wanted), _CHUNK):
        query = sa.select(bands.c.band, bands.c.article_id).where(bands.c.band.in_(wanted[start : start + _CHUNK]))
        for band, id in connection.execute(query):
            if id not in numbers:
                holders[band].add(id)
    near: dict[int, list[int]] = {}
    for id, own in numbers.items():
        shared = Counter(other for number in own for other in holders[number] if other != id)
        near[id] = sorted(shared, key=lambda other: (-shared[other], other))
    return near


def _groups_of(connection: sa.Connection, ids: Collection[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for part in batched(ids, _CHUNK):
        query = sa.select(articles.c.id, articles.c.reprint_group).where(articles.c.id.in_(part))
        found.update((id, group) for id, group in connection.execute(query))
    return found


def _write(connection: sa.Connection, batch: Sequence[Article], numbers: dict[int, set[int]], forest: _Forest) -> int:
    ids = [article.id for article in batch]
    members = _members(connection, forest)
    connection.execute(sa.delete(bands).where(bands.c.article_id.in_(ids)))
    rows = [{"band": number, "article_id": id} for id, own in numbers.items() for number in own]
    if rows:
        connection.execute(sa.insert(bands), rows)
    changed = _settle(connection, members, forest)
    _mark_grouped(connection, batch)
    log_changes(connection, changed, "regrouped")
    return len(batch)


def _members(connection: sa.Connection, forest: _Forest) -> list[_Member]:
    """The articles of the batch and of every older group compared with it, locked in the order of their ids."""
    text = (revisions.c.article_id == articles.c.id) & (revisions.c.number == articles.c.revision)
    query = sa.select(articles, revisions.c.quoted_agency).join(revisions, text)
    which = articles.c.id.in_(forest.singles) | articles.c.reprint_group.in_(forest.older_groups())
    rows = connection.execute(query.where(which).order_by(articles.c.id).with_for_update(of=articles))
    return [_Member(row.id, row.reprint_group, _originality(row)) for row in rows]


def _originality(row: sa.Row[tuple[object, ...]]) -> tuple[bool, datetime, str, str]:
    """The least is the original: one that credits no other agency, then the earliest, then by outlet and ``news_id``."""
    return (bool(row.quoted_agency), row.published_at or row.first_seen_at, row.outlet, row.news_id)


def _settle(connection: sa.Connection, members: Sequence[_Member], forest: _Forest) -> list[int]:
    """Gives all members the id of their original; returns the ids of every group whose composition or original changed."""
    before: dict[int, set[int]] = {}
    parts: dict[int, list[_Member]] = {}
    for member in members:
        before.setdefault(member.group, set()).add(member.id)
        parts.setdefault(forest.part(member.id, member.group), []).append(member)
    changed: list[int] = []
    for part in parts.values():
        original = min(part, key=lambda member: member.order).id
        ids = {member.id for member in part}
        if before.get(original) != ids:
            changed += sorted(ids)
            connection.execute(sa.update(articles).where(articles.c.id.in_(ids)).values(reprint_group=original))
    return sorted(changed)


def _mark_grouped(connection: sa.Connection, batch: Sequence[Article]) -> None:
    """Only where the annotation is still the one that was read: an article annotated meanwhile waits again."""
    same = sa.select(annotations.c.article_id).where(
        annotations.c.article_id == articles.c.id, annotations.c.tagged_at == sa.bindparam("read", type_=UtcTime)
    )
    which = (articles.c.id == sa.bindparam("key")) & (articles.c.revision == sa.bindparam("number"))
    done = sa.update(articles).where(which, sa.bindparam("unread", type_=sa.Boolean) | sa.exists(same)).values(ungrouped=False)
    rows = [{"key": one.id, "number": one.revision, "read": one.tagged_at, "unread": one.tagged_at is None} for one in batch]
    connection.execute(done, rows)
