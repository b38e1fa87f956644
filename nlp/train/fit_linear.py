"""Fit the linear half: all four tasks over the same hashed features; pruned, rounded to int8, saved as arrays.

    python -m nlp.train.fit_linear OUT [--data ../shared/data] [--with-tune]

Two passes: the first finds the features with the largest weights, the second fits on those alone, so that the lengths of the
vectors are the same in training and at run time. Regularisation was chosen on tune; `--with-tune` makes the shipped model.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression

from core.records import CITY_TONES, TONES, TOPICS
from nlp.linear import BUCKET_BITS, Counts, LinearModel, count, weigh
from nlp.train.rows import Row, parts

LABELS = len(TONES) + len(CITY_TONES) + len(TOPICS) + 1
KEPT = 120_000
TONE_C, CITY_C, TOPIC_C, DEMAND_C = 6.0, 3.0, 10.0, 20.0
DEMAND_TOLERANCE = 1e-4  # so rare a label ends ten steps too early at 1e-3


def rarities(counts: Sequence[Counts]) -> tuple[np.ndarray, np.ndarray]:
    """The buckets that occur in two texts or more, sorted, and their smoothed inverse document frequencies."""
    found = np.zeros(1 << BUCKET_BITS, np.int32)
    for one in counts:
        found[one.buckets] += 1
    kept = np.flatnonzero(found >= 2).astype(np.uint32)
    return kept, (np.log((1 + len(counts)) / (1 + found[kept])) + 1).astype(np.float32)


def matrix(counts: Sequence[Counts], kept: np.ndarray, rarity: np.ndarray) -> sp.csr_matrix:
    """The weighed features of each text, shape (texts, kept)."""
    pairs = [weigh(one, kept, rarity) for one in counts]
    starts = np.cumsum([0, *(len(places) for places, _ in pairs)])
    places = np.concatenate([places for places, _ in pairs])
    values = np.concatenate([values for _, values in pairs])
    return sp.csr_matrix((values, places, starts), shape=(len(counts), len(kept)))


def _model(strength: float, weight: str | None = None, tolerance: float = 1e-3) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=300, tol=tolerance, class_weight=weight)


def weight_of(row: Row) -> float:
    """How much a row of ours counts: less where the reader hesitated, and where it was chosen because models found it hard."""
    return (1.0 if row.sure else 0.6) * (0.7 if row.source.startswith("extra") else 1.0)


def _tone(features: sp.csr_matrix, rows: Sequence[Row]) -> LogisticRegression:
    places, tones, weights = [], [], []
    for i, row in enumerate(rows):
        weight = 2.0 * row.votes / 3 if row.human else weight_of(row)
        for tone, share in enumerate(row.tone):
            if share > 0.05:
                places.append(i)
                tones.append(tone)
                weights.append(weight * share)
    return _model(TONE_C).fit(features[places], tones, sample_weight=weights)


def fit(features: sp.csr_matrix, rows: Sequence[Row], topics: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Weights (labels × features) and biases of all labels, in the order tone, city tone, topics (or zeros), demand."""
    ours = [i for i, row in enumerate(rows) if not row.human]
    own, labelled = features[ours], [rows[i] for i in ours]
    sure = [weight_of(row) for row in labelled]
    models = [_tone(features, rows), _model(CITY_C, "balanced").fit(own, [row.city for row in labelled], sample_weight=sure)]
    about = [_model(TOPIC_C).fit(own, [topic in (row.topics or ()) for row in labelled]) for topic in range(len(TOPICS) if topics else 0)]
    demand = _model(DEMAND_C, "balanced", DEMAND_TOLERANCE).fit(own, [bool(row.demand) for row in labelled], sample_weight=sure)
    none = [] if topics else [np.zeros((len(TOPICS), features.shape[1]))]
    weights = np.concatenate([*(model.coef_ for model in [*models, *about]), *none, demand.coef_])
    biases = [*(model.intercept_ for model in [*models, *about]), *(block[:, 0] for block in none), demand.intercept_]
    return weights, np.concatenate(biases)


def train(rows: Sequence[Row]) -> LinearModel:
    """The linear model of these rows."""
    counts = [count(row.text) for row in rows]
    kept, rarity = rarities(counts)
    weights, _ = fit(matrix(counts, kept, rarity), rows)
    strength = np.abs(weights / np.abs(weights).mean(1, keepdims=True)).max(0)
    best = np.sort(np.argsort(-strength, kind="stable")[:KEPT])
    kept, rarity = kept[best], rarity[best].astype(np.float16).astype(np.float32)
    weights, bias = fit(matrix(counts, kept, rarity), rows)
    scale = np.abs(weights).max(1) / 127
    rounded = np.round(weights / scale[:, None]).astype(np.int8).T
    return LinearModel(kept, rarity, np.ascontiguousarray(rounded), scale.astype(np.float32), bias.astype(np.float32))


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("out", type=Path)
    options.add_argument("--data", type=Path, default=Path("../shared/data"))
    options.add_argument("--with-tune", action="store_true")
    opts = options.parse_args()
    rows = parts(opts.data)
    train(rows["train"] + (rows["tune"] if opts.with_tune else [])).save(opts.out)
    print(f"{opts.out}: {opts.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
