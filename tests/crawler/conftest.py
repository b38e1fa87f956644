"""A replica server and a place to crawl into, for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawler.crawling import Crawl
from tests.crawler.replica import Replica


@pytest.fixture
def replica() -> Iterator[Replica]:
    with Replica() as running:
        yield running


@pytest.fixture
def crawl(tmp_path: Path) -> Crawl:
    return Crawl(tmp_path)
