"""What a page is narrowed to: the words typed, the days, the filters and the two switches. The address of the page says all of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from core.dates import day_start, from_jalali, jalali_numeric, tehran_day
from core.errors import BadInput
from core.records import CITY_TONES, TONES, Outlet
from store.collections import Collection
from store.query import Query, both, parse_query
from store.query_tree import And, Is, Named, Node, Not, Or, Within
from store.query_words import plain
from store.vocabulary import NO_WORDS, Vocabulary

FIELDS = ("topic", "tone", "city_tone", "outlet", "section", "entity", "place", "speaker", "voice", "group", "has")
NAME_FIELDS = frozenset({"entity", "place", "speaker", "section"})
CONCERNS_CITY = tuple(tone for tone in CITY_TONES if tone != "none")
_FIXED_VALUES = {"tone": frozenset(TONES), "city_tone": frozenset(CITY_TONES), "has": frozenset({"quote", "demand"})}
_TO_ASCII = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩-.", "01234567890123456789//")
_MAX_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Narrowing:
    """One selection of articles. ``since`` and ``until`` are Tehran days, both inside; ``city`` keeps what concerns the city.

    ``without_own`` leaves out the outlets that the city owns; ``own`` are their keys. ``relevant`` leaves out what a person marked
    irrelevant. ``city_names`` are the ids of the city's own bodies and offices. ``collection`` keeps the outlets of a named set.
    Values of one field are alternatives. ``words`` are the names that the typed search may use.
    """

    text: str = ""
    since: date | None = None
    until: date | None = None
    filters: tuple[tuple[str, str], ...] = ()
    city: bool = False
    without_own: bool = False
    own: tuple[str, ...] = ()
    relevant: bool = False
    collection: Collection | None = None
    city_names: tuple[str, ...] = field(default=(), compare=False, repr=False)
    words: Vocabulary = field(default=NO_WORDS, compare=False, repr=False)

    def having(self, **values: str) -> "Narrowing":
        """Narrowed further: ``having(tone="negative")``. A value that already stands there is not doubled."""
        added = tuple(pair for pair in values.items() if pair not in self.filters)
        return replace(self, filters=self.filters + added)

    def without(self, field: str, value: str) -> "Narrowing":
        """The same without that filter."""
        return replace(self, filters=tuple(pair for pair in self.filters if pair != (field, value)))

    def on(self, day: date) -> "Narrowing":
        """Only that day."""
        return replace(self, since=day, until=day)

    def before(self) -> "Narrowing":
        """The period of the same length that ends the day before this one begins; needs both days."""
        if self.since is None or self.until is None:
            raise ValueError("an open period has none before it")
        length = self.until - self.since + timedelta(days=1)
        return replace(self, since=self.since - length, until=self.until - length)

    def days(self) -> list[date]:
        """Every day of a closed period, oldest first."""
        if self.since is None or self.until is None:
            return []
        return [self.since + timedelta(days=number) for number in range((self.until - self.since).days + 1)]

    def values(self, field: str) -> tuple[str, ...]:
        """The chosen values of a field."""
        return tuple(value for name, value in self.filters if name == field)

    def params(self) -> list[tuple[str, str]]:
        """The parameters of the address, without those that are as usual."""
        pairs = [("q", self.text)] if self.text else []
        pairs += [("from", jalali_numeric(self.since))] if self.since else []
        pairs += [("to", jalali_numeric(self.until))] if self.until else []
        pairs += list(self.filters)
        pairs += [("collection", str(self.collection.id))] if self.collection else []
        pairs += [("scope", "city")] if self.city else []
        pairs += [("own", "0")] if self.without_own else []
        return pairs + ([("irrelevant", "0")] if self.relevant else [])

    def url(self, path: str = "/search", **more: str) -> str:
        """The address of a page about exactly these articles."""
        pairs = self.params() + [(key, value) for key, value in more.items() if value]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def page_url(self, path: str, **more: str) -> str:
        """The address of a page about a period, where «what concerns the city» and «what is relevant» are the usual choice."""
        pairs = [pair for pair in self.params() if pair[0] not in ("scope", "irrelevant")] + ([] if self.city else [("scope", "all")])
        pairs += [(key, value) for key, value in more.items() if value]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def query(self, now: datetime) -> Query:
        """The selection as a query. Raises BadQuery for a mistake in the typed words."""
        typed = parse_query(self.text, now=now, words=self.words)
        nodes = self._nodes()
        return both(typed, Query("", And(nodes))) if nodes else typed

    def _nodes(self) -> tuple[Node, ...]:
        nodes: list[Node] = [_field_node(field, self.values(field)) for field in FIELDS if self.values(field)]
        if self.since or self.until:
            end = day_start(self.until + timedelta(days=1)) if self.until else None
            nodes.append(Within(day_start(self.since) if self.since else None, end))
        if self.city:
            nodes.append(self._city_node())
        if self.relevant:
            nodes.append(Is("is", ("relevant",)))
        if self.collection:
            nodes.append(_field_node("outlet", self.collection.outlets))
        if self.without_own and self.own:
            nodes.append(Not(_field_node("outlet", self.own)))
        return tuple(nodes)

    def _city_node(self) -> Node:
        """What concerns the city: a tone toward it, one of its bodies or offices, or a topic of one's own."""
        own = tuple(topic.id for topic in self.words.topics)
        topics = (Is("topic", own),) if own else ()
        names = tuple(Named("entity", plain(name), ()) for name in self.city_names)
        return Or((Is("city_tone", CONCERNS_CITY), *topics, *names))


