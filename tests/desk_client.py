"""The whole application over an archive with the sample articles: fixtures of the API's and the desk's tests."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.web import create_app
from core.settings import Settings
from dashboards.sign_in_page import cookie_name
from store.archive import Archive
from tests.desk import NOW, open_filled

ORIGIN = {"Origin": "http://testserver"}
PASSWORD = "چهار واژهٔ بی‌ربط"


def signed_in(app: FastAPI, archive: Archive, role: str = "admin") -> TestClient:
    """A browser, so to say, in which somebody of that role has signed in at NOW. It sends the Origin that browsers send with a form."""
    client = TestClient(app, headers=ORIGIN)
    client.cookies.set(cookie_name(secure=False), session_of(archive, role))
    return client


def session_of(archive: Archive, role: str) -> str:
    """The token of a new session of the user of that role, whose name is the role's."""
    user = archive.accounts.find(role) or archive.accounts.add(role, role, PASSWORD, NOW)
    return archive.accounts.sessions.start(user.id, NOW)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Archive, TestClient]]:
    """The archive with the sample articles and an administrator's client of the whole application over it."""
    folder = tmp_path_factory.mktemp("desk")
    archive, outlets = open_filled(folder)
    app = create_app(archive, Settings(data=folder), outlets, clock=lambda: NOW)
    with signed_in(app, archive) as client:
        yield archive, client
    archive.close()


@pytest.fixture
def archive(filled: tuple[Archive, TestClient]) -> Archive:
    return filled[0]


@pytest.fixture
def client(filled: tuple[Archive, TestClient]) -> TestClient:
    return filled[1]
