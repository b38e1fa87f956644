"""Saved searches: kept from the search page under a name and a cadence, listed, renamed, removed; digests are made of them."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import HTMLResponse, RedirectResponse

from core.dates import tehran_day
from core.errors import BadInput, BadQuery, NotFound
from dashboards.access import require
from dashboards.desk import Desk
from dashboards.figures import count_articles
from dashboards.written import written
from store.accounts import User
from store.people import SavedSearch

Id = Annotated[int, Path(ge=1, le=2**31 - 1)]
_Name = Annotated[str, Form(max_length=400)]
_Word = Annotated[str, Form(max_length=20)]
CADENCES = {"": "هیچ‌گاه؛ خودم سر می‌زنم", "hourly": "هر ساعت", "daily": "هر روز", "weekly": "هر هفته"}


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved search with its address, how many articles it finds, in all and since yesterday, and whether the reader may change it."""

    search: SavedSearch
    url: str
    total: int | None
    day: int
    day_url: str
    mine: bool


def build_router(desk: Desk) -> APIRouter:
    """``/searches``: the list; saving, renaming and removing by plain forms."""
    router = APIRouter()

    @router.get("/searches")
    def listed(request: Request, saved: str = "") -> HTMLResponse:
        user = require(request, "viewer")
        return desk.page("searches.html", section="searches", searches=kept_searches(desk, user), cadences=CADENCES, saved=saved)

    @router.post("/searches")
    def save(request: Request, name: _Name = "", cadence: _Word = "", shared: _Word = "") -> RedirectResponse:
        user, people = require(request, "editor"), desk.archive.people
        query, owner = written(desk.narrowing(request.query_params.multi_items())), "" if shared else user.name
        wanted = " ".join(name.split())
        if any(one.name == wanted and one.user == owner for one in people.saved_searches()):
            raise BadInput("name", name, "the name is taken", f"جست‌وجویی به نام «{wanted}» هست؛ نام دیگری بنویسید.")
        kept = people.save_search(name, query, owner, checked_cadence(cadence), desk.clock())
        desk.archive.audit.note(user, "search.save", f"searches/{kept.id}", desk.clock(), query)
        return RedirectResponse(f"/searches?saved={kept.id}", 303)

    @router.post("/searches/{id}")
    def change(request: Request, id: Id, name: _Name = "", cadence: _Word = "") -> RedirectResponse:
        user = require(request, "editor")
        find_own(desk, user, id)
        desk.archive.people.rename_search(id, name, checked_cadence(cadence))
        desk.archive.audit.note(user, "search.change", f"searches/{id}", desk.clock(), name)
        return RedirectResponse("/searches", 303)

    @router.post("/searches/{id}/remove")
    def remove(request: Request, id: Id) -> RedirectResponse:
        user = require(request, "editor")
        gone = find_own(desk, user, id)
        desk.archive.people.remove_search(id)
        desk.archive.audit.note(user, "search.remove", f"searches/{id}", desk.clock(), gone.name)
        return RedirectResponse("/searches", 303)

    return router


def kept_searches(desk: Desk, user: User) -> list[Kept]:
    """The searches of a user and those of everybody, by name."""
    return [_kept(desk, user, one) for one in desk.archive.people.saved_searches(user.name)]


def find_own(desk: Desk, user: User, id: int) -> SavedSearch:
    """A saved search that the user may change: one's own, everybody's, or any for an admin. NotFound for all others."""
    found = desk.archive.people.saved_search(id)
    if not may_change(user, found):
        raise NotFound("saved search", id)
    return found


def may_change(user: User, search: SavedSearch) -> bool:
    """Whether a user may rename or remove a saved search."""
    return user.may("admin") or (user.may("editor") and search.user in ("", user.name))


def checked_cadence(cadence: str) -> str:
    """One of CADENCES. Raises BadInput."""
    if cadence not in CADENCES:
        raise BadInput("cadence", cadence, f"not one of {sorted(CADENCES)}", "نوبت را از فهرست برگزینید.")
    return cadence


def _kept(desk: Desk, user: User, search: SavedSearch) -> Kept:
    whole = replace(desk.narrowing(()), text=search.query)
    day = replace(whole, since=tehran_day(desk.clock()) - timedelta(days=1))
    try:
        total, fresh = (count_articles(desk.archive.search, one, desk.clock()) for one in (whole, day))
    except BadQuery:
        return Kept(search, whole.url(), None, 0, day.url(), may_change(user, search))
    return Kept(search, whole.url(), total, fresh, day.url(order="newest"), may_change(user, search))
