"""API keys: shown once, kept as a hash, with scopes, an end, and the day of their last use; and how many requests each caller may make."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from core.errors import BadInput, NotFound
from store.accounts import User
from store.accounts_sessions import new_token, token_hash
from store.accounts_tables import api_keys, quotas
from store.engine import insert_into, reading, writing

SCOPES = ("read", "write", "export", "feeds", "metrics", "admin")
PREFIX = "rasad_"
_SHOWN = len(PREFIX) + 6
_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as administrators see one: ``start`` is the beginning of its text, the rest is known to nobody."""

    id: int
    name: str
    start: str
    scopes: tuple[str, ...]
    made_by: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None

    def is_valid(self, now: datetime) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)

    @property
    def user(self) -> User:
        """Whom the audit names, in the role that the scopes come to."""
        role = "admin" if "admin" in self.scopes else "editor" if "write" in self.scopes else "viewer"
        return User(0, f"key:{self.name}", role)


class Keys:
    """Keeps keys. Every key also has its quota here, so that all web processes count together."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def add(self, name: str, scopes: Iterable[str], made_by: str, now: datetime, expires_at: datetime | None = None) -> tuple[str, ApiKey]:
        """A new key: its text, which is nowhere kept, and the record. Raises BadInput."""
        wanted = tuple(scope for scope in SCOPES if scope in set(scopes))
        unknown = set(scopes) - set(SCOPES)
        if unknown or not wanted:
            raise BadInput("scopes", " ".join(sorted(unknown)), f"some of {', '.join(SCOPES)} are expected", "دست‌کم یک دسترسی برگزینید.")
        shown = " ".join(name.split())
        if not 0 < len(shown) <= 80:
            raise BadInput("name", name, "a name of 1 to 80 letters is needed", "نامی برای کلید بنویسید (حداکثر ۸۰ نویسه).")
        if expires_at is not None and expires_at <= now:
            raise BadInput("expires", expires_at, "lies in the past", "زمان پایان کلید گذشته است.")
        text = PREFIX + new_token()
        row = {"name": shown, "start": text[:_SHOWN], "key_hash": token_hash(text), "scopes": " ".join(wanted), "made_by": made_by}
        with writing(self._engine) as connection:
            insert = sa.insert(api_keys).values(**row, created_at=now, expires_at=expires_at).returning(api_keys)
            return text, _key(connection.execute(insert).one())

    def all(self) -> list[ApiKey]:
        """Every key, the newest first, also those that were revoked."""
        with reading(self._engine) as connection:
            return [_key(row) for row in connection.execute(sa.select(api_keys).order_by(api_keys.c.id.desc()))]

    def find(self, text: str, now: datetime) -> ApiKey | None:
        """The valid key of this text; notes its use, at most once a minute."""
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(api_keys).where(api_keys.c.key_hash == token_hash(text))).first()
        if row is None:
            return None
        found = _key(row)
        if not found.is_valid(now):
            return None
        if found.used_at is None or now - found.used_at > _SEEN_EVERY:
            with writing(self._engine) as connection:
                connection.execute(sa.update(api_keys).where(api_keys.c.id == found.id).values(used_at=now))
        return found

    def revoke(self, id: int, now: datetime) -> ApiKey:
        """Ends a key at once. NotFound; one that was revoked before stays as it was."""
        with writing(self._engine) as connection:
            standing = (api_keys.c.id == id) & api_keys.c.revoked_at.is_(None)
            connection.execute(sa.update(api_keys).where(standing).values(revoked_at=now))
            row = connection.execute(sa.select(api_keys).where(api_keys.c.id == id)).first()
        if row is None:
            raise NotFound("key", id)
        return _key(row)

    def spend(self, caller: str, number: int, window_at: datetime) -> int:
        """Counts ``number`` requests of a caller in the window that began at ``window_at``; returns how many it has made in it."""
        with writing(self._engine) as connection:
            insert = insert_into(connection, quotas).values(caller=caller, window_at=window_at, used=number)
            same = quotas.c.window_at == window_at
            more = {"window_at": window_at, "used": sa.case((same, quotas.c.used + number), else_=number)}
            used = connection.execute(insert.on_conflict_do_update(index_elements=["caller"], set_=more).returning(quotas.c.used))
            return int(used.scalar_one())


def _key(row: sa.Row[tuple[object, ...]]) -> ApiKey:
    times = (row.created_at, row.expires_at, row.used_at, row.revoked_at)
    return ApiKey(row.id, row.name, row.start, tuple(row.scopes.split()), row.made_by, *times)
