"""Names of persons, organisations and places in running text: linear-chain CRFs over word shapes, classes and neighbours.

Three of them (``nlp/names_model``, made by ``nlp/train/ner_panel.py``) read a document: one its words alone, one with a gazetteer, one
also with what the first has found elsewhere in the document; what two of the three say stands. The word classes are
``nlp/model/ner_classes.tsv``.
"""

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import batched
from pathlib import Path
from typing import Any, cast, get_args

from core.records import EntityKind
from nlp.name_hints import Gazetteer, document_hints, voted

_WORD = re.compile(r"[^\W_]+|[^\s\w]|_+")
_SENTENCE_END = frozenset(".!?؟")
LONGEST = 120
KINDS = frozenset(get_args(EntityKind))

_PLAIN = {"U": "B", "L": "I"}

Word = tuple[str, int, int]
Name = tuple[int, int, EntityKind]


def words(text: str) -> list[Word]:
    """Words and single marks of folded text with offsets. ``"مشهد، 12"`` → ``[("مشهد",0,4), ("،",4,5), ("12",6,8)]``."""
    return [(match.group(), match.start(), match.end()) for match in _WORD.finditer(text)]


@dataclass(frozen=True, slots=True)
class _Known:
    own: list[str]
    near: dict[str, list[str]]
    group: str
    coarse: str


class WordFeatures:
    """What the CRF sees of a word, given the word classes ``{word: (coarse, middle, fine)}``; answers are kept for words seen lately."""

    def __init__(self, classes: dict[str, tuple[str, ...]]) -> None:
        self.classes = classes
        self.of_word = lru_cache(maxsize=60_000)(self._of_word)

    @classmethod
    def read(cls, path: Path) -> "WordFeatures":
        """From the file that ``nlp/train/word_classes.py`` writes."""
        rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
        return cls({word: tuple(groups) for word, *groups in rows})

    def _of_word(self, word: str) -> "_Known":
        coarse, group, fine = self.classes.get(word, ("?", "?", "?"))
        shape = _shape(word)
        own = [f"w={word}", f"b={coarse}", f"c={group}", f"d={fine}", f"s={shape}"]
        if shape == "fa":
            own += [f"p2={word[:2]}", f"p3={word[:3]}", f"e2={word[-2:]}", f"e3={word[-3:]}", f"e4={word[-4:]}"]
        near = (f"w={word}", f"c={group}", f"b={coarse}")
        return _Known(own, {step: [step + part for part in near] for step in ("-2", "-1", "+1", "+2")}, group, coarse)

    def sentence(self, tokens: Sequence[str]) -> list[list[str]]:
        """One list of features for each token."""
        known = [self.of_word(token) for token in tokens]
        last = len(tokens) - 1
        rows: list[list[str]] = []
        for place, here in enumerate(known):
            row = here.own.copy()
            if place:
                before = known[place - 1]
                row += before.near["-1"]
                row += (f"-1c0c={before.group}|{here.group}", f"-1w0c={tokens[place - 1]}|{here.group}")
            else:
                row.append("first")
            if place < last:
                after = known[place + 1]
                row += after.near["+1"]
                row.append(f"0c+1c={here.group}|{after.group}")
                if place:
                    row.append(f"-1b0b+1b={known[place - 1].coarse}|{here.coarse}|{after.coarse}")
            if place > 1:
                row += known[place - 2].near["-2"]
            if place < last - 1:
                row += known[place + 2].near["+2"]
            rows.append(row)
        return rows


def _shape(word: str) -> str:
    if word.isdigit():
        return f"d{min(len(word), 5)}"
    if not word[0].isalnum():
        return "mark"
    if word[0].isascii():
        return "Latin" if word[0].isupper() else "latin"
    return "fa" if len(word) > 1 else "one"


def chunks(tokens: Sequence[Word], text: str) -> list[Sequence[Word]]:
    """The tokens parted at sentence ends, line ends and, at the latest, after ``LONGEST`` tokens."""
    parts: list[Sequence[Word]] = []
    begin = 0
    for place, (token, _, end) in enumerate(tokens):
        at_end = token in _SENTENCE_END or "\n" in text[end : tokens[place + 1][1] if place + 1 < len(tokens) else end]
        if at_end or place - begin + 1 >= LONGEST:
            parts.append(tokens[begin : place + 1])
            begin = place + 1
    if begin < len(tokens):
        parts.append(tokens[begin:])
    return parts


PANEL = Path(__file__).parent / "names_model"
PANEL_FILES = ("gazetteer.tsv", "first.crfsuite", "second.crfsuite", "third.crfsuite")
AGREE = 2
# So many parts count as one document: what is held of them at once is bounded.
AT_ONCE = 300


