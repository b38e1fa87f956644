"""Signed-in people for the tests of what they do at the desk."""

from pathlib import Path

from starlette.testclient import TestClient

from app.web import create_app
from core.records import Outlet
from core.settings import Settings
from store.archive import Archive
from tests.desk import NOW, open_filled

PASSWORD = "دروازهٔ باغ ملی ۱۴"
SAME_ORIGIN = {"Origin": "http://testserver"}


def open_desk(
    folder: Path, role: str = "editor", *, allow: tuple[str, ...] = (), more: tuple[Outlet, ...] = ()
) -> tuple[Archive, TestClient]:
    """The archive of sample articles and a client signed in as «سارا». The caller closes the archive.

    ``allow`` are the private networks that may be fetched, ``more`` outlets beside the samples.
    """
    archive, outlets = open_filled(folder)
    settings = Settings(data=folder, allow_addresses=allow)
    client = TestClient(create_app(archive, settings, (*outlets, *more), clock=lambda: NOW), headers=SAME_ORIGIN)
    return archive, sign_in(archive, client, role)


def sign_in(archive: Archive, client: TestClient, role: str = "editor", name: str = "سارا") -> TestClient:
    """The client with a session of a new user."""
    archive.accounts.add(name, role, PASSWORD, NOW)
    reply = client.post("/sign-in", data={"name": name, "password": PASSWORD, "next": "/"}, follow_redirects=False)
    assert reply.status_code == 303, reply.text
    return client
