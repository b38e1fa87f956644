"""What the name recogniser's later readings see besides the words: a gazetteer made of unlabelled news, and the rest of the document.

Features are strings like those of ``nlp/names.py``; both functions append to the rows that they are given.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from core.records import EntityKind

# The order of the digits in a word's code.
ORDER: tuple[EntityKind, ...] = ("PER", "ORG", "LOC")
# Shares of a word's occurrences that are of one kind, cut into six levels.
LEVELS = (0.03, 0.12, 0.35, 0.65, 0.88)
# From this level on a word sounds like a name.
SOUNDING = "2345"
MOST_COUNTED = 3

Tokens = Sequence[str]
Rows = Sequence[list[str]]
Form = tuple[str, ...]


def level(share: float) -> int:
    """0 (hardly ever) to 5 (nearly always). ``0.5`` → 3."""
    return sum(share >= least for least in LEVELS)


class Forms:
    """Names of several words; at any place the longest one is found."""

    def __init__(self, forms: Iterable[Form]) -> None:
        self._known = frozenset(forms)
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for form in self._known:
            lengths[form[0]].add(len(form))
        self._lengths = {first: sorted(own, reverse=True) for first, own in lengths.items()}

    def longest(self, tokens: Tokens, place: int) -> Form:
        """The longest name that begins at ``place``; an empty one when there is none."""
        for length in self._lengths.get(tokens[place], ()):
            if (form := tuple(tokens[place : place + length])) in self._known:
                return form
        return ()


class Gazetteer:
    """How often a first recogniser took a word of unlabelled news for a name of each kind, and the longer names it found again and again.

    ``words`` gives a code of three digits (PER, ORG, LOC); ``known`` are words whose absence from ``words`` says that they are no names.
    """

    def __init__(self, words: dict[str, str], names: Iterable[tuple[str, EntityKind]], known: Collection[str]) -> None:
        self._words, self._known = words, known
        self._names = {tuple(name.split(" ")): kind for name, kind in names}
        self._forms = Forms(self._names)

    @classmethod
    def read(cls, path: Path, known: Collection[str]) -> "Gazetteer":
        """From lines ``word TAB 205`` and ``several words TAB ORG``, as ``write`` makes them."""
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
        names = [(text, kind) for text, code in rows for kind in ORDER if code == kind]
        return cls({text: code for text, code in rows if code.isdigit()}, names, known)

    @staticmethod
    def write(path: Path, words: dict[str, str], names: Iterable[tuple[str, EntityKind]]) -> None:
        """The file that ``read`` reads."""
        lines = [f"{text}\t{code}\n" for text, code in (*sorted(words.items()), *sorted(names))]
        path.write_text("".join(lines), encoding="utf-8")

    def code(self, word: str) -> str:
        """Three levels, ``n`` for a known word that is no name, ``u`` for an unknown one."""
        return self._words.get(word) or ("n" if word in self._known else "u")

    def hint(self, tokens: Tokens, rows: Rows) -> bool:
        """Adds each token's code, its neighbours' and its place in a longer name; says whether any word sounds like a name."""
        codes = [self.code(token) for token in tokens]
        last = len(tokens) - 1
        for place, row in enumerate(rows):
            here = codes[place]
            row.append(f"g={here}")
            if len(here) > 1:
                row += [f"g{kind}={digit}" for kind, digit in enumerate(here) if digit != "0"]
            if place:
                row += (f"-1g={codes[place - 1]}", f"-1g0={codes[place - 1]}|{here}")
            if place < last:
                row += (f"+1g={codes[place + 1]}", f"0g+1={here}|{codes[place + 1]}")
        place = 0
        while place <= last:
            place += self._hint_name(tokens, rows, place) or 1
        return any(code == "u" or max(code) in SOUNDING for code in codes)

    def _hint_name(self, tokens: Tokens, rows: Rows, place: int) -> int:
        """Marks the longest name that begins here; how many tokens it has, 0 for none."""
        form = self._forms.longest(tokens, place)
        if form:
            end = place + len(form)
            mark_form(rows[place:end], "h", self._names[form])
            if end < len(rows):
                rows[end].append("h=after")
        return len(form)


def mark_form(rows: Rows, prefix: str, kind: str) -> None:
    """Adds to the rows of a name which part of it each is: ``h=BORG``, ``h=IORG``, ``h=LORG``."""
    for place, row in enumerate(rows):
        part = "B" if place == 0 else "L" if place == len(rows) - 1 else "I"
        row.append(f"{prefix}={part}{kind}")


def phrases(tags: Sequence[str]) -> set[tuple[int, int, str]]:
    """The phrases of a tag sequence as ``(first, last + 1, kind)``. ``["B-PER", "I-PER", "O"]`` → ``{(0, 2, "PER")}``."""
    found, begin = set(), 0
    for place, tag in enumerate([*tags, "O"]):
        previous = tags[place - 1] if place else "O"
        if previous != "O" and (tag[:2] != "I-" or tag[2:] != previous[2:]):
            found.add((begin, place, previous[2:]))
        if tag != "O" and (tag[:2] == "B-" or previous == "O" or tag[2:] != previous[2:]):
            begin = place
    return found


def document_hints(parts: Sequence[Tokens], tags: Sequence[Sequence[str]], rows: Sequence[Rows]) -> None:
    """Adds what a first reading (``tags``, B-/I-/O) took the same word, and the same longer name, for elsewhere in the document."""
    votes: defaultdict[str, Counter[str]] = defaultdict(Counter)
    forms: defaultdict[Form, Counter[str]] = defaultdict(Counter)
    named = [phrases(own) for own in tags]
    for tokens, own, found in zip(parts, tags, named, strict=True):
        for token, tag in zip(tokens, own, strict=True):
            votes[token][tag] += 1
        for first, end, kind in found:
            if end - first > 1:
                forms[tuple(tokens[first:end])][kind] += 1
    known = Forms(forms)
    for tokens, own, found, part in zip(parts, tags, named, rows, strict=True):
        for token, tag, row in zip(tokens, own, part, strict=True):
            _hint_word(votes[token], tag, row)
        place = 0
        while place < len(tokens):
            form = known.longest(tokens, place)
            if form:
                _hint_form(forms[form], found, place, part[place : place + len(form)])
            place += len(form) or 1


def _hint_word(votes: Counter[str], tag: str, row: list[str]) -> None:
    if len(votes) == 1 and tag == "O":
        return
    others = votes - Counter([tag])
    kinds = Counter({"O": others["O"]}) if others["O"] else Counter[str]()
    for other, count in sorted(others.items()):
        if other != "O":
            kinds[other[2:]] += count
    if not kinds.keys() - {"O"}:
        return
    most = max(kinds, key=lambda kind: (kinds[kind], kind))
    row += (f"dm={most}", f"dm={most}{'!' if len(kinds) == 1 else ''}{min(kinds[most], MOST_COUNTED)}")
    row += [f"dk={kind}" for kind in kinds]
    row.append(f"dt={max(others, key=lambda other: (others[other], other))}")


def _hint_form(kinds: Counter[str], own: set[tuple[int, int, str]], place: int, rows: Rows) -> None:
    most = max(kinds, key=lambda kind: (kinds[kind], kind))
    if kinds.total() > ((place, place + len(rows), most) in own):
        mark_form(rows, "dp", most)


def voted(readings: Sequence[Sequence[str]], least: int) -> list[tuple[int, int, str]]:
    """The phrases that at least ``least`` of the readings (B-/I-/O) have, none overlapping, in order."""
    counts = Counter(phrase for tags in readings for phrase in phrases(tags))
    chosen: list[tuple[int, int, str]] = []
    taken: set[int] = set()
    for phrase, count in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0][0] - entry[0][1], entry[0])):
        places = range(phrase[0], phrase[1])
        if count >= least and taken.isdisjoint(places):
            chosen.append(phrase)
            taken.update(places)
    return sorted(chosen)
