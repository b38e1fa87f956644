"""The crawler's ledger: no address is lost, and each fetch of one ends in exactly one counted outcome.

An address is claimed before it is fetched and released by its outcome; claims of a crawler that died are freed by the next one.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa

from core.outcomes import READ, Outcome
from store.engine import insert_into, is_postgresql, reading, writing
from store.ledger_records import Address, Coverage, Discovery, FeedState, Fetch, Found, Reading
from store.ledger_tables import crawl_addresses, crawl_feeds, crawl_fetches

CHUNK = 200
LOG_CHUNK = 1_000
RESTLESS_FETCHES = 6
RESTLESS_GAP = timedelta(hours=6)
_SECTION_MARK = "\n"
# One statement for all outcomes: SQLAlchemy compiles it once, the driver runs a whole load of it.
_SET = ("outcome", "detail", "due_at", "attempts", "misses", "fetched_at", "first_read_at", "news_id", "article_id")
_RELEASED = (
    sa.update(crawl_addresses)
    .where(crawl_addresses.c.id == sa.bindparam("of_id"))
    .values({name: sa.bindparam(name) for name in _SET})
    .values(fetches=crawl_addresses.c.fetches + 1, claimed_by="", claimed_until=None)
)
_LOGGED = sa.insert(crawl_fetches)
_COLUMNS = tuple(name for name in Address.__dataclass_fields__)


class Ledger:
    """What the crawler knows and owes. Every method is one or few short transactions; ``now`` is the caller's clock."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def discover(self, outlet: str, found: Sequence[Found], now: datetime) -> Discovery:
        """Notes addresses: new ones are due now; known ones become due again when they changed after their last fetch."""
        unique = list({one.key: one for one in found}.values())
        new = due_again = 0
        for start in range(0, len(unique), CHUNK):
            chunk = unique[start : start + CHUNK]
            known = self._known(outlet, [one.key for one in chunk])
            fresh = [one for one in chunk if one.key not in known]
            changed = [one for one in chunk if one.key in known and _changed(known[one.key], one)]
            new += self._insert(outlet, fresh, now)
            due_again += self._make_due(changed, known, now)
        return Discovery(len(unique), new, due_again)

    def known_keys(self, outlet: str, keys: Sequence[str]) -> set[str]:
        """Those of the keys that the ledger already holds."""
        return {key for start in range(0, len(keys), CHUNK) for key in self._known(outlet, keys[start : start + CHUNK])}

    def claim(self, outlet: str, limit: int, owner: str, now: datetime, seconds: float = 600) -> list[Address]:
        """Takes up to ``limit`` due addresses of an outlet for ``owner``, those that became due last first: fresh news before a backlog."""
        free = crawl_addresses.c.claimed_until.is_(None) | (crawl_addresses.c.claimed_until <= now)
        due = (
            sa.select(crawl_addresses.c.id)
            .where(crawl_addresses.c.outlet == outlet, crawl_addresses.c.due_at <= now, free)
            .order_by(crawl_addresses.c.due_at.desc())
            .limit(limit)
        )
        with reading(self._engine) as connection:
            if connection.execute(due.limit(1)).first() is None:
                return []
        with writing(self._engine) as connection:
            if is_postgresql(connection):
                due = due.with_for_update(skip_locked=True)
            claimed = (
                sa.update(crawl_addresses)
                .where(crawl_addresses.c.id.in_(due.scalar_subquery()))
                .values(claimed_by=owner, claimed_until=now + timedelta(seconds=seconds))
                .returning(crawl_addresses)
            )
            return sorted(map(_address, connection.execute(claimed)), key=lambda one: (one.due_at or now, one.id), reverse=True)

    def record(self, address: Address, fetch: Fetch) -> None:
        """Writes the outcome of one fetch: the address's new state and one row of the fetch log, together."""
        self.record_many([(address, fetch)])

    def record_many(self, fetches: Sequence[tuple[Address, Fetch]]) -> None:
        """The same for several fetches in one transaction."""
        with writing(self._engine) as connection:
            connection.execute(_RELEASED, [_state_after(address, fetch) for address, fetch in fetches])
            connection.execute(_LOGGED, [_log_row(address, fetch) for address, fetch in fetches])

    def find_twins(self, wanted: Sequence[tuple[Address, str]]) -> dict[int, Address]:
        """For (address, news id) pairs: by address id another address under which that news id was read and is still alive."""
        ids = sorted({news_id for _, news_id in wanted if news_id})
        if not ids:
            return {}
        table = crawl_addresses.c
        read = table.article_id.is_not(None) & (table.misses == 0) & table.outcome.in_([one.value for one in READ])
        query = sa.select(crawl_addresses).where(table.outlet.in_({one.outlet for one, _ in wanted}), table.news_id.in_(ids), read)
        with reading(self._engine) as connection:
            alive = [_address(row) for row in connection.execute(query)]
        return {
            address.id: twin
            for address, news_id in wanted
            for twin in alive
            if (twin.outlet, twin.news_id) == (address.outlet, news_id) and twin.id != address.id
        }

    def find(self, outlet: str, key: str) -> Address | None:
        """The address with that key."""
        query = sa.select(crawl_addresses).where(crawl_addresses.c.outlet == outlet, crawl_addresses.c.key == key)
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else _address(row)

    def next_due(self, outlets: Sequence[str]) -> datetime | None:
        """When the next unclaimed address of these outlets is due; None when nothing is."""
        query = sa.select(sa.func.min(crawl_addresses.c.due_at)).where(
            crawl_addresses.c.outlet.in_(outlets), crawl_addresses.c.claimed_by == ""
        )
        with reading(self._engine) as connection:
            return cast("datetime | None", connection.scalar(query))

    def release(self, owner: str) -> int:
        """Frees every claim of a crawler that has ended; how many there were."""
        freed = sa.update(crawl_addresses).where(crawl_addresses.c.claimed_by == owner).values(claimed_by="", claimed_until=None)
        with writing(self._engine) as connection:
            return connection.execute(freed).rowcount

    def owners(self) -> list[str]:
        """Who holds claims now."""
        query = sa.select(crawl_addresses.c.claimed_by).where(crawl_addresses.c.claimed_by != "").distinct()
        with reading(self._engine) as connection:
            return list(connection.scalars(query))

    def find_feed(self, outlet: str, url: str) -> FeedState | None:
        """The state of a feed; None when it was never read."""
        query = sa.select(crawl_feeds).where(crawl_feeds.c.outlet == outlet, crawl_feeds.c.url == url)
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else FeedState(**row._mapping)

    def feeds(self, outlet: str) -> list[FeedState]:
        """Every feed, sitemap and listing of an outlet that was ever read or tried."""
        query = sa.select(crawl_feeds).where(crawl_feeds.c.outlet == outlet).order_by(crawl_feeds.c.url)
        with reading(self._engine) as connection:
            return [FeedState(**row._mapping) for row in connection.execute(query)]

    def all_feeds(self) -> dict[str, list[FeedState]]:
        """``feeds`` of every outlet at once."""
        found: dict[str, list[FeedState]] = {}
        with reading(self._engine) as connection:
            for row in connection.execute(sa.select(crawl_feeds).order_by(crawl_feeds.c.url)):
                found.setdefault(row.outlet, []).append(FeedState(**row._mapping))
        return found

    def save_feed(self, state: FeedState) -> None:
        """Writes the state of a feed."""
        values = asdict(state)
        rest = {name: value for name, value in values.items() if name not in ("outlet", "url")}
        with writing(self._engine) as connection:
            insert = insert_into(connection, crawl_feeds).values(values)
            connection.execute(insert.on_conflict_do_update(index_elements=["outlet", "url"], set_=rest))

    def coverage(self, since: datetime | None = None, until: datetime | None = None) -> list[Coverage]:
        """Per outlet the addresses discovered in that time by their last outcome. They add up to all discovered addresses."""
        table = crawl_addresses.c
        query = sa.select(table.outlet, table.outcome, sa.func.count()).group_by(table.outlet, table.outcome)
        if since is not None:
            query = query.where(table.discovered_at >= since)
        if until is not None:
            query = query.where(table.discovered_at < until)
        found: dict[str, Coverage] = {}
        with reading(self._engine) as connection:
            for outlet, outcome, number in connection.execute(query):
                found.setdefault(outlet, Coverage(outlet, Counter())).outcomes[Outcome(outcome)] += number
        return [found[outlet] for outlet in sorted(found)]

    def has_read(self, outlet: str, since: datetime) -> bool:
        """Whether an article of the outlet was read after ``since``."""
        table = crawl_fetches.c
        read = sa.select(table.at).where(table.outlet == outlet, table.at > since, table.outcome.in_([one.value for one in READ])).limit(1)
        with reading(self._engine) as connection:
            return connection.execute(read).first() is not None

    def readings(self, outlet: str, since: datetime) -> list[Reading]:
        """The fetches of an outlet since then, oldest first, as the health check needs them."""
        table = crawl_fetches.c
        query = (
            sa.select(table.at, table.outcome, table.body_chars, table.fields)
            .where(table.outlet == outlet, table.at >= since)
            .order_by(table.at)
        )
        with reading(self._engine) as connection:
            return [Reading(row.at, Outcome(row.outcome), row.body_chars, row.fields) for row in connection.execute(query)]

    def forget_fetches(self, before: datetime) -> int:
        """Takes the rows of the fetch log that are older out, a chunk a transaction; how many. Addresses and articles stay."""
        table, gone = crawl_fetches.c, 0
        oldest = sa.select(table.id, table.at).order_by(table.id).limit(LOG_CHUNK)
        while True:
            with writing(self._engine) as connection:
                rows = connection.execute(oldest).all()
                old = [row.id for row in rows if row.at < before]
                if old:
                    connection.execute(sa.delete(crawl_fetches).where(table.id <= max(old), table.at < before))
            gone += len(old)
            if len(old) < LOG_CHUNK:
                return gone

    def _known(self, outlet: str, keys: Sequence[str]) -> dict[str, Address]:
        query = sa.select(crawl_addresses).where(crawl_addresses.c.outlet == outlet, crawl_addresses.c.key.in_(keys))
        with reading(self._engine) as connection:
            return {row.key: _address(row) for row in connection.execute(query)}

    def _insert(self, outlet: str, found: Sequence[Found], now: datetime) -> int:
        if not found:
            return 0
        rows = [_row(outlet, one, now) for one in found]
        with writing(self._engine) as connection:
            insert = insert_into(connection, crawl_addresses).on_conflict_do_nothing(index_elements=["outlet", "key"])
            return len(connection.execute(insert.returning(crawl_addresses.c.id), rows).all())

    def _make_due(self, changed: Iterable[Found], known: dict[str, Address], now: datetime) -> int:
        rows = [(known[one.key], one) for one in changed]
        if not rows:
            return 0
        with writing(self._engine) as connection:
            for address, one in rows:
                again = sa.update(crawl_addresses).where(crawl_addresses.c.id == address.id)
                connection.execute(again.values(due_at=_due_again(address, now), modified_at=one.modified_at))
        return len(rows)


