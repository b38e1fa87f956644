"""Fit the weights of the second look (nlp/second_look.py) on rows whose linear logits come from models that did not learn them.

    python -m nlp.train.fit_second OUT [--data ../shared/data] [--with-tune]

Five folds, near-duplicates in one; the fold's models see all features, unpruned. OUT is the JSON that fit_blend takes into model.json.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from core.records import CITY_TONES
from nlp.linear import count
from nlp.second_look import Heard, city_features, demand_features, listen
from nlp.train.fit_linear import fit, matrix, rarities, weight_of
from nlp.train.rows import Row, groups_of, parts

FOLDS, SEED = 5, 0
CITY_WEIGHTS = (2.0, 1.0, 1.5, 1.0)  # the rarer tones count more: chosen for macro F1 in the same five folds


def unseen_features(rows: Sequence[Row]) -> tuple[np.ndarray, np.ndarray]:
    """Features of the second look for city and demand, each row's from a linear model that did not learn it or a near-duplicate."""
    groups, first = groups_of(rows), {}
    for i, row in enumerate(rows):
        headline, dash, _ = row.text.partition(" — ")
        if dash:  # passages of one article stand in one fold
            groups[i] = first.setdefault(headline, groups[i])
    random = np.random.default_rng(SEED)
    fold_of = {group: int(random.integers(0, FOLDS)) for group in sorted(set(groups))}
    folds = np.array([fold_of[group] for group in groups])
    heard = [listen(row.text) for row in rows]
    counts = [count(row.text) for row in rows]
    kept, rarity = rarities(counts)
    features = matrix(counts, kept, rarity)
    city, demand = np.zeros((len(rows), 12), np.float32), np.zeros((len(rows), 2), np.float32)
    for number in range(FOLDS):
        learn, ask = np.flatnonzero(folds != number), np.flatnonzero(folds == number)
        weights, bias = fit(features[learn], [rows[i] for i in learn], topics=False)
        logits = np.asarray(features[ask] @ weights.T + bias, np.float32)
        own: list[Heard] = [heard[i] for i in ask]
        model = _Plain(kept, rarity, weights)
        city[ask], demand[ask] = city_features(logits, own, model), demand_features(logits, own)  # type: ignore[arg-type]
    return city, demand


class _Plain:
    """A fold's model as the second look needs it: shares only."""

    def __init__(self, kept: np.ndarray, rarity: np.ndarray, weights: np.ndarray) -> None:
        self.kept, self.rarity, self.weights = kept, rarity, weights

    def shares(self, texts: Sequence[str]) -> np.ndarray:
        found: csr_matrix = matrix([count(text) for text in texts], self.kept, self.rarity)
        return np.asarray(found @ self.weights.T, np.float32)


def _stage(features: np.ndarray, labels: np.ndarray, weights: np.ndarray, kind: str | None) -> LogisticRegression:
    """A small regression over standardised features, its weights turned back to the features as they are."""
    mean, spread = features.mean(0), features.std(0) + 1e-9
    model = LogisticRegression(C=1.0, class_weight=kind, max_iter=500).fit((features - mean) / spread, labels, sample_weight=weights)
    model.coef_ = model.coef_ / spread
    model.intercept_ = model.intercept_ - model.coef_ @ mean
    return model


def _plain(values: np.ndarray) -> list[object]:
    return [[round(float(one), 4) for one in row] if np.ndim(row) else round(float(row), 4) for row in values]


def fit_second(rows: Sequence[Row]) -> dict[str, object]:
    """The part ``second`` of model.json, learned from ``rows``; prints F1 of each part with and without it."""
    city, demand = unseen_features(rows)
    # The archives' rows were chosen by what a model said of them: they teach the folds' models, but falsify how common a label is.
    own = np.array([i for i, row in enumerate(rows) if not row.human and not row.source.startswith("extra")])
    labelled = [rows[i] for i in own]
    city, demand, weights = city[own], demand[own], np.array([weight_of(row) for row in labelled])
    tones, asked = np.array([row.city for row in labelled]), np.array([bool(row.demand) for row in labelled])
    first = _stage(city, tones, weights * np.array(CITY_WEIGHTS)[tones], None)
    second = _stage(demand, asked, weights, "balanced")
    before, after = city[:, : len(CITY_TONES)].argmax(1), first.predict(city)
    scores = [round(f1_score(tones, said, average="macro"), 3) for said in (before, after)]
    print(f"city macro F1 before and after, the second look's own weights fitted on it: {scores}")
    return {
        "city": _plain(first.coef_), "city_bias": _plain(first.intercept_),
        "demand": _plain(second.coef_), "demand_bias": _plain(second.intercept_),
    }  # fmt: skip


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("out", type=Path)
    options.add_argument("--data", type=Path, default=Path("../shared/data"))
    options.add_argument("--with-tune", action="store_true")
    opts = options.parse_args()
    rows = parts(opts.data)
    opts.out.write_text(json.dumps(fit_second(rows["train"] + (rows["tune"] if opts.with_tune else []))) + "\n")


if __name__ == "__main__":
    main()
