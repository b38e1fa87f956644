"""The database is made by migrations, opened by many at once, and written by one at a time."""

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import store.ledger_tables
import store.people_tables
import store.story_tables  # noqa: F401
from core.errors import SettingError, Unavailable
from core.settings import Settings
from store.archive import Archive, open_archive
from store.engine import close_connections, make_engine, migrate, reading, writing
from store.pages import pages_url
from store.tables import metadata
from store.tantivy_index import TantivyIndex
from tests.store.samples import NOW, raw, said


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
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
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


def test_no_writing_transaction_holds_the_database_for_fifty_milliseconds(tmp_path: Path) -> None:
    """As time of one core, the best of several: the machine may be busy, the code must not be slow."""
    archive = open_archive(Settings(data=tmp_path), TantivyIndex.in_memory())
    began: list[float] = []
    spent: list[float] = []
    sa.event.listen(archive.engine, "begin", lambda _: began.append(time.process_time()))
    sa.event.listen(archive.engine, "commit", lambda _: spent.append(time.process_time() - began[-1]))
    for start in range(1, 401, 40):
        archive.articles.save_many([raw(number, body="متن " * 500) for number in range(start, start + 40)])
    saving, tagged = spent[:], len(spent)
    waiting = archive.articles.untagged("v1", 400)
    archive.articles.annotate_many([(one.id, 1, said("v1", b"same")) for one in waiting], NOW)
    tagging, grouped = spent[tagged:], len(spent)
    archive.groups.group_pending(lambda value: tuple(value), lambda one, other: one.id % 7 == other.id % 7, NOW)
    archive.close()
    assert (len(saving), len(tagging)) == (10, 10)
    for spent_there in (saving, tagging, spent[grouped:]):
        assert sorted(spent_there)[len(spent_there) // 2] < 0.05, spent_there


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


def test_a_connection_that_is_still_in_use_when_all_are_closed_is_closed_when_it_is_handed_back(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'x.sqlite'}")
    with reading(engine) as connection:
        used = connection.connection.dbapi_connection
        assert used is not None
        close_connections(engine)
        assert connection.scalar(sa.text("SELECT 1")) == 1
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        used.cursor()
    with reading(engine) as later:
        opened = later.connection.dbapi_connection
        assert opened is not None
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened.cursor()


def test_an_address_of_another_database_is_refused_without_showing_its_password() -> None:
    for url in ("mysql://rasad:secret@db/x", "mongodb://rasad:secret@db/x"):
        with pytest.raises(SettingError, match="RASAD_DATABASE_URL") as caught:
            make_engine(url)
        assert "secret" not in str(caught.value)
    with pytest.raises(SettingError, match="not an address"):
        make_engine("no address")


def test_a_database_that_does_not_answer_is_said_to_be_away(tmp_path: Path) -> None:
    engine = make_engine("postgresql://rasad:secret@127.0.0.1:1/rasad")
    with pytest.raises(Unavailable, match="does not answer") as caught:
        migrate(engine)
    assert "secret" not in str(caught.value)
    folder = tmp_path / "rasad.sqlite"
    folder.mkdir()
    with pytest.raises(Unavailable, match="unable to open"):
        migrate(make_engine(f"sqlite:///{folder}"))


def test_an_archive_of_a_newer_version_is_not_touched(archive: Archive) -> None:
    with writing(archive.engine) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingError, match="newer version"):
        migrate(archive.engine)


def test_saving_and_labelling_keep_up_with_the_press(archive: Archive) -> None:
    """Complaint 29: ingestion at 0.7 a second. Measured as time of one core, so that a busy machine does not matter."""
    best = {"saved": 0.0, "tagged": 0.0}
    for start in (1, 1001, 2001):
        raws = [raw(number, body="متن خبر " * 250) for number in range(start, start + 400)]
        begin = time.process_time()
        archive.articles.save_many(raws)
        best["saved"] = max(best["saved"], 400 / (time.process_time() - begin))
        begin = time.process_time()
        waiting = archive.articles.untagged("v1", 400)
        archive.articles.annotate_many([(one.id, 1, said()) for one in waiting], NOW)
        best["tagged"] = max(best["tagged"], 400 / (time.process_time() - begin))
    assert best["saved"] > 500, best
    assert best["tagged"] > 500, best
