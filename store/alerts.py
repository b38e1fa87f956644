"""Alert rules, the alerts that fired, and the letters that tell of them; each alert once, each letter handed to one worker at a time."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from core.errors import BadInput, NotFound
from store.alert_addresses import AlertAddresses, active_addresses, checked_addresses, insert_addresses
from store.engine import insert_into, is_postgresql, reading, writing
from store.outgoing_tables import alert_letters, alert_rules, alerts

KINDS = ("volume", "negative", "story")
CLAIM_SECONDS = 900.0
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class AlertRule:
    """A saved search that is watched. Quiet hours are Tehran's (``22:00`` to ``07:00``, "" for none); letters wait for their end.

    ``addresses`` are those that take letters; ``Alerts.addresses`` knows also those that left or were refused.
    """

    id: int
    name: str
    query: str
    kinds: tuple[str, ...]
    quiet_from: str
    quiet_to: str
    addresses: tuple[str, ...]
    made_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AlertRecord:
    """An alert that fired: ``key`` names it within its rule for ever, ``document`` is its JSON for other systems."""

    rule_id: int
    key: str
    kind: str
    fired_at: datetime
    document: dict[str, object]
    subject: str
    html: str
    text: str
    id: int = 0


@dataclass(frozen=True, slots=True)
class AlertLetter:
    """One alert to one address."""

    id: int
    alert_id: int
    address: str
    state: Literal["waiting", "sent", "failed", "cancelled"]
    attempts: int
    due_at: datetime
    sent_at: datetime | None
    error: str


class Alerts:
    """Keeps rules and what they told."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self.addresses = AlertAddresses(engine)

    def add(
        self, name: str, query: str, *, kinds: Sequence[str], addresses: Sequence[str], quiet: tuple[str, str], made_by: str, now: datetime
    ) -> AlertRule:
        """A new rule. The caller has checked the query. BadInput."""
        cleaned = " ".join(name.split())
        if not 0 < len(cleaned) <= 200:
            raise BadInput("name", name, "a name of 1 to 200 letters is needed", "نامی بنویسید (حداکثر ۲۰۰ نویسه).")
        if not kinds or not set(kinds) <= set(KINDS):
            raise BadInput("kinds", list(kinds), f"some of {', '.join(KINDS)} are expected", "دست‌کم یک گونه هشدار را برگزینید.")
        if any(quiet) and not all(_CLOCK.fullmatch(clock) for clock in quiet):
            raise BadInput("quiet", "-".join(quiet), "two times like 22:00 and 07:00 are needed", "ساعت‌های آرام را مانند 22:00 بنویسید.")
        to = checked_addresses(addresses)
        row = {"name": cleaned, "query": query.strip(), "kinds": " ".join(dict.fromkeys(kinds)), "made_by": made_by, "created_at": now}
        row |= {"quiet_from": quiet[0], "quiet_to": quiet[1]}
        with writing(self._engine) as connection:
            added = connection.execute(sa.insert(alert_rules).values(**row).returning(alert_rules)).one()
            insert_addresses(connection, added.id, to, now)
            return _rule(added, tuple(to))

    def rules(self) -> list[AlertRule]:
        """The rules that were not removed, oldest first."""
        query = sa.select(alert_rules).where(alert_rules.c.removed_at.is_(None)).order_by(alert_rules.c.id)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
            to = active_addresses(connection, [row.id for row in rows])
            return [_rule(row, to.get(row.id, ())) for row in rows]

    def remove(self, id: int, now: datetime) -> None:
        """Ends a rule; what it told stays. NotFound."""
        standing = (alert_rules.c.id == id) & alert_rules.c.removed_at.is_(None)
        with writing(self._engine) as connection:
            if not connection.execute(sa.update(alert_rules).where(standing).values(removed_at=now)).rowcount:
                raise NotFound("alert rule", id)

    def told(self, rule_id: int) -> dict[str, datetime]:
        """The keys of the rule's alerts with the moments at which they fired."""
        query = sa.select(alerts.c.key, alerts.c.fired_at).where(alerts.c.rule_id == rule_id)
        with reading(self._engine) as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def keep(self, alert: AlertRecord, addresses: Sequence[str], due_at: datetime) -> int | None:
        """Writes an alert and its letters to the active addresses down, together; None when that key was told before."""
        values = {"rule_id": alert.rule_id, "key": alert.key, "kind": alert.kind, "fired_at": alert.fired_at}
        values |= {"document": json.dumps(alert.document, ensure_ascii=False), "subject": alert.subject}
        values |= {"html": alert.html, "text": alert.text}
        with writing(self._engine) as connection:
            added = insert_into(connection, alerts).values(**values).on_conflict_do_nothing().returning(alerts.c.id)
            id: int | None = connection.execute(added).scalar()
            active = active_addresses(connection, [alert.rule_id]).get(alert.rule_id, ())
            rows = [{"alert_id": id, "state": "waiting", "due_at": due_at, "address": one} for one in addresses if one in active]
            if id is not None and rows:
                connection.execute(sa.insert(alert_letters), rows)
            return id

    def newest(self, limit: int = 50, before: int | None = None) -> list[AlertRecord]:
        """The alerts that fired, the newest first; ``before`` is the id of the last one seen."""
        query = sa.select(alerts).order_by(alerts.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(alerts.c.id < before)
        with reading(self._engine) as connection:
            return [_alert(row) for row in connection.execute(query)]

    def get(self, id: int) -> AlertRecord:
        """One alert. NotFound."""
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(alerts).where(alerts.c.id == id)).first()
        if row is None:
            raise NotFound("alert", id)
        return _alert(row)

    def letters(self, alert_id: int) -> list[AlertLetter]:
        """What became of an alert's letters."""
        query = sa.select(alert_letters).where(alert_letters.c.alert_id == alert_id).order_by(alert_letters.c.id)
        with reading(self._engine) as connection:
            return [_letter(row) for row in connection.execute(query)]

    def is_any_due(self, now: datetime) -> bool:
        """Whether a claim may find something; only reads."""
        with reading(self._engine) as connection:
            return connection.scalar(sa.select(alert_letters.c.id).where(_claimable(now)).limit(1)) is not None

    def claim(self, owner: str, now: datetime) -> AlertLetter | None:
        """The letter that is due first, handed to ``owner`` for fifteen minutes; None when nothing is due."""
        with writing(self._engine) as connection:
            query = sa.select(alert_letters.c.id).where(_claimable(now)).order_by(alert_letters.c.due_at, alert_letters.c.id).limit(1)
            if is_postgresql(connection):
                query = query.with_for_update(skip_locked=True)
            id = connection.scalar(query)
            if id is None:
                return None
            until = now + timedelta(seconds=CLAIM_SECONDS)
            taken = {"claimed_by": owner, "claimed_until": until, "attempts": alert_letters.c.attempts + 1}
            update = sa.update(alert_letters).where(alert_letters.c.id == id).values(**taken).returning(alert_letters)
            return _letter(connection.execute(update).one())

    def is_held(self, id: int, owner: str) -> bool:
        """Whether the owner still holds the letter and it has neither left nor been cancelled."""
        mine = (alert_letters.c.id == id) & (alert_letters.c.claimed_by == owner) & (alert_letters.c.state == "waiting")
        with reading(self._engine) as connection:
            return connection.scalar(sa.select(alert_letters.c.id).where(mine)) is not None

    def settle(self, id: int, owner: str, **values: object) -> bool:
        """Writes down what became of a claimed letter: ``state="sent", sent_at=…`` or ``due_at=…, error=…``; False without the claim."""
        mine = (alert_letters.c.id == id) & (alert_letters.c.claimed_by == owner) & (alert_letters.c.state == "waiting")
        free = {"claimed_by": "", "claimed_until": None}
        with writing(self._engine) as connection:
            return connection.execute(sa.update(alert_letters).where(mine).values(**values, **free)).rowcount == 1


def _claimable(now: datetime) -> sa.ColumnElement[bool]:
    free = alert_letters.c.claimed_until.is_(None) | (alert_letters.c.claimed_until <= now)
    return (alert_letters.c.state == "waiting") & (alert_letters.c.due_at <= now) & free


def _rule(row: sa.Row[tuple[object, ...]], addresses: tuple[str, ...]) -> AlertRule:
    kinds = tuple(row.kinds.split())
    return AlertRule(row.id, row.name, row.query, kinds, row.quiet_from, row.quiet_to, addresses, row.made_by, row.created_at)


def _alert(row: sa.Row[tuple[object, ...]]) -> AlertRecord:
    words = (row.subject, row.html, row.text)
    return AlertRecord(row.rule_id, row.key, row.kind, row.fired_at, json.loads(row.document), *words, id=row.id)


def _letter(row: sa.Row[tuple[object, ...]]) -> AlertLetter:
    return AlertLetter(row.id, row.alert_id, row.address, row.state, row.attempts, row.due_at, row.sent_at, row.error)
