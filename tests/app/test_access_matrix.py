"""Every route × every role, and every key's scope. A new route without its line in ROUTES fails here: say who may use it."""

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.responses import Response
from starlette.testclient import TestClient

from app.web import create_app
from core.dates import tehran_day
from core.settings import Settings
from store.accounts import ROLES
from store.archive import Archive
from store.keys import SCOPES
from tests.desk import NOW, open_filled
from tests.desk_client import ORIGIN, session_of

# method, path, least role, scope of a key ("-": a key may not)
ROUTES = """
GET /openapi.json viewer read
GET /docs viewer read
GET /docs/{name} viewer read
GET /healthz open -
GET /readyz open -
GET /metrics admin metrics
GET /static open -
GET /unsubscribe/{token} open -
POST /unsubscribe/{token} open -
GET /sign-in open -
POST /sign-in open -
GET /first-admin/{token} open -
POST /first-admin/{token} open -
POST /sign-out viewer -
GET /account viewer -
POST /account/password viewer -
GET /settings/users admin admin
POST /settings/users admin admin
POST /settings/users/{id}/role admin admin
POST /settings/users/{id}/password admin admin
POST /settings/users/{id}/remove admin admin
GET /settings/keys admin admin
POST /settings/keys admin admin
POST /settings/keys/{id}/revoke admin admin
GET /settings/audit admin admin
GET /api/v1/alerts viewer read
GET /api/v1/alert-rules admin admin
POST /api/v1/alert-rules admin admin
DELETE /api/v1/alert-rules/{id} admin admin
GET /api/v1/webhooks admin admin
POST /api/v1/webhooks admin admin
DELETE /api/v1/webhooks/{id} admin admin
POST /api/v1/webhooks/{id}/secret admin admin
POST /api/v1/webhooks/{id}/state admin admin
GET /api/v1/webhooks/{id}/deliveries admin admin
POST /api/v1/webhooks/{id}/deliveries/{delivery}/replay admin admin
GET /alerts viewer read
GET /settings/alert-rules admin admin
GET /settings/alert-rules/try admin admin
POST /settings/alert-rules admin admin
POST /settings/alert-rules/{id}/addresses admin admin
POST /settings/alert-rules/{id}/addresses/remove admin admin
POST /settings/alert-rules/{id}/remove admin admin
GET /settings/webhooks admin admin
GET /settings/webhooks/{id} admin admin
POST /settings/webhooks admin admin
POST /settings/webhooks/{id}/secret admin admin
POST /settings/webhooks/{id}/state admin admin
POST /settings/webhooks/{id}/deliveries/{delivery}/replay admin admin
POST /settings/webhooks/{id}/remove admin admin
GET /settings viewer read
GET /settings/collections viewer read
GET /settings/collections/{id} viewer read
POST /settings/collections editor write
POST /settings/collections/{id} editor write
POST /settings/collections/{id}/remove editor write
GET /settings/subscriptions admin admin
GET /settings/subscriptions/new admin admin
GET /settings/subscriptions/{id} admin admin
GET /settings/subscriptions/{id}/preview admin admin
POST /settings/subscriptions admin admin
POST /settings/subscriptions/{id} admin admin
POST /settings/subscriptions/{id}/addresses admin admin
POST /settings/subscriptions/{id}/addresses/remove admin admin
POST /settings/subscriptions/{id}/remove admin admin
GET /settings/digests admin admin
GET /settings/digests/{id} admin admin
GET /settings/digests/{id}/letter admin admin
GET /settings/errors viewer read
GET /settings/model viewer read
GET / viewer read
GET /topics/{topic} viewer read
GET /outlets/{key:path} viewer read
GET /entities/{entity:path} viewer read
GET /places/{place:path} viewer read
GET /speakers/{speaker:path} viewer read
GET /outlets viewer read
GET /triangle viewer read
GET /compare viewer read
GET /help viewer read
GET /search viewer read
GET /search/explain viewer read
GET /search/suggest viewer read
GET /search/why/{id} viewer read
GET /search/export viewer export
GET /searches viewer read
GET /searches/{id} editor write
GET /searches/{id}/new viewer read
POST /searches editor write
POST /searches/{id} editor write
POST /searches/{id}/remove editor write
GET /articles/{id} viewer read
GET /articles/{id}/revisions viewer read
GET /articles/{id}/page viewer read
POST /articles/{id}/labels editor write
GET /add editor write
POST /add/text editor write
POST /add/address editor write
GET /bulletins viewer read
GET /bulletins/{id} viewer read
GET /bulletins/{id}/print viewer read
GET /bulletins/{id}/file.{format} viewer export
POST /bulletins/pick editor write
POST /bulletins/drop editor write
POST /bulletins/{id}/drop editor write
POST /bulletins/{id}/move editor write
POST /bulletins/{id}/move-section editor write
POST /bulletins/{id}/describe editor write
POST /bulletins/{id}/annotate editor write
POST /bulletins/{id}/publish editor write
POST /bulletins/{id}/remove editor write
GET /feeds/{key}/{id}.{format} - feeds
GET /api/v1/articles viewer read
GET /api/v1/articles/{id} viewer read
GET /api/v1/articles/{id}/revisions viewer read
GET /api/v1/articles/{id}/corrections viewer read
POST /api/v1/articles/{id}/corrections editor write
DELETE /api/v1/articles/{id}/corrections/{field} editor write
GET /api/v1/changes viewer read
GET /api/v1/outlets viewer read
GET /api/v1/search viewer read
GET /api/v1/explain viewer read
GET /api/v1/stats viewer read
GET /api/v1/series viewer read
GET /api/v1/triangle viewer read
GET /api/v1/stories viewer read
GET /api/v1/stories/{id} viewer read
GET /api/v1/quotes viewer read
GET /api/v1/demands viewer read
GET /api/v1/export viewer export
GET /api/v1/saved-searches viewer read
POST /api/v1/saved-searches editor write
DELETE /api/v1/saved-searches/{id} editor write
"""
TABLE = {(method, path): (role, scope) for method, path, role, scope in (line.split() for line in ROUTES.strip().splitlines())}
WHO = ("nobody", *ROLES)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FastAPI, Archive]]:
    folder = tmp_path_factory.mktemp("matrix")
    archive, outlets = open_filled(folder)
    yield create_app(archive, Settings(data=folder, requests_per_minute=100_000), outlets, clock=lambda: NOW), archive
    archive.close()


