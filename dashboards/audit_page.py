"""``/settings/audit``: who wrote, exported or looked at what, and when. For administrators."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from dashboards.access import require
from dashboards.desk import Desk

_SHOWN = 100
KINDS = {
    "session.": "ورود و خروج",
    "user.": "کاربران",
    "key.": "کلیدها",
    "article.": "اصلاح خبرها",
    "bulletin.": "بولتن",
    "search.": "جست‌وجوهای ذخیره‌شده",
    "export": "خروجی‌ها",
}
ACTIONS = {
    "session.start": "ورود",
    "session.end": "خروج",
    "session.refused": "ورود ناموفق",
    "user.add": "افزودن کاربر",
    "user.remove": "برداشتن کاربر",
    "user.role": "تغییر نقش",
    "user.password": "تغییر گذرواژه",
    "user.list": "دیدن فهرست کاربران",
    "key.add": "ساختن کلید",
    "key.revoke": "باطل کردن کلید",
    "key.list": "دیدن فهرست کلیدها",
    "audit.list": "دیدن دفتر رویدادها",
}


def build_router(desk: Desk) -> APIRouter:
    """The newest first, a hundred on a page, by user and by kind."""
    router = APIRouter(prefix="/settings/audit")
    audit = desk.archive.audit

    @router.get("")
    def entries(request: Request, user: str = "", kind: str = "", before: Annotated[int | None, Query(ge=1, le=2**62)] = None) -> Response:
        audit.note(require(request, "admin"), "audit.list", "audit", desk.clock())
        rows = audit.entries(before=before, limit=_SHOWN + 1, user=user, action=kind if kind in KINDS else "")
        more = rows[_SHOWN - 1].id if len(rows) > _SHOWN else None
        chosen: dict[str, Any] = {"user_chosen": user, "kind": kind, "users": audit.users(), "kinds": KINDS, "actions": ACTIONS}
        return desk.page("audit.html", section="settings", entries=rows[:_SHOWN], more=more, **chosen)

    return router
