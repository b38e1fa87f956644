"""The typed tree that a search becomes. Nodes are frozen and hashable; what they mean does not depend on an engine."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

TextField = Literal["all", "headline"]

MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Everything:
    """Every article: the empty search."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No article: a search of which nothing is left, such as «؟!»."""


@dataclass(frozen=True, slots=True)
class Word:
    """A typed word. ``readings`` are the term sequences it covers, adjacent terms in order: (("دستفروش",), ("دست", "فروش")).

    ``start:end`` is its place in the typed text.
    """

    text: str
    readings: tuple[tuple[str, ...], ...]
    field: TextField = "all"
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Phrase:
    """Terms beside each other in this order, or with ``slop`` given in any order with at most ``slop`` other words among them."""

    text: str
    terms: tuple[str, ...]
    slop: int | None = None
    field: TextField = "all"
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words as written that begin so: «شهردار*»."""

    text: str
    prefix: str
    field: TextField = "all"
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Words as written at most ``distance`` letters away: «شهرداری~1»."""

    text: str
    word: str
    distance: int = 1
    field: TextField = "all"
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Is:
    """A value of a keyword field is one of ``values``: ``tone:negative``, ``outlet:(irna OR isna)``."""

    field: str
    values: tuple[str, ...]
    text: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Named:
    """A name field (entity, speaker, section, place) holds these terms beside each other, or has exactly the value ``key``."""

    field: str
    key: str
    terms: tuple[str, ...]
    text: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Within:
    """Published at ``since`` or later and before ``until`` (UTC); None leaves that side open."""

    since: datetime | None
    until: datetime | None
    text: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Address:
    """The article at this address; ``keys`` are the forms under which it may be stored."""

    text: str
    keys: tuple[str, ...]
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Bag:
    """Words without operators. All must be held to match; some are enough to follow as a partial match."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class And:
    """All parts match."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One part matches."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not match."""

    part: "Node"


Leaf = Everything | Nothing | Word | Phrase | Prefix | Fuzzy | Is | Named | Within | Address
Node = Leaf | Bag | And | Or | Not


@dataclass(frozen=True, slots=True)
class Query:
    """A search as understood: the typed ``text``, the tree and Persian remarks on how it was read."""

    text: str
    root: Node
    notes: tuple[str, ...] = ()


def whole_numbers(values: Iterable[str]) -> list[int]:
    """The ids among the values of a field of numbers, as far as an index can hold them: ``("12", "x", "9" * 20)`` → ``[12]``."""
    return [int(value) for value in values if value.isascii() and value.isdigit() and len(value) <= MOST_DIGITS]
