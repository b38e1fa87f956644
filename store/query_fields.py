"""The values of fields: «لحن:منفی», «رسانه:قدس آنلاین», «از:۱۴۰۵/۰۹/۰۱» → nodes, or a mistake that is told kindly."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.letters import WORD
from core.persian import term_of
from store.query_dates import read_span
from store.query_lex import Kind, Lexeme
from store.query_tree import Is, Named, Node, Nothing, Within
from store.query_words import CLOSED, DATE_FIELDS, LONGEST_VALUE, NAMED_FIELDS, persian_field, persian_value, plain
from store.vocabulary import Vocabulary

LISTED_FIELDS = frozenset((*CLOSED, "outlet"))
_LONGEST_NAME = 5
_ENDS = " .,;:!?،؛؟…"
_SEPARATORS = re.compile(r"[،,/|;؛]")


class Mistake(Exception):
    """A clause that cannot mean anything: where it stands and what to tell the user."""

    def __init__(self, start: int, end: int, message: str, persian: str) -> None:
        super().__init__(message)
        self.start = start
        self.end = end
        self.message = message
        self.persian = persian


@dataclass(frozen=True, slots=True)
class Reading:
    """What the values of fields are read with: the moment, the names of the installation, and the remarks that are collected."""

    now: datetime
    words: Vocabulary
    notes: list[str]


def with_whole_names(lexemes: Sequence[Lexeme], words: Vocabulary) -> list[Lexeme]:
    """Values of several words as one: ``رسانه:قدس آنلاین``, ``موضوع:(حمل و نقل OR ورزش)``. The longest known name wins."""
    found: list[Lexeme] = []
    field, depth, at = "", 0, 0
    while at < len(lexemes):
        length = _name_length(field, lexemes[at : at + _LONGEST_NAME], words) if field else 1
        named = lexemes[at : at + length]
        found.append(replace(named[0], text=" ".join(part.text for part in named), end=named[-1].end) if length > 1 else named[0])
        depth += (named[0].kind is Kind.OPEN) - (named[0].kind is Kind.CLOSE)
        if named[0].kind is Kind.FIELD:
            field, depth = named[0].text, 0
        elif depth <= 0:
            field = ""
        at += length
    return found


def _name_length(field: str, lexemes: Sequence[Lexeme], words: Vocabulary) -> int:
    """Of how many of these words the name behind a field consists; 1 when they make no name together."""
    if field not in LISTED_FIELDS:
        return 1
    most = next((at for at, lexeme in enumerate(lexemes) if lexeme.kind is not Kind.WORD), len(lexemes))
    lengths = range(most, 1, -1)
    return next((length for length in lengths if _is_known(field, " ".join(part.text for part in lexemes[:length]), words)), 1)


def _is_known(field: str, typed: str, words: Vocabulary) -> bool:
    if field == "outlet":
        return bool(words.find_outlets(typed))
    return plain(typed) in CLOSED[field] or (field == "topic" and words.find_topic(typed) is not None)


def value_node(lexeme: Lexeme, field: Lexeme, reading: Reading) -> Node:
    """The node of one value of a field. Raises Mistake."""
    if field.text in DATE_FIELDS:
        return _date(lexeme, field, reading.now)
    if lexeme.kind in (Kind.PREFIX, Kind.FUZZY):
        reading.notes.append(f"نشانهٔ * و ~ در میدان «{persian_field(field.text)}» معنا ندارد و نادیده گرفته شد.")
    place = (field.start, lexeme.end)
    text = f"{field.text}:{lexeme.text}"
    if field.text in CLOSED:
        return Is(field.text, _closed_values(lexeme, field, reading.words), text, *place)
    if field.text in NAMED_FIELDS:
        exact = lexeme.kind is Kind.PHRASE
        terms = () if exact else tuple(term for word in WORD.findall(lexeme.text) if (term := term_of(word)))
        return Named(field.text, plain(lexeme.text)[:LONGEST_VALUE], terms, text, *place) if exact or terms else Nothing()
    if field.text == "outlet":
        return Is("outlet", _outlets(lexeme.text, reading), text, *place)
    return Is(field.text, (plain(lexeme.text),), text, *place)


def _closed_values(lexeme: Lexeme, field: Lexeme, words: Vocabulary) -> tuple[str, ...]:
    """«منفی», «منفی.» → ("negative",) · «منفی/خنثی», «منفی،خنثی» → both."""
    found = [_closed_value(field.text, part, words) for part in (lexeme.text, *_SEPARATORS.split(lexeme.text)) if part.strip(_ENDS)]
    if found[:1] and found[0]:
        return (found[0],)
    parts = tuple(dict.fromkeys(value for value in found[1:] if value))
    if parts and None not in found[1:]:
        return parts
    allowed = [persian_value(field.text, one) for one in dict.fromkeys(CLOSED[field.text].values())]
    allowed += [topic.name for topic in words.topics] * (field.text == "topic")
    message = f"مقدار «{lexeme.text[:40]}» برای میدان «{persian_field(field.text)}» شناخته نیست. یکی از این‌ها: {'، '.join(allowed)}"
    raise Mistake(field.start, lexeme.end, "unknown value", message)


def _closed_value(field: str, typed: str, words: Vocabulary) -> str | None:
    bare = typed.strip(_ENDS)
    return CLOSED[field].get(plain(bare)) or (words.find_topic(bare) if field == "topic" else None)


def _outlets(typed: str, reading: Reading) -> tuple[str, ...]:
    """The keys of a typed outlet. One that is in no list is looked for as typed: an archive may hold articles of unlisted outlets."""
    typed = typed.strip(_ENDS) or typed
    keys = reading.words.find_outlets(typed)
    if not keys and reading.words.outlets:
        near = reading.words.nearest_outlet(typed)
        reading.notes.append(f"رسانهٔ «{typed[:40]}» در فهرست رسانه‌ها نیست." + (f" آیا «{near}» منظور است؟" if near else ""))
    return keys or (plain(typed),)


def _date(lexeme: Lexeme, field: Lexeme, now: datetime) -> Node:
    span = read_span(lexeme.text.strip(_ENDS), now)
    place = (field.start, lexeme.end)
    if span is None:
        raise Mistake(*place, "unreadable date", f"تاریخ «{lexeme.text[:40]}» خوانده نشد. نمونه: ۱۴۰۵/۰۹/۰۳ یا 2026-11-24")
    since = span[0] if field.text != "to" else None
    until = span[1] if field.text != "from" else None
    return Within(since, until, f"{field.text}:{lexeme.text}", *place)
