"""Let a finished model label texts that nobody labelled, as soft targets for a further run of the encoder (distillation).

    python -m nlp.train.soft FOLDER LINEAR OUT [--data ../shared/data] [--number 4000]

FOLDER holds an exported encoder and its model.json, LINEAR the linear half fitted on train alone. Half of the texts are those on which
the linear half hears most of a city or of demands, half are taken by a hash. Near-duplicates of labelled rows are left out.
OUT (one line a text: ``text``, ``soft``: 27 probabilities) holds texts: keep it out of the repository.
"""

import argparse
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from nlp.labels import PLACES, Labeller
from nlp.linear import LinearModel
from nlp.tone import sigmoid, softmax
from nlp.train.extra import SHORTEST, excerpt, raw_rows
from nlp.train.rows import Row, parts, shingles_of

VOTED = "marzinouri-train"  # the archive whose texts people voted on


class Known:
    """Texts that are labelled already: ``is_near`` says whether a text shares a third of its six-word runs with one of them."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.sizes: list[int] = []
        self.holders: dict[int, list[int]] = defaultdict(list)
        for place, text in enumerate(texts):
            own = shingles_of(text)
            self.sizes.append(len(own))
            for shingle in own:
                self.holders[shingle].append(place)

    def is_near(self, text: str) -> bool:
        """Whether it is a near-duplicate by the rule of the split."""
        own = shingles_of(text)
        shared: Counter[int] = Counter()
        for shingle in own:
            shared.update(self.holders.get(shingle, ())[:50])
        return any(count >= max(2, min(len(own), self.sizes[place]) / 3) for place, count in shared.items())


def choose(texts: Sequence[str], linear: np.ndarray, number: int) -> list[int]:
    """The places of ``number`` texts: half by what the linear half hears of city and demands, half by a hash."""
    heard = np.maximum(1 - softmax(linear[:, PLACES["city"]])[:, -1], sigmoid(linear[:, PLACES["demand"]])[:, 0])
    telling = np.argsort(-heard, kind="stable")[: number // 2].tolist()
    by_hash = sorted(set(range(len(texts))) - set(telling), key=lambda i: hashlib.sha256(texts[i].encode("utf-8", "replace")).digest())
    return telling + by_hash[: number - len(telling)]


def soft_rows(path: Path) -> list[Row]:
    """The rows of a file that this script wrote, for training only."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        text, soft = (json.loads(line)[name] for name in ("text", "soft"))
        tone = (soft[0], soft[1], soft[2])
        found.append(Row("", "soft", text, tone, int(np.argmax(tone)), int(np.argmax(soft[PLACES["city"]])), (), 0, soft=tuple(soft)))
    return found


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("linear", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--data", type=Path, default=Path("../shared/data"))
    options.add_argument("--number", type=int, default=4000)
    opts = options.parse_args()
    known = Known(row.text for rows in parts(opts.data).values() for row in rows)
    texts = list(dict.fromkeys(excerpt(raw) for source, _, raw in raw_rows(opts.data) if source != VOTED))
    texts = [text for text in texts if len(text) >= SHORTEST]
    model = Labeller.load(opts.folder)
    model.__dict__["linear"] = LinearModel.load(opts.linear)
    chosen = [texts[place] for place in choose(texts, model.linear.logits(texts), opts.number)]
    with opts.out.open("w", encoding="utf-8") as out:
        for text in chosen:
            if not known.is_near(text):
                shares = model.probabilities([text])
                soft = np.concatenate([shares[task][0] for task in PLACES]).round(4).tolist()
                out.write(json.dumps({"text": text, "soft": soft}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
