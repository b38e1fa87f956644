"""The embedded search engine: Tantivy in a folder, or in memory for tests."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import RLock
from typing import Self

import tantivy
from tantivy import FieldType, Occur
from tantivy import Query as TantivyQuery

from core.errors import Unavailable
from core.records import Article
from store.documents import document
from store.index import Order, SearchPage, SearchRequest
from store.paging import Ask, Row, page
from store.query import Query
from store.query_tree import Node
from store.scoring import ALL_WORDS_BOOST
from store.tantivy_counts import combinations, facets
from store.tantivy_folder import IndexFolder, read_seq, write_seq
from store.tantivy_query import compiled
from store.tantivy_schema import prepared, schema, tantivy_document

_HEAP = 64_000_000
_WALK = 10_000


class TantivyIndex:
    """A SearchIndex in ``folder``. Any number of processes may read; one with ``writable`` may apply.

    A reader works before the index exists (it is empty then) and sees commits of other processes at its next question.
    """

    def __init__(self, folder: Path | None, *, writable: bool = False, generation: Path | None = None) -> None:
        self._home = IndexFolder(folder) if folder else None
        self._fixed = generation
        self._writable = writable
        self._lock = RLock()
        self._schema = schema()
        self._index: tantivy.Index | None = None
        self._writer: tantivy.IndexWriter | None = None
        self._generation: Path | None = None
        self._stamp: tuple[int, int] | None = None
        self._seq = 0
        self._newest: tuple[tantivy.Searcher, int] | None = None
        self._searcher: tantivy.Searcher | None = None

    @classmethod
    def in_memory(cls) -> Self:
        """The twin for tests: the same engine without a folder."""
        made = cls(None, writable=True)
        made._index = prepared(tantivy.Index(made._schema))
        return made

    # questions

    def search(self, request: SearchRequest) -> SearchPage:
        """One page of the articles that match."""
        return page(_Snapshot(self._read(), self._schema), request)

    def counts(self, query: Query, by: tuple[str, ...]) -> dict[tuple[str, ...], int]:
        """How many matching articles have each combination of the named facets."""
        searcher = self._read()
        return combinations(searcher, compiled(query.root, self._schema), by)

    def matching_ids(self, query: Query, order: Order = "newest") -> Iterator[int]:
        """The ids of all matching articles, from one state of the index however long the reader takes."""
        snapshot = _Snapshot(self._read(), self._schema)
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
        searcher = self._read()
        return {word: int(searcher.doc_freq("surface", word)) for word in words}

    def count(self) -> int:
        """How many articles the index holds."""
        return int(self._read().num_docs)

    def seq(self) -> int:
        """The newest change in the index."""
        if self._home is None:
            return self._seq
        generation = self._fixed or self._home.current()
        return (read_seq(generation) or 0) if generation else 0

    # writing

    def apply(self, articles: Sequence[Article], seq: int) -> None:
        """Put these articles in, take out the withdrawn, and remember ``seq``. Raises Unavailable when another process writes."""
        with self._lock:
            writer = self._open_writer()
            newest = {article.id: article for article in articles}
            if newest:
                # delete_documents_by_term looks for a signed number and silently removes nothing.
                writer.delete_documents_by_query(TantivyQuery.term_set_query(self._schema, "id", list(newest)))
            for article in newest.values():
                if article.withdrawn_at is None:
                    writer.add_document(tantivy_document(document(article)))
            writer.commit()
            if self._generation:
                write_seq(self._generation, seq)
            self._seq = seq
            if self._index:
                self._index.reload()
                self._searcher = None

    def close(self) -> None:
        """Finish merges and give the folder free for another writer."""
        with self._lock:
            if self._writer:
                self._writer.wait_merging_threads()
            self._writer = self._index = self._searcher = self._newest = None

    def beside(self) -> "TantivyIndex":
        """An empty index of the next generation, not yet asked by anyone: fill it, then ``use`` it."""
        if self._home is None:
            raise Unavailable("an index in memory is not rebuilt")
        return TantivyIndex(self._home.path, writable=True, generation=self._empty_generation(self._home))

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

    def _read(self) -> tantivy.Searcher:
        """A searcher over the newest commit of whichever process wrote it."""
        with self._lock:
            if self._home:
                self._follow(self._home)
            if self._index is None:
                return prepared(tantivy.Index(self._schema)).searcher()
            if self._searcher is None:
                self._searcher = self._index.searcher()
            return self._searcher

    def _follow(self, home: IndexFolder) -> None:
        generation = self._fixed or home.current()
        if generation is None or read_seq(generation) is None:
            self._index = self._searcher = None
            return
        status = (generation / "meta.json").stat()
        stamp = (status.st_mtime_ns, status.st_ino)
        if generation == self._generation and self._index is not None:
            if stamp != self._stamp:
                self._index.reload()
                self._searcher = None
        else:
            self._index = prepared(tantivy.Index.open(str(generation)))
            self._index.config_reader("manual")
            self._index.reload()
            self._searcher = None
        self._generation, self._stamp = generation, stamp


def _writer(index: tantivy.Index) -> tantivy.IndexWriter:
    try:
        return index.writer(_HEAP, 1)
    except ValueError as error:
        raise Unavailable(f"the index is being written by another process ({error})") from None


class _Snapshot:
    """One state of the index: the three questions that paging asks."""

    def __init__(self, searcher: tantivy.Searcher, fields: tantivy.Schema) -> None:
        self._searcher = searcher
        self._schema = fields

    def find(self, ask: Ask) -> tuple[int, list[Row]]:
        """(how many, the first rows)."""
        query = self._narrowed(compiled(ask.node, self._schema), ask)
        if not ask.limit:
            return _count(self._searcher.search(query, 1)), []
        if ask.order == "relevance":
            result = self._searcher.search(query, ask.limit, count=True, weight_by_field="weight")
        else:
            order = tantivy.Order.Asc if ask.order == "oldest" else tantivy.Order.Desc
            result = self._searcher.search(query, ask.limit, count=True, order_by_field="sort", order=order)
        return _count(result), self._rows(result.hits, ask.order == "relevance")

    def _rows(self, hits: list[tuple[float, tantivy.DocAddress]], scored: bool) -> list[Row]:
        places = [place for _, place in hits]
        columns = [self._searcher.fast_field_values(name, places) for name in ("id", "group", "sort")]
        rows = [
            Row(int(id), int(group), int(sort), score if scored else 0.0)
            for (score, _), id, group, sort in zip(hits, *columns, strict=True)
        ]
        return sorted(rows, key=lambda row: (-row.score, -row.sort)) if scored else rows

    def _narrowed(self, query: TantivyQuery, ask: Ask) -> TantivyQuery:
        clauses = [(Occur.Must, query)]
        if ask.newest_id is not None:
            clauses.append(
                (Occur.Must, self._silent(TantivyQuery.range_query(self._schema, "id", FieldType.Unsigned, None, ask.newest_id)))
            )
        if ask.after is not None:
            low, high = (ask.after, None) if ask.order == "oldest" else (None, ask.after)
            clauses.append(
                (
                    Occur.Must,
                    self._silent(TantivyQuery.range_query(self._schema, "sort", FieldType.Integer, low, high, low is None, high is None)),
                )
            )
        if ask.groups:
            clauses.append((Occur.Must, self._silent(TantivyQuery.term_set_query(self._schema, "group", list(ask.groups)))))
        if ask.prefer is not None:
            clauses.append((Occur.Should, TantivyQuery.boost_query(compiled(ask.prefer, self._schema), ALL_WORDS_BOOST)))
        if ask.hidden:
            field = "group" if ask.fold else "id"
            clauses.append((Occur.MustNot, TantivyQuery.term_set_query(self._schema, field, list(ask.hidden))))
        return TantivyQuery.boolean_query(clauses) if len(clauses) > 1 else query

    def _silent(self, query: TantivyQuery) -> TantivyQuery:
        return TantivyQuery.const_score_query(query, 0.0)

    def facets(self, node: Node, names: tuple[str, ...], newest_id: int | None) -> dict[str, tuple[tuple[str, int], ...]]:
        """The most frequent values of each facet."""
        return facets(self._searcher, self._narrowed(compiled(node, self._schema), Ask(node, "newest", 0, newest_id)), names)

    def newest_id(self) -> int:
        """The greatest id in the index."""
        result = self._searcher.search(TantivyQuery.all_query(), 1, count=False, order_by_field="id")
        return int(result.hits[0][0]) if result.hits else 0


def _count(result: tantivy.SearchResult) -> int:
    """How many articles match (the binding's type hints leave it out)."""
    found: int = result.count  # type: ignore[attr-defined]
    return found
