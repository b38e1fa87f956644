"""The second process of a large crawl: the same articles, and a page that hangs or kills it fails alone."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.records import Outlet, RawArticle
from crawler import extracting
from crawler.extracting import Extractor, Source, extract_one
from tests.crawler.replica_pages import make_stories, page_of, path_of

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
OUTLET = Outlet("nastooh", "x", "nastooh", "http://a.ir")


def _sources(number: int) -> list[Source]:
    stories = make_stories(number, NOW)
    return [
        Source(page_of(story, "nastooh", "http://a.ir", stories), f"http://a.ir{path_of(story, 'nastooh')}", OUTLET, NOW)
        for story in stories
    ]


@pytest.fixture
def extractor() -> Iterator[Extractor]:
    made = Extractor(much=1)
    yield made
    made.close()


def test_the_second_process_gives_the_same_articles(extractor: Extractor) -> None:
    sources = _sources(5)
    assert extractor.extract_all(sources) == [extract_one(source) for source in sources]


class _Killer:
    """Unpickling it ends the process, as a page that crashes a C library would."""

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (9,)


class _Sleeper:
    def __reduce__(self) -> tuple[object, tuple[int]]:
        return time.sleep, (60,)


@pytest.mark.parametrize("trap", [_Killer(), _Sleeper()])
def test_a_page_that_kills_or_hangs_the_process_fails_alone(extractor: Extractor, monkeypatch: pytest.MonkeyPatch, trap: object) -> None:
    monkeypatch.setattr(extracting, "SECONDS_FOR_A_LOAD", 15.0 if isinstance(trap, _Killer) else 5.0)
    sources = _sources(3)
    sources[1] = replace(sources[1], charset=trap)  # type: ignore[arg-type]
    found = extractor.extract_all(sources)
    assert [isinstance(one, RawArticle) for one in found] == [True, False, True]
