"""``rasad upgrade``: brings the tables to this version's form, with a copy of what was before."""

from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from app.backup import back_up
from core.dates import utc_now
from core.errors import Unavailable
from core.settings import Settings
from store.engine import make_engine, migrate, newest_revision, revision_of


@dataclass(frozen=True, slots=True)
class Upgraded:
    """From which migration to which, and where the copy lies (None: nothing was to be done, or the database keeps its own copies)."""

    before: str
    after: str
    copy: Path | None


def upgrade(settings: Settings, *, keep_copy: bool = True) -> Upgraded:
    """Runs the missing migrations. On SQLite a backup is taken first and stays, also when the migration fails."""
    settings.data.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.database)
    try:
        before = _standing(engine)
        if before == newest_revision():
            return Upgraded(before, before, None)
        copy = _copy(settings, before) if keep_copy and before and engine.dialect.name == "sqlite" else None
        migrate(engine)
        return Upgraded(before, revision_of(engine) or "", copy)
    finally:
        engine.dispose()


def _standing(engine: sa.Engine) -> str:
    try:
        return revision_of(engine) or ""
    except sa.exc.OperationalError as error:
        raise Unavailable(f"the database {engine.url.render_as_string()} does not answer: {error.orig}") from error


def _copy(settings: Settings, revision: str) -> Path:
    folder = settings.data / "backups"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"before-upgrade-{revision}-{utc_now():%Y%m%dT%H%M%S}.tar"
    back_up(settings, target)
    return target
