"""Leaving a digest or the letters of an alert: one button, without sign-in; mail programs press it by RFC 8058."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from core.errors import NotFound
from dashboards.desk import Desk
from store.alert_addresses import AlertRecipient
from store.people import Recipient


def build_router(desk: Desk) -> APIRouter:
    """``/unsubscribe/{token}``: GET asks, POST does it; doing it twice changes nothing."""
    router = APIRouter()

    @router.get("/unsubscribe/{token}")
    def ask(token: str) -> HTMLResponse:
        return _page(desk, token, _find(desk, token))

    @router.post("/unsubscribe/{token}")
    def leave(token: str) -> HTMLResponse:
        now = desk.clock()
        return _page(desk, token, desk.archive.people.unsubscribe(token, now) or desk.archive.alerts.addresses.unsubscribe(token, now))

    return router


def _find(desk: Desk, token: str) -> Recipient | AlertRecipient | None:
    return desk.archive.people.find_recipient(token) or desk.archive.alerts.addresses.find(token)


def _page(desk: Desk, token: str, recipient: Recipient | AlertRecipient | None) -> HTMLResponse:
    if recipient is None:
        raise NotFound("recipient", "token")
    what = "هشدار" if isinstance(recipient, AlertRecipient) else "خبرنامه"
    left = recipient.state == "unsubscribed"
    return desk.page("unsubscribe.html", done=left, address=recipient.address, token=token, what=what)
