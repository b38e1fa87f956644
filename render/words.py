"""The Persian words for our labels: one place for screen, mail and file."""

from core.letters import ZWNJ

TOPIC_NAMES = {
    "governance": "مدیریت شهری",
    "finance": "بودجه و امور مالی",
    "transport": "حمل‌ونقل و ترافیک",
    "roads": "معابر و عمران",
    "urban_services": "خدمات شهری",
    "environment": "محیط زیست و فضای سبز",
    "urban_planning": "شهرسازی و ساخت‌وساز",
    "culture": "فرهنگ و هنر",
    "social": "اجتماعی",
    "sport": "ورزش",
    "pilgrimage_tourism": "زیارت و گردشگری",
    "safety": "ایمنی و حوادث",
    "health": "سلامت",
    "economy": "اقتصاد",
    "education": "آموزش و فناوری",
    "smart_city": "شهر هوشمند",
    "politics": "سیاست",
    "crime_justice": "انتظامی و قضایی",
    "other": "موضوع دیگر",
}
TONE_NAMES = {"negative": "منفی", "neutral": "خنثی", "positive": "مثبت", "none": "بی‌ارتباط با شهر"}
VOICE_NAMES = {
    "management": "مدیریت شهری",
    "council": "شورای شهر",
    "government": "دولت",
    "citizen": "مردم",
    "expert": "کارشناس",
    "organisation": "نهاد و انجمن",
    "other": "دیگر",
}
KIND_NAMES = {"PER": "شخص", "ORG": "نهاد", "LOC": "مکان"}
ROLE_NAMES = {"viewer": "بیننده", "editor": "ویراستار", "admin": "مدیر"}
_ALPHABET = {letter: place for place, letter in enumerate(" ءآاأإبپتثجچحخدذرزژسشصضطظعغفقکگلمنوؤهةیئ")}
OWNER_NAMES = {"city": "شهرداری", "astan": "آستان قدس", "state": "دولتی", "private": "خصوصی", "": "نامعلوم"}


def alphabetical(name: str) -> tuple[int, ...]:
    """A key that sorts names as a Persian index does: پ after ب, گ after ک, a half-space like a space; other signs come last.

    ["مترو", "پارک", "گل", "لاله"] → پارک، گل، لاله، مترو
    """
    return tuple(_ALPHABET.get(letter, 100 + ord(letter)) for letter in name.replace(ZWNJ, " "))


def topic_name(topic: str) -> str:
    """«خدمات شهری» for ``urban_services``; a topic that is not ours is named by its own id."""
    return TOPIC_NAMES.get(topic, topic)


def tone_name(tone: str) -> str:
    """«منفی» for ``negative``."""
    return TONE_NAMES.get(tone, tone)
