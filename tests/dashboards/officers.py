"""Signed-in people for the tests of what they do at the desk."""

from pathlib import Path

from starlette.testclient import TestClient

from app.web import create_app
from core.settings import Settings
from store.archive import Archive
from tests.desk import NOW, open_filled

PASSWORD = "دروازهٔ باغ ملی ۱۴"
SAME_ORIGIN = {"Origin": "http://testserver"}


def open_desk(folder: Path, role: str = "editor", name: str = "سارا") -> tuple[Archive, TestClient]:
    """The archive of sample articles and a client signed in with that role. The caller closes the archive."""
    archive, outlets = open_filled(folder)
    client = TestClient(create_app(archive, Settings(data=folder), outlets, clock=lambda: NOW), headers=SAME_ORIGIN)
    return archive, sign_in(archive, client, role, name)


def sign_in(archive: Archive, client: TestClient, role: str = "editor", name: str = "سارا") -> TestClient:
    """The client with a session of a new user."""
    archive.accounts.add(name, role, PASSWORD, NOW)
    reply = client.post("/sign-in", data={"name": name, "password": PASSWORD, "next": "/"}, follow_redirects=False)
    assert reply.status_code == 303, reply.text
    return client
