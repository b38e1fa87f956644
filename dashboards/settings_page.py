"""The list of everything that can be settled or looked up about the service itself."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from dashboards.access import require
from dashboards.desk import Desk


@dataclass(frozen=True, slots=True)
class Place:
    """A page with what it is for and the role that it needs."""

    address: str
    name: str
    words: str
    role: str = "viewer"


PLACES = (
    Place("/outlets", "رسانه‌ها", "سلامت هر رسانه، تازه‌ترین خبر، و آنچه خوانده نشد و چرا."),
    Place("/settings/collections", "گروه‌های رسانه", "دسته‌هایی از رسانه‌ها که نمای کلی و مقایسه به آن‌ها محدود می‌شود."),
    Place("/searches", "جست‌وجوهای ذخیره‌شده", "عبارت‌هایی که پیوسته دنبال می‌شود."),
    Place("/settings/subscriptions", "خبرنامه‌ها", "کدام خبرنامه، با کدام جست‌وجو، چه ساعتی به چه کسانی می‌رود.", "admin"),
    Place("/settings/digests", "خبرنامه‌های فرستاده", "هر نامه چه بود و به چه کسانی رسید یا نرسید.", "admin"),
    Place("/alerts", "هشدارها", "جهش شمار خبر، خبر منفی یا رویدادی که رسانه‌ها به آن می‌پردازند."),
    Place("/settings/alert-rules", "قاعده‌های هشدار", "کدام جست‌وجو زیر نظر است، به چه کسانی خبر می‌رسد و کدام ساعت‌ها آرام است.", "admin"),
    Place(
        "/settings/webhooks",
        "فرستادن به سامانه‌های دیگر",
        "نشانی‌هایی که از هر تغییر باخبر می‌شوند؛ پیام‌های نرسیده و فرستادن دوباره.",
        "admin",
    ),
    Place("/settings/errors", "خطاهای ماشین", "همکاران در هر ماه کدام برچسب‌ها را عوض کردند."),
    Place("/settings/model", "شناسنامهٔ مدل", "ماشین چگونه می‌خواند و کجا اشتباه می‌کند."),
    Place("/settings/users", "کاربران", "چه کسی با کدام نقش وارد می‌شود.", "admin"),
    Place("/settings/keys", "کلیدهای برنامه‌ها", "سامانه‌های دیگر با چه کلیدی از رصد می‌خوانند.", "admin"),
    Place("/settings/audit", "دفتر رویدادها", "هر نوشتن و هر خروجی: چه کسی، چه چیزی، چه زمانی.", "admin"),
)


def build_router(desk: Desk) -> APIRouter:
    """``/settings``."""
    router = APIRouter()

    @router.get("/settings")
    def settings(request: Request) -> HTMLResponse:
        user = require(request, "viewer")
        return desk.page("settings.html", section="settings", places=[place for place in PLACES if user.may(place.role)])

    return router
