"""Elasticsearch behind the same Protocol: explicit mapping, one index a year behind an alias, a rebuild beside the one in use."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch, NotFoundError
from elasticsearch.helpers import BulkIndexError, streaming_bulk

from core.errors import Unavailable
from core.records import Article
from store.documents import VERSION, Document, document
from store.elastic_mapping import MAPPINGS, SETTINGS
from store.elastic_query import Json, compiled, narrowed, relevance
from store.facets import TIMES, Shown, asked, check, combined, shown
from store.index import FACET_VALUES, Order, SearchPage, SearchRequest
from store.moments import moment_of_microseconds
from store.paging import Ask, Row, page
from store.query import Query
from store.query_tree import Node
from store.query_words import NAMED_FIELDS
from store.topic_matching import UserTopics, tagged

_ALL = 50_000
_PAGE = 10_000
_BULK_BYTES = 10_000_000
_MICROSECONDS_A_YEAR = 31_556_952_000_000


@dataclass(frozen=True, slots=True)
class Spread:
    """Over how many shards each year's index is spread, and how many copies of each there are beside the first."""

    shards: int = 1
    replicas: int = 0

    def settings(self) -> Json:
        """As an index made from now on has it."""
        return {"number_of_shards": self.shards, "number_of_replicas": self.replicas}


ONE_NODE = Spread()


