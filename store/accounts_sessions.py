"""Sessions: a random token in the browser, its hash here. A session ends 12 hours after its last use, and 7 days after its start."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa

from store.accounts_tables import accounts, sessions
from store.engine import reading, writing

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
_SEEN_EVERY = timedelta(minutes=5)  # reading a page writes no more often than this


def token_hash(token: str) -> str:
    """What is kept of a random token: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """256 random bits, as they stand in a cookie or an address."""
    return secrets.token_urlsafe(32)


class Sessions:
    """Starts, finds and ends sessions."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def start(self, account_id: int, now: datetime) -> str:
        """A new session's token; sessions that have ended are forgotten."""
        token = new_token()
        ended = (sessions.c.seen_at <= now - IDLE) | (sessions.c.created_at <= now - LONGEST)
        with writing(self._engine) as connection:
            connection.execute(sa.delete(sessions).where(ended))
            row = {"token_hash": token_hash(token), "account_id": account_id, "created_at": now, "seen_at": now}
            connection.execute(sa.insert(sessions).values(**row))
        return token

    def find(self, token: str, now: datetime) -> tuple[int, str, str] | None:
        """(id, name, role) of the account whose session this is, while it lasts."""
        alive = (sessions.c.seen_at > now - IDLE) & (sessions.c.created_at > now - LONGEST)
        columns = (accounts.c.id, accounts.c.name, accounts.c.role, sessions.c.seen_at)
        query = sa.select(*columns).join(sessions, sessions.c.account_id == accounts.c.id)
        with reading(self._engine) as connection:
            row = connection.execute(query.where(alive & (sessions.c.token_hash == token_hash(token)))).first()
        if row and now - row.seen_at > _SEEN_EVERY:
            with writing(self._engine) as connection:
                connection.execute(sa.update(sessions).where(sessions.c.token_hash == token_hash(token)).values(seen_at=now))
        return (row.id, row.name, row.role) if row else None

    def end(self, token: str) -> None:
        """Signs out; nothing happens when there is no such session."""
        with writing(self._engine) as connection:
            connection.execute(sa.delete(sessions).where(sessions.c.token_hash == token_hash(token)))

    def end_all(self, account_id: int, but: Collection[str] = ()) -> int:
        """Ends every session of an account except those of the tokens ``but``; returns how many."""
        mine = (sessions.c.account_id == account_id) & sessions.c.token_hash.not_in([token_hash(token) for token in but])
        with writing(self._engine) as connection:
            return connection.execute(sa.delete(sessions).where(mine)).rowcount
