"""Labels of texts that lie in the raw archives (``text/*.jsonl.gz``): this repository keeps the labels, the texts stay where they are.

``extra_labels.jsonl`` names each text by archive, id and, for a passage out of a long article, where it begins. The labels were
made by careful machine reading after the guideline: those of rounds 1 and 2 of texts on which the first model was unsure or its
halves disagreed, those of round 3 of such texts and of others taken by chance, each cut shorter.
"""

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nlp.sentences import sentences
from nlp.windows import fold

LABELS = Path(__file__).parent / "extra_labels.jsonl"
LONGEST, PASSAGE, SHORTEST = 900, 840, 120  # characters, about as long as the other labelled texts
ROUND_3 = 740  # characters of headline and body together that the readers of round 3 were shown
_BLANKS = re.compile(r"\s+")


def cut(text: str, most: int) -> str:
    """The beginning of ``text`` up to the last end of a sentence within ``most`` characters, or of a word where sentences are long."""
    if len(text) <= most:
        return text
    ends = [end for _, end in sentences(text[: most + 200]) if end <= most]
    return text[: ends[-1]] if ends and ends[-1] >= most * 0.55 else text[: text.rfind(" ", 0, most)]


def excerpt(raw: dict[str, Any], at: int | None = None, most: int | None = None) -> str:
    """The labelled text of a raw row: headline and beginning, or, with ``at``, headline and the passage that begins there.

    With ``most``, headline and body together are at most about as many characters.
    """
    title = _BLANKS.sub(" ", raw["title"]).strip() if isinstance(raw.get("title"), str) else ""
    text = raw["text"] if isinstance(raw["text"], str) else ""
    room = None if most is None else most - min(len(title), 300)
    if at is not None:
        whole = f"{raw['title']} {_BLANKS.sub(' ', text)}"
        folded = fold(whole)  # marks fall out: the places of such a text are those of its folded letters
        body = cut((whole if len(folded) == len(whole) else folded)[at : at + 1200], room or PASSAGE)
        return " — ".join(part for part in (title, body) if part)
    # Posts are labelled with their own line breaks, as they are read.
    body = text.strip() if "channel" in raw else _BLANKS.sub(" ", text).strip()
    if title and body.startswith(title):
        body = body[len(title) :].strip(" -–—:\n")
    body = cut(body, LONGEST - len(title) if len(title) < 300 else 600)
    body = body if room is None else cut(body, room)
    return " — ".join(part for part in (title, body) if part)


def raw_rows(folder: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every row of the raw archives under ``folder`` as (archive, id, row)."""
    for path in (folder / "text/news_raw.jsonl.gz", folder / "text/posts_1405.jsonl.gz"):
        if path.exists():
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                for line in lines:
                    row = json.loads(line)
                    yield row.get("source") or row["channel"], str(row["id"]), row


def extra_texts(folder: Path, labels: Path = LABELS) -> list[dict[str, Any]]:
    """The labels with their ``text``; a text that is not (or no longer) in the archives is left out."""
    if not labels.exists():
        return []
    wanted: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for line in labels.read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        wanted.setdefault((label["source"], label["id"]), []).append(label)
    return [
        label | {"text": excerpt(row, label["at"], ROUND_3 if label["round"] == 3 else None)}
        for source, id, row in raw_rows(folder)
        for label in wanted.get((source, id), ())
    ]
