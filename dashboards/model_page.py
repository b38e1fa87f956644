"""The model card as its makers wrote it, and with which versions the archive's articles were read."""

from fastapi import APIRouter, Request
from markdown_it import MarkdownIt
from starlette.responses import HTMLResponse

from dashboards.access import require
from dashboards.desk import Desk
from store.correction_report import read_versions


def build_router(desk: Desk) -> APIRouter:
    """``/settings/model``."""
    router = APIRouter()

    @router.get("/settings/model")
    def model(request: Request) -> HTMLResponse:
        require(request, "viewer")
        versions = desk.kept("versions", lambda: read_versions(desk.archive.engine))
        return desk.page("model.html", section="settings", versions=versions, cards=[card_html(card) for card in desk.model_cards])

    return router


def card_html(markdown: str) -> str:
    """A card's Markdown as HTML one heading lower; raw HTML in it stays text."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(markdown)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"
        if token.type in ("th_open", "td_open"):
            token.attrs.pop("style", None)  # no inline style passes the content policy
    rendered: str = reader.renderer.render(tokens, reader.options, {})
    return rendered
