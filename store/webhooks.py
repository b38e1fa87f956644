"""Webhooks and the ledger of their deliveries: each message is written down once and handed to one worker at a time.

A delivery goes ``waiting`` → ``delivered``, or ``failed`` after its last attempt; it can be made ``waiting`` again by hand. Its message id
never changes, so that a receiver who sees it twice (a worker died after the answer came) can drop the second.
"""

import base64
import json
import secrets
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from core.errors import BadInput, NotFound
from store.engine import insert_into, is_postgresql, reading, writing
from store.outgoing_tables import webhook_articles, webhook_deliveries, webhooks

Event = Literal["articles.changed", "alert.fired"]
EVENTS: tuple[Event, ...] = ("articles.changed", "alert.fired")
CLAIM_SECONDS = 120.0
OLD_SECRET_LASTS = timedelta(hours=24)
# Ten attempts within three days (the intervals that the Standard Webhooks specification proposes, cut to 72 hours).
WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 72_000))
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told of events. ``seq`` is the last change of the log that its messages told; ``secrets`` sign, newest first."""

    id: int
    name: str
    url: str
    query: str
    events: tuple[str, ...]
    secrets: tuple[str, ...]
    seq: int
    made_by: str
    created_at: datetime
    stopped_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChangeMessage:
    """What a webhook is told of the changes up to ``upto``: ``body``, None for nothing; which articles match its search or ceased to."""

    upto: int
    body: dict[str, object] | None
    matching: Collection[int] = ()
    left: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one webhook: where it stands, how often it was tried, what the last answer was."""

    id: int
    webhook_id: int
    message_id: str
    event: str
    body: str
    created_at: datetime
    state: Literal["waiting", "delivered", "failed"]
    attempts: int
    due_at: datetime
    delivered_at: datetime | None
    status: int | None
    error: str


