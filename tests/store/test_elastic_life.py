"""How the indices of Elasticsearch lie as an archive grows: one a year, its shards, and a year that is done merged into one segment."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from elasticsearch import Elasticsearch

from store.elastic_index import ElasticIndex, Spread
from store.query import parse_query
from tests.store.engines import SERVER, elastic
from tests.store.search_articles import NOW, article

pytestmark = pytest.mark.elasticsearch
YEAR = timedelta(days=366)


@pytest.fixture
def index() -> Iterator[ElasticIndex]:
    yield from elastic(spread=Spread(shards=3))


@pytest.fixture
def client() -> Iterator[Elasticsearch]:
    with Elasticsearch(SERVER) as made:
        yield made


def _ids(index: ElasticIndex, text: str = "") -> list[int]:
    return sorted(index.matching_ids(parse_query(text, now=NOW)))


def test_each_year_has_an_index_with_the_shards_that_were_asked_for(index: ElasticIndex, client: Elasticsearch) -> None:
    index.apply([article(number, published_at=NOW - number % 3 * YEAR) for number in range(1, 31)], 30)
    made = client.indices.get_settings(index=f"{index._name}-*").body
    assert sorted(name.rpartition("-")[2] for name in made) == ["2024", "2025", "2026"]
    assert {one["settings"]["index"]["number_of_shards"] for one in made.values()} == {"3"}
    assert {one["settings"]["index"]["number_of_replicas"] for one in made.values()} == {"0"}
    assert _ids(index) == list(range(1, 31))


def test_a_year_that_is_done_is_merged_and_still_takes_changes(index: ElasticIndex, client: Elasticsearch) -> None:
    """docs/growing.md: the one request of the index life cycle; an old article may still be corrected or withdrawn."""
    old = [article(number, published_at=NOW - 2 * YEAR) for number in range(1, 21)]
    for place in range(0, 20, 4):
        index.apply(old[place : place + 4], place + 4)
    index.apply([article(21)], 21)
    name = f"{index._name}-*-2024"
    client.indices.forcemerge(index=name, max_num_segments=1)
    [merged] = client.indices.segments(index=name)["indices"].values()
    assert all(len(copy["segments"]) <= 1 for shard in merged["shards"].values() for copy in shard)
    assert _ids(index) == list(range(1, 22))
    index.apply([article(3, headline="تیتر تازه", published_at=NOW - 2 * YEAR), article(4, published_at=NOW, withdrawn_at=NOW)], 23)
    assert _ids(index) == [number for number in range(1, 22) if number != 4]
    assert _ids(index, "headline:تازه") == [3]
