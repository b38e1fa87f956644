"""``rasad backup`` and ``restore``: the records and the raw pages in one file, taken while the service runs.

The file is a TAR of a SQLite copy of each database (SQLite's own online backup) and ``manifest.json`` with counts and SHA-256 sums. The
search index is left out: it is rebuilt from the records. With PostgreSQL use its own tools (``pg_dump``), which the error says.
"""

import hashlib
import io
import json
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from core.dates import utc_now
from core.errors import BadInput, RasadError
from core.settings import Settings
from store.pages import pages_url

FORMAT = 1
_STEP = 2_000  # pages of the database copied at a time: a writer waits no longer than for these


class BackupFailed(RasadError):
    """The copy could not be taken or is not what it should be."""


@dataclass(frozen=True, slots=True)
class Copied:
    """One database in a backup: rows by table, and the sum of its bytes."""

    name: str
    rows: dict[str, int]
    sha256: str


def databases(settings: Settings) -> dict[str, Path]:
    """The SQLite files of these settings by their name in a backup. BadInput when the records lie in PostgreSQL."""
    url = sa.make_url(settings.database)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise BadInput("database", url.get_backend_name(), "back PostgreSQL up with pg_dump", "پشتیبان PostgreSQL با pg_dump گرفته می‌شود.")
    records = Path(url.database)
    pages = Path(sa.make_url(pages_url(settings.database)).database or "")
    return {"rasad.sqlite": records, **({"pages.sqlite": pages} if pages.exists() else {})}


def back_up(settings: Settings, target: Path) -> list[Copied]:
    """Writes the backup, whole or not at all; what it holds. Raises BackupFailed, BadInput when the file is there already."""
    if target.exists():
        raise BadInput("file", target, "is there already", "این پرونده هست؛ نام دیگری بنویسید.")
    part = target.with_name(target.name + ".part")
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        copied = []
        # The records first: a page is written before the record that names it, so the later copy of the pages has all of them.
        for name, source in databases(settings).items():
            if not source.exists():
                raise BackupFailed(f"{source} is not there: nothing to back up")
            _copy(source, Path(folder) / name)
            copied.append(_described(Path(folder) / name))
        manifest = {"format": FORMAT, "made_at": utc_now().isoformat(), "databases": [_as_row(one) for one in copied]}
        with tarfile.open(part, "w") as archive:
            _add_text(archive, "manifest.json", json.dumps(manifest, indent=1))
            for one in copied:
                archive.add(Path(folder) / one.name, one.name)
    part.replace(target)
    return copied


def restore(source: Path, folder: Path) -> list[Copied]:
    """Unpacks a backup into an empty data folder and verifies it; what it held. Raises BackupFailed, BadInput."""
    if folder.exists() and any(folder.iterdir()):
        raise BadInput("data", folder, "is not empty", "پوشهٔ داده خالی نیست؛ پوشهٔ دیگری را با RASAD_DATA نام ببرید.")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(source) as archive:
            manifest = json.loads((archive.extractfile("manifest.json") or io.BytesIO()).read())
            wanted = {row["name"]: Copied(row["name"], row["rows"], row["sha256"]) for row in manifest["databases"]}
            if not set(wanted) <= {"rasad.sqlite", "pages.sqlite"}:
                raise BackupFailed(f"{source}: not a backup of Rasad")
            for name in wanted:
                archive.extract(archive.getmember(name), folder, filter="data")
    except (tarfile.TarError, OSError, KeyError, ValueError, TypeError) as error:
        raise BackupFailed(f"{source} cannot be read as a backup: {error}") from error
    found = [_described(folder / name) for name in wanted]
    for one in found:
        if one != wanted[one.name]:
            raise BackupFailed(f"{one.name} is not what the backup says: {one.rows} instead of {wanted[one.name].rows}")
    return found


def _copy(source: Path, target: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as read, closing(sqlite3.connect(target)) as written:
            read.backup(written, pages=_STEP, sleep=0.01)
            written.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise BackupFailed(f"{source}: {error}") from error


def _described(path: Path) -> Copied:
    with closing(sqlite3.connect(path)) as database:
        [(verdict,)] = database.execute("PRAGMA integrity_check(1)").fetchall()
        if verdict != "ok":
            raise BackupFailed(f"{path.name}: {verdict}")
        rows = {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in _tables(database)}
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return Copied(path.name, rows, digest.hexdigest())


def _tables(database: sqlite3.Connection) -> Iterator[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    yield from (name for (name,) in database.execute(query).fetchall())


def _as_row(one: Copied) -> dict[str, object]:
    return {"name": one.name, "rows": one.rows, "sha256": one.sha256}


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    data = text.encode()
    about = tarfile.TarInfo(name)
    about.size = len(data)
    archive.addfile(about, io.BytesIO(data))