class Webhooks:
    """Keeps webhooks and hands out their deliveries."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def add(self, name: str, url: str, *, query: str, events: Sequence[str], made_by: str, now: datetime) -> Webhook:
        """A new webhook, told of what changes from now on. The caller has checked the address and the query. BadInput."""
        cleaned = " ".join(name.split())
        if not 0 < len(cleaned) <= 200:
            raise BadInput("name", name, "a name of 1 to 200 letters is needed", "نامی بنویسید (حداکثر ۲۰۰ نویسه).")
        if not events or not set(events) <= set(EVENTS):
            raise BadInput("events", list(events), f"some of {', '.join(EVENTS)} are expected", "دست‌کم یک رویداد را برگزینید.")
        row = {"name": cleaned, "url": url, "query": query.strip(), "events": " ".join(dict.fromkeys(events)), "secret": new_secret()}
        newest = sa.text("(SELECT coalesce(max(seq), 0) FROM changes)")
        with writing(self._engine) as connection:
            values = {**row, "made_by": made_by, "created_at": now, "seq": connection.scalar(sa.select(newest))}
            added = connection.execute(sa.insert(webhooks).values(**values).returning(webhooks)).one()
            return _webhook(added, now)

    def all(self, now: datetime) -> list[Webhook]:
        """Every webhook that was not removed, oldest first."""
        query = sa.select(webhooks).where(webhooks.c.removed_at.is_(None)).order_by(webhooks.c.id)
        with reading(self._engine) as connection:
            return [_webhook(row, now) for row in connection.execute(query)]

    def get(self, id: int, now: datetime) -> Webhook:
        """One webhook. NotFound."""
        found = next((one for one in self.all(now) if one.id == id), None)
        if found is None:
            raise NotFound("webhook", id)
        return found

    def remove(self, id: int, now: datetime) -> None:
        """Ends a webhook; what waits is not sent any more. NotFound."""
        self._set(id, removed_at=now)

    def stop(self, id: int, now: datetime | None) -> None:
        """Sends nothing more until started again (``now`` None). What changes meanwhile is told then."""
        self._set(id, stopped_at=now)

    def rotate(self, id: int, now: datetime) -> str:
        """A new secret; for 24 hours messages bear a signature of each. NotFound."""
        secret = new_secret()
        self._set(id, old_secret=webhooks.c.secret, old_secret_until=now + OLD_SECRET_LASTS, secret=secret)
        return secret

    def held(self, webhook_id: int, ids: Collection[int]) -> set[int]:
        """Those of the articles that the webhook's receiver was last told to match its search."""
        mine = (webhook_articles.c.webhook_id == webhook_id) & webhook_articles.c.article_id.in_(ids)
        with reading(self._engine) as connection:
            return set(connection.scalars(sa.select(webhook_articles.c.article_id).where(mine)))

    def keep_changes(self, hook: Webhook, message: ChangeMessage, now: datetime) -> bool:
        """Writes one message of the changes after the hook's ``seq`` down and moves the hook on, together.

        Without a body only the place moves on. False when another worker was faster.
        """
        with writing(self._engine) as connection:
            same = (webhooks.c.id == hook.id) & (webhooks.c.seq == hook.seq) & webhooks.c.removed_at.is_(None)
            if not connection.execute(sa.update(webhooks).where(same).values(seq=message.upto)).rowcount:
                return False
            if message.body is not None:
                _enqueue(connection, hook.id, (f"changes:{hook.seq}-{message.upto}", "articles.changed", message.body), now)
            if message.matching:
                rows = [{"webhook_id": hook.id, "article_id": id} for id in message.matching]
                connection.execute(insert_into(connection, webhook_articles).values(rows).on_conflict_do_nothing())
            mine = webhook_articles.c.webhook_id == hook.id
            connection.execute(sa.delete(webhook_articles).where(mine, webhook_articles.c.article_id.in_(message.left)))
        return True

    def enqueue(self, event: Event, key: str, body: dict[str, object], now: datetime) -> int:
        """Writes one message for every webhook of this event down; a key that is there already is not written again. How many were."""
        with writing(self._engine) as connection:
            rows = connection.execute(sa.select(webhooks.c.id, webhooks.c.events).where(webhooks.c.removed_at.is_(None))).all()
            return sum(_enqueue(connection, row.id, (key, event, body), now) for row in rows if event in row.events.split())

    def is_any_due(self, now: datetime) -> bool:
        """Whether a claim may find something; only reads."""
        with reading(self._engine) as connection:
            return connection.scalar(sa.select(webhook_deliveries.c.id).where(_claimable(now)).limit(1)) is not None

    def claim(self, owner: str, now: datetime) -> Delivery | None:
        """The delivery that is due first, handed to ``owner`` for two minutes and counted as an attempt; None when nothing is due."""
        with writing(self._engine) as connection:
            query = sa.select(webhook_deliveries.c.id).where(_claimable(now)).order_by(webhook_deliveries.c.due_at, webhook_deliveries.c.id)
            if is_postgresql(connection):
                query = query.with_for_update(skip_locked=True)
            id = connection.scalar(query.limit(1))
            if id is None:
                return None
            taken = {"claimed_by": owner, "claimed_until": now + timedelta(seconds=CLAIM_SECONDS)}
            taken["attempts"] = webhook_deliveries.c.attempts + 1
            mine = webhook_deliveries.c.id == id
            return _delivery(
                connection.execute(sa.update(webhook_deliveries).where(mine).values(**taken).returning(webhook_deliveries)).one()
            )

    def delivered(self, id: int, owner: str, status: int, now: datetime) -> bool:
        """The receiver took it."""
        return self._close(id, owner, {"state": "delivered", "delivered_at": now, "status": status, "error": ""})

    def undelivered(self, delivery: Delivery, owner: str, answer: tuple[int | None, str], now: datetime) -> bool:
        """The receiver did not take it, for the reason given as (status, words): due again later, or failed after the last attempt."""
        status, error = answer
        last = delivery.attempts > len(WAITS)
        again = {"state": "failed"} if last else {"state": "waiting", "due_at": now + WAITS[delivery.attempts - 1]}
        return self._close(delivery.id, owner, {**again, "status": status, "error": error[:500]})

    def deliveries(self, webhook_id: int, *, state: str = "", before: int | None = None, limit: int = 50) -> list[Delivery]:
        """The newest deliveries of a webhook first; ``before`` is the id of the last one seen."""
        query = sa.select(webhook_deliveries).where(webhook_deliveries.c.webhook_id == webhook_id)
        if state:
            query = query.where(webhook_deliveries.c.state == state)
        if before is not None:
            query = query.where(webhook_deliveries.c.id < before)
        with reading(self._engine) as connection:
            return [_delivery(row) for row in connection.execute(query.order_by(webhook_deliveries.c.id.desc()).limit(limit))]

    def replay(self, webhook_id: int, id: int, now: datetime) -> Delivery:
        """Sends a message again, with its own id and ten new attempts. NotFound."""
        mine = (webhook_deliveries.c.id == id) & (webhook_deliveries.c.webhook_id == webhook_id)
        again = {"state": "waiting", "attempts": 0, "due_at": now, "claimed_by": "", "claimed_until": None}
        with writing(self._engine) as connection:
            row = connection.execute(sa.update(webhook_deliveries).where(mine).values(**again).returning(webhook_deliveries)).first()
        if row is None:
            raise NotFound("delivery", id)
        return _delivery(row)

    def backlog(self) -> dict[str, int]:
        """How many deliveries stand in each state."""
        query = sa.select(webhook_deliveries.c.state, sa.func.count()).group_by(webhook_deliveries.c.state)
        with reading(self._engine) as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def forget(self, now: datetime) -> int:
        """Deletes deliveries that were settled thirty days ago; how many."""
        old = (webhook_deliveries.c.created_at < now - KEPT) & (webhook_deliveries.c.state != "waiting")
        with writing(self._engine) as connection:
            return connection.execute(sa.delete(webhook_deliveries).where(old)).rowcount

    def _set(self, id: int, **values: object) -> None:
        with writing(self._engine) as connection:
            standing = (webhooks.c.id == id) & webhooks.c.removed_at.is_(None)
            if not connection.execute(sa.update(webhooks).where(standing).values(**values)).rowcount:
                raise NotFound("webhook", id)

    def _close(self, id: int, owner: str, values: dict[str, object]) -> bool:
        mine = (webhook_deliveries.c.id == id) & (webhook_deliveries.c.claimed_by == owner) & (webhook_deliveries.c.state == "waiting")
        free = {"claimed_by": "", "claimed_until": None}
        with writing(self._engine) as connection:
            return connection.execute(sa.update(webhook_deliveries).where(mine).values(**values, **free)).rowcount == 1


