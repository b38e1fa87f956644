"""``/settings/users``: who may come in, in which role. For administrators."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from core.errors import BadInput
from dashboards.access import require
from dashboards.desk import Desk
from dashboards.sign_in_page import Text, check_same
from store.accounts import ROLES

_DONE = {
    "add": "کاربر افزوده شد.",
    "role": "نقش کاربر عوض شد.",
    "password": "گذرواژهٔ کاربر عوض شد و نشست‌های او پایان یافت.",
    "remove": "کاربر برداشته شد و نشست‌های او پایان یافت.",
}


def build_router(desk: Desk) -> APIRouter:
    """The list, and a form for each thing that can be done."""
    router = APIRouter(prefix="/settings/users")
    accounts = desk.archive.accounts

    @router.get("")
    def all_(request: Request, done: str = "") -> Response:
        return _shown(desk, request, done=done)

    @router.post("")
    def add(request: Request, name: Text = "", role: Text = "viewer", new: Text = "", again: Text = "") -> Response:
        def do() -> None:
            check_same(new, again)
            accounts.add(name, role, new, desk.clock())

        return _done(desk, request, ("add", " ".join(name.split()), role), do)

    @router.post("/{id}/role")
    def set_role(request: Request, id: int, role: Text = "") -> Response:
        user = accounts.get(id)
        return _done(desk, request, ("role", user.name, f"{user.role} → {role}"), lambda: accounts.set_role(id, role))

    @router.post("/{id}/password")
    def set_password(request: Request, id: int, new: Text = "", again: Text = "") -> Response:
        def do() -> None:
            check_same(new, again)
            accounts.set_password(id, new)

        return _done(desk, request, ("password", accounts.get(id).name, ""), do)

    @router.post("/{id}/remove")
    def remove(request: Request, id: int) -> Response:
        return _done(desk, request, ("remove", accounts.get(id).name, ""), lambda: accounts.remove(id))

    return router


def _done(desk: Desk, request: Request, what: tuple[str, str, str], do: Callable[[], None]) -> Response:
    """Does it, notes (action, name, details) and goes back to the list; what is wrong stands above the list."""
    user, (action, name, details) = require(request, "admin"), what
    try:
        do()
    except BadInput as error:
        return _shown(desk, request, error=error, name=name if action == "add" else "")
    desk.archive.audit.note(user, f"user.{action}", f"users/{name}", desk.clock(), details)
    return RedirectResponse(f"/settings/users?done={action}", 303)


def _shown(desk: Desk, request: Request, *, done: str = "", error: BadInput | None = None, name: str = "") -> Response:
    user, rows = require(request, "admin"), desk.archive.accounts.all()
    desk.archive.audit.note(user, "user.list", "users", desk.clock())
    words = {"accounts": rows, "me": user, "roles": ROLES, "name": name, "message": error.persian if error else ""}
    return desk.page("users.html", 400 if error else 200, section="settings", done=_DONE.get(done, ""), **words)
