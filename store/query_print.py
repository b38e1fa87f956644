"""A tree as text that reads back as the same tree: how a query is shown in ``explain`` and kept in a saved search."""

from datetime import datetime
from itertools import groupby, pairwise

from core.dates import TEHRAN
from core.letters import WORD
from store.query_expand import join
from store.query_lex import Kind, lex
from store.query_tree import And, Bag, Everything, Fuzzy, Is, Named, Node, Not, Nothing, Or, Phrase, Prefix, Within, Word

_APART = "و"
_QUOTES = '"«»“”„'


def printed(node: Node) -> str:
    """The search as text: And((Word("مترو"), Not(Word("قطار")))) → «(مترو) AND NOT (قطار)»."""
    match node:
        case Everything():
            return ""
        case Nothing():
            return "؟"
        case And():
            return " AND ".join(_negated(part) if isinstance(part, Not) else f"({printed(part)})" for part in node.parts if printed(part))
        case Not():
            return _negated(node)
        case Or():
            return " OR ".join(_alternatives(node.parts))
        case Bag():
            return _beside(node.parts)
        case _:
            return _leaf(node)


def _negated(node: Not) -> str:
    return f"NOT ({printed(node.part)})"


def _alternatives(parts: tuple[Node, ...]) -> list[str]:
    """The spellings of one typed phrase are printed once."""
    found = []
    for place, same in groupby(parts, key=_typed):
        spellings = list(same)
        if place and (len(spellings) > 1 or isinstance(spellings[0], Phrase)):
            found.append(_quoted(spellings[0]))
        else:
            found += [f"({printed(part)})" for part in spellings]
    return found


def _typed(part: Node) -> tuple[object, ...]:
    """Equal for the spellings of one phrase; empty for everything else."""
    if isinstance(part, Phrase | Word):
        return (part.text, part.field, part.start, part.end)
    return ()


def _quoted(part: Node) -> str:
    if not isinstance(part, Phrase | Word):
        return printed(part)
    text = _unquoted(part.text)
    slop = f"~{part.slop}" if isinstance(part, Phrase) and part.slop is not None else ""
    return _in_field(part.field, f'"{text}"{slop}')


def _beside(parts: tuple[Node, ...]) -> str:
    """Words that make no compound with their neighbour although they could are kept apart by «و», which is never required."""
    pieces = [_beside_one(parts[0])]
    for before, part in pairwise(parts):
        if isinstance(before, Word) and isinstance(part, Word) and join([before.text, part.text]):
            pieces += [_APART] * (not set(before.readings[1:]) & set(part.readings[1:]))
        pieces.append(_beside_one(part))
    return " ".join(pieces)


def _beside_one(part: Node) -> str:
    return _leaf(part) if isinstance(part, Word | Prefix | Fuzzy | Phrase) else f"({printed(part)})"


def _leaf(node: Node) -> str:
    match node:
        case Phrase():
            return _quoted(node)
        case Word() if not _is_plain(node.text):
            return _quoted(node)
        case Word() | Prefix() | Fuzzy():
            return _in_field(node.field, node.text)
        case Is():
            return f"{node.field}:({' OR '.join(_value(value) for value in node.values)})"
        case Named():
            return f"{node.field}:{_name(node)}"
        case Within():
            return node.text or _window(node.since, node.until)
        case _:
            return getattr(node, "text", "")


def _is_plain(text: str) -> bool:
    """Whether a text is read as one word without quotation marks."""
    lexemes = lex(text)[0]
    return len(lexemes) == 1 and lexemes[0].kind is Kind.WORD and lexemes[0].text == text and bool(WORD.match(text))


def _unquoted(text: str) -> str:
    return "".join(" " if char in _QUOTES else char for char in text)


def _in_field(field: str, text: str) -> str:
    return f"headline:{text}" if field == "headline" else text


def _value(value: str) -> str:
    return f'"{value}"'


def _name(node: Named) -> str:
    text = _unquoted(node.text.partition(":")[2]) or node.key
    return f"({text})" if node.terms else f'"{text}"'


def _window(since: datetime | None, until: datetime | None) -> str:
    parts = [
        f"{name}:{moment.astimezone(TEHRAN):%Y-%m-%dT%H:%M}" for name, moment in (("from", since), ("to", until)) if moment is not None
    ]
    return " ".join(parts)
