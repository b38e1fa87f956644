"""Leaving a digest: one button, without sign-in; mail programs press it by RFC 8058."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from core.errors import NotFound
from dashboards.desk import Desk


def build_router(desk: Desk) -> APIRouter:
    """``/unsubscribe/{token}``: GET asks, POST does it; doing it twice changes nothing."""
    router = APIRouter()

    @router.get("/unsubscribe/{token}")
    def ask(token: str) -> HTMLResponse:
        recipient = desk.archive.people.find_recipient(token)
        if recipient is None:
            raise NotFound("recipient", "token")
        return desk.page("unsubscribe.html", done=recipient.state == "unsubscribed", address=recipient.address, token=token)

    @router.post("/unsubscribe/{token}")
    def leave(token: str) -> HTMLResponse:
        recipient = desk.archive.people.unsubscribe(token, desk.clock())
        if recipient is None:
            raise NotFound("recipient", "token")
        return desk.page("unsubscribe.html", done=True, address=recipient.address, token=token)

    return router
