"""The whole application over an archive with the sample articles: fixtures of the API's and the desk's tests."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.web import create_app
from core.settings import Settings
from store.archive import Archive
from tests.desk import NOW, open_filled


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Archive, TestClient]]:
    """The archive with the sample articles and a client of the whole application over it."""
    folder = tmp_path_factory.mktemp("desk")
    archive, outlets = open_filled(folder)
    app = create_app(archive, Settings(data=folder), outlets, clock=lambda: NOW)
    with TestClient(app) as client:
        yield archive, client
    archive.close()


@pytest.fixture
def archive(filled: tuple[Archive, TestClient]) -> Archive:
    return filled[0]


@pytest.fixture
def client(filled: tuple[Archive, TestClient]) -> TestClient:
    return filled[1]
