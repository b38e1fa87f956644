"""Lexemes → the typed tree. luqum parses the structure; what stands at its leaves is read here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from luqum import tree as luqum_tree
from luqum.exceptions import ParseError
from luqum.thread import parse as parse_structure

from core.letters import WORD
from core.persian import surface_of, term_of
from store.addresses import keys_of
from store.query_expand import joined, phrase_readings, readings_of
from store.query_fields import Mistake, Reading, value_node, with_whole_names
from store.query_lex import OPERANDS, Kind, Lexeme
from store.query_tree import (
    Address,
    And,
    Bag,
    Everything,
    Fuzzy,
    Is,
    Named,
    Node,
    Not,
    Nothing,
    Or,
    Phrase,
    Prefix,
    TextField,
    Within,
    Word,
)
from store.query_words import CLOSED, MAX_DEPTH, NAMED_FIELDS, STOP_TERMS
from store.vocabulary import Vocabulary

SHORTEST_PREFIX = 2
MAX_DISTANCE = 2
# The largest NEAR distance by number of words: every order and gap is asked for by itself, so that both engines agree exactly.
MAX_SLOPS = {2: 50, 3: 12, 4: 4, 5: 1}
_STOPS = frozenset((term,) for term in STOP_TERMS)
_JOINERS = "-_/.:@'٫،"


@dataclass
class Reader:
    """Reads one search; collects remarks on the way."""

    lexemes: Sequence[Lexeme]
    now: datetime
    notes: list[str]
    words: Vocabulary

    def read(self) -> Node:
        """The tree of all lexemes."""
        self.lexemes = with_whole_names(self.lexemes, self.words)
        if not self.lexemes:
            return Nothing()
        try:
            structure = parse_structure(self._structure())
        except (ParseError, RecursionError):
            self.notes.append("ساختار جست‌وجو خوانده نشد؛ همهٔ واژه‌ها با هم جست‌وجو شد.")
            structure = luqum_tree.UnknownOperation(*(luqum_tree.Word(f"w{at}") for at in self._operands()))
        return self._node(structure, None)

    def _operands(self) -> list[int]:
        return [at for at, lexeme in enumerate(self.lexemes) if lexeme.kind in OPERANDS]

    def _structure(self) -> str:
        """The search with a number in place of every leaf: nothing of what was typed can trouble the parser."""
        flat = _depth(self.lexemes) > MAX_DEPTH
        if flat:
            self.notes.append("پرانتزها بیش از اندازه تودرتو بود و نادیده گرفته شد.")
        signs = {Kind.AND: "AND", Kind.OR: "OR", Kind.NOT: "NOT", Kind.OPEN: "(", Kind.CLOSE: ")"}
        parts: list[str] = []
        for at, lexeme in enumerate(self.lexemes):
            if lexeme.kind in OPERANDS:
                parts.append(f"w{at} ")
            elif lexeme.kind is Kind.FIELD:
                parts.append(f"f{at}:")
            elif lexeme.kind in (Kind.PLUS, Kind.MINUS):
                parts.append(lexeme.kind.value)
            elif not (flat and lexeme.kind in (Kind.OPEN, Kind.CLOSE)):
                parts.append(signs[lexeme.kind] + " ")
        return "".join(parts)

    def _node(self, item: luqum_tree.Item, field: Lexeme | None) -> Node:
        match item:
            case luqum_tree.Word():
                return self._together([item], field)
            case luqum_tree.SearchField():
                return self._node(item.expr, self.lexemes[int(item.name[1:])])
            case luqum_tree.Group() | luqum_tree.FieldGroup() | luqum_tree.Plus():
                return self._node(item.children[0], field)
            case luqum_tree.Not() | luqum_tree.Prohibit():
                return conjunction([Everything(), Not(self._node(item.children[0], field))])
            case luqum_tree.AndOperation():
                return conjunction([self._inner(child, field) for child in item.children])
            case luqum_tree.OrOperation():
                return disjunction([self._node(child, field) for child in item.children])
            case _:
                return self._together(item.children, field)

    def _inner(self, item: luqum_tree.Item, field: Lexeme | None) -> Node:
        """A negation inside a conjunction needs no «everything» beside it."""
        if isinstance(item, luqum_tree.Not | luqum_tree.Prohibit):
            return Not(self._node(item.children[0], field))
        return self._node(item, field)

    def _together(self, items: Sequence[luqum_tree.Item], field: Lexeme | None) -> Node:
        """Things beside each other without an operator."""
        if field and field.text not in ("headline",):
            return self._values(items, field)
        soft: list[Node] = []
        hard: list[Node] = []
        for is_word, run in groupby(items, key=self._is_plain_word):
            if is_word:
                soft += _words([self.lexemes[int(item.value[1:])] for item in run], "headline" if field else "all")
                continue
            for item in run:
                node = self._operand(item, field) if isinstance(item, luqum_tree.Word) else self._inner(item, field)
                is_hard = isinstance(node, Not | Is | Named | Within | Address) or isinstance(
                    item, luqum_tree.Plus | luqum_tree.SearchField
                )
                (hard if is_hard else soft).append(node)
        soft = _without_stop_words(soft)
        if not soft and not hard:
            return Nothing()
        together = [soft[0] if len(soft) == 1 else Bag(tuple(soft))] if soft else []
        if not soft and all(isinstance(node, Not) for node in hard):
            together = [Everything()]
        return conjunction([*together, *hard])

    def _is_plain_word(self, item: luqum_tree.Item) -> bool:
        return isinstance(item, luqum_tree.Word) and self.lexemes[int(item.value[1:])].kind is Kind.WORD

    def _operand(self, item: luqum_tree.Word, field: Lexeme | None) -> Node:
        lexeme = self.lexemes[int(item.value[1:])]
        name: TextField = "headline" if field else "all"
        place = (lexeme.start, lexeme.end)
        if lexeme.kind is Kind.ADDRESS:
            return Address(lexeme.text, keys_of(lexeme.text), *place)
        if lexeme.kind is Kind.PHRASE:
            return self._phrase(lexeme, name)
        surfaces = [surface for word in WORD.findall(lexeme.text) if (surface := surface_of(word))]
        if not surfaces:
            return Nothing()
        before: list[Node] = list(_words([Lexeme(Kind.WORD, " ".join(surfaces[:-1]), *place)], name))
        last: Node
        if lexeme.kind is Kind.PREFIX:
            if len(surfaces[-1]) < SHORTEST_PREFIX and not lexeme.text.isalpha():
                return conjunction([*_words([replace(lexeme, kind=Kind.WORD)], name)] or [Nothing()])
            if len(surfaces[-1]) < SHORTEST_PREFIX:
                raise Mistake(*place, "prefix too short", f"پیش از ستاره دست‌کم {SHORTEST_PREFIX} حرف لازم است.")
            last = Prefix(surfaces[-1] + "*", surfaces[-1], name, *place)
        else:
            last = self._fuzzy(lexeme, surfaces[-1], name)
        return conjunction([*before, last])

    def _fuzzy(self, lexeme: Lexeme, surface: str, name: TextField) -> Node:
        distance = lexeme.number if lexeme.number is not None else 1
        if distance > MAX_DISTANCE:
            self.notes.append("فاصلهٔ املایی بیش از ۲ نمی‌شود؛ ۲ به کار رفت.")
        distance = min(distance, MAX_DISTANCE, 1 if len(surface) < 5 else MAX_DISTANCE)
        if distance < 1 or len(surface) < 3:
            readings = readings_of(surface)
            return Word(surface, readings, name, lexeme.start, lexeme.end) if readings else Nothing()
        return Fuzzy(f"{surface}~{distance}", surface, distance, name, lexeme.start, lexeme.end)

    def _phrase(self, lexeme: Lexeme, name: TextField) -> Node:
        sequences = phrase_readings(lexeme.text)
        place = (lexeme.start, lexeme.end)
        if not sequences:
            return Nothing()
        if len(sequences[0]) == 1 and lexeme.number is None:
            return Word(lexeme.text, sequences, name, *place)
        slop = lexeme.number
        if slop is not None:
            slop, sequences = self._limited(slop, sequences)
        return disjunction([_phrase_or_word(lexeme, sequence, slop, name) for sequence in sequences])

    def _limited(self, slop: int, sequences: tuple[tuple[str, ...], ...]) -> tuple[int | None, tuple[tuple[str, ...], ...]]:
        longest = max(len(sequence) for sequence in sequences)
        if longest > max(MAX_SLOPS):
            self.notes.append("نزدیکی برای بیش از پنج واژه خوانده نمی‌شود؛ عبارت دقیق جست‌وجو شد.")
            return None, sequences
        limit = MAX_SLOPS[max(2, longest)]
        if slop > limit:
            self.notes.append(f"فاصله برای این شمار واژه بیش از {limit} نمی‌شود؛ {limit} به کار رفت.")
        return min(slop, limit), sequences

    def _values(self, items: Sequence[luqum_tree.Item], field: Lexeme) -> Node:
        leaves = [item for item in items if isinstance(item, luqum_tree.Word)]
        if field.text in NAMED_FIELDS and len(leaves) == len(items) and all(self._is_plain_word(item) for item in leaves):
            lexemes = [self.lexemes[int(item.value[1:])] for item in leaves]
            return self._value(Lexeme(Kind.WORD, " ".join(lexeme.text for lexeme in lexemes), lexemes[0].start, lexemes[-1].end), field)
        nodes = [
            self._value(self.lexemes[int(item.value[1:])], field) if isinstance(item, luqum_tree.Word) else self._inner(item, field)
            for item in items
        ]
        return disjunction(nodes) if field.text in CLOSED or field.text in ("outlet", "group") else conjunction(nodes)

    def _value(self, lexeme: Lexeme, field: Lexeme) -> Node:
        return value_node(lexeme, field, Reading(self.now, self.words, self.notes))


def _phrase_or_word(lexeme: Lexeme, sequence: tuple[str, ...], slop: int | None, name: TextField) -> Node:
    if len(sequence) == 1:
        return Word(lexeme.text, (sequence,), name, lexeme.start, lexeme.end)
    return Phrase(lexeme.text, sequence, slop, name, lexeme.start, lexeme.end)


def conjunction(parts: list[Node]) -> Node:
    """All of the parts, without needless nesting."""
    flat: list[Node] = []
    for part in parts:
        flat += part.parts if isinstance(part, And) else (part,)
    if len(flat) > 1:
        flat = [part for part in flat if not isinstance(part, Everything)] or [Everything()]
        if all(isinstance(part, Not) for part in flat):
            flat = [Everything(), *flat]
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def disjunction(parts: list[Node]) -> Node:
    """One of the parts, without needless nesting; values of one field become one list."""
    flat: list[Node] = []
    for part in parts:
        flat += part.parts if isinstance(part, Or) else (part,)
    first = flat[0]
    if len(flat) > 1 and isinstance(first, Is) and all(isinstance(part, Is) and part.field == first.field for part in flat):
        values = tuple(dict.fromkeys(value for part in flat if isinstance(part, Is) for value in part.values))
        return Is(first.field, values, f"{first.field}:({' OR '.join(values)})", first.start, max(getattr(part, "end", 0) for part in flat))
    return first if len(flat) == 1 else Or(tuple(flat))


def _words(lexemes: list[Lexeme], field: TextField) -> list[Word]:
    """The words of neighbouring lexemes, each with its readings and the compounds it makes with its neighbours."""
    pieces = [piece for lexeme in lexemes for piece in _pieces(lexeme)]
    makes = joined([text for text, _, _ in pieces])
    found = []
    for (text, start, end), compounds in zip(pieces, makes, strict=True):
        words = WORD.findall(text)
        readings = readings_of(text) if len(words) == 1 else (tuple(term for word in words if (term := term_of(word))),)
        if readings and readings[0]:
            extra = tuple((term,) for term in compounds if (term,) not in readings)
            found.append(Word(text, readings + tuple(dict.fromkeys(extra)), field, start, end))
    return found


def _pieces(lexeme: Lexeme) -> list[tuple[str, int, int]]:
    """The words of one lexeme; those parted by a hyphen, dot or the like stay together: «97-1400»."""
    found: list[tuple[str, int, int]] = []
    for match in WORD.finditer(lexeme.text):
        start, end = lexeme.start + match.start(), lexeme.start + match.end()
        between = lexeme.text[found[-1][2] - lexeme.start : match.start()] if found else " "
        if not between or (len(between) == 1 and between in _JOINERS[:-1]):
            found[-1] = (lexeme.text[found[-1][1] - lexeme.start : match.end()], found[-1][1], end)
        else:
            found.append((match.group(), start, end))
    return found


def _without_stop_words(parts: list[Node]) -> list[Node]:
    kept: list[Node] = [
        part for part in parts if not isinstance(part, Nothing) and not (isinstance(part, Word) and part.readings[0] in _STOPS)
    ]
    return kept or [part for part in parts if not isinstance(part, Nothing)]


def _depth(lexemes: Sequence[Lexeme]) -> int:
    deepest = depth = 0
    for lexeme in lexemes:
        depth += (lexeme.kind is Kind.OPEN) - (lexeme.kind is Kind.CLOSE)
        deepest = max(deepest, depth)
    return deepest
