"""The NSURL-2019 documents as the name recogniser reads them, and which of them are held out."""

import gzip
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from nlp.names import KINDS, words
from nlp.normalize import fold

Sentence = list[tuple[str, str]]
HELD_OUT_SHARE = 0.15


def documents(folder: Path) -> Iterator[tuple[str, list[Sentence]]]:
    """Every document as ``(name, sentences)``; tokens folded and split as running text would be, tags of ``KINDS`` only."""
    for path in sorted(folder.glob("nsurl_train_*.txt.gz")):
        name = ""
        sentences: list[Sentence] = []
        sentence: Sentence = []
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("#doc"):
                    if name:
                        yield name, [*sentences, sentence]
                    name, sentences, sentence = f"{path.stem}/{line[4:].strip()}", [], []
                    continue
                token, _, tag = line.rstrip("\n").rpartition("\t")
                if not token:
                    sentences.append(sentence)
                    sentence = []
                    continue
                sentence += _pieces(token, tag)
        yield name, [*sentences, sentence]


def _pieces(token: str, tag: str) -> Sentence:
    prefix, kind = tag[:2].replace("_", "-"), tag[2:]
    if kind not in KINDS or prefix not in {"B-", "I-"}:
        return [(word, "O") for word, _, _ in words(fold(token).text)]
    pieces = [word for word, _, _ in words(fold(token).text)]
    return [(word, f"{prefix if place == 0 else 'I-'}{kind}") for place, word in enumerate(pieces)]


def held_out(name: str) -> bool:
    """Whether a document belongs to the part that training never sees, fixed by its name."""
    return sha256(name.encode()).digest()[0] < 256 * HELD_OUT_SHARE
