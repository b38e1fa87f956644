"""How an outlet types: the same sentence as three newsrooms would key it in."""

import re
from typing import Literal

ZWNJ = "\u200c"
Habit = Literal["half_spaces", "arabic_letters", "joined"]

_ARABIC = str.maketrans({"ی": "ي", "ک": "ك"})
_JOINED_PLURAL = re.compile(f"{ZWNJ}(ها|های|هایی)(?=$|[^\\w{ZWNJ}])")
_SPACED_PREFIX = re.compile(rf"(?<!\w)(ن?می){ZWNJ}")
_NON_JOINERS = "اآدذرزژوهۀ"


def in_habit(text: str, habit: Habit, turn: int = 0) -> str:
    """The text as that newsroom types it; ``turn`` counts the paragraphs, since no newsroom is consistent.

    ``half_spaces``: as given. ``arabic_letters``: every third paragraph with Arabic ي and ك. ``joined``: plurals are joined
    or parted by a space, «می» stands apart: «شهرداری‌ها می‌گویند» → «شهرداریها می گویند».
    """
    if habit == "arabic_letters" and turn % 3 == 1:
        return text.translate(_ARABIC)
    if habit == "joined":
        return _SPACED_PREFIX.sub(r"\1 ", _JOINED_PLURAL.sub(_join, text))
    return text


def _join(match: re.Match[str]) -> str:
    before = match.string[match.start() - 1]
    return (" " if before in _NON_JOINERS else "") + match[1]