def new_secret() -> str:
    """``whsec_`` and 24 random bytes in base64, as the specification wants it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def _enqueue(connection: sa.Connection, webhook_id: int, message: tuple[str, str, dict[str, object]], now: datetime) -> bool:
    key, event, body = message
    row = {"webhook_id": webhook_id, "key": key, "event": event, "message_id": f"msg_{uuid.uuid4().hex}", "created_at": now}
    row |= {"body": json.dumps(body, ensure_ascii=False), "state": "waiting", "due_at": now}
    added = insert_into(connection, webhook_deliveries).values(**row).on_conflict_do_nothing(index_elements=["webhook_id", "key"])
    return connection.execute(added.returning(webhook_deliveries.c.id)).first() is not None


def _claimable(now: datetime) -> sa.ColumnElement[bool]:
    standing = webhooks.c.removed_at.is_(None) & webhooks.c.stopped_at.is_(None) & (webhooks.c.id == webhook_deliveries.c.webhook_id)
    free = webhook_deliveries.c.claimed_until.is_(None) | (webhook_deliveries.c.claimed_until <= now)
    due = (webhook_deliveries.c.state == "waiting") & (webhook_deliveries.c.due_at <= now)
    return due & free & sa.exists(sa.select(webhooks.c.id).where(standing))


def _webhook(row: sa.Row[tuple[object, ...]], now: datetime) -> Webhook:
    old = (row.old_secret,) if row.old_secret and row.old_secret_until and row.old_secret_until > now else ()
    events = tuple(row.events.split())
    known = (row.id, row.name, row.url, row.query, events, (row.secret, *old), row.seq, row.made_by, row.created_at, row.stopped_at)
    return Webhook(*known)


def _delivery(row: sa.Row[tuple[object, ...]]) -> Delivery:
    first = (row.id, row.webhook_id, row.message_id, row.event, row.body, row.created_at, row.state, row.attempts)
    return Delivery(*first, row.due_at, row.delivered_at, row.status, row.error)
