"""A byline as printed → the name alone. Pure."""

import re
from collections.abc import Collection

from crawler.markers import fold, key_of

_LONGEST = 100
_HALF = "[ \u200c]"
_WRITTEN = rf"(?:نوشته|ارسال|منتشر|تهیه|تنظیم)(?:{_HALF}?(?:شده|و تنظیم))?"
_WHO = (
    rf"نویسنده|نگارنده|خبرنگار|گزارش(?:گر)?|مترجم|ترجمه|عکاس|عکس|یادداشت|به قلم|توسط|تهیه(?: و تنظیم|{_HALF}?کننده)?|تنظیم|سرویس"
    "|گردآور(?:ی|نده)"
)
_LABEL = re.compile(
    rf"(?:{_WRITTEN}{_HALF}(?:توسط|به قلم)|نوشت[هۀ](?:\u0654|{_HALF}?ی|{_HALF}?ء)?|(?:{_WHO})(?:{_HALF}(?:مطلب|مقاله|خبر|یادداشت))?"
    r"|(?:posted |written )?by|author)(?:\s*[:؛/|–-]\s*|\s+)",
    re.IGNORECASE,
)
_PARTS = re.compile(r"\s*[|/•·،,]\s*|\s+[-–—]+\s+")
_ROLE = re.compile(r"(?:خبرنگار|روزنامه ?نگار|گزارشگر|نویسنده|مترجم|عکاس|دبیر|سردبیر|کارشناس|پژوهشگر|گروه|سرویس)(?: .{1,40})?")
_MOMENT = re.compile(r".*\d{1,2}:\d{2}.*|.*\d{4}.*")
_NOBODY = frozenset(
    (
        "",
        "admin",
        "administrator",
        "مدیر",
        "مدیرسایت",
        "مدیرکل",
        "تحریریه",
        "هیاتتحریریه",
        "کاربر",
        "ناشناس",
        "خبرنگار",
        "نویسنده",
        "editor",
    )
)


def person_of(text: str, own_names: Collection[str] = ()) -> str:
    """The name in a byline, without label, role, date and the outlet's own name; "" when nobody is named.

    «نوشتهٔ نمونهٔ نگارنده» → «نمونهٔ نگارنده»; «نویسنده: نمونه‌ای | پایگاه نمونه» → «نمونه‌ای»; «مدیر سایت» → "".
    ``own_names`` are the outlet's names as ``key_of`` gives them.
    """
    bare = " ".join(text.split())
    label = _LABEL.match(bare)
    while label:
        bare = bare[label.end() :]
        label = _LABEL.match(bare)
    if bare.startswith("http"):
        return ""
    printed = _PARTS.split(bare)
    named = [part for part in printed if _may_be_name(part, own_names)]
    people = [part for part in named if not _ROLE.fullmatch(fold(part))] or named
    name = bare if len(people) == len(printed) else "، ".join(people)
    return name if len(name) <= _LONGEST else ""


def _may_be_name(part: str, own_names: Collection[str]) -> bool:
    key = key_of(part)
    return not (key in _NOBODY or key in own_names or _MOMENT.fullmatch(fold(part)))
