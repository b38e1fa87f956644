"""Leaving a digest or the letters of an alert: one button, without sign-in; mail programs press it by RFC 8058."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from core.errors import NotFound
from dashboards.desk import Desk
from store.recipients import Recipient


def build_router(desk: Desk) -> APIRouter:
    """``/unsubscribe/{token}``: GET asks, POST does it; doing it twice changes nothing."""
    router = APIRouter()

    people, alerts = desk.archive.people, desk.archive.alerts.addresses

    @router.get("/unsubscribe/{token}")
    def ask(token: str) -> HTMLResponse:
        return _page(desk, people.find_recipient(token), alerts.find(token))

    @router.post("/unsubscribe/{token}")
    def leave(token: str) -> HTMLResponse:
        now = desk.clock()
        return _page(desk, people.unsubscribe(token, now), alerts.unsubscribe(token, now))

    return router


def _page(desk: Desk, of_digest: Recipient | None, of_alert: Recipient | None) -> HTMLResponse:
    recipient = of_digest or of_alert
    if recipient is None:
        raise NotFound("recipient", "token")
    left = recipient.state == "unsubscribed"
    what = "خبرنامه" if of_digest else "هشدار"
    return desk.page("unsubscribe.html", done=left, address=recipient.address, token=recipient.token, what=what)
