"""What changes a bulletin: picking, dropping, ordering, noting, publishing. Plain forms; each write stands in the audit."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse

from core.dates import tehran_day
from core.errors import BadInput
from dashboards.access import require
from dashboards.bulletin_book import book_of, moved, section_moved
from dashboards.bulletin_page import Id
from dashboards.desk import Desk
from render.bulletin import book_json
from store.accounts import User

Text = Annotated[str, Form(max_length=10_000)]
ArticleId = Annotated[int, Form(ge=1, le=2**31 - 1)]
StepName = Annotated[Literal["up", "down"], Form()]


def build_router(desk: Desk) -> APIRouter:
    """The POST addresses under ``/bulletins``; every one leads back to the page that it was sent from."""
    router = APIRouter()
    _add_picking(router, desk)
    _add_ordering(router, desk)
    _add_writing(router, desk)
    return router


def _add_picking(router: APIRouter, desk: Desk) -> None:
    @router.post("/bulletins/pick")
    def pick(request: Request, article: ArticleId) -> RedirectResponse:
        user, now = require(request, "editor"), desk.clock()
        desk.archive.articles.get(article)
        id = desk.archive.bulletins.pick(tehran_day(now), article, user.name, now)
        _note(desk, user, "bulletin.pick", id, f"articles/{article}")
        return back(request, f"/bulletins/{id}", f"pick-{article}")

    @router.post("/bulletins/drop")
    def drop_from_today(request: Request, article: ArticleId) -> RedirectResponse:
        user = require(request, "editor")
        draft = desk.archive.bulletins.draft_of(tehran_day(desk.clock()))
        if draft is not None:
            desk.archive.bulletins.drop(draft.id, article)
            _note(desk, user, "bulletin.drop", draft.id, f"articles/{article}")
        return back(request, "/bulletins", f"pick-{article}")

    @router.post("/bulletins/{id}/drop")
    def drop(request: Request, id: Id, article: ArticleId) -> RedirectResponse:
        user = require(request, "editor")
        desk.archive.bulletins.drop(id, article)
        _note(desk, user, "bulletin.drop", id, f"articles/{article}")
        return _to(f"/bulletins/{id}#entries")


def _add_ordering(router: APIRouter, desk: Desk) -> None:
    @router.post("/bulletins/{id}/move")
    def move(request: Request, id: Id, article: ArticleId, step: StepName) -> RedirectResponse:
        user = require(request, "editor")
        order = moved(book_of(desk, desk.archive.bulletins.get(id)), article, step)
        desk.archive.bulletins.arrange(id, order)
        _note(desk, user, "bulletin.arrange", id, f"articles/{article} {step}")
        return _to(f"/bulletins/{id}#entry-{article}")

    @router.post("/bulletins/{id}/move-section")
    def move_section(request: Request, id: Id, topic: Text, step: StepName) -> RedirectResponse:
        user = require(request, "editor")
        order = section_moved(book_of(desk, desk.archive.bulletins.get(id)), topic, step)
        desk.archive.bulletins.arrange(id, order)
        _note(desk, user, "bulletin.arrange", id, f"{topic[:40]} {step}")
        return _to(f"/bulletins/{id}#entries")


def _add_writing(router: APIRouter, desk: Desk) -> None:
    @router.post("/bulletins/{id}/describe")
    def describe(request: Request, id: Id, title: Text = "", note: Text = "") -> RedirectResponse:
        user = require(request, "editor")
        desk.archive.bulletins.describe(id, title, note)
        _note(desk, user, "bulletin.describe", id, title)
        return _to(f"/bulletins/{id}")

    @router.post("/bulletins/{id}/annotate")
    def annotate(request: Request, id: Id, article: ArticleId, note: Text = "", topic: Text = "") -> RedirectResponse:
        user = require(request, "editor")
        desk.archive.bulletins.annotate(id, article, note, topic)
        _note(desk, user, "bulletin.annotate", id, f"articles/{article}")
        return _to(f"/bulletins/{id}#entry-{article}")

    @router.post("/bulletins/{id}/publish")
    def publish(request: Request, id: Id) -> RedirectResponse:
        user = require(request, "editor")
        book = book_of(desk, desk.archive.bulletins.get(id))
        if not book.entries:
            raise BadInput("bulletin", id, "nothing in it", "بولتن خالی است؛ نخست خبری برای آن برگزینید.")
        desk.archive.bulletins.publish(id, book_json(book), desk.clock())
        _note(desk, user, "bulletin.publish", id, book.title)
        return _to(f"/bulletins/{id}")

    @router.post("/bulletins/{id}/remove")
    def remove(request: Request, id: Id) -> RedirectResponse:
        user = require(request, "editor")
        desk.archive.bulletins.remove(id)
        _note(desk, user, "bulletin.remove", id)
        return _to("/bulletins")


def back(request: Request, otherwise: str, mark: str = "") -> RedirectResponse:
    """To the page of ours that the form was on, at the place marked; ``otherwise`` where the browser does not say which."""
    sent_from = urlsplit(request.headers.get("referer", ""))
    path = f"{sent_from.path}?{sent_from.query}" if sent_from.query else sent_from.path
    if sent_from.netloc != request.url.netloc or not path.startswith("/") or path.startswith("//"):
        return _to(otherwise)
    return _to(f"{path}#{mark}" if mark else path)


def _to(address: str) -> RedirectResponse:
    return RedirectResponse(address, 303)


def _note(desk: Desk, user: User, action: str, id: int, details: str = "") -> None:
    desk.archive.audit.note(user, action, f"bulletins/{id}", desk.clock(), details)
