"""Adding a missed article by hand: by its address, fetched like any other, or as pasted text with outlet and date."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from core.dates import jalali_numeric, persian_digits, tehran_day
from core.errors import BadInput
from core.outcomes import Outcome
from dashboards.access import require
from dashboards.adding import BY_HAND, Pasted, checked_address, pasted_article
from dashboards.desk import Desk
from render.words import alphabetical
from store.accounts import User

_Text = Annotated[str, Form()]


def build_router(desk: Desk) -> APIRouter:
    """``/add``: the two forms, ``POST /add/address`` and ``POST /add/text``."""
    router = APIRouter()

    @router.get("/add")
    def forms(request: Request, url: str = "") -> HTMLResponse:
        require(request, "editor")
        return _forms(desk, Pasted(url=url[:2000]))

    @router.post("/add/address")
    def by_address(request: Request, url: _Text = "") -> Response:
        user = require(request, "editor")
        try:
            return _to_article(*add_by_address(desk, user, url))
        except BadInput as mistake:
            return _forms(desk, Pasted(url=url), mistake, "address")

    @router.post("/add/text")
    def by_text(
        request: Request,
        outlet: _Text = "",
        headline: _Text = "",
        lead: _Text = "",
        body: _Text = "",
        day: _Text = "",
        clock: _Text = "",
        url: _Text = "",
    ) -> Response:
        user, typed = require(request, "editor"), Pasted(outlet, headline, lead, body, day, clock, url)
        try:
            return _to_article(*add_pasted(desk, user, typed))
        except BadInput as mistake:
            return _forms(desk, typed, mistake, "text")

    return router


def add_by_address(desk: Desk, user: User, url: str) -> tuple[int, bool]:
    """Fetches, extracts and stores the article; (its id, whether it was there before). Raises BadInput with what to do instead."""
    address = checked_address(url)
    known = desk.archive.articles.find_by_url(address)
    if known:
        return known.id, True
    if desk.fetch_article is None:
        raise BadInput("url", url, "nothing fetches here", "این رصد به شبکه راه ندارد؛ متن خبر را بچسبانید.")
    fetched = desk.fetch_article(address)
    raw = replace(fetched.raw, flags=(*fetched.raw.flags, BY_HAND))
    saved = desk.archive.articles.save(raw, fetched.page, fetched.family)
    desk.archive.audit.note(user, "article.add", f"articles/{saved.id}", desk.clock(), address)
    return saved.id, saved.outcome is not Outcome.STORED


def add_pasted(desk: Desk, user: User, typed: Pasted) -> tuple[int, bool]:
    """Stores the typed article; (its id, whether it was there before). Raises BadInput."""
    raw = pasted_article(typed, desk.clock())
    key = next((key for key, outlet in desk.outlets.items() if raw.outlet in (key, outlet.name)), raw.outlet)
    known = desk.archive.articles.find_by_url(raw.url) if raw.url else None
    if known:
        return known.id, True
    saved = desk.archive.articles.save(replace(raw, outlet=key))
    desk.archive.audit.note(user, "article.add", f"articles/{saved.id}", desk.clock(), f"pasted: {raw.headline}")
    return saved.id, saved.outcome is not Outcome.STORED


def _to_article(id: int, there: bool) -> RedirectResponse:
    return RedirectResponse(f"/articles/{id}?added={'known' if there else 'new'}", 303)


def _forms(desk: Desk, typed: Pasted, mistake: BadInput | None = None, form: str = "") -> HTMLResponse:
    today = persian_digits(jalali_numeric(tehran_day(desk.clock())))
    names = sorted((outlet.name for outlet in desk.outlets.values()), key=alphabetical)
    status = 400 if mistake else 200
    return desk.page("add.html", status, section="add", typed=typed, mistake=mistake, form=form, names=names, today_numeric=today)
