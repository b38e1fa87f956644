"""The audit: who wrote, exported or looked at what, and when. Rows are only ever added."""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from store.accounts import User
from store.accounts_tables import audit
from store.engine import reading, writing

_MOST_LETTERS = 500
# The middleware puts an empty list here for each request, and learns from it whether the route has written its own row.
noted: ContextVar[list[str] | None] = ContextVar("noted", default=None)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One row. ``user`` is a name (the name of the key for a program, ``rasad`` for the command line)."""

    id: int
    at: datetime
    user: str
    action: str
    target: str
    details: str


class Audit:
    """Notes and lists what was done."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def note(self, user: User | str, action: str, target: object, at: datetime, details: str = "") -> None:
        """One row: ``note(user, "article.correct", "articles/12", now, "tone=negative")``. Never put a secret into it."""
        name = user if isinstance(user, str) else user.name or "—"
        row = {"at": at, "user": name, "action": action, "target": str(target)[:_MOST_LETTERS], "details": details[:_MOST_LETTERS]}
        with writing(self._engine) as connection:
            connection.execute(sa.insert(audit).values(**row))
        written = noted.get()
        if written is not None:
            written.append(action)

    def entries(self, *, before: int | None = None, limit: int = 100, user: str = "", action: str = "") -> list[AuditEntry]:
        """The newest first; ``before`` is the last id seen, ``action`` a beginning like ``key.`` or an ending like ``export``."""
        query = sa.select(audit).order_by(audit.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.id < before)
        if user:
            query = query.where(audit.c.user == user)
        if action:
            fits = audit.c.action.startswith(action, autoescape=True) | audit.c.action.endswith(action, autoescape=True)
            query = query.where(fits)
        with reading(self._engine) as connection:
            return [AuditEntry(*row) for row in connection.execute(query)]

    def users(self) -> list[str]:
        """Every name that stands in the audit."""
        with reading(self._engine) as connection:
            return list(connection.scalars(sa.select(audit.c.user).distinct().order_by(audit.c.user)))
