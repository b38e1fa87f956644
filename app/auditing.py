"""What the command line writes into the audit: who reads accounts, keys or subscribers' addresses there, or takes data away."""

from typing import TYPE_CHECKING

from core.dates import utc_now
from core.errors import BadInput
from core.settings import Settings

if TYPE_CHECKING:
    from store.archive import Archive

BY = "rasad"  # the audit's name for the command line


def note(archive: "Archive", action: str, target: str, details: str = "") -> None:
    """One row: ``note(archive, "subscription.list", "subscriptions")``."""
    archive.audit.note(BY, action, target, utc_now(), details)


def note_whole(settings: Settings, action: str, target: str) -> None:
    """The row of a command that takes the whole archive away, which is not opened for it. One of an older form has no audit yet."""
    from app.backup import databases
    from store.audit import Audit
    from store.engine import make_engine, newest_revision, revision_of

    try:
        if not all(path.exists() for path in databases(settings).values()):
            return
    except BadInput:  # the records lie in PostgreSQL: the command says what to do
        return
    engine = make_engine(settings.database)
    try:
        if revision_of(engine) == newest_revision():
            Audit(engine).note(BY, action, target, utc_now())
    finally:
        engine.dispose()
