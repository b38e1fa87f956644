"""How to search, by examples that can be pressed, each with the number of articles that it finds today."""

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from core.records import TOPICS
from dashboards.desk import Desk
from dashboards.narrowing import Narrowing
from store.index import SearchRequest
from store.query_words import FIELD_NAMES, persian_field


@dataclass(frozen=True, slots=True)
class Example:
    """A search as one types it and what it means."""

    text: str
    means: str


SECTIONS: tuple[tuple[str, tuple[Example, ...]], ...] = (
    (
        "واژه‌ها",
        (
            Example("آسفالت خیابان", "هر دو واژه، در هر جای خبر. خبری که تنها یکی را دارد زیر یک خط جدا می‌آید."),
            Example("پیاده‌رو", "هر املا و هر صرفی: «پیاده‌رو»، «پیاده رو»، «پیاده‌روها». ی و ک عربی و نیم‌فاصله فرقی نمی‌کند."),
            Example("شهردار*", "هر واژه‌ای که این‌گونه آغاز شود: شهردار، شهرداری، شهرداران."),
            Example("اتوبوص~۱", "واژه‌ای که یک حرف با آن فرق دارد؛ برای املایی که مطمئن نیستید."),
        ),
    ),
    (
        "عبارت‌ها",
        (
            Example("«خط سه قطار شهری»", 'همین واژه‌ها به همین ترتیب، میان «» یا "".'),
            Example('"بودجه شورا"~۵', "این واژه‌ها به هر ترتیب، با دست‌بالا پنج واژه میانشان."),
        ),
    ),
    (
        "و، یا، نه",
        (
            Example("مترو یا اتوبوس", "یکی از این دو؛ OR هم همین است."),
            Example("مترو -مسابقه", "با مترو و بدون مسابقه؛ NOT هم همین است."),
            Example("(مترو یا اتوبوس) ایستگاه", "پرانتز می‌گوید «یا» تا کجاست."),
        ),
    ),
    (
        "بخش‌ها و برچسب‌ها",
        (
            Example("تیتر:بوستان", "تنها در تیتر و روتیتر."),
            Example("لحن:منفی", "لحن خود خبر: منفی، خنثی یا مثبت."),
            Example("لحن_شهر:منفی", "لحن خبر نسبت به مدیریت شهر."),
            Example("موضوع:فرهنگ", "یکی از موضوع‌های رصد (فهرست پایین صفحه)."),
            Example("گوینده:شهردار", "خبرهایی که سخن او را آورده‌اند."),
            Example("صدا:مردم", "خبرهایی که مردم در آن سخن گفته‌اند؛ نیز: مدیریت، شورا، دولت، کارشناس."),
            Example("دارای:مطالبه", "خبرهایی با خواسته یا گلایهٔ مردم؛ «دارای:نقل‌قول» هم هست."),
            Example("نوع:نامرتبط", "آنچه همکاران نامرتبط دانسته‌اند؛ «نوع:بازنشر» و «نوع:اصل» هم هست."),
        ),
    ),
    (
        "زمان",
        (
            Example("روز:امروز", "خبرهای امروز؛ «دیروز» و «۷روز» هم خوانده می‌شود."),
            Example("از:۱۴۰۵/۰۸/۰۱ تا:۱۴۰۵/۰۹/۳۰", "بازه به تاریخ خورشیدی؛ رقم لاتین هم پذیرفته است."),
            Example("روز:۱۴۰۵/۰۹", "همهٔ یک ماه؛ «روز:۱۴۰۵» همهٔ یک سال."),
        ),
    ),
)
KEYS = (
    ("/", "رفتن به کادر جست‌وجو"),
    ("j", "خبر بعدی در فهرست (ت)"),
    ("k", "خبر قبلی در فهرست (ن)"),
    ("o", "باز کردن خبر؛ Enter هم (خ)"),
    ("n", "صفحهٔ بعد، یا خبر بعدی جست‌وجو (د)"),
    ("p", "خبر قبلی جست‌وجو (ح)"),
    ("?", "همین راهنما (؟)"),
)


def build_router(desk: Desk) -> APIRouter:
    """``/help``."""
    router = APIRouter()

    @router.get("/help")
    def help() -> HTMLResponse:
        sections = desk.kept("help", lambda: counted_sections(desk))
        fields = [(f"{persian_field(field).replace(' ', '_')}:", field) for field in FIELD_NAMES]
        own = tuple(topic.id for topic in desk.archive.words().topics)
        topics = [(desk.topic_name(topic), Narrowing(filters=(("topic", topic),)).url()) for topic in (*TOPICS, *own)]
        return desk.page("help.html", section="help", sections=sections, fields=fields, topics=topics, keys=KEYS)

    return router


def counted_sections(desk: Desk) -> list[tuple[str, list[tuple[Example, str, int]]]]:
    """The examples with their addresses and how many articles each finds."""

    def counted(example: Example) -> tuple[Example, str, int]:
        narrowing = Narrowing(text=example.text)
        page = desk.archive.search.search(SearchRequest(narrowing.query(desk.clock()), limit=0, order="newest", fold=False))
        return example, narrowing.url(), page.total

    return [(name, [counted(example) for example in examples]) for name, examples in SECTIONS]
