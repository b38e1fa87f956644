"""Who and what is named in an article: the register's names first, names recognised in running text for the rest."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from core.records import BodyField, EntityKind, Mention, Span
from nlp.names import Name, NameTagger
from nlp.normalize import ZWNJ, Folded, fold
from nlp.register import Found, Register

_WORD = re.compile(r"[^\W_]+")
_TITLE_IN_NAME = re.compile(
    r" (?:وکیل|معاون|شهردار|مدیر|مدیرکل|مدیرعامل|رییس|سخنگوی|نماینده|عضو|کارشناس|دبیر|سرپرست|مشاور|وزیر|استاندار|فرماندار)(?![^\W_])"
)
MODEL = Path(__file__).parent / "model"


@dataclass(frozen=True, slots=True)
class Named:
    """A mention in folded text: the key of the register ("" when the name is not in it) and the kind."""

    start: int
    end: int
    kind: EntityKind
    key: str = ""
    office: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One field of the article as the rules read it: the words as given, folded, and the names in the folded ones."""

    field: BodyField
    given: str
    folded: Folded
    named: Sequence[Named]

    @property
    def people(self) -> list[tuple[int, int]]:
        """The spans of persons' names in the folded words, in order."""
        return [(one.start, one.end) for one in self.named if one.kind == "PER" and not one.office]


def find_named(text: str, register: Register, tagger: NameTagger | None) -> list[Named]:
    """The names in folded ``text`` in order. An office may hold a place's name; otherwise none overlap and the longer one stands.

    ``"شهردار مشهد به دانشگاه فردوسی رفت"`` → the office «شهردار مشهد» (PER), in it «مشهد» (LOC), and «دانشگاه فردوسی» (ORG).
    """
    found = register.find(text)
    names = tagger.find(text) if tagger else []
    offices = [Named(hit.start, hit.end, "PER", hit.key, office=True) for hit in found if hit.key in register.offices]
    known = [hit for hit in found if hit.key not in register.offices]
    merged = [_keyed(one, text, register) for one in _merged(known, names, register)]
    return sorted([*offices, *merged], key=lambda named: (named.start, -named.end))


def _keyed(named: Named, text: str, register: Register) -> Named:
    """A recognised name that is exactly one of the register's, also inside an office: «مشهد» in «شهردار مشهد»."""
    return named if named.key else replace(named, key=register.key_of(text[named.start : named.end], named.kind))


def _merged(known: Sequence[Found], names: Sequence[Name], register: Register) -> list[Named]:
    merged: list[Named] = []
    left = 0
    for start, end, kind in names:
        while left < len(known) and known[left].end <= start:
            merged.append(_of_register(known[left], register))
            left += 1
        inside = []
        while left < len(known) and known[left].start < end:
            inside.append(known[left])
            left += 1
        merged += _choose((start, end, kind), inside, register)
    return [*merged, *(_of_register(hit, register) for hit in known[left:])]


def _choose(name: Name, inside: Sequence[Found], register: Register) -> list[Named]:
    """One name recognised and the register's names that overlap it: the longer span, with the register's key where the kind agrees."""
    start, end, kind = name
    if not inside:
        return [Named(start, end, kind)]
    if any(hit.start < start or hit.end > end or (hit.start, hit.end) == (start, end) for hit in inside):
        return [_of_register(hit, register) for hit in inside]
    keys = [hit.key for hit in inside if register.kind(hit.key) == kind]
    return [Named(start, end, kind, keys[0] if keys else "")]


def _of_register(hit: Found, register: Register) -> Named:
    return Named(hit.start, hit.end, register.kind(hit.key), hit.key)


def _at(text: str, place: int) -> str:
    return text[place : place + 1]


def _whole_words(named: Named, folded: Folded, given: str) -> Named:
    """A person's name with the parts that a half-space ties to it: «رجبی» in «رجبی‌معمار» → the whole."""
    if named.kind != "PER" or named.key:
        return named
    title = _TITLE_IN_NAME.search(folded.text, named.start + 1, named.end)
    start, end = named.start, title.start() if title else named.end
    while start > 1 and given[folded.origin(start) - 1] == ZWNJ:
        start = folded.text.rfind(" ", 0, start - 1) + 1
    while _at(given, folded.span(start, end)[1]) == ZWNJ and (tail := _WORD.match(folded.text, end + 1)):
        end = tail.end()
    return replace(named, start=start, end=end)


def with_persons_linked(named: Sequence[Named], text: str, register: Register) -> list[Named]:
    """A surname alone carries the key of the one registered person whose full name the article gives. «کلائی» after «محمدرضا کلائی»."""
    surnames: defaultdict[str, set[str]] = defaultdict(set)
    for mention in named:
        if mention.kind == "PER" and mention.key in register.entities:
            surnames[text[mention.start : mention.end].split()[-1]].add(mention.key)
    linked = []
    for mention in named:
        keys = surnames.get(text[mention.start : mention.end].split()[-1], set()) if mention.kind == "PER" else set()
        linked.append(Named(mention.start, mention.end, "PER", next(iter(keys))) if not mention.key and len(keys) == 1 else mention)
    return linked


def mentions(part: Part, register: Register, when: datetime | None) -> list[Mention]:
    """The mentions of a field as the article's own text has them: offsets are code points of the field as given."""
    result = []
    for mention in part.named:
        start, end = part.folded.span(mention.start, mention.end)
        entity = register.resolve(mention.key, when) if mention.key else None
        result.append(Mention(part.given[start:end], mention.kind, Span(start, end, part.field), entity))
    return result


class NamedEntities:
    """The register and the name recogniser, opened once. The recogniser is left out where its weights are not there."""

    def __init__(self, register: Register, tagger: NameTagger | None) -> None:
        self.register = register
        self.tagger = tagger

    @classmethod
    def load(cls, config: Path, model: Path = MODEL) -> "NamedEntities":
        """From ``config/entities.toml`` and the weights in ``model``. Raises SettingError for a bad register."""
        tagger = NameTagger.load(model) if (model / "ner_classes.tsv").is_file() else None
        return cls(Register.load(config / "entities.toml"), tagger)

    def read(self, field: BodyField, given: str) -> Part:
        """A field with its names found; see ``find_named``."""
        folded = fold(given)
        found = [_whole_words(one, folded, given) for one in find_named(folded.text, self.register, self.tagger)]
        named = with_persons_linked(found, folded.text, self.register)
        return Part(field, given, folded, named)
