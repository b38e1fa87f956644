"""``rasad doctor``, ``coverage``: is everything there, and nothing lost?"""

import sqlalchemy as sa
import typer

from app.terminal import plain_errors, put, put_json
from core.errors import Unavailable
from core.settings import Settings


def doctor(as_json: bool = typer.Option(False, "--json", help="one JSON line per check")) -> None:
    """Check settings, outlets, archive, users, clock, index, mail and model; exit status 1 when a check fails."""
    from app.doctor import checks

    settings = Settings.load()
    failed = False
    with plain_errors():
        for check in checks(settings):
            failed |= not check.good
            if as_json:
                put_json({"check": check.name, "title": check.title, "good": check.good, "found": check.found, "remedy": check.remedy})
            else:
                put(f"{'✓' if check.good else '✗'} {check.title}: {check.found}")
                if not check.good:
                    put(f"    {check.remedy}")
    raise typer.Exit(1 if failed else 0)


def alive() -> None:
    """Exit status 0 when the database answers and the disk takes more: the health check of a container."""
    from app.pausing import pause_reason
    from store.engine import make_engine, revision_of

    settings = Settings.load()
    with plain_errors():
        reason = pause_reason(settings.data)
        if reason:
            raise Unavailable(reason)
        engine = make_engine(settings.database)
        try:
            revision_of(engine)
        except sa.exc.OperationalError as error:
            raise Unavailable(f"the database does not answer: {error.orig}") from None
        finally:
            engine.dispose()


def coverage(since: str = typer.Option("", help="first day, e.g. 1405/09/01; default: the last 7 days")) -> None:
    """Print the ledger per outlet: known, read, blocked, failed, waiting; one JSON line an outlet."""
    from app.coverage import coverage_rows

    settings = Settings.load()
    with plain_errors():
        for row in coverage_rows(settings, since):
            put_json(row)
