"""How a text is cut for the models: their letters, one text of headline and body, windows of pieces. Fixed with the bundled weights.

The rules' folding lies in ``normalize``; this one is part of what the model was trained on and changes only with it.
"""

import re
from collections.abc import Sequence

HALF_SPACE = "\u200c"
MOST_WINDOWS = 32  # more than 4,000 words: such a text is read at this many places spread over it
WINDOW_CHARACTERS = 900  # at least that many are spread places wide
LONG = 1100  # characters, about two windows: the texts that the encoder learned from are no longer
LONGEST_SENTENCE = 300
_LETTERS = str.maketrans(
    "\u064a\u0649\u0643\u0629" + "۰۱۲۳۴۵۶۷۸۹" + "٠١٢٣٤٥٦٧٨٩" + HALF_SPACE + "\u00a0",
    "ییکه" + "0123456789" * 2 + "  ",
    "\u200b\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u0640\ufeff",
)
_MARKS = re.compile("[\u064b-\u0652\u0670\ud800-\udfff]")


def fold(text: str) -> str:
    """The letters as both models meet them: «كتاب‌هاي ۱۲» → «کتاب های 12»; marks, directions and lone surrogates go."""
    return _MARKS.sub("", text.translate(_LETTERS))


def joined(headline: str, body: str) -> str:
    """One text of headline and body, as the training rows have them: «تیتر — متن»."""
    return " — ".join(part for part in (headline.strip(), body.strip()) if part)


def thinned(text: str) -> str:
    """``text`` itself, or, where it is longer than MOST_WINDOWS windows, that many pieces of it from evenly spread places."""
    most = MOST_WINDOWS * WINDOW_CHARACTERS
    if len(text) <= most:
        return text
    step = (len(text) - WINDOW_CHARACTERS) / (MOST_WINDOWS - 1)
    return " ".join(text[round(i * step) : round(i * step) + WINDOW_CHARACTERS] for i in range(MOST_WINDOWS))


def condensed(text: str, places: Sequence[tuple[int, int]], strength: Sequence[float]) -> str:
    """The beginning of a long text and its most telling sentences, together about LONG characters, in the order of the text.

    ``places`` are the sentences and ``strength`` says how telling each is; a text that is not long is given back as it is.
    """
    if len(text) <= LONG:
        return text
    head = LONG // 2
    head = next((end for _, end in places if head - 150 < end < head + 150), head)
    room = LONG - head
    chosen: list[tuple[int, int]] = []
    for place in sorted(range(len(places)), key=lambda i: -strength[i]):
        start, end = max(places[place][0], head), min(places[place][1], places[place][0] + LONGEST_SENTENCE)
        if start < end and end - start <= room:
            chosen.append((start, end))
            room -= end - start
    return " ".join([text[:head], *(text[start:end] for start, end in sorted(chosen))])


def windows(ids: Sequence[int], size: int) -> list[list[int]]:
    """Piece ids cut into the fewest windows of at most ``size``, all about as long: 5 ids by 2 → 2 + 2 + 1; no ids → one empty window."""
    number = min(MOST_WINDOWS, max(1, -(-len(ids) // size)))
    ends = [min(round((i + 1) * len(ids) / number), round(i * len(ids) / number) + size) for i in range(number)]
    return [list(ids[round(i * len(ids) / number) : ends[i]]) for i in range(number)]
