"""The register of the city (``config/entities.toml``): its entities and offices, and where their names stand in a text."""

import re
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast, get_args

import ahocorasick

from core.dates import TEHRAN
from core.errors import SettingError
from core.records import EntityKind, Voice
from nlp.normalize import ZWNJ, fold_word

_KINDS = get_args(EntityKind)
_VOICES = get_args(Voice)
# Letters may run on behind a name only as one of these endings («شهرداریها», «کوهسنگیست»), and before it only as «و» written joined.
_ENDING = re.compile(r"(?:ها|های|هایی|ست|اند)?(?![^\W_])")
_NEXT = re.compile(
    r"\s*(?:$|[^\w\s]|\n|(?:در|با|از|به|نیز|هم|که|و|را|تا|بر|برای|ضمن|همچنین|گفت|افزود|اظهار|تصریح|تاکید|خاطرنشان|بیان|اعلام|ادامه|است|بود|هستند|باید|می|این"
    r"|امروز|دیروز|نسبت|پس|طی|توسط|نمی|خبر)(?![^\W_]))"
)
_UNDER = frozenset({"معاون", "معاونان", "مشاور", "مشاوران", "جانشین", "قایم", "مقام", "دفتر", "نماینده", "همسر", "پسر", "دختر"})


@dataclass(frozen=True, slots=True)
class Entity:
    """A row of the register. ``voice`` is whose voice its people speak with ("" when their role must tell)."""

    id: str
    kind: EntityKind
    name: str
    group: str = ""
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """Who held an office: the person's entity id, from the first to the last certain day (None: still)."""

    person: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Office:
    """An office and its holders; a mention of it is a mention of the holder on the article's day."""

    id: str
    name: str
    voice: str
    at: str = ""
    holders: tuple[Term, ...] = ()

    def holder(self, when: datetime | None) -> str | None:
        """The person's id on that day in Tehran, None when the register does not know."""
        if when is None:
            return None
        day = when.astimezone(TEHRAN).date()
        return next((term.person for term in self.holders if term.since <= day and (term.until is None or day <= term.until)), None)


@dataclass(frozen=True, slots=True)
class Found:
    """A name of the register in folded text at ``start:end``; ``local`` names count only in an article about the city."""

    start: int
    end: int
    key: str
    local: bool


@dataclass(frozen=True, slots=True)
class Register:
    """The entities and offices by id, and the automaton over all their names."""

    city: str
    entities: dict[str, Entity]
    offices: dict[str, Office]
    _names: Any = field(repr=False)

    @classmethod
    def load(cls, path: Path) -> "Register":
        """Read the file. Raises SettingError naming the row and the field that is wrong, or the file that is missing."""
        try:
            rows = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SettingError(str(path), path.name, str(error)) from None
        builder = _Builder(path.name)
        for number, row in enumerate(rows.get("entity", []), 1):
            builder.add_entity(row, f"entity {number}")
        for number, row in enumerate(rows.get("office", []), 1):
            builder.add_office(row, f"office {number}")
        return cls(fold_word(str(rows.get("city", ""))), builder.entities, builder.offices, builder.automaton())

    def find(self, text: str) -> list[Found]:
        """The names in folded ``text``, longest first where they overlap, in order. Local names only if the text names the city."""
        about_city = bool(self.city) and self.city in text
        hits: list[Found] = []
        for last, (length, key, local) in self._names.iter(text):
            start, end = last + 1 - length, last + 1
            if _stands_alone(text, start, end) and (not local or (about_city and (self.kind(key) == "LOC" or _is_plain(text, start, end)))):
                hits.append(Found(start, end, key, local))
        return [hit for hit in longest(hits) if hit.key not in self.offices or not _is_of_another(text, hit)]

    def key_of(self, name: str, kind: EntityKind) -> str:
        """The entity of that kind that the folded ``name`` means anywhere, "" when there is none."""
        _, key, local = self._names.get(name, (0, "", True))
        return key if key and not local and key in self.entities and self.entities[key].kind == kind else ""

    def resolve(self, key: str, when: datetime | None) -> str:
        """The id a mention carries: the office's holder on that day, else the office's or entity's own key."""
        office = self.offices.get(key)
        return key if office is None else (office.holder(when) or key)

    def kind(self, key: str) -> EntityKind:
        """PER for an office, else the entity's kind."""
        entity = self.entities.get(key)
        return "PER" if entity is None else entity.kind

    def voice(self, key: str) -> str:
        """Whose voice the office or the entity's people speak with, "" when the register does not say."""
        office = self.offices.get(key)
        return office.voice if office else (self.entities[key].voice if key in self.entities else "")


