"""The letters of Persian text as people really type them, folded to one form. Invisible characters have names here."""

import re

ZWNJ = "\u200c"
ZWSP = "\u200b"
ZWJ = "\u200d"
LRM = "\u200e"
RLM = "\u200f"
SOFT_HYPHEN = "\u00ad"
NOT_SIGN = "\u00ac"
BOM = "\ufeff"
KASHIDA = "\u0640"
HAMZA_ABOVE = "\u0654"

HALF_SPACES = ZWNJ + ZWSP + NOT_SIGN
_MARKS = "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
_IGNORED = ZWJ + LRM + RLM + SOFT_HYPHEN + BOM + KASHIDA + "\u061c\u202a-\u202e\u2066-\u2069"
_PERSIAN = "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc"
_DIGITS = "0-9\u06f0-\u06f9\u0660-\u0669"

LATIN_DIGITS = {first + digit: str(digit) for first in (0x06F0, 0x0660) for digit in range(10)}
"""For ``str.translate``: «۱۴۰۵» and «١٤٠٥» → «1405», and nothing else changes."""

_TABLE: dict[int, str] = {
    **{ord(mark): "" for mark in (ZWJ, LRM, RLM, SOFT_HYPHEN, BOM, KASHIDA, "\u061c")},
    **{code: "" for block in ((0x0610, 0x061B), (0x064B, 0x0660), (0x06D6, 0x06DD), (0x06DF, 0x06E9)) for code in range(*block)},
    **{code: "" for block in ((0x06EA, 0x06EE), (0x202A, 0x202F), (0x2066, 0x206A)) for code in range(*block)},
    0x0670: "",
    **{ord(letter): "ی" for letter in "يىېےۍێۑئؽؾؿࢨ"},
    **{ord(letter): "ک" for letter in "كڪګڭگݢػؼ" if letter != "گ"},
    **{ord(letter): "ه" for letter in "ةۀەھہۂۃۿ"},
    **{ord(letter): "ا" for letter in "أإآٱٲٳٵ"},
    **{ord(letter): "و" for letter in "ؤۆۇۈۊۋٶ"},
    ord("ء"): "",
    **{ord(sign): ZWNJ for sign in (ZWSP, NOT_SIGN)},
    **LATIN_DIGITS,
}
_HAMZA_SEATS = ((re.compile("[ئؤ](?=[وؤ])"), "و"), (re.compile("(?<=[وؤ])ئ(?=و)"), "و"), (re.compile("(?<!ا)ئ(?=ت|له)"), "ا"))
_PRESENTATION = re.compile("[\ufb50-\ufdff\ufe70-\ufefc\uff00-\uffef]")

WORD = re.compile(
    rf"[{_PERSIAN}][{_PERSIAN}{_MARKS}{_IGNORED}{HALF_SPACES}]*"
    rf"|[{_DIGITS}]+(?:[٬,][{_DIGITS}]{{3}})+(?![{_DIGITS}])"
    rf"|[{_DIGITS}]*[A-Za-z\u00c0-\u024f][A-Za-z\u00c0-\u024f{_DIGITS}]*"
    rf"|[{_DIGITS}]+"
    rf"|[^\W\d_{_PERSIAN}A-Za-z\u00c0-\u024f]+"
)


def fold(word: str) -> str:
    """One form for every way to write the same letters; half-spaces stay as ``ZWNJ``. Idempotent.

    «كلائي» → «کلایی» · «مسئول», «مسؤول» → «مسوول» · «رئیس» → «رییس» · «هیئت», «هيأت» → «هیات» · «خانۀ» → «خانه» ·
    «آسفالت» → «اسفالت» · «شـــهر» → «شهر» · «۱۴۰۵», «١٤٠٥» → «1405» · «انشاء» → «انشا» · «Mashhad» → «mashhad»
    """
    if _PRESENTATION.search(word):
        word = _expanded(word)
    if "ئ" in word or "ؤ" in word:
        for pattern, replacement in _HAMZA_SEATS:
            word = pattern.sub(replacement, word)
    return word.translate(_TABLE).lower()


def _expanded(word: str) -> str:
    """Presentation forms as letters: «ﻻ» → «لا». Only they are touched, so that nothing else changes its length."""
    from unicodedata import normalize

    return _PRESENTATION.sub(lambda found: normalize("NFKC", found.group()).replace(" ", ""), word)
