"""The ledger of digests: composed once per subscription and window, sent once to each address.

A sending goes ``composed`` → ``sending`` → ``sent``, or ``failed`` when the server refuses it for good, or ``cancelled`` when its
address left before it went out. It is ``sending`` from just before the letter itself is handed over until the answer is written
down; a worker that dies there leaves the one gap that SMTP has: the next one hands the same letter, with the same Message-ID, over again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from core.errors import NotFound
from store.engine import insert_into, is_postgresql, reading, writing
from store.people_tables import digests, sendings, subscription_addresses, subscriptions

State = Literal["composed", "sending", "sent", "failed", "cancelled"]
OPEN = ("composed", "sending")
CLAIM_SECONDS = 180.0
# SMTP lets a server think for ten minutes before it answers the end of a letter (RFC 5321, 4.5.3.2.6).
HANDOVER_SECONDS = 900.0


@dataclass(frozen=True, slots=True)
class DigestRecord:
    """A composed digest as kept: rendered, without what differs by address. ``chart`` is a PNG, b"" when it has none."""

    subscription_id: int
    window_at: datetime
    composed_at: datetime
    articles: int
    subject: str
    html: str
    text: str
    chart: bytes = b""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Sending:
    """One digest to one address: where it stands, how often it was tried, when it is due (again)."""

    id: int
    digest_id: int
    subscription_id: int
    window_at: datetime
    address: str
    state: State
    attempts: int
    due_at: datetime
    sent_at: datetime | None
    error: str


class Sendings:
    """Keeps digests and hands their sendings to one worker at a time, in the order of their windows."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def windows(self, subscription_id: int, since: datetime) -> set[datetime]:
        """The windows at or after ``since`` whose digest is composed."""
        mine = (digests.c.subscription_id == subscription_id) & (digests.c.window_at >= since)
        with reading(self._engine) as connection:
            return set(connection.scalars(sa.select(digests.c.window_at).where(mine)))

    def composed_before(self, subscription_id: int, window_at: datetime) -> datetime | None:
        """When the digest of the window before ``window_at`` was composed; None when there is none."""
        mine = (digests.c.subscription_id == subscription_id) & (digests.c.window_at < window_at)
        query = sa.select(digests.c.composed_at).where(mine).order_by(digests.c.window_at.desc()).limit(1)
        with reading(self._engine) as connection:
            moment: datetime | None = connection.scalar(query)
        return moment

    def keep(self, digest: DigestRecord, addresses: Sequence[str]) -> bool:
        """Writes a digest and one sending per address down, together; False when that window's digest is there already."""
        key = {"subscription_id": digest.subscription_id, "window_at": digest.window_at}
        values = {**key, "composed_at": digest.composed_at, "articles": digest.articles, "subject": digest.subject}
        values |= {"html": digest.html, "text": digest.text, "chart": digest.chart}
        with writing(self._engine) as connection:
            added = insert_into(connection, digests).values(**values).on_conflict_do_nothing().returning(digests.c.id)
            id = connection.execute(added).scalar()
            if id is None:
                return False
            row = {**key, "digest_id": id, "state": "composed", "due_at": digest.composed_at}
            if addresses:
                connection.execute(sa.insert(sendings), [{**row, "address": address} for address in addresses])
        return True

    def digest(self, id: int) -> DigestRecord:
        """A composed digest. NotFound when there is none of that id."""
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(digests).where(digests.c.id == id)).first()
        if row is None:
            raise NotFound("digest", id)
        columns = (row.subscription_id, row.window_at, row.composed_at, row.articles, row.subject, row.html, row.text, row.chart)
        return DigestRecord(*columns, id=row.id)

    def is_any_due(self, now: datetime) -> bool:
        """Whether a claim may find something; only reads, so that asking often disturbs nobody."""
        with reading(self._engine) as connection:
            return connection.scalar(sa.select(sendings.c.id).where(_claimable(now)).limit(1)) is not None

    def claim(self, owner: str, now: datetime) -> Sending | None:
        """The next sending that is due, handed to ``owner`` until ``CLAIM_SECONDS`` have passed; None when nothing is due.

        A window waits while an earlier one of the same subscription is still open for the same address.
        """
        with writing(self._engine) as connection:
            self._cancel(connection)
            query = sa.select(sendings.c.id).where(_claimable(now)).order_by(sendings.c.window_at, sendings.c.id).limit(1)
            if is_postgresql(connection):
                query = query.with_for_update(skip_locked=True)
            id = connection.scalar(query)
            if id is None:
                return None
            until = now + timedelta(seconds=CLAIM_SECONDS)
            taken = {"claimed_by": owner, "claimed_until": until, "attempts": sendings.c.attempts + 1}
            connection.execute(sa.update(sendings).where(sendings.c.id == id).values(**taken))
            return _sending(connection.execute(sa.select(sendings).where(sendings.c.id == id)).one())

    def begin(self, id: int, owner: str, now: datetime) -> bool:
        """The owner is about to hand the letter over; False when it lost its claim and must not."""
        until = now + timedelta(seconds=HANDOVER_SECONDS)
        return self._close(id, owner, {"state": "sending", "claimed_until": until})

    def sent(self, id: int, owner: str, now: datetime) -> bool:
        """The mail server took the letter."""
        return self._close(id, owner, {"state": "sent", "sent_at": now, "claimed_by": "", "claimed_until": None, "error": ""})

    def retry(self, id: int, owner: str, due_at: datetime, error: str) -> bool:
        """The mail server did not take it this time: due again later."""
        again = {"state": "composed", "due_at": due_at, "claimed_by": "", "claimed_until": None, "error": error[:500]}
        return self._close(id, owner, again)

    def failed(self, id: int, owner: str, error: str) -> bool:
        """The mail server will never take it."""
        return self._close(id, owner, {"state": "failed", "claimed_by": "", "claimed_until": None, "error": error[:500]})

    def of_digest(self, digest_id: int) -> list[Sending]:
        """What became of one digest, address by address."""
        return self._load(sendings.c.digest_id == digest_id)

    def newest(self, limit: int = 100) -> list[Sending]:
        """The sendings of the newest windows."""
        return self._load(sa.true(), limit)

    def newest_digests(self, limit: int = 60, subscription_id: int | None = None) -> list[DigestRecord]:
        """Past digests, newest window first, without their bodies."""
        columns = (
            digests.c.subscription_id,
            digests.c.window_at,
            digests.c.composed_at,
            digests.c.articles,
            digests.c.subject,
            digests.c.id,
        )
        query = sa.select(*columns).order_by(digests.c.window_at.desc(), digests.c.id.desc()).limit(limit)
        if subscription_id is not None:
            query = query.where(digests.c.subscription_id == subscription_id)
        with reading(self._engine) as connection:
            return [DigestRecord(*row[:5], html="", text="", id=row.id) for row in connection.execute(query)]

    def _close(self, id: int, owner: str, values: dict[str, object]) -> bool:
        mine = (sendings.c.id == id) & (sendings.c.claimed_by == owner) & sendings.c.state.in_(OPEN)
        with writing(self._engine) as connection:
            return connection.execute(sa.update(sendings).where(mine).values(**values)).rowcount == 1

    def _load(self, which: sa.ColumnElement[bool], limit: int | None = None) -> list[Sending]:
        query = sa.select(sendings).where(which).order_by(sendings.c.window_at.desc(), sendings.c.id).limit(limit)
        with reading(self._engine) as connection:
            return [_sending(row) for row in connection.execute(query)]

    def _cancel(self, connection: sa.Connection) -> None:
        """What is not on its way yet and whose address left, was refused or whose subscription ended is not sent any more."""
        wanted = (
            sa.select(subscription_addresses.c.id)
            .join(subscriptions, subscriptions.c.id == subscription_addresses.c.subscription_id)
            .where(
                subscription_addresses.c.subscription_id == sendings.c.subscription_id,
                subscription_addresses.c.address == sendings.c.address,
                subscription_addresses.c.unsubscribed_at.is_(None),
                subscription_addresses.c.bad_at.is_(None),
                subscriptions.c.removed_at.is_(None),
            )
        )
        lost = (sendings.c.state == "composed") & (sendings.c.claimed_by == "") & ~sa.exists(wanted)
        connection.execute(sa.update(sendings).where(lost).values(state="cancelled"))


def _claimable(now: datetime) -> sa.ColumnElement[bool]:
    earlier = sendings.alias()
    before = sa.select(earlier.c.id).where(
        earlier.c.subscription_id == sendings.c.subscription_id,
        earlier.c.address == sendings.c.address,
        earlier.c.window_at < sendings.c.window_at,
        earlier.c.state.in_(OPEN),
    )
    free = sendings.c.claimed_until.is_(None) | (sendings.c.claimed_until <= now)
    return sendings.c.state.in_(OPEN) & (sendings.c.due_at <= now) & free & ~sa.exists(before)


def _sending(row: sa.Row[tuple[object, ...]]) -> Sending:
    return Sending(
        row.id,
        row.digest_id,
        row.subscription_id,
        row.window_at,
        row.address,
        row.state,
        row.attempts,
        row.due_at,
        row.sent_at,
        row.error,
    )
