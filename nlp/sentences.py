"""Where sentences begin and end: offsets only, so that every rule and label can point into the text as given."""

import re

# A mark ends a sentence unless digits surround it (3.5) or it stands behind a one-letter abbreviation («م. احمدی»).
_END = re.compile(r"(?:(?<![0-9۰-۹٠-٩.])|(?<=[0-9۰-۹٠-٩])(?![0-9۰-۹٠-٩./]))(?:[.!?؟…]+|[؛;](?=\s))[»\"”)\]]*(?![0-9۰-۹٠-٩])|\n+")
LONGEST = 1_000  # no sentence is longer: what reads one may then take its square in time
_ABBREVIATION = re.compile(r"(?:^|[\s«(])[^\W\d_]\.$")


def sentences(text: str) -> list[tuple[int, int]]:
    """The sentences of ``text`` as ``(start, end)``, blanks around them left out. ``"آمد. رفت."`` → ``[(0, 5), (6, 10)]``.

    Line ends part sentences, and so does a blank in one that runs over ``LONGEST`` characters;
    a sentence keeps its final mark and closing quotation mark. Takes time linear in the length.
    """
    found: list[tuple[int, int]] = []
    begin = 0
    for mark in _END.finditer(text):
        end = mark.end()
        if mark.group().startswith(".") and _ABBREVIATION.search(text, max(begin, end - 3), end):
            continue
        _append_parted(found, text, begin, end)
        begin = end
    _append_parted(found, text, begin, len(text))
    return found


def _append_parted(found: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while end - start > LONGEST:
        cut = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        cut = cut if cut > 0 else start + LONGEST
        _append(found, text, start, cut)
        start = cut
    _append(found, text, start, end)


def _append(found: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped and any(letter.isalnum() for letter in stripped):
        lead = len(piece) - len(piece.lstrip())
        found.append((start + lead, start + lead + len(stripped)))
