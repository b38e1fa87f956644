"""Digest subscriptions for administrators: what goes to whom and when, which addresses were refused, and how the next letter looks."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, RedirectResponse, Response

from core.errors import BadInput
from core.letters import LATIN_DIGITS
from core.records import Subscription
from dashboards.access import require
from dashboards.desk import Desk
from dashboards.letters import known_letters, letter_page
from store.people import EVERY_DAY, SavedSearch
from store.recipients import Recipient

Id = Annotated[int, Path(ge=1, le=2**31 - 1)]
Word = Annotated[str, Form(max_length=2000)]
Addresses = Annotated[str, Form(max_length=60_000)]
STATES = {"active": "می‌گیرد", "unsubscribed": "خودش لغو کرده است", "bad": "نامه را نمی‌پذیرد"}
NEW = Subscription(0, "", "", ())


class Wished(BaseModel):
    """What the form says; beyond its length nothing is checked yet. ``addresses`` is one or more to a line or parted by commas."""

    name: str = Field("", max_length=2000)
    query: str = Field("", max_length=10_000)
    at: str = Field("06:30", max_length=20)
    days: list[str] = Field([], max_length=7)
    when_empty: str = Field("line", max_length=20)
    addresses: str = Field("", max_length=60_000)

    def subscription(self, id: int) -> Subscription:
        """As the form shows it again after a mistake."""
        days = tuple(int(day) for day in self.days if day in "0123456" and len(day) == 1)
        return replace(NEW, id=id, name=self.name, query=self.query, at=self.at, days=days, when_empty=self.when_empty)  # type: ignore[arg-type]


def build_router(desk: Desk) -> APIRouter:
    """``/settings/subscriptions``."""
    router = APIRouter(prefix="/settings/subscriptions")
    _add_reading(router, desk)
    _add_writing(router, desk)
    return router


def _add_reading(router: APIRouter, desk: Desk) -> None:
    people = desk.archive.people

    @router.get("")
    def listed(request: Request) -> HTMLResponse:
        require(request, "admin")
        shown = [(one, people.recipients(one.id)) for one in people.subscriptions()]
        return desk.page("subscriptions.html", section="settings", subscriptions=shown, states=STATES)

    @router.get("/new")
    def new(request: Request, q: str = "") -> HTMLResponse:
        require(request, "admin")
        return _form(desk, replace(NEW, query=q[:2000]))

    @router.get("/{id}")
    def one(request: Request, id: Id) -> HTMLResponse:
        require(request, "admin")
        return _form(desk, people.subscription(id))

    @router.get("/{id}/preview")
    def preview(request: Request, id: Id) -> Response:
        require(request, "admin")
        return letter_page(known_letters(desk.letters).preview(people.subscription(id).id, desk.clock()))


def _add_writing(router: APIRouter, desk: Desk) -> None:
    people = desk.archive.people

    @router.post("", response_model=None)
    def add(request: Request, wished: Annotated[Wished, Form()]) -> Response:
        user, now = require(request, "admin"), desk.clock()
        try:
            made = people.add_subscription(
                wished.name,
                wished.query,
                split_addresses(wished.addresses),
                at=checked_clock(wished.at),
                days=wished.subscription(0).days,
                when_empty=wished.when_empty,
                now=now,
            )
        except BadInput as mistake:
            return _form(desk, wished.subscription(0), mistake, wished.addresses)
        desk.archive.audit.note(user, "subscription.add", f"subscriptions/{made.id}", now, made.name)
        return RedirectResponse(f"/settings/subscriptions/{made.id}", 303)

    @router.post("/{id}", response_model=None)
    def change(request: Request, id: Id, wished: Annotated[Wished, Form()]) -> Response:
        user, now, form = require(request, "admin"), desk.clock(), wished.subscription(id)
        check_free(desk, id)
        try:
            people.change_subscription(
                id, form.name, form.query, at=checked_clock(form.at), days=form.days, when_empty=form.when_empty, now=now
            )
        except BadInput as mistake:
            return _form(desk, form, mistake)
        desk.archive.audit.note(user, "subscription.change", f"subscriptions/{id}", now, form.name)
        return RedirectResponse(f"/settings/subscriptions/{id}", 303)

    @router.post("/{id}/addresses", response_model=None)
    def add_addresses(request: Request, id: Id, addresses: Addresses = "") -> Response:
        user, now = require(request, "admin"), desk.clock()
        try:
            for address in split_addresses(addresses):
                people.add_address(id, address, now)
        except BadInput as mistake:
            return _form(desk, people.subscription(id), mistake, addresses)
        desk.archive.audit.note(user, "subscription.addresses", f"subscriptions/{id}", now, f"{len(split_addresses(addresses))} added")
        return RedirectResponse(f"/settings/subscriptions/{id}#addresses", 303)

    @router.post("/{id}/addresses/remove")
    def remove_address(request: Request, id: Id, address: Word) -> RedirectResponse:
        user = require(request, "admin")
        people.remove_address(id, address, desk.clock())
        desk.archive.audit.note(user, "subscription.addresses", f"subscriptions/{id}", desk.clock(), "1 removed")
        return RedirectResponse(f"/settings/subscriptions/{id}#addresses", 303)

    @router.post("/{id}/remove")
    def remove(request: Request, id: Id) -> RedirectResponse:
        user, name = require(request, "admin"), people.subscription(id).name
        people.remove_subscription(id, desk.clock())
        desk.archive.audit.note(user, "subscription.remove", f"subscriptions/{id}", desk.clock(), name)
        return RedirectResponse("/settings/subscriptions", 303)


def sent_search(desk: Desk, id: int) -> SavedSearch | None:
    """The saved search whose name, words and rhythm the subscription follows; None for one of its own."""
    people = desk.archive.people
    found = next((search for search, subscription in people.turns.subscriptions().items() if subscription == id), None)
    return people.saved_search(found) if found else None


def check_free(desk: Desk, id: int) -> None:
    """Raises BadInput for a subscription that follows a saved search."""
    search = sent_search(desk, id)
    if search is not None:
        raise BadInput("id", str(id), "it follows a saved search", f"این خبرنامه پیرو جست‌وجوی «{search.name}» است؛ آنجا عوضش کنید.")


def split_addresses(text: str) -> list[str]:
    """«a@x.example، b@x.example» or one to a line → each of them."""
    return [part for part in text.replace("،", " ").replace(",", " ").replace(";", " ").split() if part]


def checked_clock(at: str) -> str:
    """The hour with Latin digits, as it is kept: «۰۶:۳۰» → «06:30»."""
    return at.strip().translate(LATIN_DIGITS)


def _form(desk: Desk, subscription: Subscription, mistake: BadInput | None = None, typed: str = "") -> HTMLResponse:
    people = desk.archive.people
    recipients: list[Recipient] = people.recipients(subscription.id) if subscription.id else []
    return desk.page(
        "subscription.html",
        400 if mistake else 200,
        section="settings",
        subscription=subscription,
        recipients=recipients,
        search=sent_search(desk, subscription.id),
        states=STATES,
        mistake=mistake,
        typed=typed,
        every_day=EVERY_DAY,
    )
