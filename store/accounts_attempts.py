"""Throttled attempts: after some failures each further one must wait, longer every time. A restart frees nobody."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil

import sqlalchemy as sa

from core.dates import persian_digits
from core.errors import TooMany
from store.accounts_tables import attempts
from store.engine import insert_into, lock_until_commit, writing

FORGET = timedelta(minutes=30)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=15)
_MOST_DOUBLINGS = 10
_LOCK = 7_241_306


class Attempts:
    """Failures by key. A key is e.g. ``address:192.0.2.7``; with it goes how many failures are free."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def begin(self, keys: Mapping[str, int], now: datetime) -> None:
        """Counts one attempt as failed until ``succeed`` says otherwise, so that attempts at the same time count too. Raises TooMany."""
        with writing(self._engine) as connection:
            lock_until_commit(connection, _LOCK)
            connection.execute(sa.delete(attempts).where(attempts.c.last_at < now - timedelta(days=1)))
            rows = {row.key: row for row in connection.execute(sa.select(attempts).where(attempts.c.key.in_(keys)))}
            _refuse_blocked(rows.values(), now)
            for key, free in keys.items():
                row = rows.get(key)
                failures = row.failures + 1 if row and now - row.last_at < FORGET else 1
                values = {"failures": failures, "last_at": now, "blocked_until": now + _wait(failures - free) if failures >= free else None}
                connection.execute(
                    insert_into(connection, attempts).values(key=key, **values).on_conflict_do_update(index_elements=["key"], set_=values)
                )

    def succeed(self, forgotten: str, kept: Mapping[str, int]) -> None:
        """The attempt that was begun has succeeded: ``forgotten`` has no failures any more, each of ``kept`` one less."""
        with writing(self._engine) as connection:
            connection.execute(sa.delete(attempts).where(attempts.c.key == forgotten))
            for key, free in kept.items():
                one_less = {"failures": attempts.c.failures - 1}
                connection.execute(sa.update(attempts).where(attempts.c.key == key).values(**one_less))
                free_again = (attempts.c.key == key) & (attempts.c.failures < free)
                connection.execute(sa.update(attempts).where(free_again).values(blocked_until=None))

    def forget(self, part: str) -> None:
        """Frees every key that begins with ``part``: somebody was given a new password."""
        with writing(self._engine) as connection:
            connection.execute(sa.delete(attempts).where(attempts.c.key.startswith(part, autoescape=True)))


def _wait(beyond: int) -> timedelta:
    return min(FIRST_WAIT * (1 << min(beyond, _MOST_DOUBLINGS)), LONGEST_WAIT)


def _refuse_blocked(rows: object, now: datetime) -> None:
    until = [row.blocked_until for row in rows if row.blocked_until and row.blocked_until > now]  # type: ignore[attr-defined]
    if until:
        seconds = ceil((max(until) - now).total_seconds())
        raise TooMany("attempts", seconds, f"شمار تلاش‌های ناموفق از اندازه گذشت. {_persian_span(seconds)} دیگر دوباره بیازمایید.")


def _persian_span(seconds: int) -> str:
    """How long, in words: 40 → «۴۰ ثانیهٔ», 61 → «۲ دقیقهٔ»."""
    return f"{persian_digits(seconds)} ثانیهٔ" if seconds <= 60 else f"{persian_digits(ceil(seconds / 60))} دقیقهٔ"
