"""Bulletins to read: the archive, one bulletin on the screen and on paper, and as a file. Drafts are for editors only."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Request
from starlette.responses import HTMLResponse, Response

from core.dates import jalali_numeric, jalali_text, tehran_day
from core.errors import BadInput, NotFound
from core.records import TOPICS
from dashboards.access import require
from dashboards.bulletin_book import book_of, left_out, withdrawn
from dashboards.desk import Desk
from render.bulletin_pdf import book_pdf, city_words, counts_words
from render.bulletin_word import book_docx
from store.accounts import User
from store.bulletins import Bulletin

Id = Annotated[int, Path(ge=1, le=2**31 - 1)]
_PAGE = 30
_MAKERS = {
    "pdf": (book_pdf, "application/pdf"),
    "docx": (book_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}


def build_router(desk: Desk) -> APIRouter:
    """``/bulletins``, ``/bulletins/{id}``, its print view and its files."""
    router = APIRouter()

    @router.get("/bulletins")
    def bulletins(request: Request, before: int | None = None) -> HTMLResponse:
        return archive_page(desk, require(request, "viewer"), before)

    @router.get("/bulletins/{id}")
    def bulletin(request: Request, id: Id) -> HTMLResponse:
        user = require(request, "viewer")
        found = get_visible(desk, user, id)
        return edit_page(desk, found) if found.is_draft else book_page(desk, found)

    @router.get("/bulletins/{id}/print")
    def on_paper(request: Request, id: Id) -> HTMLResponse:
        return book_page(desk, get_visible(desk, require(request, "viewer"), id))

    @router.get("/bulletins/{id}/file.{format}")
    def file(request: Request, id: Id, format: str) -> Response:
        return book_file(desk, require(request, "viewer"), id, format)

    return router


def get_visible(desk: Desk, user: User, id: int) -> Bulletin:
    """A bulletin that the user may see. NotFound when there is none, and for a draft where the user is no editor."""
    found = desk.archive.bulletins.get(id)
    if found.is_draft and not user.may("editor"):
        raise NotFound("bulletin", id)
    return found


def archive_page(desk: Desk, user: User, before: int | None) -> HTMLResponse:
    """Past bulletins, the newest first; editors see their drafts among them."""
    found = desk.archive.bulletins.newest(_PAGE + 1, drafts=user.may("editor"), before=before)
    shown = [(one, book_of(desk, one)) for one in found[:_PAGE]]
    return desk.page(
        "bulletins.html",
        section="bulletins",
        bulletins=[(one, book, counts_words(book)) for one, book in shown],
        draft=desk.archive.bulletins.draft_of(tehran_day(desk.clock())) if user.may("editor") else None,
        next_url=f"/bulletins?before={found[_PAGE - 1].id}" if len(found) > _PAGE else "",
        may_edit=user.may("editor"),
    )


def book_page(desk: Desk, bulletin: Bulletin) -> HTMLResponse:
    """A bulletin as it is read, and printed from the browser."""
    book = book_of(desk, bulletin)
    return desk.page(
        "bulletin.html", section="bulletins", bulletin=bulletin, book=book, counts=counts_words(book), city_words=city_words(book)
    )


def edit_page(desk: Desk, bulletin: Bulletin) -> HTMLResponse:
    """A draft with everything that changes it."""
    book = book_of(desk, bulletin)
    return desk.page(
        "bulletin_edit.html",
        section="bulletins",
        bulletin=bulletin,
        book=book,
        counts=counts_words(book),
        chosen={entry.article_id: entry.section for entry in bulletin.entries},
        left_out=left_out(desk, bulletin),
        withdrawn=withdrawn(desk, bulletin),
        topics=TOPICS,
    )


def book_file(desk: Desk, user: User, id: int, format: str) -> Response:
    """The bulletin as PDF or Word; who took it stands in the audit."""
    bulletin = get_visible(desk, user, id)
    if format not in _MAKERS:
        raise BadInput("format", format, "pdf or docx is expected", "بولتن را با قالب pdf یا docx می‌توان گرفت.")
    make, media_type = _MAKERS[format]
    content = make(book_of(desk, bulletin))
    desk.archive.audit.note(user, "bulletin.export", f"bulletins/{id}", desk.clock(), format)
    latin = f"bulletin-{jalali_numeric(bulletin.day).replace('/', '-')}.{format}"
    persian = quote(f"بولتن {jalali_text(bulletin.day)}.{format}")
    return Response(
        content, media_type=media_type, headers={"Content-Disposition": f"attachment; filename=\"{latin}\"; filename*=UTF-8''{persian}"}
    )
