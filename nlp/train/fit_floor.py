"""The floor that ours is measured against: TF-IDF (words 1–2, characters 2–5) with logistic regression, one model a task and kind of row.

    python -m nlp.train.fit_floor [--data ../shared/data] [--extra --out FILE]

Learns train and tune, as the shipped model does, and writes what it says of the dev rows to split/floor.jsonl, so that `rasad eval`
can show it beside ours without scikit-learn. For the human-labelled rows it learns those rows, for ours ours: it is told the kind
of a row, which our model is not. With `--extra` it learns the rows
of extra_labels.jsonl too (`rasad eval --floor FILE`). Regularisation and thresholds come from a cross-validation over train and tune.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from core.records import TOPICS
from nlp.train.rows import FLOOR, Row, parts
from nlp.windows import fold

TOPIC_CUT, DEMAND_CUT = 0.2, 0.3


def _features(learn: list[str], ask: list[str]) -> tuple[object, object]:
    words = TfidfVectorizer(token_pattern=r"\w+", ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True)
    learned = hstack([words.fit_transform(learn), letters.fit_transform(learn)]).tocsr()
    return learned, hstack([words.transform(ask), letters.transform(ask)]).tocsr()


def _regression(strength: float, weight: str | None = None) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=300, class_weight=weight)


def _human(learn: list[Row], ask: list[Row]) -> list[dict[str, object]]:
    known = [row for row in learn if row.human and row.majority is not None]
    seen, asked = _features([fold(row.text) for row in known], [fold(row.text) for row in ask])
    tones = _regression(10).fit(seen, [row.majority for row in known]).predict(asked)
    return [{"key": row.key, "human": True, "tone": int(tone)} for row, tone in zip(ask, tones, strict=True)]


def _ours(learn: list[Row], ask: list[Row]) -> list[dict[str, object]]:
    known = [row for row in learn if not row.human]
    seen, asked = _features([fold(row.text) for row in known], [fold(row.text) for row in ask])
    tones = _regression(6).fit(seen, [row.majority for row in known]).predict(asked)
    cities = _regression(6, "balanced").fit(seen, [row.city for row in known]).predict(asked)
    demands = _regression(6, "balanced").fit(seen, [bool(row.demand) for row in known]).predict_proba(asked)[:, 1]
    topics = np.stack(
        [_regression(10).fit(seen, [t in (row.topics or ()) for row in known]).predict_proba(asked)[:, 1] for t in range(len(TOPICS))],
        axis=1,
    )
    return [
        {
            "key": row.key, "human": False, "tone": int(tones[i]), "city": int(cities[i]), "demand": int(demands[i] >= DEMAND_CUT),
            "topics": [int(t) for t in np.flatnonzero(topics[i] >= TOPIC_CUT)],
        }
        for i, row in enumerate(ask)
    ]  # fmt: skip


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, default=Path("../shared/data"))
    options.add_argument("--extra", action="store_true")
    options.add_argument("--out", type=Path, default=FLOOR)
    opts = options.parse_args()
    rows = parts(opts.data, opts.extra)
    learn = rows["train"] + rows["tune"]
    said = _human(learn, [row for row in rows["dev"] if row.human]) + _ours(learn, [row for row in rows["dev"] if not row.human])
    opts.out.write_text("".join(json.dumps(line) + "\n" for line in said))


if __name__ == "__main__":
    main()
