"""``/settings/audit``: who wrote, exported or looked at what, and when. For administrators."""

import re
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
    "article.": "خبرها و برچسب‌ها",
    "search.": "جست‌وجوهای ذخیره‌شده",
    "collection.": "گروه‌های رسانه",
    "bulletin.": "بولتن",
    "subscription.": "خبرنامه و گیرندگان",
    "alert.": "هشدارها",
    "webhook.": "فرستادن به سامانه‌های دیگر",
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
    "article.correct": "اصلاح برچسب",
    "article.undo": "برگرداندن اصلاح",
    "article.add": "افزودن خبر",
    "search.save": "ذخیرهٔ جست‌وجو",
    "search.change": "تغییر جست‌وجوی ذخیره‌شده",
    "search.remove": "برداشتن جست‌وجوی ذخیره‌شده",
    "search.letters": "دیدن گیرندگان جست‌وجوی ذخیره‌شده",
    "search.export": "خروجی جست‌وجو",
    "export": "خروجی خبرها",
    "collection.add": "ساختن گروه رسانه",
    "collection.change": "تغییر گروه رسانه",
    "collection.remove": "برداشتن گروه رسانه",
    "bulletin.pick": "افزودن به بولتن",
    "bulletin.drop": "برداشتن از بولتن",
    "bulletin.arrange": "چیدن بولتن",
    "bulletin.describe": "عنوان و یادداشت بولتن",
    "bulletin.annotate": "یادداشت خبر در بولتن",
    "bulletin.export": "دریافت بولتن",
    "bulletin.publish": "انتشار بولتن",
    "bulletin.remove": "برداشتن بولتن",
    "subscription.add": "ساختن خبرنامه",
    "subscription.change": "تغییر خبرنامه",
    "subscription.addresses": "تغییر گیرندگان",
    "subscription.remove": "پایان دادن به خبرنامه",
    "get /settings/subscriptions": "دیدن خبرنامه‌ها و گیرندگان",
    "get /settings/subscriptions/{id}": "دیدن گیرندگان یک خبرنامه",
    "get /settings/digests": "دیدن نامه‌های فرستاده",
    "get /settings/digests/{id}": "دیدن یک نامهٔ فرستاده",
    "alert.add": "ساختن هشدار",
    "alert.remove": "برداشتن هشدار",
    "alert.addresses": "تغییر گیرندگان هشدار",
    "get /settings/alert-rules": "دیدن قاعده‌های هشدار و گیرندگان",
    "get /settings/alert-rules/try": "آزمودن هشدار",
    "get /settings/webhooks": "دیدن نشانی‌های سامانه‌ها",
    "get /settings/webhooks/{id}": "دیدن پیام‌های یک سامانه",
    "webhook.add": "افزودن نشانی سامانه",
    "webhook.remove": "برداشتن نشانی سامانه",
    "webhook.rotate": "تعویض رمز سامانه",
    "webhook.replay": "فرستادن دوباره",
    "webhook.stopped": "بازداشتن فرستادن",
    "webhook.active": "ازسرگیری فرستادن",
}
_OPENED = re.compile(r"(articles|bulletins)/\d+")


def address_of(target: str) -> str:
    """Where the thing can be looked at: articles/12 → /articles/12; "" for what has no page of its own."""
    return f"/{target}" if _OPENED.fullmatch(target) else ""


def build_router(desk: Desk) -> APIRouter:
    """The newest first, a hundred on a page, by user and by kind."""
    router = APIRouter(prefix="/settings/audit")
    audit = desk.archive.audit

    @router.get("")
    def entries(request: Request, user: str = "", kind: str = "", before: Annotated[int | None, Query(ge=1, le=2**62)] = None) -> Response:
        audit.note(require(request, "admin"), "audit.list", "audit", desk.clock())
        rows = audit.entries(before=before, limit=_SHOWN + 1, user=user, action=kind if kind in KINDS else "")
        more = rows[_SHOWN - 1].id if len(rows) > _SHOWN else None
        chosen: dict[str, Any] = {
            "user_chosen": user,
            "kind": kind,
            "users": audit.users(),
            "kinds": KINDS,
            "actions": ACTIONS,
            "address_of": address_of,
        }
        return desk.page("audit.html", section="settings", entries=rows[:_SHOWN], more=more, **chosen)

    return router
