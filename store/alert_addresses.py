"""Whom the letters of an alert rule go to; each address leaves by its own link, and one that a mail server refuses is marked."""

import secrets
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from core.errors import BadInput, NotFound
from store.engine import reading, writing
from store.outgoing_tables import alert_addresses, alert_letters, alert_rules, alerts
from store.people import checked_address
from store.recipients import Recipient, recipient_of

MOST_ADDRESSES = 50


class AlertAddresses:
    """The addresses of all rules."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def add(self, rule_id: int, address: str, now: datetime) -> Recipient:
        """One more address; one that left or was bad becomes active again. BadInput, NotFound."""
        checked = checked_addresses([address])[0]
        mine = alert_addresses.c.rule_id == rule_id
        again = {"unsubscribed_at": None, "bad_at": None, "bad_reason": "", "added_at": now}
        with writing(self._engine) as connection:
            standing = (alert_rules.c.id == rule_id) & alert_rules.c.removed_at.is_(None)
            if connection.scalar(sa.select(alert_rules.c.id).where(standing)) is None:
                raise NotFound("alert rule", rule_id)
            same = mine & (alert_addresses.c.address == checked)
            if not connection.execute(sa.update(alert_addresses).where(same).values(**again)).rowcount:
                if len(active_addresses(connection, [rule_id]).get(rule_id, ())) >= MOST_ADDRESSES:
                    raise BadInput("address", address, f"at most {MOST_ADDRESSES}", "شمار نشانی‌ها به حد رسیده است.")
                insert_addresses(connection, rule_id, [checked], now)
            return recipient_of(connection.execute(sa.select(alert_addresses).where(same)).one())

    def of_rule(self, rule_id: int) -> list[Recipient]:
        """Every address of a rule, also those that left or were refused."""
        query = sa.select(alert_addresses).where(alert_addresses.c.rule_id == rule_id).order_by(alert_addresses.c.id)
        with reading(self._engine) as connection:
            return [recipient_of(row) for row in connection.execute(query)]

    def find(self, token: str) -> Recipient | None:
        """Whom an unsubscribe link belongs to; None for an unknown token."""
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(alert_addresses).where(alert_addresses.c.token == token)).first()
        return recipient_of(row) if row else None

    def unsubscribe(self, token: str, now: datetime) -> Recipient | None:
        """Takes one address out of its rule, with the letters that wait for it; doing it twice changes nothing. None: unknown token."""
        own = (alert_addresses.c.token == token) & alert_addresses.c.unsubscribed_at.is_(None)
        with writing(self._engine) as connection:
            left = connection.execute(sa.update(alert_addresses).where(own).values(unsubscribed_at=now).returning(alert_addresses)).first()
            if left:
                _cancel(connection, (alerts.c.rule_id == left.rule_id) & (alert_letters.c.address == left.address))
        return self.find(token)

    def mark_bad(self, address: str, reason: str, now: datetime) -> None:
        """Marks an address, in every rule, that the mail server refused for good. The first refusal's words stay."""
        known = (alert_addresses.c.address == address) & alert_addresses.c.bad_at.is_(None)
        with writing(self._engine) as connection:
            connection.execute(sa.update(alert_addresses).where(known).values(bad_at=now, bad_reason=reason[:500]))
            _cancel(connection, alert_letters.c.address == address)


def active_addresses(connection: sa.Connection, rules: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Per rule the addresses that take letters, in the order in which they were added."""
    active = alert_addresses.c.unsubscribed_at.is_(None) & alert_addresses.c.bad_at.is_(None)
    query = sa.select(alert_addresses.c.rule_id, alert_addresses.c.address).where(active, alert_addresses.c.rule_id.in_(rules))
    found: dict[int, tuple[str, ...]] = {}
    for rule, address in connection.execute(query.order_by(alert_addresses.c.id)):
        found[rule] = (*found.get(rule, ()), address)
    return found


def insert_addresses(connection: sa.Connection, rule_id: int, addresses: Sequence[str], now: datetime) -> None:
    """New addresses, already checked."""
    rows = [{"rule_id": rule_id, "address": one, "token": secrets.token_urlsafe(24), "added_at": now} for one in addresses]
    if rows:
        connection.execute(sa.insert(alert_addresses), rows)


def checked_addresses(addresses: Sequence[str]) -> list[str]:
    """The addresses as they are kept, each once. BadInput for one that is none and for too many."""
    if len(addresses) > MOST_ADDRESSES:
        raise BadInput("addresses", len(addresses), f"at most {MOST_ADDRESSES}", "شمار نشانی‌ها بیش از اندازه است.")
    return list(dict.fromkeys(checked_address(address) for address in addresses))


def _cancel(connection: sa.Connection, which: sa.ColumnElement[bool]) -> None:
    """What waits for an address that takes no more letters, also in the hands of a worker that has not let it go yet."""
    mine = sa.select(alert_letters.c.id).join(alerts, alerts.c.id == alert_letters.c.alert_id).where(which)
    waiting = (alert_letters.c.state == "waiting") & alert_letters.c.id.in_(mine)
    connection.execute(sa.update(alert_letters).where(waiting).values(state="cancelled"))
