"""Bytes an article takes: SQLite and the embedded index as they lie in a data folder, PostgreSQL and Elasticsearch after a move.

    python -m benchmarks.sizes --data FOLDER [--elasticsearch http://127.0.0.1:9200]

The folder is copied first and left as it is. PostgreSQL is started from the machine's binaries, filled by `rasad migrate`, vacuumed and
measured whole. Elasticsearch gets an index of its own name, which is measured as filled and merged, and deleted. Prints Markdown.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

import sqlalchemy as sa
from elasticsearch import Elasticsearch

from app.migrating import move
from core.settings import Settings
from store.archive import Archive, open_archive
from store.elastic_index import ElasticIndex
from store.engine import make_engine
from store.indexing import catch_up
from store.tantivy_index import TantivyIndex
from tests.store.postgres import controlled_server, find_binaries

NAME = "sizes"


def size_of(path: Path) -> int:
    """Bytes of a file or of all files below a folder."""
    return path.stat().st_size if path.is_file() else sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def in_postgresql(settings: Settings) -> tuple[int, int]:
    """(bytes of the database without raw pages, bytes of the raw pages) after moving the archive there."""
    binaries = find_binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL is not installed")
    with controlled_server(binaries) as server:
        move(settings, server.url, lambda *_: None)
        engine = make_engine(server.url)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM"))
            whole = connection.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0
            pages = connection.scalar(sa.text("SELECT pg_total_relation_size('pages') + pg_total_relation_size('page_dictionaries')")) or 0
        engine.dispose()
    return whole - pages, pages


def in_elasticsearch(archive: Archive, url: str) -> tuple[int, int]:
    """(bytes of the index as filled, bytes after it was merged)."""
    with Elasticsearch(url, request_timeout=300) as client:

        def stored() -> int:
            client.indices.flush(index=f"{NAME}-*")
            return int(client.indices.stats(index=f"{NAME}-*", metric="store")["_all"]["total"]["store"]["size_in_bytes"])

        try:
            catch_up(archive, batch=1000)
            filled = stored()
            client.indices.forcemerge(index=f"{NAME}-*", max_num_segments=1)
            return filled, stored()
        finally:
            for index in client.indices.get(index=f"{NAME}*", allow_no_indices=True):
                client.indices.delete(index=index)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--elasticsearch", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "copy"
        shutil.copytree(given.data, folder, ignore=shutil.ignore_patterns("fts5*"))
        settings = Settings(data=folder)
        archive = open_archive(settings, TantivyIndex(settings.index_folder))
        count = archive.articles.count()
        archive.close()
        print(f"{count} articles\n\n| where | bytes an article |\n|---|--:|")
        _print("SQLite: records", size_of(folder / "rasad.sqlite"), count)
        _print("embedded index", size_of(folder / "index"), count)
        records, _ = in_postgresql(settings)
        _print("PostgreSQL: records", records, count)
        if given.elasticsearch:
            archive = open_archive(settings, ElasticIndex(given.elasticsearch, name=NAME))
            filled, merged = in_elasticsearch(archive, given.elasticsearch)
            archive.close()
            _print("Elasticsearch: one shard, as filled", filled, count)
            _print("Elasticsearch: one shard, merged", merged, count)


def _print(where: str, size: int, count: int) -> None:
    print(f"| {where} | {size / count:,.0f} |", flush=True)


if __name__ == "__main__":
    main()
