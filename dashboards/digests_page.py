"""Past digests for administrators: what was sent, to whom, and what became of each letter."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import HTMLResponse, Response

from dashboards.access import require
from dashboards.desk import Desk
from dashboards.letters import known_letters, letter_page

Id = Annotated[int, Path(ge=1, le=2**31 - 1)]
STATES = {"composed": "در نوبت", "sending": "در راه", "sent": "رسید", "failed": "پذیرفته نشد", "cancelled": "لغو شد"}


def build_router(desk: Desk) -> APIRouter:
    """``/settings/digests``."""
    router = APIRouter(prefix="/settings/digests")
    sendings = desk.archive.people.sendings

    @router.get("")
    def listed(request: Request) -> HTMLResponse:
        require(request, "admin")
        found = sendings.newest_digests()
        return desk.page(
            "digests.html", section="settings", digests=[(one, sendings.of_digest(one.id)) for one in found], names=_names(desk)
        )

    @router.get("/{id}")
    def one(request: Request, id: Id) -> HTMLResponse:
        require(request, "admin")
        return desk.page(
            "digest.html",
            section="settings",
            digest=sendings.digest(id),
            sendings=sendings.of_digest(id),
            states=STATES,
            names=_names(desk),
        )

    @router.get("/{id}/letter")
    def letter(request: Request, id: Id) -> Response:
        require(request, "admin")
        return letter_page(known_letters(desk.letters).kept(sendings.digest(id)))

    return router


def _names(desk: Desk) -> dict[int, str]:
    return {one.id: one.name for one in desk.archive.people.subscriptions()}
