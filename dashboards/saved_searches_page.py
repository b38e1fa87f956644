"""Saved searches: kept from the search page under a name and a cadence, listed with what is new, changed, sent as digests, removed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, RedirectResponse, Response

from core.dates import tehran_day
from core.errors import BadInput, BadQuery, NotFound
from core.records import Article, Subscription
from dashboards.access import require
from dashboards.desk import Desk
from dashboards.figures import count_articles
from dashboards.subscriptions_page import STATES, checked_clock, split_addresses
from dashboards.turns import CADENCES, Fresh, clocks_of, fresh_of, late_articles
from dashboards.written import written
from render.words import alphabetical
from store.accounts import User
from store.people import SavedSearch, checked_address
from store.search_turns import USUAL_CLOCK

Id = Annotated[int, Path(ge=1, le=2**31 - 1)]
_Name = Annotated[str, Form(max_length=400)]
_Word = Annotated[str, Form(max_length=20)]
_Addresses = Annotated[str, Form(max_length=60_000)]


class Wished(BaseModel):
    """What the form of a saved search says; beyond its length nothing is checked yet."""

    name: str = Field("", max_length=400)
    cadence: str = Field("", max_length=20)
    at: str = Field(USUAL_CLOCK, max_length=20)
    addresses: str = Field("", max_length=60_000)


@dataclass(frozen=True, slots=True)
class Counted:
    """A saved search in numbers, each with the address of its articles: in all, since yesterday, since the last look, and the late ones."""

    total: int
    day: int
    day_url: str
    fresh: Fresh
    late: list[Article]


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved search as it stands in the list; ``counted`` is None when it can no longer be read. ``sent`` says that a digest is."""

    search: SavedSearch
    url: str
    counted: Counted | None
    mine: bool
    sent: bool


def build_router(desk: Desk) -> APIRouter:
    """``/searches``: the list, what is new, one's own page; saving, changing and removing by plain forms."""
    router = APIRouter(prefix="/searches")
    _add_reading(router, desk)
    _add_writing(router, desk)
    return router


def _add_reading(router: APIRouter, desk: Desk) -> None:
    people = desk.archive.people

    @router.get("")
    def listed(request: Request, saved: str = "") -> HTMLResponse:
        searches = kept_searches(desk, require(request, "viewer"))
        return desk.page("searches.html", section="searches", searches=searches, cadences=CADENCES, saved=saved)

    @router.get("/{id}/new")
    def look(request: Request, id: Id) -> RedirectResponse:
        """Leads to what is new, and notes that the user has looked: the next count begins here."""
        user, search = require(request, "viewer"), people.saved_search(id)
        if search.user not in ("", user.name) and not user.may("admin"):
            raise NotFound("saved search", id)
        fresh = fresh_of(desk, search, people.turns.looked_at(user.name))
        if user.id:
            people.turns.look(id, user.name, desk.clock())
        return RedirectResponse(fresh.url, 303)

    @router.get("/{id}")
    def one(request: Request, id: Id) -> HTMLResponse:
        user = require(request, "editor")
        search = find_own(desk, user, id)
        if id in people.turns.subscriptions():
            desk.archive.audit.note(user, "search.letters", f"searches/{id}", desk.clock(), "looked at")
        return _form(desk, search)


def _add_writing(router: APIRouter, desk: Desk) -> None:
    people = desk.archive.people

    @router.post("")
    def save(request: Request, name: _Name = "", cadence: _Word = "", shared: _Word = "", addresses: _Addresses = "") -> RedirectResponse:
        user = require(request, "editor")
        query, owner = written(desk.narrowing(request.query_params.multi_items())), "" if shared else user.name
        wanted, letters = " ".join(name.split()), checked_letters(checked_cadence(cadence), addresses)
        if any(one.name == wanted and one.user == owner for one in people.saved_searches()):
            raise BadInput("name", name, "the name is taken", f"جست‌وجویی به نام «{wanted}» هست؛ نام دیگری بنویسید.")
        kept = people.save_search(name, query, owner, cadence, desk.clock())
        people.send_search(kept.id, letters, USUAL_CLOCK, desk.clock())
        desk.archive.audit.note(user, "search.save", f"searches/{kept.id}", desk.clock(), query)
        return RedirectResponse(f"/searches?saved={kept.id}", 303)

    @router.post("/{id}", response_model=None)
    def change(request: Request, id: Id, wished: Annotated[Wished, Form()]) -> Response:
        user, now = require(request, "editor"), desk.clock()
        search = find_own(desk, user, id)
        try:
            letters = checked_letters(checked_cadence(wished.cadence), wished.addresses)
            people.rename_search(id, wished.name, wished.cadence, now)
            people.send_search(id, letters, checked_clock(wished.at), now)
        except BadInput as mistake:
            return _form(desk, search, mistake, wished)
        told = f"{wished.name} · {wished.cadence or '-'} · {len(letters)} addresses"
        desk.archive.audit.note(user, "search.change", f"searches/{id}", now, told)
        return RedirectResponse(f"/searches?saved={id}", 303)

    @router.post("/{id}/remove")
    def remove(request: Request, id: Id) -> RedirectResponse:
        user = require(request, "editor")
        gone = find_own(desk, user, id)
        people.remove_search(id, desk.clock())
        desk.archive.audit.note(user, "search.remove", f"searches/{id}", desk.clock(), gone.name)
        return RedirectResponse("/searches", 303)


