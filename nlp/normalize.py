"""Text folded for matching, with the way back: what the rules read, never what is stored or shown.

``fold("شهرداري‌هاي  مشهد").text`` → ``"شهرداری های مشهد"``. Letters are unified, digits become ASCII, half-spaces become spaces,
marks that nobody sees are dropped and runs of blanks become one, so a rule needs one spelling only.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass

ZWNJ = "\u200c"
REPLACEMENT = "\ufffd"

_LETTERS = {
    "ي": "ی",
    "ى": "ی",
    "ې": "ی",
    "ۍ": "ی",
    "ئ": "ی",
    "ك": "ک",
    "ڪ": "ک",
    "ة": "ه",
    "ۀ": "ه",
    "ە": "ه",
    "ہ": "ه",
    "أ": "ا",
    "إ": "ا",
    "ٱ": "ا",
    "ؤ": "و",
    "٫": ".",
    "٬": ",",
    "“": '"',
    "”": '"',
    "„": '"',
    "‟": '"',
    "《": "«",
    "》": "»",
    "‹": "«",
    "›": "»",
    "\u00a0": " ",
    "\u202f": " ",
    "\u2009": " ",
    "\u3000": " ",
    "\t": " ",
    ZWNJ: " ",
    "\r": "\n",
    "\u2028": "\n",
    "\u2029": "\n",
    "\u0085": "\n",
    "\x0b": "\n",
    "\x0c": "\n",
}
_TABLE: dict[int, str] = {ord(letter): folded for letter, folded in _LETTERS.items()}
_TABLE |= {0x06F0 + digit: str(digit) for digit in range(10)}
_TABLE |= {0x0660 + digit: str(digit) for digit in range(10)}
_TABLE |= dict.fromkeys(range(0xD800, 0xE000), REPLACEMENT)

_INVISIBLE = "\u064b-\u065f\u0670\u06d6-\u06ed\u0640\u200b\u200d\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff\u00ad\ufe0f"
_DROPPED = re.compile(f"[{_INVISIBLE}]+|(?<=[ \n])[ {_INVISIBLE}]+")


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text and where its characters stood: from folded offset ``starts[i]`` on, ``shifts[i]`` is to be added."""

    text: str
    starts: tuple[int, ...] = ()
    shifts: tuple[int, ...] = ()

    def origin(self, offset: int) -> int:
        """The offset in the original text of the folded character at ``offset`` (its length gives the end of the text)."""
        if not self.starts:
            return offset
        place = bisect_right(self.starts, offset) - 1
        return offset if place < 0 else offset + self.shifts[place]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original ``(start, end)`` of the folded ``start:end``; an empty span stays empty."""
        if end <= start:
            return self.origin(start), self.origin(start)
        return self.origin(start), self.origin(end - 1) + 1


def fold(text: str) -> Folded:
    """``text`` folded for matching; any string is taken, lone surrogates included. ``"كلائي ۱۲"`` → ``"کلایی 12"``."""
    mapped = text.translate(_TABLE)
    pieces: list[str] = []
    starts: list[int] = []
    shifts: list[int] = []
    last = dropped = 0
    for hole in _DROPPED.finditer(mapped):
        pieces.append(mapped[last : hole.start()])
        last = hole.end()
        starts.append(hole.start() - dropped)
        dropped += hole.end() - hole.start()
        shifts.append(dropped)
    if not starts:
        return Folded(mapped)
    pieces.append(mapped[last:])
    return Folded("".join(pieces), tuple(starts), tuple(shifts))


def fold_word(text: str) -> str:
    """A name or phrase as rules and the register write it: folded and stripped. ``" شهرداري‌ "`` → ``"شهرداری"``."""
    return fold(text).text.strip()
