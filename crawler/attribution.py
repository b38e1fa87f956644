"""Whose report it is: «به گزارش X به نقل از Y»، and the place and agency that a lead begins with."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_KINDS = (
    r"(?:خبرگزاری|پایگاه (?:خبری[ \u200c]تحلیلی|خبری|اطلاع[ \u200c]?رسانی)|سایت خبری|سایت|وب[ \u200c]?سایت|روزنامه"
    r"|گروه [^\s،؛:]{2,15}|سرویس [^\s،؛:]{2,15}|خبرنگار(?: (?:گروه|سرویس|حوزه) [^\s،؛:]{2,15})?)"
)
_AGENCIES = "ایسنا|ایرنا|ایمنا|ایکنا|ایلنا|فارس|مهر|تسنیم|برنا|شبستان|موج|آنا|باشگاه خبرنگاران جوان|باشگاه خبرنگاران"
_REPORT = re.compile(r"(?:^|[.،؛:!؟»)(\-–—]\s*)(?:به|بنا به|بنابر) گزارش[\s\u200c]+(?P<rest>[^\n]{2,160})")
_QUOTING = re.compile(r"[\s،؛]*به نقل از\s+(?P<source>[^،؛:.\n«»]{2,80})")
_NAME_END = re.compile(r"[،؛:.\n«»]|[\s]به نقل از|[\s](?:در|از|که|با|و|طی|روز|امروز|دیروز|صبح|عصر|شامگاه)[\s]|[\s]-[\s]")
_LEADING_KIND = re.compile(rf"^(?:{_KINDS}\s+)+")
_FROM = re.compile(r"\s*از\s+(?P<place>[^\s،؛:.]+(?:\s[^\s،؛:.]+){0,2})\s*[،؛:]")
_SHORT_IN_BRACKETS = re.compile(r"\(\s*([^()]{2,20}?)\s*\)$")
_PROVINCES = (
    r"خراسان (?:رضوی|شمالی|جنوبی)|آذربایجان (?:شرقی|غربی)|سیستان[ \u200c]?و[ \u200c]?بلوچستان|چهارمحال[ \u200c]?و[ \u200c]?بختیاری"
    r"|کهگیلویه[ \u200c]?و[ \u200c]?بویراحمد|(?:تربت|شهر|شاهین|بندر|خمین|اسلام|نجف|تخت|قائم)[ \u200c][^\s/،؛:.]+"
)
_DESK = re.compile(rf"(?P<agency>{_AGENCIES})\s*/\s*(?P<place>{_PROVINCES}|[^\s/،؛:.]+)")
_CITY = re.compile(
    r"(?P<place>[^\s\-–—_،؛:.«(][^\-–—_،؛:.«(\n]{1,24}?)\s?(?:\(\s?(?P<short>"
    rf"{_AGENCIES})\s?\)\s?)?[-–—_]\s?(?:(?:خبرگزاری\s)?(?P<agency>{_AGENCIES})\s?[-–—_:]\s?)?(?=\S)"
)
_LONGEST_PLACE_WORDS = 3
_WHERE_SEARCHED = 3
_NOT_A_PLACE = re.compile(r"\d|[۰-۹]|خبرگزاری|گزارش|گفت|است|شد")


@dataclass(frozen=True, slots=True)
class Attribution:
    """``agency``: whose report it says it is; ``quoted_agency``: whom that quotes; ``place``: the city or province it opens with."""

    agency: str = ""
    quoted_agency: str = ""
    place: str = ""


def find_attribution(lead: str, paragraphs: Sequence[str]) -> Attribution:
    """What the opening says; the text itself stays as it is.

    «به گزارش ایرنا به نقل از پلیس راهور، …» → agency «ایرنا», quoted «پلیس راهور»
    «ایسنا/خراسان رضوی معاون …» → agency «ایسنا», place «خراسان رضوی»
    «مشهد- ایرنا- شهردار …» → place «مشهد», agency «ایرنا»
    """
    openings = [text for text in (lead, *paragraphs[:_WHERE_SEARCHED]) if text]
    place, desk = _opening(openings)
    report = _report(openings)
    return Attribution(report.agency or desk, report.quoted_agency, place or report.place)


def _opening(openings: Sequence[str]) -> tuple[str, str]:
    """(place, agency) of a dateline at the very beginning of the lead or of the body."""
    for text in openings[:2]:
        desk = _DESK.match(text)
        if desk:
            return desk["place"], desk["agency"]
        city = _CITY.match(text)
        if (
            city
            and len(city["place"].split()) <= _LONGEST_PLACE_WORDS
            and not _NOT_A_PLACE.search(city["place"])
            and _is_dateline(city, text)
        ):
            return city["place"].strip(), city["agency"] or city["short"] or ""
    return "", ""


def _is_dateline(match: re.Match[str], text: str) -> bool:
    """A dash that touches the first word («مشهد- ») or names an agency; «مشهد - تهران» within a title is no dateline."""
    after = text[match.end("place") : match.end()]
    return bool(match["agency"] or match["short"]) or after[:1] in "-–—_"


def _report(openings: Sequence[str]) -> Attribution:
    """What «به گزارش X از Y به نقل از Z» says: agency X, place Y, quoted agency Z."""
    for text in openings:
        match = _REPORT.search(text[:600])
        if match is None:
            continue
        rest = _LEADING_KIND.sub("", match["rest"].lstrip("« "))
        end = _NAME_END.search(rest)
        name = _clean_name(rest[: end.start()] if end else rest[:40])
        after = rest[end.start() :].lstrip("»") if end else ""
        quoting, place = _QUOTING.match(after), _FROM.match(after)
        return Attribution(name, _until_verb(quoting["source"]) if quoting else "", place["place"] if place and name else "")
    for text in openings[:1]:
        quoting = re.match(r"به نقل از\s+(?P<source>[^،؛:.\n«»]{2,60})[،؛:]", text)
        if quoting:
            return Attribution("", _until_verb(quoting["source"]))
    return Attribution()


def _clean_name(name: str) -> str:
    """«خبرنگار مهر» → «مهر»، «دانشجویان ایران (ایسنا)» → «ایسنا»."""
    short = _SHORT_IN_BRACKETS.search(name.strip())
    if short:
        return short[1]
    bare = name.strip()
    return bare if bare and len(bare.split()) <= 6 else ""


def _until_verb(source: str) -> str:
    return re.split(r"\s(?:در|که|با|روز|امروز|دیروز)\s", source.strip())[0].strip()