def kept_searches(desk: Desk, user: User) -> list[Kept]:
    """The searches of a user and those of everybody: those whose turn has come first, then by name."""
    people = desk.archive.people
    looked, clocks = people.turns.looked_at(user.name), clocks_of(desk)
    kept = [_kept(desk, user, one, (looked, clocks)) for one in people.saved_searches(user.name)]
    return sorted(kept, key=lambda one: (not (one.counted and one.counted.fresh.due), alphabetical(one.search.name)))


def find_own(desk: Desk, user: User, id: int) -> SavedSearch:
    """A saved search that the user may change: one's own, everybody's, or any for an admin. NotFound for all others."""
    found = desk.archive.people.saved_search(id)
    if not may_change(user, found):
        raise NotFound("saved search", id)
    return found


def may_change(user: User, search: SavedSearch) -> bool:
    """Whether a user may change or remove a saved search, and see whom it is sent to."""
    return user.may("admin") or (user.may("editor") and search.user in ("", user.name))


def checked_cadence(cadence: str) -> str:
    """One of CADENCES. Raises BadInput."""
    if cadence not in CADENCES:
        raise BadInput("cadence", cadence, f"not one of {sorted(CADENCES)}", "نوبت را از فهرست برگزینید.")
    return cadence


def checked_letters(cadence: str, addresses: str) -> list[str]:
    """The typed addresses, before anything is written. BadInput for one that is none, and for any without a cadence."""
    letters = [checked_address(address) for address in split_addresses(addresses)]
    if letters and not cadence:
        persian = "برای فرستادن نامه نوبت «هر روز» یا «هر هفته» را برگزینید، یا نشانی‌ها را پاک کنید."
        raise BadInput("cadence", cadence, "a search that is sent needs a cadence", persian)
    return letters


def _kept(desk: Desk, user: User, search: SavedSearch, known: tuple[Mapping[int, datetime], Mapping[int, str]]) -> Kept:
    looked, clocks = known
    whole = replace(desk.narrowing(()), text=search.query)
    day = replace(whole, since=tehran_day(desk.clock()) - timedelta(days=1))
    try:
        total, recent = (count_articles(desk.archive.search, one, desk.clock()) for one in (whole, day))
        fresh = fresh_of(desk, search, looked, clocks.get(search.id, USUAL_CLOCK))
        counted = Counted(total, recent, day.url(order="newest"), fresh, late_articles(desk, search, fresh))
    except BadQuery:
        counted = None
    return Kept(search, whole.url(), counted, may_change(user, search), search.id in clocks)


def _form(desk: Desk, search: SavedSearch, mistake: BadInput | None = None, typed: Wished | None = None) -> HTMLResponse:
    people = desk.archive.people
    id = people.turns.subscriptions().get(search.id)
    sent: Subscription | None = people.subscription(id) if id else None
    recipients = [one for one in people.recipients(id) if one.state != "unsubscribed"] if id else []
    shown = typed or Wished(
        name=search.name,
        cadence=search.cadence,
        at=sent.at if sent else USUAL_CLOCK,
        addresses="\n".join(one.address for one in recipients),
    )
    return desk.page(
        "saved_search.html",
        400 if mistake else 200,
        section="searches",
        search=search,
        cadences=CADENCES,
        sent=sent,
        recipients=recipients,
        states=STATES,
        shown=shown,
        mistake=mistake,
    )