def read_narrowing(params: Iterable[tuple[str, str]], outlets: Mapping[str, Outlet], collections: Sequence[Collection] = ()) -> Narrowing:
    """The selection that an address asks for. Raises BadInput naming the parameter for a value that cannot be meant."""
    pairs = list(params)
    given = dict(pairs)
    since, until = read_day("from", given.get("from", "")), read_day("to", given.get("to", ""))
    if since and until and since > until:
        since, until = until, since
    filters = []
    for name, value in pairs:
        if name in FIELDS and value.strip() and (name, value) not in filters:
            filters.append((name, _checked(name, value)))
    return Narrowing(
        text=given.get("q", "").strip()[:_MAX_TEXT],
        since=since,
        until=until,
        filters=tuple(filters[:50]),
        city=given.get("scope") == "city",
        without_own=given.get("own") == "0",
        own=tuple(key for key, outlet in outlets.items() if outlet.owner == "city"),
        relevant=given.get("irrelevant") == "0",
        collection=_find_collection(given.get("collection", ""), collections),
    )


def _find_collection(text: str, collections: Sequence[Collection]) -> Collection | None:
    if not text:
        return None
    found = next((one for one in collections if str(one.id) == text), None)
    if found is None:
        raise BadInput("collection", text, "no such collection", "این گروه رسانه دیگر نیست؛ گروه دیگری برگزینید.")
    return found


def read_period(
    params: Iterable[tuple[str, str]], outlets: Mapping[str, Outlet], now: datetime, collections: Sequence[Collection] = ()
) -> Narrowing:
    """The selection of a page about a period: the last 7 days that concern the city unless the address says otherwise."""
    pairs = list(params)
    given = dict(pairs)
    narrowing = read_narrowing(pairs, outlets, collections)
    today = tehran_day(now)
    until = narrowing.until or (today if not narrowing.since else max(today, narrowing.since))
    since = narrowing.since or until - timedelta(days=read_length(given.get("days", "")) - 1)
    if (until - since).days > 366:
        raise BadInput("from", jalali_numeric(since), "longer than a year", "بازهٔ نما حداکثر یک سال است؛ بازهٔ کوتاه‌تری برگزینید.")
    return replace(narrowing, since=since, until=until, city=given.get("scope") != "all", relevant=True)


def read_length(text: str) -> int:
    """The days of a period: «7»; 7 when nothing is said."""
    if not text:
        return 7
    if not text.isdecimal() or not 1 <= int(text) <= 366:
        raise BadInput("days", text, "not a number of days from 1 to 366", "شمار روزها باید عددی از ۱ تا ۳۶۶ باشد.")
    return int(text)


def read_day(field: str, text: str) -> date | None:
    """A Tehran day as typed: «1405/09/03», «۱۴۰۵/۹/۳» or Gregorian «2026-11-24»; None for nothing. Raises BadInput."""
    if not text.strip():
        return None
    persian = "تاریخ را مانند ۱۴۰۵/۰۹/۰۳ بنویسید."
    parts = text.strip().translate(_TO_ASCII).split("/")
    if len(parts) != 3 or not all(part.isdecimal() and len(part) <= 4 for part in parts):
        raise BadInput(field, text, "not a date", persian)
    year, month, day = (int(part) for part in parts)
    try:
        if 1200 <= year <= 1600:
            return from_jalali(year, month, day)
        if 1900 <= year <= 2200:
            return date(year, month, day)
    except ValueError:
        raise BadInput(field, text, "no such day", "چنین روزی در تقویم نیست.") from None
    raise BadInput(field, text, "no such year", persian)


def _checked(field: str, value: str) -> str:
    allowed = _FIXED_VALUES.get(field)
    if allowed and value not in allowed:
        raise BadInput(field, value, f"not one of {sorted(allowed)}")
    if len(value) > 300:
        raise BadInput(field, value, "too long")
    return value


def _field_node(field: str, values: tuple[str, ...]) -> Node:
    if field in NAME_FIELDS:
        return Or(tuple(Named(field, plain(value), ()) for value in values))
    return Is(field, tuple(plain(value) for value in values) if field == "outlet" else values)
