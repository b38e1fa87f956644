"""The closed words of the query language: field names, their Persian names and the values of closed fields."""

from core.letters import ZWNJ, fold
from core.records import CITY_TONES, TONES, TOPICS

MAX_LENGTH = 4000
MAX_WORDS = 64
MAX_DEPTH = 20
LONGEST_VALUE = 200

# Field → its Persian names as they are typed (half-spaces and underscores are the same).
FIELD_NAMES: dict[str, tuple[str, ...]] = {
    "headline": ("تیتر", "عنوان"),
    "outlet": ("رسانه",),
    "section": ("بخش", "سرویس"),
    "topic": ("موضوع",),
    "tone": ("لحن",),
    "city_tone": ("لحن_شهر", "لحن_نسبت_به_شهر"),
    "entity": ("نهاد", "شخص"),
    "speaker": ("گوینده",),
    "voice": ("صدا",),
    "place": ("مکان", "جا"),
    "from": ("از",),
    "to": ("تا",),
    "on": ("روز", "تاریخ"),
    "is": ("نوع",),
    "has": ("دارای",),
    "group": ("گروه",),
}
NAMED_FIELDS = frozenset(("entity", "speaker", "section", "place"))
DATE_FIELDS = frozenset(("from", "to", "on"))

_TONE_NAMES = {"negative": ("منفی",), "neutral": ("خنثی", "بیطرف"), "positive": ("مثبت",)}
_TOPIC_NAMES: dict[str, tuple[str, ...]] = {
    "governance": ("مدیریت شهری", "حکمرانی", "شورای شهر"),
    "finance": ("مالی", "بودجه"),
    "transport": ("حمل و نقل", "حمل‌ونقل", "ترافیک"),
    "roads": ("راه", "معابر", "عمران"),
    "urban_services": ("خدمات شهری",),
    "environment": ("محیط زیست",),
    "urban_planning": ("شهرسازی",),
    "culture": ("فرهنگ", "فرهنگی"),
    "social": ("اجتماعی",),
    "sport": ("ورزش", "ورزشی"),
    "pilgrimage_tourism": ("زیارت و گردشگری", "زیارت", "گردشگری"),
    "safety": ("ایمنی", "ایمنی و بحران"),
    "health": ("سلامت", "بهداشت"),
    "economy": ("اقتصاد", "اقتصادی"),
    "education": ("آموزش",),
    "smart_city": ("شهر هوشمند", "هوشمندسازی"),
    "politics": ("سیاست", "سیاسی"),
    "crime_justice": ("جرم و قضا", "قضایی", "حوادث"),
    "other": ("دیگر", "سایر"),
}
_VOICES: dict[str, tuple[str, ...]] = {
    "management": ("مدیریت",),
    "council": ("شورا",),
    "government": ("دولت",),
    "citizen": ("شهروند", "مردم"),
    "expert": ("کارشناس",),
    "organisation": ("سازمان", "نهاد"),
    "other": ("دیگر",),
}
_KINDS: dict[str, tuple[str, ...]] = {
    "reprint": ("بازنشر",),
    "original": ("اصل", "اصلی"),
    "relevant": ("مرتبط", "مربوط"),
    "irrelevant": ("نامرتبط", "نامربوط"),
}


def plain(value: str) -> str:
    """A name or value in the form in which it is compared: folded, half-space, underscore and hyphen as one space, small letters.

    «لحن‌شهر», «لحن_شهر» → «لحن شهر»
    """
    return " ".join(fold(value).replace(ZWNJ, " ").replace("_", " ").replace("-", " ").split())


def _table(names: dict[str, tuple[str, ...]], keys: tuple[str, ...]) -> dict[str, str]:
    table = {plain(key): key for key in keys}
    table.update({plain(name): key for key, persian in names.items() for name in persian})
    return table


FIELDS = _table(FIELD_NAMES, tuple(FIELD_NAMES))
CLOSED: dict[str, dict[str, str]] = {
    "topic": _table(_TOPIC_NAMES, TOPICS),
    "tone": _table(_TONE_NAMES, TONES),
    "city_tone": _table({**_TONE_NAMES, "none": ("هیچ", "نامربوط", "بدون", "بی‌ارتباط", "بی ارتباط")}, CITY_TONES),
    "voice": _table(_VOICES, tuple(_VOICES)),
    "is": _table(_KINDS, tuple(_KINDS)),
    "has": _table({"quote": ("نقل قول", "نقل_قول"), "demand": ("مطالبه",)}, ("quote", "demand")),
}
_NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "topic": _TOPIC_NAMES,
    "tone": _TONE_NAMES,
    "city_tone": {**_TONE_NAMES, "none": ("بی‌ارتباط",)},
    "voice": _VOICES,
    "is": _KINDS,
    "has": {"quote": ("نقل‌قول",), "demand": ("مطالبه",)},
}


def persian_field(field: str) -> str:
    """The Persian name of a field: "city_tone" → «لحن شهر»."""
    return FIELD_NAMES.get(field, (field,))[0].replace("_", " ")


def persian_value(field: str, value: str) -> str:
    """The Persian name of a value of a closed field, else the value: ("tone", "negative") → «منفی»."""
    return _NAMES.get(field, {}).get(value, (value,))[0]


# Words that carry no meaning of their own: they are not required in an article that matches (phrases keep them).
STOP_TERMS = frozenset(
    (
        *("و", "در", "به", "از", "که", "این", "را", "با", "ان", "یک", "خود", "تا", "بر", "هم", "نیز", "وی", "ما", "اما", "یا", "هر", "او"),
        *(
            "دیگر",
            "ولی",
            "اگر",
            "من",
            "چه",
            "بی",
            "پس",
            "نه",
            "همه",
            "شما",
            "برای",
            "برا",
            "روی",
            "رو",
            "چون",
            "چند",
            "درباره",
            "بودن",
            "شدن",
        ),
        *(
            "کردن",
            "داشتن",
            "دادن",
            "گفتن",
            "گرفتن",
            "باید",
            "شاید",
            "همین",
            "همان",
            "انها",
            "توانستن",
            "خواستن",
            "یعنی",
            "ای",
            "تر",
            "جهت",
            "مان",
            "تان",
            "شان",
            "ایم",
            "اید",
            "تری",
            "یی",
        ),
        *("مورد", "درمورد", "ناشی", "توسط", "طی", "نسبت", "طور", "ضمن", "علیه", "هیچ", "ایا", "the", "of", "and", "in", "a", "to"),
    )
)
