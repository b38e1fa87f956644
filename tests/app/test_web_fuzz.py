"""Whatever an address says, the service answers with a page or a problem document, never with an error of its own."""

import random
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.web import create_app
from core.settings import Settings
from tests.desk import NOW, open_filled

PATHS = [
    "/",
    "/search",
    "/search/explain",
    "/search/suggest",
    "/search/export",
    "/triangle",
    "/outlets",
    "/articles/{}",
    "/articles/{}/revisions",
    "/articles/{}/page",
    "/topics/{}",
    "/outlets/{}",
    "/entities/{}",
    "/places/{}",
    "/speakers/{}",
    "/unsubscribe/{}",
    "/static/{}",
    "/api/v1/articles",
    "/api/v1/articles/{}",
    "/api/v1/articles/{}/revisions",
    "/api/v1/search",
    "/api/v1/stats",
    "/api/v1/outlets",
    "/api/v1/changes",
]
NAMES = [
    "q",
    "from",
    "to",
    "days",
    "scope",
    "own",
    "order",
    "cursor",
    "topic",
    "tone",
    "city_tone",
    "outlet",
    "section",
    "entity",
    "place",
    "speaker",
    "voice",
    "group",
    "has",
    "limit",
    "facets",
    "by",
    "after",
    "format",
]
VALUES = [
    "",
    "0",
    "-1",
    "1",
    "7",
    "99999999999999999999",
    "۱۴۰۵/۰۹/۰۳",
    "1405/13/40",
    "9999-99-99",
    "0000/00/00",
    "تیتر:",
    'لحن:منفی AND (("',
    "NOT",
    "*",
    "~",
    "a*",
    "از:دیروز",
    '"' * 50,
    "(" * 60,
    "و یا نه",
    "x" * 2500,
    "\x00",
    "\ud7ff\ufffe",
    "\u202e\u200c\u200f",
    "😀",
    "%00",
    "../../etc/passwd",
    "<script>",
    "day,tone",
    "day,day,day",
    "relevance",
    "newest",
    "csv",
    "transport",
    "negative",
    "demand",
    "http://toos.example/1",
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("fuzz")
    archive, outlets = open_filled(folder)
    yield TestClient(create_app(archive, Settings(data=folder, open="read"), outlets, clock=lambda: NOW), raise_server_exceptions=False)
    archive.close()


@pytest.mark.soak
def test_no_address_makes_the_service_fail(client: TestClient, seed: int, rounds: int) -> None:
    chance = random.Random(seed)
    for _ in range(rounds * 150):
        path = chance.choice(PATHS).format(chance.choice(VALUES[1:]).replace("?", "").replace("#", ""))
        params = [(chance.choice(NAMES), chance.choice(VALUES)) for _ in range(chance.randint(0, 4))]
        reply = client.request(chance.choice(["GET", "GET", "GET", "HEAD", "POST"]), path.replace("\x00", "%00"), params=params)
        assert reply.status_code < 500, (path, params, reply.text[:300])
        if path.startswith("/api/") and reply.status_code >= 400 and reply.content:
            assert reply.headers["content-type"] == "application/problem+json", (path, params)


@pytest.mark.parametrize("words", VALUES)
def test_every_typed_text_is_answered(client: TestClient, words: str) -> None:
    for path in ("/search", "/search/explain", "/search/suggest", "/search/export", "/api/v1/search", "/api/v1/stats"):
        assert client.get(path, params={"q": words}).status_code in (200, 400, 422)
