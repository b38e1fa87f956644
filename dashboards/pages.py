"""The desk's pages together: every page file's router, the static files, and the page that says what went wrong."""

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from core.errors import BadInput, Forbidden, NotFound, RasadError, TooMany, Unavailable
from dashboards import (
    add_article_page,
    alerts_page,
    article_page,
    bulletin_forms,
    bulletin_page,
    collections_page,
    comparison_page,
    corrections_page,
    digests_page,
    errors_page,
    export_page,
    help_page,
    model_page,
    outlets_page,
    overview,
    saved_searches_page,
    search_page,
    settings_page,
    subscriptions_page,
    suggestions,
    triangle,
    unsubscribe,
    webhooks_page,
    why_page,
)
from dashboards.desk import Desk

_PAGES = (
    overview,
    search_page,
    export_page,
    why_page,
    help_page,
    saved_searches_page,
    add_article_page,
    suggestions,
    article_page,
    corrections_page,
    triangle,
    settings_page,
    collections_page,
    subscriptions_page,
    digests_page,
    errors_page,
    alerts_page,
    webhooks_page,
    model_page,
    comparison_page,
    bulletin_page,
    bulletin_forms,
    outlets_page,
    unsubscribe,
)
STATIC = Path(__file__).parent / "static"
_MISSING = {
    "article": ("این خبر در بایگانی نیست", "شاید نشانی درست رونویس نشده باشد. خبر را با واژه‌های تیترش جست‌وجو کنید."),
    "recipient": ("این پیوند شناخته نیست", "شاید پیوند نامه کامل رونویس نشده باشد. دکمهٔ لغو را در خود نامه بزنید."),
    "first link": (
        "این پیوند دیگر کار نمی‌کند",
        "پیوند نخستین مدیر یک بار و تا یک ساعت کار می‌کند. با آغاز دوبارهٔ رصد پیوند تازه‌ای نوشته می‌شود.",
    ),
    "alert rule": ("این قاعدهٔ هشدار دیگر نیست", "شاید آن را برداشته‌اند."),
    "webhook": ("این نشانی دیگر نیست", "شاید آن را برداشته‌اند."),
    "delivery": ("این پیام دیگر نیست", "پیام‌های رسیده و نرسیده سی روز می‌مانند."),
    "bulletin": ("این بولتن پیدا نشد", "شاید هنوز منتشر نشده یا پیش‌نویس آن دور انداخته شده است. بولتن‌های دیگر در بخش «بولتن» است."),
    "saved search": ("این جست‌وجو در فهرست شما نیست", "شاید آن را برداشته‌اند یا از آن همکار دیگری است."),
    "page": ("صفحهٔ بایگانی‌شده‌ای نیست", "این خبر از پرونده یا پایگاه دیگری آمده و صفحهٔ رسانه همراه آن نگه داشته نشده است."),
}


def build_router(desk: Desk) -> APIRouter:
    """Every page of the desk."""
    router = APIRouter(include_in_schema=False)
    for page in _PAGES:
        router.include_router(page.build_router(desk))
    return router


def static_files() -> StaticFiles:
    """Style sheets, scripts, pictures and the face, from our own host."""
    return StaticFiles(directory=STATIC)


def error_page(desk: Desk, error: RasadError | None, code: int) -> HTMLResponse:
    """What a reader sees instead of a page: Persian words that help; the log has the details."""
    heading, message = _words(error, code)
    return desk.page("error.html", code, code=code, heading=heading, message=message)


def _words(error: RasadError | None, code: int) -> tuple[str, str]:
    if isinstance(error, BadInput):
        return "این درخواست خوانده نشد", error.persian
    if isinstance(error, Unavailable):
        return "بایگانی اکنون پاسخ نمی‌دهد", "چیزی از دست نرفته است. چند لحظهٔ دیگر دوباره بیایید."
    if isinstance(error, Forbidden):
        return "این کار از حساب شما برنمی‌آید", "نقش شما به این بخش راه ندارد. اگر باید داشته باشد، به مدیر رصد بگویید."
    if isinstance(error, TooMany):
        return "کمی آهسته‌تر", error.persian or "درخواست‌های شما از اندازه گذشت. کمی دیگر دوباره بیایید."
    if isinstance(error, NotFound) and error.kind in _MISSING:
        return _MISSING[error.kind]
    if code == 404:
        return "چنین صفحه‌ای نیست", "نشانی را دوباره ببینید یا از بخش‌های بالا آغاز کنید."
    if code < 500:
        return "این درخواست پذیرفته نشد", "از بخش‌های بالا دوباره آغاز کنید."
    return "کاری درست پیش نرفت", "خطا ثبت شد. اگر دوباره پیش آمد، زمان آن را به پشتیبانی بگویید."
