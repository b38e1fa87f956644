"""Typed text → lexemes, each with its place; nothing that can be typed is an error here."""

import re
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise

from core.letters import HALF_SPACES, fold
from store.query_dates import NAMED_DAYS
from store.query_words import CLOSED, DATE_FIELDS, FIELD_NAMES, FIELDS, MAX_WORDS, persian_field, plain


class Kind(Enum):
    """What a lexeme is."""

    WORD = "word"
    PHRASE = "phrase"
    PREFIX = "prefix"
    FUZZY = "fuzzy"
    ADDRESS = "address"
    FIELD = "field"
    AND = "and"
    OR = "or"
    NOT = "not"
    PLUS = "+"
    MINUS = "-"
    OPEN = "("
    CLOSE = ")"


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One piece of the typed text: its kind, its content without marks, its place and its number (slop or distance)."""

    kind: Kind
    text: str
    start: int
    end: int
    number: int | None = None


OPERANDS = frozenset((Kind.WORD, Kind.PHRASE, Kind.PREFIX, Kind.FUZZY, Kind.ADDRESS))
_BINARY = frozenset((Kind.AND, Kind.OR))
_UNARY = frozenset((Kind.NOT, Kind.PLUS, Kind.MINUS, Kind.FIELD))
_CLOSERS = {'"': '"”“', "«": "»", "“": '”"', "„": '”“"'}
_DIGITS = "0-9۰-۹٠-٩"
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s«»\"“”<>]+|[a-z0-9](?:[a-z0-9-]*\.)+[a-z]{2,}/[^\s«»\"“”<>]*", re.IGNORECASE)
_NAME_OF_WORDS = "|".join(name.replace("_", rf"[ _{HALF_SPACES}]") for names in FIELD_NAMES.values() for name in names if "_" in name)
_FIELD = re.compile(rf"({_NAME_OF_WORDS}|[A-Za-z_]+|[\u0620-\u06ff_{HALF_SPACES}]+):(?=[^\s:)])")
_SIGNED_NUMBER = re.compile(rf".[{_DIGITS}]{{1,2}}(?![\w{_DIGITS}])")
_CHUNK = re.compile(r"[^\s()\"«»“”„]+")
_SLOP = re.compile(rf"~([{_DIGITS}]{{1,4}})?")
_FUZZY = re.compile(rf"(.+?)~([{_DIGITS}])?$")
_SHORT = 6
_NUMBER_FIELDS = (*sorted(DATE_FIELDS), "group")
_OPERATORS = {"AND": Kind.AND, "&&": Kind.AND, "OR": Kind.OR, "||": Kind.OR, "NOT": Kind.NOT, "یا": Kind.OR}
_SIGNS = {"+": Kind.PLUS, "-": Kind.MINUS, "−": Kind.MINUS}


def lex(text: str) -> tuple[list[Lexeme], list[str]]:
    """The lexemes of a text, repaired so that every parenthesis is closed and every operator has its operands, and remarks on that."""
    notes: list[str] = []
    found: list[Lexeme] = []
    at = 0
    while at < len(text):
        lexeme = _next(text, at, found)
        if lexeme is None:
            at += 1
            continue
        at = max(lexeme.end, at + 1)
        if lexeme.kind is Kind.PHRASE and not lexeme.text.strip():
            continue
        if lexeme.kind is Kind.PHRASE and lexeme.end > len(text):
            notes.append("گیومه‌ای باز مانده بود؛ در پایان بسته شد.")
            lexeme = replace(lexeme, end=len(text))
        found.append(lexeme)
    notes += _hints(found, text)
    return _repaired(_shortened(found, notes), notes), notes


def _hints(lexemes: list[Lexeme], text: str) -> list[str]:
    """Remarks on what may have been meant otherwise than it is read."""
    notes = []
    if len(lexemes) <= _SHORT and any(one.text == "نه" and two.kind is Kind.WORD for one, two in pairwise(lexemes)):
        notes.append("«نه» اینجا واژه است؛ برای کنار گذاشتن یک واژه خط تیره‌ای به آن بچسبانید: -واژه")
    for one, two in pairwise(lexemes):
        name = FIELDS.get(plain(one.text.removesuffix(":"))) if one.kind is Kind.WORD and one.text.endswith(":") else None
        value = plain(two.text)
        if name and (value in CLOSED.get(name, ()) or (name in DATE_FIELDS and value[:4].isdigit())):
            notes.append(f"اگر میدان «{persian_field(name)}» را می‌خواهید، میان آن و مقدارش فاصله نگذارید: {one.text}{two.text[:40]}")
    for one in lexemes:
        name = FIELDS.get(plain(one.text.partition(":")[0])) if one.kind is Kind.WORD and ":" in one.text[:-1] else None
        if name in _NUMBER_FIELDS and text[one.start : one.end] == one.text:
            notes.append(f"«{one.text[:40]}» مقدار میدان «{persian_field(name)}» ندارد و واژه خوانده شد.")
    return notes


def _next(text: str, at: int, before: list[Lexeme]) -> Lexeme | None:
    char = text[at]
    if char.isspace():
        return None
    if char in "()":
        return Lexeme(Kind.OPEN if char == "(" else Kind.CLOSE, char, at, at + 1)
    if char in _CLOSERS:
        return _quoted(text, at)
    if char in _SIGNS and _is_sign(text, at):
        return Lexeme(_SIGNS[char], char, at, at + 1)
    if address := _ADDRESS.match(text, at):
        content = address.group().rstrip(".,;:!?)،؛؟…")
        return Lexeme(Kind.ADDRESS, content, at, at + len(content))
    if (field := _field(text, at)) and not (before and before[-1].kind is Kind.FIELD):
        return field
    chunk = _CHUNK.match(text, at)
    return _word(text, chunk.group(), at) if chunk else None


def _is_sign(text: str, at: int) -> bool:
    """Whether + or − says something about what follows. «دمای -۵ درجه» and «مترو - قطار» only hold a character."""
    begins = at == 0 or text[at - 1].isspace() or text[at - 1] in "(+-−"
    follows = at + 1 < len(text) and not text[at + 1].isspace() and text[at + 1] not in "+-−)"
    return begins and follows and not _SIGNED_NUMBER.match(text, at)


def _field(text: str, at: int) -> Lexeme | None:
    """The field that begins here. «از:تهران» and «گروه:خونی» are words: a date and the number of a group begin with digits."""
    found = _FIELD.match(text, at)
    name = FIELDS.get(plain(found.group(1))) if found else None
    if found is None or name is None:
        return None
    value = _CHUNK.match(text, found.end())
    if value and name in _NUMBER_FIELDS and not value.group().lstrip("-−")[:1].isdigit() and fold(value.group()) not in NAMED_DAYS:
        return None
    return Lexeme(Kind.FIELD, name, at, found.end())


def _quoted(text: str, at: int) -> Lexeme:
    closers = _CLOSERS[text[at]]
    end = next((place for place in range(at + 1, len(text)) if text[place] in closers), -1)
    if end < 0:
        return Lexeme(Kind.PHRASE, text[at + 1 :], at, len(text) + 1)
    slop = _SLOP.match(text, end + 1)
    number = (int(fold(slop.group(1))) if slop.group(1) else 1) if slop else None
    return Lexeme(Kind.PHRASE, text[at + 1 : end], at, slop.end() if slop else end + 1, number)


def _word(text: str, chunk: str, at: int) -> Lexeme:
    end = at + len(chunk)
    if chunk in _OPERATORS:
        return Lexeme(_OPERATORS[chunk], chunk, at, end)
    if chunk == "نه" and _is_structure(text, end):
        return Lexeme(Kind.NOT, chunk, at, end)
    if len(chunk) > 1 and chunk.endswith("*") and chunk.strip("*"):
        return Lexeme(Kind.PREFIX, chunk.strip("*"), at, end)
    if fuzzy := _FUZZY.match(chunk):
        distance = int(fold(fuzzy.group(2))) if fuzzy.group(2) else 1
        return Lexeme(Kind.FUZZY, fuzzy.group(1), at, end, distance)
    return Lexeme(Kind.WORD, chunk, at, end)


def _is_structure(text: str, at: int) -> bool:
    """«نه» is an operator only before a parenthesis, a quotation or a field; in «نه شرقی نه غربی» it is a word."""
    while at < len(text) and text[at].isspace():
        at += 1
    if at >= len(text):
        return False
    return text[at] == "(" or text[at] in _CLOSERS or _field(text, at) is not None


def _shortened(lexemes: list[Lexeme], notes: list[str]) -> list[Lexeme]:
    kept, count = [], 0
    for lexeme in lexemes:
        count += lexeme.kind in OPERANDS
        if count > MAX_WORDS:
            notes.append(f"جست‌وجو بلند بود؛ {MAX_WORDS} واژهٔ نخست به کار رفت.")
            break
        kept.append(lexeme)
    return kept


def _repaired(lexemes: list[Lexeme], notes: list[str]) -> list[Lexeme]:
    balanced = _balanced(lexemes, notes)
    while True:
        shorter = _without_idle(balanced)
        if len(shorter) == len(balanced):
            return shorter
        balanced = shorter


def _balanced(lexemes: list[Lexeme], notes: list[str]) -> list[Lexeme]:
    kept: list[Lexeme] = []
    depth = 0
    for lexeme in lexemes:
        if lexeme.kind is Kind.CLOSE and depth == 0:
            continue
        depth += (lexeme.kind is Kind.OPEN) - (lexeme.kind is Kind.CLOSE)
        kept.append(lexeme)
    if depth:
        notes.append("پرانتزی باز مانده بود؛ در پایان بسته شد.")
        end = kept[-1].end
        kept += [Lexeme(Kind.CLOSE, ")", end, end)] * depth
    return kept


def _without_idle(lexemes: list[Lexeme]) -> list[Lexeme]:
    """Drop empty parentheses and operators that lack an operand."""
    kept: list[Lexeme] = []
    for place, lexeme in enumerate(lexemes):
        after = lexemes[place + 1].kind if place + 1 < len(lexemes) else None
        before = kept[-1].kind if kept else None
        if lexeme.kind in _BINARY and (before is None or before in _BINARY or before in _UNARY or before is Kind.OPEN):
            continue
        if lexeme.kind in _BINARY | _UNARY and (after is None or after is Kind.CLOSE or after in _BINARY):
            continue
        if lexeme.kind is Kind.FIELD and after in _UNARY:
            continue
        if lexeme.kind is Kind.CLOSE and before is Kind.OPEN:
            kept.pop()
            continue
        kept.append(lexeme)
    return kept
