"""The alerts that fired, for everybody; and the rules that watch, with whom they tell, for administrators."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, RedirectResponse, Response

from core.errors import BadInput, BadQuery
from dashboards.access import require
from dashboards.desk import Desk
from dashboards.letters import Firing, known_letters
from dashboards.subscriptions_page import checked_clock, split_addresses
from store.alerts import AlertRecord, AlertRule
from store.people import SavedSearch
from store.query import parse_query
from store.recipients import Recipient

Id = Annotated[int, Path(ge=1, le=2**31 - 1)]
KINDS = {
    "volume": ("شمار غیرعادی خبر", "در سه ساعت بسیار بیش از همین ساعت‌های روزهای همانند."),
    "negative": ("خبر منفی غیرعادی", "شمار خبرهای منفی نسبت به شهر در سه ساعت بسیار بیش از معمول."),
    "story": ("رویداد فراگیر", "دست‌کم سه رسانه در دو روز به یک رویداد پرداخته‌اند."),
}
STATES = {"active": "می‌گیرد", "unsubscribed": "خودش لغو کرده است", "bad": "نامه را نمی‌پذیرد"}
_SHOWN = 50
_TRIED_DAYS = (7, 30, 90)


class Wished(BaseModel):
    """What the form of a rule says; beyond its length nothing is checked yet."""

    name: str = Field("", max_length=2000)
    query: str = Field("", max_length=10_000)
    search: str = Field("", max_length=20)
    kinds: list[str] = Field([], max_length=10)
    quiet_from: str = Field("", max_length=20)
    quiet_to: str = Field("", max_length=20)
    addresses: str = Field("", max_length=60_000)


@dataclass(frozen=True, slots=True)
class Told:
    """An alert that fired, its rule's name, and where the desk shows its articles. ``letters`` counts them by state."""

    alert: AlertRecord
    headline: str
    rule: str
    url: str
    letters: dict[str, int]


@dataclass(frozen=True, slots=True)
class Watched:
    """A rule with the saved search that it follows, if any, its addresses and what it told last."""

    rule: AlertRule
    search: SavedSearch | None
    recipients: Sequence[Recipient]
    told: Sequence[Told]


def build_router(desk: Desk) -> APIRouter:
    """``/alerts`` and ``/settings/alert-rules``."""
    router = APIRouter()
    _add_reading(router, desk)
    _add_writing(router, desk)
    return router


def _add_reading(router: APIRouter, desk: Desk) -> None:
    @router.get("/alerts")
    def fired(request: Request, before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None) -> HTMLResponse:
        user = require(request, "viewer")
        found = desk.archive.alerts.newest(_SHOWN + 1, before)
        older = found[_SHOWN - 1].id if len(found) > _SHOWN else None
        told = [_told(desk, one, with_letters=user.may("admin")) for one in found[:_SHOWN]]
        return desk.page("alerts.html", section="settings", told=told, older=older, kinds=KINDS)

    @router.get("/settings/alert-rules")
    def rules(request: Request, search: str = "") -> HTMLResponse:
        require(request, "admin")
        return _rules(desk, _wished_of(desk, search))

    @router.get("/settings/alert-rules/try")
    def tried(request: Request, q: str = "", query: str = "", days: int = 30) -> HTMLResponse:
        """When a rule of this search would have fired: nothing is written or sent. The form of a new rule calls it ``query``."""
        require(request, "admin")
        return tried_page(desk, (q or query)[:2000], days if days in _TRIED_DAYS else 30)