def routes_of(app: FastAPI) -> set[tuple[str, str]]:
    """Every method and path that the application answers."""
    contexts = list(iter_route_contexts(app.routes))
    pairs = {(method, str(context.path)) for context in contexts for method in getattr(context, "methods", None) or ("GET",)}
    return {(method, path) for method, path in pairs if method != "HEAD"}


def ask(client: TestClient, method: str, path: str, **more: object) -> Response:
    """The request with something plausible for each part of the path; ``key`` is for the address of a feed."""
    path = "/static/css/base.css" if path == "/static" else path
    address = path.replace("{format}", "pdf" if path.startswith("/bulletins") else "rss").replace("{key}", str(more.pop("key", "1")))
    return client.request(method, re.sub(r"\{[\w:]+\}", "1", address), follow_redirects=False, **more)  # type: ignore[arg-type, return-value]


def is_refused(answer: Response) -> bool:
    """401 and 403, or the way to the door (which who signs out goes, too, and then the browser forgets its pages)."""
    left = "clear-site-data" in answer.headers
    to_the_door = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in") and not left
    return answer.status_code in (401, 403) or to_the_door


def test_every_route_says_who_may_use_it(site: tuple[FastAPI, Archive]) -> None:
    assert routes_of(site[0]) == set(TABLE)


