"""Text cut where marks begin and end, so that a template may set each piece apart without any HTML in the text itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters ``start:end`` of a text that are to be set apart as ``kind``; ``note`` is what a reader is told about them."""

    start: int
    end: int
    kind: str
    note: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text with the marks that cover all of it, the longest first."""

    text: str
    marks: tuple[Mark, ...] = ()

    @property
    def classes(self) -> str:
        """The kinds as class names: «mark-quote mark-entity»."""
        return " ".join(dict.fromkeys(f"mark-{mark.kind}" for mark in self.marks))

    @property
    def note(self) -> str:
        """What is said about the piece, parted by « · »."""
        return " · ".join(dict.fromkeys(mark.note for mark in self.marks if mark.note))

    @property
    def link(self) -> str:
        """The address behind the innermost mark that has one."""
        return next((mark.link for mark in reversed(self.marks) if mark.link), "")


def cut(text: str, marks: Iterable[Mark], offset: int = 0) -> list[Piece]:
    """The text in pieces that join to it again; marks are counted from ``offset`` before the text's first character.

    >>> [(piece.text, piece.classes) for piece in cut("abcd", [Mark(1, 3, "quote"), Mark(2, 3, "entity")])]
    [('a', ''), ('b', 'mark-quote'), ('c', 'mark-quote mark-entity'), ('d', '')]
    """
    inside = [
        (max(0, mark.start - offset), min(len(text), mark.end - offset), mark)
        for mark in marks
        if mark.start - offset < len(text) and mark.end > offset and mark.start < mark.end
    ]
    inside.sort(key=lambda one: one[0] - one[1])
    edges = sorted({0, len(text), *(start for start, _end, _mark in inside), *(end for _start, end, _mark in inside)})
    return [
        Piece(text[left:right], tuple(mark for start, end, mark in inside if start <= left and right <= end))
        for left, right in pairwise(edges)
    ]


def paragraphs(body: str, marks: Sequence[Mark]) -> list[list[Piece]]:
    """The body's paragraphs, each cut by the marks that touch it; empty ones are left out."""
    cuts: list[list[Piece]] = []
    start = 0
    for paragraph in body.split("\n"):
        if paragraph.strip():
            cuts.append(cut(paragraph, marks, start))
        start += len(paragraph) + 1
    return cuts