class ElasticIndex:
    """A SearchIndex on a server. ``name`` is the alias that all questions ask; several archives may share a server under other names.

    Articles lie in one index a year (``name-GENERATION-YEAR``), whose mapping comes from a template. Raises Unavailable when the
    server does not answer; the change log then waits.
    """

    def __init__(
        self,
        url: str,
        *,
        name: str = "rasad",
        spread: Spread = ONE_NODE,
        generation: int | None = None,
        topics: UserTopics = tuple,
    ) -> None:
        self._client = Elasticsearch(url, request_timeout=60, retry_on_timeout=True, max_retries=2)
        # A question is not repeated: a page that waits for a minute helps nobody.
        self._questions = self._client.options(request_timeout=10, max_retries=0)
        self._url = url
        self._name = name
        self._spread = spread
        self._generation = generation
        self._topics = topics

    # questions

    def search(self, request: SearchRequest) -> SearchPage:
        """One page of the articles that match."""
        return page(self, request)

    def counts(self, query: Query, by: tuple[str, ...]) -> dict[tuple[str, ...], int]:
        """How many matching articles have each combination of the named facets."""
        check(by)
        named = [name for name in by if name in NAMED_FIELDS]
        spellings = {name: {values[0]: count for values, count in self._composite(query, (name,)).items()} for name in named}
        counts = self._composite(query, tuple(f"{name}_key" if name in named else name for name in by))
        return combined(by, counts, spellings) if named else counts

    def _composite(self, query: Query, by: tuple[str, ...]) -> dict[tuple[str, ...], int]:
        found: dict[tuple[str, ...], int] = {}
        composite: Json = {"size": _PAGE, "sources": [{name: {"terms": {"field": name}}} for name in by]}
        while True:
            answer = self._ask(size=0, query=compiled(query.root), aggs={"all": {"composite": composite}})
            buckets = answer.get("aggregations", {}).get("all", {}).get("buckets", [])
            for bucket in buckets:
                found[tuple(str(bucket["key"][name]) for name in by)] = int(bucket["doc_count"])
            if len(buckets) < _PAGE:
                return found
            composite = {**composite, "after": answer["aggregations"]["all"]["after_key"]}

    def newest_by_outlet(self) -> dict[str, datetime]:
        """When each outlet's newest article was published."""
        newest: Json = {"terms": {"field": "outlet", "size": _PAGE}, "aggs": {"newest": {"max": {"field": "at"}}}}
        answer = self._ask(size=0, query={"match_all": {}}, aggs={"outlets": newest})
        buckets = answer.get("aggregations", {}).get("outlets", {}).get("buckets", [])
        return {str(one["key"]): moment_of_microseconds(int(one["newest"]["value"])) for one in buckets}

    def matching_ids(self, query: Query, order: Order = "newest") -> Iterator[int]:
        """The ids of all matching articles. Articles that come while the reader takes them stay out."""
        order = "oldest" if order == "oldest" else "newest"
        newest_id, after = self.newest_id(), None
        while True:
            _, rows = self.find(Ask(query.root, order, _PAGE, newest_id, after))
            yield from (row.id for row in rows)
            if len(rows) < _PAGE:
                return
            after = rows[-1].sort

    def spellings(self, words: Sequence[str]) -> dict[str, int]:
        """In how many articles each written word stands."""
        if not words:
            return {}
        filters = {str(place): {"term": {"surface": word}} for place, word in enumerate(words)}
        answer = self._ask(size=0, aggs={"words": {"filters": {"filters": filters}}})
        buckets = answer.get("aggregations", {}).get("words", {}).get("buckets", {})
        return {word: int(buckets[str(place)]["doc_count"]) if buckets else 0 for place, word in enumerate(words)}

    def find(self, ask: Ask) -> tuple[int, list[Row]]:
        """(how many, the first rows)."""
        scored = ask.order == "relevance"
        query = relevance(narrowed(ask)) if scored else narrowed(ask)
        by_time: Json = {"sort": {"order": "asc" if ask.order == "oldest" else "desc", "unmapped_type": "long"}}
        answer = self._ask(
            size=ask.limit,
            query=query,
            sort=[{"_score": "desc"}, by_time] if scored else [by_time],
            track_total_hits=True,
            docvalue_fields=["id", "group", "sort"],
        )
        return int(answer["hits"]["total"]["value"]), [_row(hit, scored) for hit in answer["hits"]["hits"]]

    def facets(self, node: Node, names: tuple[str, ...], newest_id: int | None) -> Shown:
        """The most frequent values of each facet."""
        aggregations = {
            name: {"terms": {"field": name, "size": _ALL if name in TIMES else 4 * FACET_VALUES, "shard_size": _ALL}}
            for name in asked(names)
        }
        answer = self._ask(size=0, query=narrowed(Ask(node, "newest", 0, newest_id)), aggs=aggregations).get("aggregations", {})
        buckets = {name: answer.get(name, {}).get("buckets", []) for name in aggregations}
        return shown(names, {name: {str(bucket["key"]): int(bucket["doc_count"]) for bucket in buckets[name]} for name in buckets})

    def newest_id(self) -> int:
        """The greatest id in the index."""
        answer = self._ask(size=0, aggs={"newest": {"max": {"field": "id"}}})
        return int(answer.get("aggregations", {}).get("newest", {}).get("value") or 0)

    def count(self) -> int:
        """How many articles the index holds."""
        return int(self._ask(size=0, track_total_hits=True)["hits"]["total"]["value"])

    def seq(self) -> int:
        """The newest change in the index."""
        state = self._state()
        return int(state["seqs"].get(str(self._filling(state)), 0)) if state["version"] == VERSION else 0

    def matched_topics(self) -> dict[str, str]:
        """The marks of the matched topics."""
        return dict(self._state().get("topics", {}))

    # writing

    def apply(self, articles: Sequence[Article], seq: int) -> None:
        """Put these articles in, take out the withdrawn, make them visible, and only then remember ``seq``."""
        with _answering():
            state = self._ready()
            generation = self._filling(state)
            newest = {article.id: article for article in articles}
            documents = tagged([document(article) for article in newest.values() if article.withdrawn_at is None], self._topics())
            homes = {made.id: self._home(generation, made) for made in documents}
            self._make_indices(set(homes.values()), generation == state["current"])
            actions = [*self._removals(generation, list(newest), homes), *(_action(homes[made.id], made) for made in documents)]
            for _ in streaming_bulk(self._client, actions, max_chunk_bytes=_BULK_BYTES, chunk_size=1000, max_retries=5):
                pass
            self._client.indices.refresh(index=self._pattern(generation), ignore_unavailable=True)
            self._write_state({**state, "seqs": {**state["seqs"], str(generation): seq}})

    def note_topics(self, marks: dict[str, str]) -> None:
        """Remember the marks of the matched topics."""
        with _answering():
            self._write_state({**self._ready(), "topics": marks})

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def beside(self) -> "ElasticIndex":
        """An empty index of the next generation, not yet asked by anyone: fill it, then ``use`` it."""
        with _answering():
            state = self._ready()
            generation = max(int(number) for number in [state["current"], *state["seqs"]]) + 1
            made = ElasticIndex(self._url, name=self._name, spread=self._spread, generation=generation, topics=self._topics)
            for name in self._indices(generation):
                self._client.indices.delete(index=name)
            self._write_state({**state, "seqs": {**state["seqs"], str(generation): 0}})
            return made

    def use(self, rebuilt: "ElasticIndex") -> None:
        """Point the alias to a rebuilt generation in one step and remove the old one."""
        with _answering():
            state = self._ready()
            generation = rebuilt._filling(state)
            rebuilt.close()
            old = [name for name in self._indices(state["current"]) if generation != state["current"]]
            actions: list[Json] = [{"add": {"index": name, "alias": self._name}} for name in self._indices(generation)]
            actions += [{"remove_index": {"index": name}} for name in old]
            if actions:
                self._client.indices.update_aliases(actions=actions)
            seqs = {str(generation): state["seqs"].get(str(generation), 0)}
            self._write_state({"version": VERSION, "current": generation, "seqs": seqs})

    # inside

    def _ask(self, **body: Any) -> Json:
        with _answering():
            answer = self._questions.search(
                index=self._alias(), source=False, search_type="dfs_query_then_fetch", ignore_unavailable=True, **body
            )
            return dict(answer.body)

    def _alias(self) -> str:
        return self._name if self._generation is None else self._pattern(self._generation)

    def _pattern(self, generation: int) -> str:
        return f"{self._name}-{generation}-*"

    def _filling(self, state: Json) -> int:
        return int(self._generation if self._generation is not None else state["current"])

    def _home(self, generation: int, made: Document) -> str:
        return f"{self._name}-{generation}-{1970 + made.at // _MICROSECONDS_A_YEAR}"

    def _state(self) -> Json:
        with _answering():
            try:
                return dict(self._client.get(index=f"{self._name}.state", id="state")["_source"])
            except NotFoundError:
                return {"version": VERSION, "current": 1, "seqs": {}}

    def _write_state(self, state: Json) -> None:
        self._client.index(index=f"{self._name}.state", id="state", document=state, refresh=True)

    def _ready(self) -> Json:
        """The state; on first use the template is put, and an index made for other fields is given up for the next generation."""
        state = self._state()
        self._client.indices.put_index_template(
            name=self._name,
            index_patterns=[f"{self._name}-*"],
            template={"settings": {**SETTINGS, **self._spread.settings()}, "mappings": MAPPINGS},
        )
        if state["version"] != VERSION:
            for name in self._indices(state["current"]):
                self._client.indices.delete(index=name, ignore_unavailable=True)
            state = {"version": VERSION, "current": int(state["current"]) + 1, "seqs": {}}
        return state

    def _indices(self, generation: int) -> list[str]:
        return sorted(self._client.indices.get(index=self._pattern(generation), allow_no_indices=True, ignore_unavailable=True))

    def _make_indices(self, names: set[str], in_use: bool) -> None:
        for name in sorted(names):
            if not self._client.indices.exists(index=name):
                self._client.indices.create(index=name, aliases={self._name: {}} if in_use else {})

    def _removals(self, generation: int, ids: list[int], homes: dict[int, str]) -> list[Json]:
        """Deletions of what is withdrawn or has moved to another year."""
        if not ids:
            return []
        answer = self._client.search(
            index=self._pattern(generation),
            query={"terms": {"id": ids}},
            size=_PAGE,
            source=False,
            ignore_unavailable=True,
            allow_no_indices=True,
        )
        stale = [hit for hit in answer["hits"]["hits"] if homes.get(int(hit["_id"])) != hit["_index"]]
        return [{"_op_type": "delete", "_index": hit["_index"], "_id": hit["_id"]} for hit in stale]


def _action(index: str, made: Document) -> Json:
    numbers = {"id": made.id, "group": made.group, "at": made.at, "sort": made.sort, "weight": made.weight}
    return {"_op_type": "index", "_index": index, "_id": str(made.id), **numbers, **made.texts, **made.values}


def _row(hit: Json, scored: bool) -> Row:
    fields = hit["fields"]
    return Row(int(fields["id"][0]), int(fields["group"][0]), int(fields["sort"][0]), float(hit["_score"]) if scored else 0.0)


@contextmanager
def _answering() -> Iterator[None]:
    """A server that is away or overloaded is Unavailable; a wrong request is our mistake and stays what it is."""
    try:
        yield
    except (TransportError, BulkIndexError) as error:
        raise Unavailable(f"Elasticsearch does not answer: {error}") from error
    except ApiError as error:
        if error.status_code in (429, 502, 503, 504):
            raise Unavailable(f"Elasticsearch is overloaded: {error}") from error
        raise