@pytest.mark.parametrize("who", WHO)
def test_each_role_gets_what_is_its_own_and_nothing_else(site: tuple[FastAPI, Archive], who: str) -> None:
    app, archive = site
    wrong = []
    for (method, path), (role, _) in sorted(TABLE.items()):
        client = TestClient(app, headers=ORIGIN, raise_server_exceptions=False)
        if who != "nobody":
            client.cookies.set("rasad", session_of(archive, who))
        may = role == "open" or (role != "-" and WHO.index(who) >= WHO.index(role))
        answer = ask(client, method, path)
        if is_refused(answer) is may and path != "/sign-in":
            wrong.append((method, path, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_reaches_as_far_as_its_scope(site: tuple[FastAPI, Archive], scope: str) -> None:
    app, archive = site
    text, _ = archive.keys.add(f"با {scope}", [scope], "test", NOW)
    client, wrong = TestClient(app, raise_server_exceptions=False), []
    for (method, path), (role, needed) in sorted(TABLE.items()):
        if role == "open":
            continue
        sent = {"key": text} if path.startswith("/feeds/") else {"headers": {"X-API-Key": text}}
        may = needed != "-" and scope in (needed, "admin")
        answer = ask(client, method, path, **sent)
        if is_refused(answer) is may:
            wrong.append((method, path, answer.status_code))
    assert wrong == []


def test_every_write_and_every_export_stands_in_the_audit(site: tuple[FastAPI, Archive]) -> None:
    """Whatever a route forgets to note, the gate notes: asked here of a route that notes nothing."""
    app, archive = site
    client = TestClient(app, headers=ORIGIN)
    client.cookies.set("rasad", session_of(archive, "editor"))
    before = len(archive.audit.entries(limit=10_000))
    assert client.get("/search/export?format=csv&q=شهر").status_code == 200
    assert client.get("/api/v1/search?q=شهر").status_code == 200
    entries = archive.audit.entries(limit=10_000)
    assert len(entries) == before + 1
    assert entries[0].user == "editor"


def test_a_viewer_sees_no_draft_no_address_and_no_key(site: tuple[FastAPI, Archive]) -> None:
    """Every page that a viewer can read is read, about things that exist."""
    app, archive = site
    draft = archive.bulletins.pick(tehran_day(NOW), 1, "editor", NOW)
    archive.bulletins.describe(draft, "پیش‌نویس محرمانه", "")
    id = archive.people.add_subscription("روزانه", "", ["secret.reader@example.org"], now=NOW).id
    _, key = archive.keys.add("سامانهٔ محرمانه", ["read"], "admin", NOW)
    hidden = ("پیش‌نویس محرمانه", "secret.reader", key.start, archive.people.recipients(id)[0].token)
    client, read = TestClient(app, raise_server_exceptions=False), 0
    client.cookies.set("rasad", session_of(archive, "viewer"))
    for (method, path), (role, _) in sorted(TABLE.items()):
        if method != "GET" or role != "viewer":
            continue
        for format in ("pdf", "docx") if "{format}" in path else ("",):
            address = path.replace("{format}", format).replace("{id}", str(draft if path.startswith("/bulletins") else 1))
            answer = ask(client, method, address)
            read += answer.status_code == 200
            assert not [word for word in hidden if word in answer.text], address
            assert not (path.startswith("/bulletins/") and answer.status_code == 200), address
    assert read > 15
    client.cookies.set("rasad", session_of(archive, "editor"))
    assert "پیش‌نویس محرمانه" in client.get(f"/bulletins/{draft}").text


@pytest.mark.parametrize("role", ["editor", "admin"])
def test_no_spelling_of_an_address_opens_it_to_a_lower_role(site: tuple[FastAPI, Archive], role: str) -> None:
    """Line ends, slashes, dots, spaces, other cases: the gate and the router must not read one address in two ways."""
    app, archive = site
    client, wrong = TestClient(app, headers=ORIGIN, raise_server_exceptions=False), []
    client.cookies.set("rasad", session_of(archive, WHO[WHO.index(role) - 1]))
    for (method, path), (needed, _) in sorted(TABLE.items()):
        if needed != role:
            continue
        plain = re.sub(r"\{[\w:]+\}", "1", path)
        spellings = [plain + end for end in ("%0A", "%0D%0A", "%00", "/", "//", "/.", "%20", ";x", "%2F", "#")]
        spellings += [
            plain.replace("/1", "/1%0A"),
            plain.replace("/", "//"),
            plain.upper(),
            plain.replace("/", "/./"),
            plain.replace("s", "%73"),
        ]
        for address in spellings:
            answer = client.request(method, f"http://testserver{address}", follow_redirects=False)
            if not is_refused(answer) and answer.status_code not in (307, 404, 405):
                wrong.append((method, address, answer.status_code))
    assert wrong == []