class NameTagger:
    """Finds names with the bundled CRFs; one C tagger of each a thread, for it keeps the sentence it looks at."""

    def __init__(self, readers: Sequence[Path], features: WordFeatures, gazetteer: Gazetteer) -> None:
        self._readers = readers
        self._features = features
        self._gazetteer = gazetteer
        self._local = threading.local()

    @classmethod
    def load(cls, folder: Path, panel: Path = PANEL) -> "NameTagger":
        """The three readers and the gazetteer of ``panel``; the word classes lie in ``folder``. FileNotFoundError when one lacks."""
        features = WordFeatures.read(folder / "ner_classes.tsv")
        gazetteer, *readers = (panel / name for name in PANEL_FILES)
        for path in readers:
            if not path.is_file():
                raise FileNotFoundError(path)
        return cls(readers, features, Gazetteer.read(gazetteer, features.classes.keys()))

    def find(self, text: str) -> list[Name]:
        """The names in folded ``text`` as ``(start, end, kind)``, in order, none overlapping."""
        tokens = words(text)
        parts = chunks(tokens, text)
        spoken = ([token for token, _, _ in part] for part in parts)
        found = [own for block in batched(spoken, AT_ONCE) for own in self._phrases(block)]
        names = [
            (part[first][1], part[end - 1][2], cast("EntityKind", kind))
            for part, own in zip(parts, found, strict=True)
            for first, end, kind in own
        ]
        return with_repetitions(text, tokens, names)

    def _phrases(self, parts: Sequence[list[str]]) -> list[list[tuple[int, int, str]]]:
        """Per part the phrases as ``(first token, last + 1, kind)``."""
        first, *others = self._taggers()
        rows = [self._features.sentence(part) for part in parts]
        own_names = [plain_tags(first.tag(part)) for part in rows]
        sounding = [self._gazetteer.hint(tokens, part) for tokens, part in zip(parts, rows, strict=True)]
        document_hints(parts, own_names, rows)
        # Where nothing sounds like a name, two more readings would only cost time. A reader passes over hints it was not taught.
        items = [
            self._local.items(part) if sounds or any(tag != "O" for tag in own) else None
            for part, own, sounds in zip(rows, own_names, sounding, strict=True)
        ]
        readings = [own_names, *([plain_tags(reader.tag(one)) if one is not None else [] for one in items] for reader in others)]
        return [voted(own, AGREE) for own in zip(*readings, strict=True)]

    def _taggers(self) -> list[Any]:
        taggers: list[Any] = getattr(self._local, "taggers", [])
        if not taggers:
            import pycrfsuite  # type: ignore[import-untyped]

            for weights in self._readers:
                taggers.append(pycrfsuite.Tagger())
                taggers[-1].open(str(weights))
            # Features in the form that several taggers read without turning them over anew.
            self._local.items = pycrfsuite.ItemSequence
            self._local.taggers = taggers
        return taggers


def plain_tags(tags: Sequence[str]) -> list[str]:
    """Tags of names without last and only tokens of their own. ``["U-LOC", "B-PER", "L-PER"]`` → ``["B-LOC", "B-PER", "I-PER"]``."""
    return [_PLAIN.get(tag[0], tag[0]) + tag[1:] for tag in tags]


def with_repetitions(text: str, tokens: Sequence[Word], names: Sequence[Name]) -> list[Name]:
    """A name found once is found wherever it stands: whole names of several words, and a person's surname alone.

    After «رضا نمونه پور» also «نمونه پور», and «پور» if it is longer than three letters.
    """
    known = _repeated(text, names)
    if not known:
        return list(names)
    added: list[Name] = []
    left = 0
    for place, (token, start, _) in enumerate(tokens):
        while left < len(names) and names[left][1] <= start:
            left += 1
        for form, kind in known.get(token, ()):
            last = tokens[min(place + len(form), len(tokens)) - 1][2]
            free = left >= len(names) or names[left][0] >= last
            if free and tuple(word for word, _, _ in tokens[place : place + len(form)]) == form and not (added and added[-1][1] > start):
                added.append((start, last, kind))
                break
    return sorted([*names, *added])


def _repeated(text: str, names: Sequence[Name]) -> dict[str, list[tuple[tuple[str, ...], EntityKind]]]:
    """The forms by which names may come again, longest first, under their first word; at most eight a word."""
    forms: dict[tuple[str, ...], EntityKind] = {}
    for start, end, kind in names:
        form = tuple(word for word, _, _ in words(text[start:end]))
        if len(form) > 1 or (kind == "PER" and len(form[0]) > 3):
            forms.setdefault(form, kind)
        if kind == "PER" and len(form) > 1:
            for tail in (form[1:], form[-1:]):
                if len("".join(tail)) > 3:
                    forms.setdefault(tail, kind)
    known: dict[str, list[tuple[tuple[str, ...], EntityKind]]] = {}
    for form in sorted(forms, key=len, reverse=True):
        entry = known.setdefault(form[0], [])
        if len(entry) < 8:
            entry.append((form, forms[form]))
    return known
