"""``rasad backup``, ``restore``, ``upgrade``, ``migrate``, ``forget-pages``: keeping the archive."""

from pathlib import Path

import sqlalchemy as sa
import typer

from app.auditing import note, note_whole
from app.terminal import notes, plain_errors, put_json
from core.settings import Settings


def backup(file: Path = typer.Argument(..., help="the backup to write, e.g. rasad-1405-09-03.tar")) -> None:
    """Copy records and raw pages into one verified file, while the service runs."""
    from app.backup import back_up

    settings = Settings.load()
    with plain_errors():
        note_whole(settings, "archive.export", str(file))
        for one in back_up(settings, file):
            put_json({"database": one.name, "rows": sum(one.rows.values()), "sha256": one.sha256})


def restore(file: Path = typer.Argument(..., help="a backup that `rasad backup` wrote")) -> None:
    """Unpack a backup into the empty data folder, verify it, and build the search index."""
    from app.backup import restore as unpack
    from app.reindexing import reindex

    settings = Settings.load()
    with plain_errors():
        for one in unpack(file, settings.data):
            put_json({"database": one.name, "rows": sum(one.rows.values()), "sha256": one.sha256})
        notes.print(f"{reindex(settings)} articles indexed")


def upgrade(copy: bool = typer.Option(True, "--copy/--no-copy", help="keep a backup of what was before (SQLite)")) -> None:
    """Bring the tables to this version's form; a backup of what was before stays in `backups/`."""
    from app.upgrading import upgrade as run

    with plain_errors():
        done = run(Settings.load(), keep_copy=copy)
        put_json({"before": done.before, "after": done.after, "copy": str(done.copy) if done.copy else None})


def migrate(to: str = typer.Option(..., "--to", help="postgresql://user:password@host/database")) -> None:
    """Move an embedded archive into PostgreSQL: resumable, verified by counts and checksums."""
    from app.migrating import move

    done: dict[str, int] = {}

    def tell(table: str, rows: int) -> None:
        done[table] = done.get(table, 0) + rows
        if done[table] % 10_000 < rows:
            notes.print(f"{table}: {done[table]}")

    settings = Settings.load()
    with plain_errors():
        note_whole(settings, "archive.export", sa.make_url(to).render_as_string())
        for one in move(settings, to, tell):
            put_json({"table": one.table, "rows": one.rows, "checksum": one.checksum})


def forget_pages(before: str = typer.Option(..., "--before", help="a day: pages fetched before it are deleted, e.g. 1402/01/01")) -> None:
    """Delete old raw pages for ever. Articles, their revisions and labels stay; they cannot be extracted anew any more."""
    from app.crawling import day_of
    from app.wiring import opened
    from core.dates import day_start
    from store.retention import forget_pages as forget

    settings = Settings.load()
    with plain_errors(), opened(settings) as archive:
        day = day_of("before", before)
        note(archive, "pages.forget", "pages", day.isoformat())
        for forgotten in forget(archive.engine, archive.pages, day_start(day)):
            notes.print(f"{forgotten.pages} pages, {forgotten.bytes // 1_000_000} MB")
        put_json({"pages": forgotten.pages, "bytes": forgotten.bytes})
