"""The monthly error page: how often people corrected the machine, per outlet and label, with the articles behind each number."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from core.dates import MONTHS, from_jalali, jalali, persian_digits, tehran_day
from core.errors import BadInput
from core.records import Article
from dashboards.access import require
from dashboards.desk import Desk
from dashboards.narrowing import Narrowing
from render.words import tone_name, topic_name
from store.correction_report import Corrected, corrected_labels
from store.corrections import FIELDS

FIELD_NAMES = {"tone": "لحن خبر", "city_tone": "لحن نسبت به شهر", "topics": "موضوع", "relevant": "مرتبط بودن"}
_MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Month:
    """A Jalali month."""

    year: int
    number: int

    @property
    def since(self) -> date:
        """Its first day."""
        return from_jalali(self.year, self.number, 1)

    @property
    def until(self) -> date:
        """Its last day."""
        return self.next().since - timedelta(days=1)

    @property
    def key(self) -> str:
        """«1405-09»."""
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def name(self) -> str:
        """«آذر ۱۴۰۵»."""
        return f"{MONTHS[self.number - 1]} {persian_digits(self.year)}"

    def next(self) -> "Month":
        """The month after."""
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    def before(self) -> "Month":
        """The month before."""
        return Month(self.year - (self.number == 1), 12 if self.number == 1 else self.number - 1)


@dataclass(frozen=True, slots=True)
class Line:
    """An outlet with the articles of the month and how many of them had each label corrected."""

    outlet: str
    articles: int
    selection: Narrowing
    corrected: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ShownCorrection:
    """One correction with its article; the labels in Persian."""

    article: Article
    field: str
    machine: str
    person: str
    corrected: Corrected


def build_router(desk: Desk) -> APIRouter:
    """``/settings/errors``."""
    router = APIRouter()

    @router.get("/settings/errors")
    def errors(request: Request, month: str = "", outlet: str = "", field: str = "") -> HTMLResponse:
        require(request, "viewer")
        return errors_page(desk, read_month(month, tehran_day(desk.clock())), outlet[:300], field)

    return router


def read_month(text: str, today: date) -> Month:
    """«1405-09»; today's month when nothing is said. Raises BadInput."""
    year, number, _day = jalali(today)
    if not text:
        return Month(year, number)
    parts = text.split("-")
    if len(parts) == 2 and all(part.isdecimal() for part in parts) and 1200 <= int(parts[0]) <= 1600 and 1 <= int(parts[1]) <= 12:
        return Month(int(parts[0]), int(parts[1]))
    raise BadInput("month", text, "a month like 1405-09 is needed", "ماه را مانند 1405-09 بنویسید.")


def errors_page(desk: Desk, month: Month, outlet: str, field: str) -> HTMLResponse:
    """The table of the month, and the corrections themselves, of one outlet or label where the address says so."""
    if field and field not in FIELDS:
        raise BadInput("field", field, f"one of {', '.join(FIELDS)} is expected", "چنین برچسبی نیست.")
    found = corrected_labels(desk.archive.engine, month.since, month.until)
    lines = month_lines(desk, month, found)
    chosen = [one for one in found if outlet in ("", one.outlet) and field in ("", one.field)]
    now = tehran_day(desk.clock())
    return desk.page(
        "errors.html",
        section="settings",
        month=month,
        later=month.next() if month.next().since <= now else None,
        fields=FIELD_NAMES,
        lines=lines,
        whole=_whole(month, lines),
        chosen_outlet=outlet,
        chosen_field=field,
        total=len(chosen),
        corrections=shown_corrections(desk, chosen[:_MOST_SHOWN]),
    )


def month_lines(desk: Desk, month: Month, found: Sequence[Corrected]) -> list[Line]:
    """Every outlet that had articles in the month, the most corrected first."""
    whole = Narrowing(since=month.since, until=month.until)
    counted = desk.kept(("month", whole), lambda: desk.archive.search.counts(whole.query(desk.clock()), ("outlet",)))
    corrected: dict[str, Counter[str]] = {}
    for one in found:
        corrected.setdefault(one.outlet, Counter())[one.field] += 1
    keys = dict.fromkeys([*corrected, *(key for (key,) in counted)])
    lines = [Line(key, counted.get((key,), 0), whole.having(outlet=key), corrected.get(key, Counter())) for key in keys]
    return sorted(lines, key=lambda line: (-sum(line.corrected.values()), -line.articles, line.outlet))


def shown_corrections(desk: Desk, found: Sequence[Corrected]) -> list[ShownCorrection]:
    """The corrections with their articles; one whose article has gone is left out."""
    articles = {article.id: article for article in desk.archive.articles.get_many([one.article_id for one in found])}
    return [
        ShownCorrection(
            articles[one.article_id], FIELD_NAMES[one.field], _words(one.field, one.machine), _words(one.field, one.person), one
        )
        for one in found
        if one.article_id in articles
    ]


def _whole(month: Month, lines: Sequence[Line]) -> Line:
    corrected: Counter[str] = Counter()
    for line in lines:
        corrected.update(line.corrected)
    return Line("", sum(line.articles for line in lines), Narrowing(since=month.since, until=month.until), corrected)


def _words(field: str, value: object) -> str:
    if field == "topics" and isinstance(value, tuple):
        return "، ".join(topic_name(topic) for topic in value) or "بی‌موضوع"
    if field == "relevant":
        return "مرتبط" if value else "نامرتبط"
    return tone_name(str(value))