def _changed(address: Address, found: Found) -> bool:
    """Whether the feed says that the page changed after we fetched it, and we did not know that yet."""
    if found.modified_at is None or address.fetched_at is None or found.modified_at <= address.fetched_at:
        return False
    if address.outcome in (Outcome.REFUSED, Outcome.DUPLICATE_ADDRESS, Outcome.OTHER_SECTION):
        return False
    return address.modified_at is None or found.modified_at > address.modified_at


def _due_again(address: Address, now: datetime) -> datetime:
    # A sitemap whose change time is always "now" would make us fetch everything at every poll.
    if address.fetches < RESTLESS_FETCHES or address.fetched_at is None:
        return now
    return max(now, address.fetched_at + RESTLESS_GAP)


def _state_after(address: Address, fetch: Fetch) -> dict[str, Any]:
    """The values of ``_RELEASED``. What a claimed address is, nobody else changes; only its times may be."""
    is_first = fetch.outcome in READ and address.first_read_at is None
    return {
        "of_id": address.id,
        "outcome": fetch.outcome.value,
        "detail": fetch.detail[:300],
        "due_at": fetch.due_at,
        "attempts": fetch.attempts,
        "misses": fetch.misses,
        "fetched_at": fetch.at,
        "first_read_at": fetch.at if is_first else address.first_read_at,
        "news_id": fetch.news_id or address.news_id,
        "article_id": address.article_id if fetch.article_id is None else fetch.article_id,
    }


def _log_row(address: Address, fetch: Fetch) -> dict[str, Any]:
    return {
        "address_id": address.id,
        "outlet": address.outlet,
        "at": fetch.at,
        "outcome": fetch.outcome.value,
        "detail": fetch.detail[:300],
        "page_bytes": fetch.page_bytes,
        "body_chars": fetch.body_chars,
        "fields": fetch.fields,
    }


def _row(outlet: str, found: Found, now: datetime) -> dict[str, Any]:
    return {
        "outlet": outlet,
        "key": found.key,
        "url": found.url,
        "discovered_at": now,
        "modified_at": found.modified_at,
        "published_at": found.published_at,
        "sections": _SECTION_MARK.join(found.sections),
        "outcome": found.outcome.value,
        "detail": found.detail[:300],
        "due_at": now if found.outcome is Outcome.WAITING else None,
    }


def _address(row: Any) -> Address:
    values = {name: getattr(row, name) for name in _COLUMNS}
    values["outcome"] = Outcome(row.outcome)
    values["sections"] = tuple(part for part in row.sections.split(_SECTION_MARK) if part)
    return Address(**values)
