"""The labelled rows as training sees them, and the fixed split. Texts stay where they are; only hashes of them are kept here."""

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.records import CITY_TONES, TONES, TOPICS
from nlp.train.extra import extra_texts
from nlp.windows import fold, joined

SPLIT = Path(__file__).parent / "split"
INVENTED = Path(__file__).parent / "invented.jsonl"  # short articles written for training; nothing in them happened
FLOOR = SPLIT / "floor.jsonl"
OURS = ("city_news", "general_news", "fresh_city")
PARTS = ("train", "tune", "dev")


@dataclass(frozen=True)
class Row:
    """One labelled text.

    ``tone`` is a distribution over TONES; ``city`` an index of CITY_TONES, ``topics`` indexes, ``demand`` 0/1, each None when unlabelled.
    ``votes`` is the number of human votes (0: a label of ours); ``majority`` the tone to be measured against (None: people tied);
    ``sure`` is False for ``conf: low`` and for rows on which the people differed. ``soft`` holds the probabilities that a model gave,
    of all labels in their order, where nobody labelled the text.
    """

    key: str
    source: str
    text: str
    tone: tuple[float, float, float]
    majority: int | None
    city: int | None = None
    topics: tuple[int, ...] | None = None
    demand: int | None = None
    votes: int = 0
    sure: bool = True
    soft: tuple[float, ...] | None = None

    @property
    def human(self) -> bool:
        """Whether people voted on it."""
        return self.votes > 0


def key_of(text: str) -> str:
    """The name of a text in the split files: 16 hex digits of the SHA-256 of its folded words."""
    return hashlib.sha256(" ".join(fold(text).split()).encode("utf-8", "replace")).hexdigest()[:16]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _human(row: dict[str, Any]) -> Row:
    counts = np.array([row["annotations"].count(tone) for tone in TONES], float)
    votes = int(counts.sum())
    # One or two votes say less than three: one vote of doubt is shared out among the three tones.
    shares = (counts + 0.2) / (votes + 0.6)
    text = joined(row["title"] or "", row["body"] or "")
    majority = TONES.index(row["majority"]) if row["majority"] in TONES else None
    return Row(key_of(text), "human", text, tuple(shares), majority, votes=votes, sure=bool(row["unanimous"]))


def _ours(row: dict[str, Any], source: str) -> Row:
    tone = TONES.index(row["tone"])
    sure = row["conf"] == "high"
    shares = np.full(3, 0.03 if sure else 0.1)
    shares[tone] = 1 - 2 * shares[0]
    topics = tuple(TOPICS.index(topic) for topic in row["topics"] if topic in TOPICS)
    return Row(
        key_of(row["text"]), source, row["text"], tuple(shares), tone,
        CITY_TONES.index(row["city"]), topics, int(row["demand"]), sure=sure,
    )  # fmt: skip


def read_rows(folder: Path) -> list[Row]:
    """All labelled rows of ``folder`` (``tone/*.jsonl.gz``), each text once, in a fixed order."""
    rows = [_human(row) for row in _lines(folder / "tone/news_tone_human.jsonl.gz")]
    for source in OURS:
        rows += [_ours(row, source) for row in _lines(folder / f"tone/{source}_labels.jsonl.gz")]
    unique = {(row.key, row.human): row for row in rows if row.text}
    return sorted(unique.values(), key=lambda row: (row.key, row.human))


def shingles_of(text: str) -> set[int]:
    """The six-word runs of a text, folded, as numbers."""
    words = fold(text).split()
    return {hash(tuple(words[i : i + 6])) for i in range(max(1, len(words) - 5))}


def _shared(shingles: list[set[int]]) -> dict[tuple[int, int], int]:
    """How many six-word runs two rows have in common, for the pairs that have any."""
    holders: dict[int, list[int]] = defaultdict(list)
    for i, own in enumerate(shingles):
        for shingle in own:
            holders[shingle].append(i)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for places in holders.values():
        if 1 < len(places) <= 50:
            for at, i in enumerate(places):
                for j in places[at + 1 :]:
                    shared[i, j] += 1
    return shared


def groups_of(rows: Sequence[Row]) -> list[int]:
    """The near-duplicates' group of each row: rows that share a third of the shorter one's six-word runs."""
    shingles = [shingles_of(row.text) for row in rows]
    parent = list(range(len(rows)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for (i, j), count in _shared(shingles).items():
        if count >= max(2, min(len(shingles[i]), len(shingles[j])) / 3) or rows[i].key == rows[j].key:
            parent[root(i)] = root(j)
    return [root(i) for i in range(len(rows))]


def make_split(rows: list[Row]) -> dict[str, str]:
    """The part of each text by a hash: 70 % train, 12 % tune, 18 % dev; near-duplicates always in one part."""
    groups = groups_of(rows)
    smallest: dict[int, str] = {}
    for row, group in zip(rows, groups, strict=True):
        smallest[group] = min(smallest.get(group, row.key), row.key)

    def part(key: str) -> str:
        place = int(hashlib.sha256(b"rasad split 1 " + key.encode()).hexdigest()[:8], 16) / 16**8
        return "dev" if place < 0.18 else "tune" if place < 0.30 else "train"

    return {row.key: part(smallest[group]) for row, group in zip(rows, groups, strict=True)}


def write_split(rows: list[Row], folder: Path = SPLIT) -> None:
    """Write the split's hashes, one file a part."""
    split = make_split(rows)
    folder.mkdir(exist_ok=True)
    for part in PARTS:
        (folder / f"{part}.txt").write_text("".join(f"{key}\n" for key in sorted(split) if split[key] == part))


def read_split(folder: Path = SPLIT) -> dict[str, str]:
    """The part of each text by its hash, as the files say."""
    return {key: part for part in PARTS for key in (folder / f"{part}.txt").read_text().split()}


def extra_rows(folder: Path) -> list[Row]:
    """The rows of extra_labels.jsonl, in order; one whose text has another hash than the label says is left out."""
    found = [(_ours(label, f"extra{label['round']}"), label["key"]) for label in extra_texts(folder)]
    named = [row for row, key in found if row.key == key]
    return sorted(named + (invented_rows() if named else []), key=lambda row: row.key)


def invented_rows() -> list[Row]:
    """The invented articles: contrasts of who is blamed and who is praised, of which the archives hold few."""
    labels = [json.loads(line) for line in INVENTED.read_text(encoding="utf-8").splitlines()]
    return [_ours(label | {"text": f"{label['headline']} — {label['body']}"}, "extra-invented") for label in labels]


def parts(folder: Path, extra: bool = True) -> dict[str, list[Row]]:
    """The rows of each part. A row that the split files do not name belongs to train, and so do the extra ones."""
    split = read_split()
    found: dict[str, list[Row]] = {part: [] for part in PARTS}
    for row in read_rows(folder):
        found[split.get(row.key, "train")].append(row)
    known = {row.key for rows in found.values() for row in rows}
    found["train"] += [row for row in extra_rows(folder) if extra and row.key not in known]
    return found