def longest(hits: list[Found]) -> list[Found]:
    """Those that overlap no longer one (an earlier one when equally long), in order of place."""
    kept: list[Found] = []
    for hit in sorted(hits, key=lambda found: (found.start, found.start - found.end)):
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
        elif hit.end - hit.start > kept[-1].end - kept[-1].start:
            kept[-1] = hit
    return kept


def _stands_alone(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    joined_and = before == "و" and (start < 2 or not text[start - 2].isalnum())
    return (not before.isalnum() or joined_and) and _ENDING.match(text, end) is not None


def _is_plain(text: str, start: int, end: int) -> bool:
    """Whether one word stands for the city's own («شهردار گفت»): no other place or title is tied to it («شهردار نیشابور»)."""
    return " " in text[start:end] or _NEXT.match(text, end) is not None


def _is_of_another(text: str, hit: Found) -> bool:
    """«معاون شهردار مشهد» is not the mayor, «شهردار سابق مشهد» and «شهردار مشهد سابق» not today's."""
    before = text[max(0, hit.start - 14) : hit.start].split()
    return (bool(before) and before[-1] in _UNDER) or text.startswith((" سابق", " اسبق", " پیشین", " وقت"), hit.end)


def _spellings(alias: str) -> set[str]:
    """``"حمل و نقل شهری"`` is also written ``"حمل ونقل شهری"``, a half-space is also left out."""
    plain = {fold_word(alias), fold_word(alias.replace(ZWNJ, ""))}
    return plain | {spelling.replace("حمل و نقل", "حمل ونقل") for spelling in plain}


class _Builder:
    def __init__(self, file: str) -> None:
        self._file = file
        self.entities: dict[str, Entity] = {}
        self.offices: dict[str, Office] = {}
        self._spellings: dict[str, tuple[int, str, bool]] = {}

    def add_entity(self, row: dict[str, Any], place: str) -> None:
        key, name = self._text(row, place, "id"), self._text(row, place, "name")
        kind = row.get("kind")
        if kind not in _KINDS:
            raise SettingError(f"{self._file} {place} kind", kind, f"must be one of {', '.join(_KINDS)}")
        self._check_new(key, place)
        self.entities[key] = Entity(key, cast("EntityKind", kind), name, str(row.get("group", "")), self._voice(row, place))
        self._add_names(row, place, key, name)

    def add_office(self, row: dict[str, Any], place: str) -> None:
        key, name = self._text(row, place, "id"), self._text(row, place, "name")
        self._check_new(key, place)
        terms = tuple(self._term(term, f"{place} holders") for term in row.get("holders", []))
        self.offices[key] = Office(key, name, self._voice(row, place), str(row.get("at", "")), terms)
        self._add_names(row, place, key, name)

    def automaton(self) -> Any:
        automaton = ahocorasick.Automaton()
        for spelling, value in self._spellings.items():
            automaton.add_word(spelling, value)
        if not self._spellings:
            automaton.add_word("\0", (1, "", True))
        automaton.make_automaton()
        return automaton

    def _add_names(self, row: dict[str, Any], place: str, key: str, name: str) -> None:
        for field_name, local in (("local", True), ("aliases", False)):
            names = row.get(field_name, [])
            if not isinstance(names, list) or not all(isinstance(alias, str) for alias in names):
                raise SettingError(f"{self._file} {place} {field_name}", names, "must be a list of names")
            for alias in [*names, *([] if local else [name])]:
                for spelling in _spellings(alias):
                    self._spellings[spelling] = (len(spelling), key, local)

    def _term(self, row: dict[str, Any], place: str) -> Term:
        person, since, until = row.get("person"), row.get("from"), row.get("to")
        if person not in self.entities:
            raise SettingError(f"{self._file} {place} person", person, "must be the id of an entity")
        days = [self._day(value, f"{place} {name}") for name, value in (("from", since), ("to", until)) if value is not None]
        if since is None or (len(days) > 1 and days[1] < days[0]):
            raise SettingError(f"{self._file} {place} from", since, "must be a day, not after the last one")
        return Term(cast("str", person), days[0], days[1] if len(days) > 1 else None)

    def _day(self, value: object, place: str) -> date:
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise SettingError(f"{self._file} {place}", value, "must be a day like 2021-08-15") from None

    def _voice(self, row: dict[str, Any], place: str) -> str:
        voice = row.get("voice", "")
        if voice and voice not in _VOICES:
            raise SettingError(f"{self._file} {place} voice", voice, f"must be one of {', '.join(_VOICES)}")
        return str(voice)

    def _text(self, row: dict[str, Any], place: str, name: str) -> str:
        value = row.get(name)
        if not isinstance(value, str) or not value.strip():
            raise SettingError(f"{self._file} {place} {name}", value, "must be text")
        return value.strip()

    def _check_new(self, key: str, place: str) -> None:
        if key in self.entities or key in self.offices:
            raise SettingError(f"{self._file} {place} id", key, "is used twice")
