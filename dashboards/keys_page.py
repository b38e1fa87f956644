"""``/settings/keys``: the keys of other programs and of feed readers. For administrators."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from core.errors import BadInput
from dashboards.access import require
from dashboards.desk import Desk
from dashboards.sign_in_page import Text

SCOPE_NAMES = {
    "read": "خواندن خبرها، جست‌وجو و شمارش",
    "write": "نوشتن: اصلاح، جست‌وجوی ذخیره‌شده، بولتن",
    "export": "خروجی گرفتن",
    "feeds": "خوراک با نشانی",
    "metrics": "سنجه‌های کارکرد",
    "admin": "همه‌چیز، با نشانی گیرندگان و کلیدها",
}
LIFETIMES = {"90": "۹۰ روز", "365": "یک سال", "30": "۳۰ روز", "0": "بی‌پایان"}


def build_router(desk: Desk, limit: int) -> APIRouter:
    """The list, a form for a new key, whose text is shown once, and a button that revokes. ``limit``: requests a minute."""
    router = APIRouter(prefix="/settings/keys")
    keys = desk.archive.keys

    def shown(request: Request, *, error: str = "", text: str = "", done: bool = False) -> Response:
        desk.archive.audit.note(require(request, "admin"), "key.list", "keys", desk.clock())
        words = {"keys": keys.all(), "scopes": SCOPE_NAMES, "lifetimes": LIFETIMES, "limit": limit}
        return desk.page("keys.html", 400 if error else 200, section="settings", message=error, text=text, done=done, **words)

    @router.get("")
    def all_(request: Request, done: str = "") -> Response:
        return shown(request, done=done == "1")

    @router.post("")
    def add(request: Request, name: Text = "", scope: Annotated[tuple[str, ...], Form()] = (), days: Text = "90") -> Response:
        user, now = require(request, "admin"), desk.clock()
        try:
            ends = now + timedelta(days=int(days)) if days in LIFETIMES and days != "0" else None
            text, key = keys.add(name, scope, user.name, now, ends)
        except BadInput as error:
            return shown(request, error=error.persian)
        desk.archive.audit.note(user, "key.add", f"keys/{key.id}", now, f"{key.name}: {' '.join(key.scopes)}")
        return shown(request, text=text)

    @router.post("/{id}/revoke")
    def revoke(request: Request, id: int) -> Response:
        key = keys.revoke(id, desk.clock())
        desk.archive.audit.note(require(request, "admin"), "key.revoke", f"keys/{id}", desk.clock(), key.name)
        return RedirectResponse("/settings/keys?done=1", 303)

    return router
