"""The turns of saved searches: when one comes, who looked when, the digest sent in the same rhythm, the alert rules that follow one."""

from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa

from core.dates import TEHRAN, tehran_day, weekday
from store.engine import insert_into, reading, writing
from store.outgoing_tables import alert_rules, search_alerts
from store.people_tables import saved_searches, search_letters, search_looks, subscriptions

USUAL_CLOCK = "06:30"
# The Tehran days (0 = Saturday) of each cadence; a search without a cadence has no turns.
TURN_DAYS = {"daily": (0, 1, 2, 3, 4, 5, 6), "weekly": (0,)}


def last_turn(cadence: str, clock: str, now: datetime) -> datetime | None:
    """The newest turn that has come (UTC); None without a cadence. daily at 06:30, Tuesday 12:00 in Tehran → Tuesday 06:30."""
    days = TURN_DAYS.get(cadence)
    if not days:
        return None
    today = tehran_day(now)
    turns = (_moment(today - timedelta(days=back), clock) for back in range(8))
    return next(turn for turn in turns if turn <= now and weekday(tehran_day(turn)) in days)


class SearchTurns:
    """Keeps when each user last looked at a saved search, and which digest belongs to one."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def looked_at(self, user: str) -> dict[int, datetime]:
        """When the user last looked at each saved search."""
        query = sa.select(search_looks.c.search_id, search_looks.c.looked_at).where(search_looks.c.user == user)
        with reading(self._engine) as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def look(self, search_id: int, user: str, now: datetime) -> None:
        """Notes that the user has looked."""
        with writing(self._engine) as connection:
            row = insert_into(connection, search_looks).values(search_id=search_id, user=user, looked_at=now)
            connection.execute(row.on_conflict_do_update(index_elements=["search_id", "user"], set_={"looked_at": now}))

    def subscriptions(self) -> dict[int, int]:
        """Saved search → the subscription that sends it and still stands."""
        both = search_letters.join(subscriptions, subscriptions.c.id == search_letters.c.subscription_id)
        query = sa.select(search_letters.c.search_id, search_letters.c.subscription_id).select_from(both)
        with reading(self._engine) as connection:
            return {row[0]: row[1] for row in connection.execute(query.where(subscriptions.c.removed_at.is_(None)))}

    def join(self, search_id: int, subscription_id: int) -> None:
        """From now on this subscription sends the search and follows its name, words and cadence."""
        with writing(self._engine) as connection:
            row = insert_into(connection, search_letters).values(search_id=search_id, subscription_id=subscription_id)
            connection.execute(row.on_conflict_do_update(index_elements=["search_id"], set_={"subscription_id": subscription_id}))

    def watched(self) -> dict[int, int]:
        """Alert rule → the saved search that it follows."""
        with reading(self._engine) as connection:
            return {row[0]: row[1] for row in connection.execute(sa.select(search_alerts.c.rule_id, search_alerts.c.search_id))}

    def watch(self, search_id: int, rule_id: int) -> None:
        """From now on this alert rule watches for what the search says."""
        with writing(self._engine) as connection:
            connection.execute(sa.insert(search_alerts).values(search_id=search_id, rule_id=rule_id))
            _take_words(connection, search_id)


def follow(connection: sa.Connection, search_id: int, now: datetime) -> None:
    """Makes the search's subscription as the search now is: name, words, days; without a cadence it ends. Alert rules take its words."""
    row = connection.execute(sa.select(saved_searches).where(saved_searches.c.id == search_id)).one()
    _take_words(connection, search_id)
    days = TURN_DAYS.get(row.cadence)
    if not days:
        end_letters(connection, search_id, now)
        return
    values = {"name": row.name, "query": row.query, "days": "".join(str(day) for day in days)}
    connection.execute(sa.update(subscriptions).where(_own(search_id)).values(**values))


def end_letters(connection: sa.Connection, search_id: int, now: datetime) -> None:
    """Ends the search's subscription, if it has one; what was sent stays in the ledger."""
    connection.execute(sa.update(subscriptions).where(_own(search_id)).values(removed_at=now))
    connection.execute(sa.delete(search_letters).where(search_letters.c.search_id == search_id))


def forget(connection: sa.Connection, search_id: int, now: datetime) -> None:
    """Everything that hangs on a search which is about to be removed; its alert rules go on with the words they have."""
    end_letters(connection, search_id, now)
    connection.execute(sa.delete(search_alerts).where(search_alerts.c.search_id == search_id))
    connection.execute(sa.delete(search_looks).where(search_looks.c.search_id == search_id))


def _take_words(connection: sa.Connection, search_id: int) -> None:
    watching = sa.select(search_alerts.c.rule_id).where(search_alerts.c.search_id == search_id)
    says = sa.select(saved_searches.c.query).where(saved_searches.c.id == search_id).scalar_subquery()
    connection.execute(sa.update(alert_rules).where(alert_rules.c.id.in_(watching)).values(query=says))


def _own(search_id: int) -> sa.ColumnElement[bool]:
    own = sa.select(search_letters.c.subscription_id).where(search_letters.c.search_id == search_id)
    return subscriptions.c.id.in_(own) & subscriptions.c.removed_at.is_(None)


def _moment(day: date, clock: str) -> datetime:
    hour, minute = clock.split(":")
    return datetime.combine(day, time(int(hour), int(minute)), TEHRAN).astimezone(UTC)