def _add_writing(router: APIRouter, desk: Desk) -> None:
    alerts = desk.archive.alerts

    @router.post("/settings/alert-rules", response_model=None)
    def add(request: Request, wished: Annotated[Wished, Form()]) -> Response:
        user, now = require(request, "admin"), desk.clock()
        try:
            parse_query(wished.query, now=now, words=desk.archive.words())
            followed = _saved(desk, wished.search)
            rule = alerts.add(
                wished.name,
                wished.query,
                kinds=wished.kinds,
                addresses=split_addresses(wished.addresses),
                quiet=(checked_clock(wished.quiet_from), checked_clock(wished.quiet_to)),
                made_by=user.name,
                now=now,
            )
        except BadInput as mistake:
            return _rules(desk, wished, mistake)
        # Words that were changed in the form are the rule's own.
        if followed and followed.query == rule.query:
            desk.archive.people.turns.watch(followed.id, rule.id)
        desk.archive.audit.note(user, "alert.add", f"alert-rules/{rule.id}", now, rule.name)
        return RedirectResponse(f"/settings/alert-rules#rule-{rule.id}", 303)

    @router.post("/settings/alert-rules/{id}/addresses", response_model=None)
    def add_addresses(request: Request, id: Id, addresses: Annotated[str, Form(max_length=60_000)] = "") -> Response:
        user, now = require(request, "admin"), desk.clock()
        wanted = split_addresses(addresses)
        for address in wanted:
            alerts.addresses.add(id, address, now)
        desk.archive.audit.note(user, "alert.addresses", f"alert-rules/{id}", now, f"{len(wanted)} added")
        return RedirectResponse(f"/settings/alert-rules#rule-{id}", 303)

    @router.post("/settings/alert-rules/{id}/addresses/remove")
    def remove_address(request: Request, id: Id, address: Annotated[str, Form(max_length=2000)] = "") -> RedirectResponse:
        user, now = require(request, "admin"), desk.clock()
        for one in alerts.addresses.of_rule(id):
            if one.address == address:
                alerts.addresses.unsubscribe(one.token, now)
        desk.archive.audit.note(user, "alert.addresses", f"alert-rules/{id}", now, "1 removed")
        return RedirectResponse(f"/settings/alert-rules#rule-{id}", 303)

    @router.post("/settings/alert-rules/{id}/remove")
    def remove(request: Request, id: Id) -> RedirectResponse:
        user = require(request, "admin")
        alerts.remove(id, desk.clock())
        desk.archive.audit.note(user, "alert.remove", f"alert-rules/{id}", desk.clock())
        return RedirectResponse("/settings/alert-rules", 303)


def tried_page(desk: Desk, query: str, days: int) -> HTMLResponse:
    """The back-test of a search, each firing with the articles it would have counted."""
    mistake: BadInput | None = None
    firings: list[tuple[Firing, str]] = []
    now = desk.clock()
    try:
        firings = [
            (one, _firing_url(desk, query, one)) for one in known_letters(desk.letters).backtest(query, now - timedelta(days=days), now)
        ]
    except BadQuery as error:
        mistake = error
    return desk.page(
        "alert_try.html",
        400 if mistake else 200,
        section="settings",
        query=query,
        days=days,
        choices=_TRIED_DAYS,
        firings=firings[::-1],
        kinds=KINDS,
        mistake=mistake,
        whole=replace(desk.narrowing(()), text=query).url(),
    )


def _firing_url(desk: Desk, query: str, firing: Firing) -> str:
    narrowing = desk.narrowing((("irrelevant", "0"),))
    narrowing = narrowing.having(city_tone="negative") if firing.kind == "negative" else narrowing
    return replace(narrowing, text=firing.times + (f" ({query})" if query.strip() else "")).url(order="newest")


def _rules(desk: Desk, wished: Wished, mistake: BadInput | None = None) -> HTMLResponse:
    alerts = desk.archive.alerts
    newest = alerts.newest(200)
    searches = desk.archive.people.saved_searches()
    by_id, followed = {one.id: one for one in searches}, desk.archive.people.turns.watched()
    watched = [
        Watched(
            rule,
            by_id.get(followed.get(rule.id, 0)),
            alerts.addresses.of_rule(rule.id),
            [_told(desk, one, with_letters=True) for one in newest if one.rule_id == rule.id][:3],
        )
        for rule in alerts.rules()
    ]
    hooks = [hook for hook in desk.archive.webhooks.all(desk.clock()) if "alert.fired" in hook.events and not hook.stopped_at]
    return desk.page(
        "alert_rules.html",
        400 if mistake else 200,
        section="settings",
        watched=watched,
        hooks=hooks,
        kinds=KINDS,
        states=STATES,
        wished=wished,
        mistake=mistake,
        searches=searches,
    )


def _wished_of(desk: Desk, search: str) -> Wished:
    """The form as it begins: quiet at night, all kinds; of a saved search when one is named."""
    usual = Wished(kinds=list(KINDS), quiet_from="22:00", quiet_to="07:00")  # type: ignore[call-arg]
    found = _saved(desk, search)
    return usual.model_copy(update={"name": found.name, "query": found.query, "search": search}) if found else usual


def _saved(desk: Desk, id: str) -> SavedSearch | None:
    """The saved search of that number; None for what is no number. NotFound."""
    return desk.archive.people.saved_search(int(id)) if id.isdecimal() and 0 < int(id) < 2**31 else None


def _told(desk: Desk, alert: AlertRecord, *, with_letters: bool) -> Told:
    document = alert.document
    letters: dict[str, int] = {}
    if with_letters:
        for letter in desk.archive.alerts.letters(alert.id):
            letters[letter.state] = letters.get(letter.state, 0) + 1
    return Told(alert, str(document.get("headline", "")), str(document.get("rule", "")), _own_address(document.get("url")), letters)


def _own_address(url: object) -> str:
    """The address within the desk, wherever the desk was reached at when the alert fired; "" for anything else."""
    parts = urlsplit(str(url or ""))
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return path if path.startswith(("/search?", "/articles/")) else ""
