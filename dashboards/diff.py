"""What changed between two versions of a text, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_WORDS = re.compile(r"\s+|[^\s]+")
_MOST_WORDS = 20_000


@dataclass(frozen=True, slots=True)
class Changed:
    """A piece of text that stayed, came in or went out."""

    text: str
    kind: Literal["same", "in", "out"]


def compare(older: str, newer: str) -> list[Changed]:
    """The pieces of both texts in reading order; beyond 20,000 words a text is shown as replaced whole.

    >>> [(piece.text, piece.kind) for piece in compare("a b c", "a x c")]
    [('a ', 'same'), ('b', 'out'), ('x', 'in'), (' c', 'same')]
    """
    before, after = _WORDS.findall(older), _WORDS.findall(newer)
    if len(before) + len(after) > _MOST_WORDS:
        return [Changed(older, "out"), Changed(newer, "in")]
    pieces: list[Changed] = []
    for step, left, left_end, right, right_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if step == "equal":
            pieces.append(Changed("".join(before[left:left_end]), "same"))
            continue
        if left < left_end:
            pieces.append(Changed("".join(before[left:left_end]), "out"))
        if right < right_end:
            pieces.append(Changed("".join(after[right:right_end]), "in"))
    return pieces
