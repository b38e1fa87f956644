"""Backup, restore and upgrade: nothing is lost, and what was before stays."""

import sqlite3
import tarfile
import threading
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.backup import BackupFailed, back_up, restore
from app.upgrading import upgrade
from core.errors import BadInput, Unavailable
from core.settings import Settings
from render.shapes import article_json
from store.archive import Archive, open_archive
from store.engine import make_engine, newest_revision, revision_of
from store.indexing import catch_up
from store.tantivy_index import TantivyIndex
from tests.desk import NOW, open_filled, raw


def _documents(archive: Archive) -> list[object]:
    return [article_json(article) for article in archive.articles.walk()]


def test_a_backup_taken_while_articles_arrive_is_restored_whole(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "live")
    archive, _ = open_filled(settings.data)
    kept = archive.articles.save(raw(1), page="<html>صفحهٔ خام</html>".encode()).id
    archive.people.save_search("شهر", "شهرداری", now=NOW)
    stop = threading.Event()

    def arrive() -> None:
        number = 100
        while not stop.is_set():
            archive.articles.save(raw(number), page=f"<html>{number}</html>".encode())
            number += 1

    writer = threading.Thread(target=arrive)
    writer.start()
    try:
        copied = back_up(settings, tmp_path / "backup.tar")
    finally:
        stop.set()
        writer.join()
    archive.close()
    found = restore(tmp_path / "backup.tar", tmp_path / "empty")
    assert found == copied
    assert {one.name for one in found} == {"rasad.sqlite", "pages.sqlite"}

    again = open_archive(Settings(data=tmp_path / "empty"), TantivyIndex.in_memory())
    assert again.articles.page(kept) == "<html>صفحهٔ خام</html>".encode()
    assert [one.name for one in again.people.saved_searches()] == ["شهر"]
    assert len(_documents(again)) >= 76
    assert catch_up(again) == again.search.count() == again.articles.count()
    for article in again.articles.walk():
        assert again.articles.revisions(article.id)
        if article.raw.outlet == "toos":
            assert again.articles.page(article.id) is not None
    again.close()


def test_a_restored_archive_is_the_archive(tmp_path: Path) -> None:
    archive, _ = open_filled(tmp_path / "live")
    before = _documents(archive)
    back_up(Settings(data=tmp_path / "live"), tmp_path / "backup.tar")
    archive.close()
    restore(tmp_path / "backup.tar", tmp_path / "empty")
    again = open_archive(Settings(data=tmp_path / "empty"), TantivyIndex.in_memory())
    assert _documents(again) == before
    again.close()


def test_a_backup_never_overwrites_and_a_restore_never_mixes(tmp_path: Path) -> None:
    archive, _ = open_filled(tmp_path / "live")
    archive.close()
    settings = Settings(data=tmp_path / "live")
    back_up(settings, tmp_path / "backup.tar")
    with pytest.raises(BadInput):
        back_up(settings, tmp_path / "backup.tar")
    with pytest.raises(BadInput):
        restore(tmp_path / "backup.tar", tmp_path / "live")
    with pytest.raises(BadInput):
        back_up(Settings(database_url="postgresql://rasad@localhost/rasad"), tmp_path / "other.tar")
    with pytest.raises(BackupFailed):
        back_up(Settings(data=tmp_path / "nowhere"), tmp_path / "other.tar")
    assert not (tmp_path / "other.tar").exists()


@pytest.mark.parametrize("damage", ["cut", "text", "changed"])
def test_a_damaged_backup_is_refused(tmp_path: Path, damage: str) -> None:
    archive, _ = open_filled(tmp_path / "live")
    archive.close()
    file = tmp_path / "backup.tar"
    back_up(Settings(data=tmp_path / "live"), file)
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:5000])
    elif damage == "text":
        file.write_text("چیزی دیگر", encoding="utf-8")
    else:
        whole = bytearray(file.read_bytes())
        place = whole.index("شهرداری".encode())
        whole[place : place + 2] = "س".encode()
        file.write_bytes(whole)
    with pytest.raises(BackupFailed):
        restore(file, tmp_path / "empty")


def test_a_backup_cannot_write_outside_the_folder(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "evil.tar", "w") as evil:
        manifest = tmp_path / "manifest.json"
        manifest.write_text('{"databases": [{"name": "../outside", "rows": {}, "sha256": ""}]}', encoding="utf-8")
        evil.add(manifest, "manifest.json")
        evil.add(manifest, "../outside")
    with pytest.raises(BackupFailed):
        restore(tmp_path / "evil.tar", tmp_path / "empty")
    assert not (tmp_path / "outside").exists()


def test_a_database_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, database_url="postgresql://rasad:secret@127.0.0.1:1/rasad")
    with pytest.raises(Unavailable) as error:
        upgrade(settings)
    assert "127.0.0.1" in str(error.value)
    assert "secret" not in str(error.value)


def _old_archive(folder: Path) -> Settings:
    """An archive as the version before the newest migration left it."""
    from alembic import command
    from alembic.config import Config

    from store.engine import MIGRATIONS

    folder.mkdir()
    settings = Settings(data=folder)
    engine = make_engine(settings.database)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        connection.execute(sa.text("INSERT INTO saved_searches (name, query, created_at) VALUES ('قدیمی', '', '2026-01-01 00:00:00')"))
    engine.dispose()
    return settings


def test_an_upgrade_keeps_a_copy_of_what_was_before(tmp_path: Path) -> None:
    settings = _old_archive(tmp_path / "live")
    done = upgrade(settings)
    assert (done.before, done.after) == ("0003", newest_revision())
    assert done.copy is not None
    engine = make_engine(settings.database)
    assert revision_of(engine) == newest_revision()
    engine.dispose()
    restore(done.copy, tmp_path / "before")
    with closing(sqlite3.connect(tmp_path / "before" / "rasad.sqlite")) as old:
        assert old.execute("SELECT version_num FROM alembic_version").fetchall() == [("0003",)]
        assert old.execute("SELECT name FROM saved_searches").fetchall() == [("قدیمی",)]
    assert upgrade(settings).copy is None
    archive = open_archive(settings, TantivyIndex.in_memory())
    assert [one.name for one in archive.people.saved_searches()] == ["قدیمی"]
    archive.close()
