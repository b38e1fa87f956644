"""The search engines under test: Tantivy in memory and in a folder, Elasticsearch where a server answers."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from elasticsearch import Elasticsearch

from store.elastic_index import ONE_NODE, ElasticIndex, Spread
from store.index import SearchIndex
from store.tantivy_index import TantivyIndex
from store.topic_matching import UserTopics

SERVER = os.environ.get("RASAD_TEST_ELASTICSEARCH", "http://127.0.0.1:9200")
INSTALL = "start one with a distribution of Elasticsearch 9, or name its address in RASAD_TEST_ELASTICSEARCH"
ENGINES = ["memory", "folder", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)]


def elastic(name: str = "", topics: UserTopics = tuple, spread: Spread = ONE_NODE) -> Iterator[ElasticIndex]:
    """An empty index of its own on the server; the test is skipped where none answers."""
    name = name or f"test{uuid4().hex[:12]}"
    with Elasticsearch(SERVER, request_timeout=5, max_retries=0) as client:
        if not client.ping():
            pytest.skip(f"Elasticsearch does not answer at {SERVER}: {INSTALL}")
        index = ElasticIndex(SERVER, name=name, topics=topics, spread=spread)
        yield index
        index.close()
        for found in client.indices.get(index=f"{name}*", allow_no_indices=True):
            client.indices.delete(index=found)
        if client.indices.exists_index_template(name=name):
            client.indices.delete_index_template(name=name)


def opened(kind: str, folder: Path) -> Iterator[SearchIndex]:
    """An empty writable index of that kind."""
    if kind == "elasticsearch":
        yield from elastic()
        return
    index = TantivyIndex.in_memory() if kind == "memory" else TantivyIndex(folder / "index", writable=True)
    yield index
    index.close()
