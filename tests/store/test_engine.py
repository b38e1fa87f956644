"""The database is made by migrations, opened by many at once, and written by one at a time."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import store.ledger_tables
import store.people_tables
import store.story_tables  # noqa: F401
from core.settings import Settings
from store.archive import Archive
from store.engine import make_engine, reading, writing
from store.pages import pages_url
from store.tables import metadata
from tests.store.samples import raw


def test_migrations_make_exactly_the_tables_of_the_code(archive: Archive) -> None:
    with reading(archive.engine) as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, kind, _: kind != "table" or not str(name).startswith("page")}
        )
        assert compare_metadata(context, metadata) == []


def test_an_archive_opens_again_with_everything_in_it(archive: Archive, open_again: Callable[[], Archive]) -> None:
    id = archive.articles.save(raw()).id
    assert open_again().articles.get(id).raw == raw()


def test_several_processes_may_make_the_same_archive(settings: Settings) -> None:
    program = (
        "import sys; from pathlib import Path; from core.settings import Settings; from store.archive import open_archive;"
        "a = open_archive(Settings(data=Path(sys.argv[1]), database_url=sys.argv[2]), None); print(a.articles.count())"
    )
    command = [sys.executable, "-c", program, str(settings.data), settings.database_url]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    for child in children:
        printed, errors = child.communicate(timeout=60)
        assert (child.returncode, printed.strip()) == (0, "0"), errors


def test_a_writer_waits_its_turn_instead_of_failing(archive: Archive, open_again: Callable[[], Archive]) -> None:
    """Measured before: a deferred transaction that reads first fails at once with "database is locked"."""
    other = open_again()
    archive.articles.save(raw(1))
    with writing(archive.engine) as connection:
        connection.execute(sa.text("SELECT count(*) FROM articles"))
        thread = threading.Thread(target=other.articles.save, args=(raw(2),))
        thread.start()
        time.sleep(0.1)
    thread.join(10)
    assert archive.articles.count() == 2


def test_saving_a_batch_ends_within_fifty_milliseconds(archive: Archive) -> None:
    """The best of several batches: the machine may be busy, the code must not be slow."""
    archive.articles.save_many([raw(number, body="متن " * 500) for number in range(1, 80)])
    spent = []
    for start in range(100, 500, 40):
        raws = [raw(number, body="متن " * 500) for number in range(start, start + 40)]
        begin = time.perf_counter()
        archive.articles.save_many(raws)
        spent.append(time.perf_counter() - begin)
    assert min(spent) < 0.05, spent


def test_pages_lie_beside_the_records() -> None:
    assert pages_url("sqlite:////srv/rasad/rasad.sqlite") == "sqlite:////srv/rasad/pages.sqlite"
    assert pages_url("sqlite:///rasad.sqlite") == "sqlite:///pages.sqlite"
    assert pages_url("postgresql://u:p@h/rasad") == "postgresql://u:p@h/rasad"


def test_connections_to_sqlite_write_ahead(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'x.sqlite'}")
    with reading(engine) as connection:
        pragmas = {name: connection.scalar(sa.text(f"PRAGMA {name}")) for name in ("journal_mode", "busy_timeout", "foreign_keys")}
    engine.dispose()
    assert pragmas == {"journal_mode": "wal", "busy_timeout": 10_000, "foreign_keys": 1}
