"""Raw pages, kept until the user says otherwise (``retention.py``), apart from the records: ``pages.sqlite`` beside ``rasad.sqlite``,
tables of their own on PostgreSQL.

A page is compressed with zstd and, once a CMS family has shown a few pages, with these as its dictionary: pages of one family
share their furniture. (Whole pages as they are did better than a trained dictionary: 12 kB instead of 19 kB for 48 invented pages.)
Its key is the hash of its bytes: it is written before the record that names it, so no record ever lacks its page.
"""

import hashlib
import threading
from collections import Counter
from collections.abc import Sequence

import sqlalchemy as sa
import zstandard

from store.engine import close_connections, insert_into, lock_until_commit, reading, writing

DICTIONARY_PAGES = 8
DICTIONARY_BYTES = 512_000
# A real page of 119 kB: level 3 makes 23.3 kB of it in 0.5 ms, level 9 20.5 kB in 2.4 ms.
_LEVEL = 3
_TABLES_LOCK = 7_241_302

page_metadata = sa.MetaData()
page_table = sa.Table(
    "pages",
    page_metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("family", sa.Text, nullable=False, index=True),
    sa.Column("dictionary", sa.Integer),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
)
dictionary_table = sa.Table(
    "page_dictionaries",
    page_metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("family", sa.Text, nullable=False, unique=True),
    sa.Column("data", sa.LargeBinary, nullable=False),
)


class _Dictionary:
    """A family's dictionary, ready to use; the one without bytes compresses each page by itself."""

    def __init__(self, id: int | None = None, data: bytes = b"") -> None:
        self.id = id
        self._data = zstandard.ZstdCompressionDict(data, dict_type=zstandard.DICT_TYPE_RAWCONTENT) if data else None
        if self._data:
            self._data.precompute_compress(level=_LEVEL)
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL, dict_data=self._data)

    def compress(self, page: bytes) -> bytes:
        # One compressor serves one thread at a time: ``Pages`` holds its lock.
        return self._compressor.compress(page)

    def decompress(self, kept: bytes, size: int) -> bytes:
        return zstandard.ZstdDecompressor(dict_data=self._data).decompress(kept, max_output_size=max(size, 1))


class Pages:
    """The raw pages. Safe to use from several threads and processes."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._none = _Dictionary()
        self._by_family: dict[str, _Dictionary] = {}
        self._asked: Counter[str] = Counter()
        self._by_id: dict[int, _Dictionary] = {}
        self._lock = threading.Lock()

    def make_tables(self) -> None:
        """Makes the tables where they are missing; several processes may do so at the same moment."""
        with writing(self._engine) as connection:
            lock_until_commit(connection, _TABLES_LOCK)
            page_metadata.create_all(connection)

    def close(self) -> None:
        """Lets go of every connection."""
        close_connections(self._engine)

    def put(self, page: bytes, family: str = "") -> str:
        """Keeps a page and returns its key; the same bytes are kept once."""
        return self.put_many([(page, family)])[0]

    def put_many(self, pages: Sequence[tuple[bytes, str]]) -> list[str]:
        """The same for several (page, family), in one transaction; their keys in the given order."""
        keyed = {hashlib.blake2b(page, digest_size=16).hexdigest(): (page, family) for page, family in pages}
        known = self._known(list(keyed))
        with self._lock:
            rows = [self._row(key, page, family) for key, (page, family) in keyed.items() if key not in known]
        if rows:
            with writing(self._engine) as connection:
                connection.execute(insert_into(connection, page_table).on_conflict_do_nothing(), rows)
        return [hashlib.blake2b(page, digest_size=16).hexdigest() for page, _ in pages]

    def _row(self, key: str, page: bytes, family: str) -> dict[str, object]:
        dictionary = self._dictionary_of(family)
        return {"key": key, "family": family, "dictionary": dictionary.id, "size": len(page), "data": dictionary.compress(page)}

    def get(self, key: str) -> bytes | None:
        """The page's bytes as they were fetched, None when there is no such page."""
        query = sa.select(page_table.c.dictionary, page_table.c.size, page_table.c.data).where(page_table.c.key == key)
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        dictionary = self._none if row.dictionary is None else self._dictionary_number(row.dictionary)
        return dictionary.decompress(row.data, row.size)

    def forget(self, keys: Sequence[str]) -> tuple[int, int]:
        """Deletes pages for ever; (how many there were, the bytes they took)."""
        gone = page_table.c.key.in_(keys)
        with writing(self._engine) as connection:
            sizes = connection.scalars(sa.select(sa.func.length(page_table.c.data)).where(gone)).all()
            connection.execute(sa.delete(page_table).where(gone))
        return len(sizes), sum(sizes)

    def bytes_kept(self) -> tuple[int, int]:
        """(bytes as fetched, bytes as kept) of all pages."""
        query = sa.select(
            sa.func.coalesce(sa.func.sum(page_table.c.size), 0), sa.func.coalesce(sa.func.sum(sa.func.length(page_table.c.data)), 0)
        )
        with reading(self._engine) as connection:
            fetched, kept = connection.execute(query).one()
        return int(fetched), int(kept)

    def _known(self, keys: Sequence[str]) -> set[str]:
        if not keys:
            return set()
        with reading(self._engine) as connection:
            return set(connection.scalars(sa.select(page_table.c.key).where(page_table.c.key.in_(keys))))

    def _dictionary_of(self, family: str) -> _Dictionary:
        """The family's dictionary; while there is none it is looked for once in eight pages."""
        found = self._by_family.get(family)
        if found is not None:
            return found
        self._asked[family] += 1
        if not family or self._asked[family] % DICTIONARY_PAGES != 1:
            return self._none
        found = self._find_dictionary(dictionary_table.c.family == family) or self._make_dictionary(family)
        if found is None:
            return self._none
        self._by_family[family] = found
        return found

    def _dictionary_number(self, number: int) -> _Dictionary:
        found = self._by_id.get(number) or self._find_dictionary(dictionary_table.c.id == number)
        if found is None:
            raise LookupError(f"page dictionary {number} is missing")
        self._by_id[number] = found
        return found

    def _find_dictionary(self, which: sa.ColumnElement[bool]) -> _Dictionary | None:
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(dictionary_table.c.id, dictionary_table.c.data).where(which)).first()
        return None if row is None else _Dictionary(row.id, row.data)

    def _make_dictionary(self, family: str) -> _Dictionary | None:
        """A dictionary of the family's first pages, once there are enough; the first of several processes wins."""
        query = sa.select(page_table.c.key).where(page_table.c.family == family).order_by(page_table.c.key).limit(DICTIONARY_PAGES)
        with reading(self._engine) as connection:
            keys = connection.scalars(query).all()
        if len(keys) < DICTIONARY_PAGES:
            return None
        share = DICTIONARY_BYTES // DICTIONARY_PAGES
        samples = [page[:share] for page in map(self.get, keys) if page]
        with writing(self._engine) as connection:
            values = {"family": family, "data": b"".join(samples)}
            connection.execute(insert_into(connection, dictionary_table).values(values).on_conflict_do_nothing())
        return self._find_dictionary(dictionary_table.c.family == family)


def pages_url(database: str) -> str:
    """Where the pages of a database lie: the same PostgreSQL, or ``pages.sqlite`` beside the SQLite file."""
    address = sa.make_url(database)
    if address.get_backend_name() != "sqlite" or not address.database or address.database == ":memory:":
        return database
    folder = address.database.rpartition("/")[0]
    return address.set(database=f"{folder}/pages.sqlite" if folder else "pages.sqlite").render_as_string(hide_password=False)
