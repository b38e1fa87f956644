"""The embedded search engine: Tantivy in a folder, or in memory for tests."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Self

import tantivy
from tantivy import Query as TantivyQuery

from core.errors import Unavailable
from core.records import Article
from store.documents import document
from store.index import Order, SearchPage, SearchRequest
from store.paging import Ask, page
from store.query import Query
from store.tantivy_folder import IndexFolder, read_seq, read_topics, write_seq
from store.tantivy_schema import prepared, schema, tantivy_document
from store.tantivy_snapshot import Snapshot
from store.topic_matching import UserTopics, tagged

_HEAP = 64_000_000
_WALK = 10_000


class TantivyIndex:
    """A SearchIndex in ``folder``. Any number of processes may read; one with ``writable`` may apply.

    A reader works before the index exists (it is empty then) and sees commits of other processes at its next question.
    """

    def __init__(self, folder: Path | None, *, writable: bool = False, generation: Path | None = None, topics: UserTopics = tuple) -> None:
        self._home = IndexFolder(folder) if folder else None
        self._fixed = generation
        self._writable = writable
        self._topics = topics
        self._marks: dict[str, str] = {}
        self._lock = RLock()
        self._schema = schema()
        self._index: tantivy.Index | None = None
        self._writer: tantivy.IndexWriter | None = None
        self._generation: Path | None = None
        self._stamp: tuple[int, int] | None = None
        self._seq = 0
        self._snapshot: Snapshot | None = None

    @classmethod
    def in_memory(cls, topics: UserTopics = tuple) -> Self:
        """The twin for tests: the same engine without a folder."""
        made = cls(None, writable=True, topics=topics)
        made._index = prepared(tantivy.Index(made._schema))
        return made

    # questions

    def search(self, request: SearchRequest) -> SearchPage:
        """One page of the articles that match."""
        return page(self._read(), request)

    def counts(self, query: Query, by: tuple[str, ...]) -> dict[tuple[str, ...], int]:
        """How many matching articles have each combination of the named facets."""
        return self._read().counts(query.root, by)

    def newest_by_outlet(self) -> dict[str, datetime]:
        """When each outlet's newest article was published."""
        return self._read().newest_by_outlet()

    def matching_ids(self, query: Query, order: Order = "newest") -> Iterator[int]:
        """The ids of all matching articles, from one state of the index however long the reader takes."""
        snapshot = self._read()
        order = "oldest" if order == "oldest" else "newest"
        after: int | None = None
        while True:
            _, rows = snapshot.find(Ask(query.root, order, _WALK, after=after))
            yield from (row.id for row in rows)
            if len(rows) < _WALK:
                return
            after = rows[-1].sort

    def spellings(self, words: Sequence[str]) -> dict[str, int]:
        """In how many articles each written word stands."""
        searcher = self._read().searcher
        return {word: int(searcher.doc_freq("surface", word)) for word in words}

    def count(self) -> int:
        """How many articles the index holds."""
        return int(self._read().searcher.num_docs)

    def seq(self) -> int:
        """The newest change in the index."""
        if self._home is None:
            return self._seq
        generation = self._fixed or self._home.current()
        return (read_seq(generation) or 0) if generation else 0

    def matched_topics(self) -> dict[str, str]:
        """The marks of the matched topics."""
        if self._home is None:
            return self._marks
        generation = self._fixed or self._home.current()
        return read_topics(generation) if generation else {}

    # writing

    def apply(self, articles: Sequence[Article], seq: int) -> None:
        """Put these articles in, take out the withdrawn, and remember ``seq``. Raises Unavailable when another process writes."""
        with self._lock:
            writer = self._open_writer()
            newest = {article.id: article for article in articles}
            if newest:
                # delete_documents_by_term looks for a signed number and silently removes nothing.
                writer.delete_documents_by_query(TantivyQuery.term_set_query(self._schema, "id", list(newest)))
            documents = [document(article) for article in newest.values() if article.withdrawn_at is None]
            for made in tagged(documents, self._topics()):
                writer.add_document(tantivy_document(made))
            writer.commit()
            if self._generation:
                write_seq(self._generation, seq)
            self._seq = seq
            if self._index:
                self._index.reload()
                self._snapshot = None

    def note_topics(self, marks: dict[str, str]) -> None:
        """Remember the marks of the matched topics."""
        self._marks = marks
        if self._generation:
            write_seq(self._generation, self.seq(), marks)

    def close(self) -> None:
        """Finish merges and give the folder free for another writer."""
        with self._lock:
            if self._writer:
                self._writer.wait_merging_threads()
            self._writer = self._index = self._snapshot = None

    def beside(self) -> "TantivyIndex":
        """An empty index of the next generation, not yet asked by anyone: fill it, then ``use`` it."""
        if self._home is None:
            raise Unavailable("an index in memory is not rebuilt")
        return TantivyIndex(self._home.path, writable=True, generation=self._empty_generation(self._home), topics=self._topics)

    def use(self, rebuilt: "TantivyIndex") -> None:
        """Make a rebuilt generation the one that everybody reads; a writer of the old one moves over at its next ``apply``."""
        if self._home is None or rebuilt._generation is None:
            raise Unavailable("this index was not rebuilt")
        rebuilt.close()
        before = self._home.current()
        self._home.use(rebuilt._generation)
        self._home.clear((before, rebuilt._generation))

    def _open_writer(self) -> tantivy.IndexWriter:
        if not self._writable:
            raise Unavailable("this index was opened for reading only")
        used = self._fixed or (self._home.current() if self._home else None)
        if self._home and self._generation != used:
            self.close()
        if self._writer:
            return self._writer
        if self._home:
            self._generation = used or self._new_generation(self._home)
            if read_seq(self._generation) is None:
                self._generation = self._new_generation(self._home)
            self._index = prepared(tantivy.Index.open(str(self._generation)))
        if self._index is None:
            raise Unavailable("this index is closed")
        self._writer = _writer(self._index)
        return self._writer

    def _new_generation(self, home: IndexFolder) -> Path:
        made = self._empty_generation(home)
        home.use(made)
        return made

    def _empty_generation(self, home: IndexFolder) -> Path:
        made = home.fresh()
        tantivy.Index(self._schema, str(made))
        write_seq(made, 0)
        return made

    def _read(self) -> Snapshot:
        """The newest commit of whichever process wrote it."""
        with self._lock:
            if self._home:
                self._follow(self._home)
            if self._index is None:
                return Snapshot(prepared(tantivy.Index(self._schema)).searcher(), self._schema)
            if self._snapshot is None:
                self._snapshot = Snapshot(self._index.searcher(), self._schema)
            return self._snapshot

    def _follow(self, home: IndexFolder) -> None:
        generation = self._fixed or home.current()
        stamp = _stamp(generation) if generation else None
        if self._index is not None and (generation, stamp) == (self._generation, self._stamp):
            return
        self._snapshot = None
        if generation is None or read_seq(generation) is None:
            self._index = None
            return
        if generation != self._generation or self._index is None:
            self._index = prepared(tantivy.Index.open(str(generation)))
            self._index.config_reader("manual")
        self._index.reload()
        self._generation, self._stamp = generation, stamp


def _stamp(generation: Path) -> tuple[int, int]:
    status = (generation / "meta.json").stat()
    return status.st_mtime_ns, status.st_ino


def _writer(index: tantivy.Index) -> tantivy.IndexWriter:
    try:
        return index.writer(_HEAP, 1)
    except ValueError as error:
        raise Unavailable(f"the index is being written by another process ({error})") from None
