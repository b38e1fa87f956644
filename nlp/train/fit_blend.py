"""Put the two halves together: weights, calibration and thresholds from the tune part alone; writes the model's model.json.

    python -m nlp.train.fit_blend LINEAR SECOND FOLDER VERSION [--data ../shared/data]

LINEAR and SECOND must have been fitted on train only (the shipped linear half may then learn tune too). FOLDER holds the exported encoder.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax
from sklearn.metrics import f1_score

from core.records import TOPICS
from nlp.evaluate import calibration_error
from nlp.labels import PLACES
from nlp.linear import LinearModel
from nlp.second_look import SecondLook
from nlp.tone import sigmoid, softmax
from nlp.train.rows import Row, parts
from nlp.weights import Encoder

PIECES = 160
STYLE = 0.5  # an article does not say by whose taste it would be judged
CITY_TILT = 0.45  # keeps the weights that fit_second gave the rarer tones: five folds of train gain 0.02 by them, tune is too small to say
LEAST_SHARE = 0.8  # below the unsure threshold fewer than this share of labels would be right


def _fit(loss, size: int) -> np.ndarray:
    """The two weights and ``size`` biases with the least loss; the biases are held near 0."""
    start = np.concatenate([[0.5, 0.5], np.zeros(size)])
    bounds = [(0.0, 3.0)] * 2 + [(-4.0, 4.0)] * size
    return minimize(lambda x: loss(x[:2], x[2:]) + 0.002 * np.square(x[2:]).sum(), start, bounds=bounds).x


def classes(linear: np.ndarray, encoder: np.ndarray, truth: np.ndarray, importance: np.ndarray) -> np.ndarray:
    """Blend for labels of which one holds; ``truth`` rows are distributions."""

    def loss(weights: np.ndarray, bias: np.ndarray) -> float:
        logits = weights[0] * linear + weights[1] * encoder + bias
        return float(-(importance * (truth * log_softmax(logits, axis=1)).sum(1)).sum() / importance.sum())

    return _fit(loss, linear.shape[1])


def marks(linear: np.ndarray, encoder: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Blend for labels that do not exclude each other; ``truth`` is 0/1, shape (texts, labels)."""

    def loss(weights: np.ndarray, bias: np.ndarray) -> float:
        logits = weights[0] * linear + weights[1] * encoder + bias
        return float((np.logaddexp(0, logits) - truth * logits).mean())

    return _fit(loss, linear.shape[1])


def tilted(
    linear: np.ndarray, encoder: np.ndarray, truth: np.ndarray, importance: np.ndarray, tilts: Sequence[float] = (0.0, 0.15, 0.3, 0.45)
) -> tuple[np.ndarray, np.ndarray]:
    """The blend whose rarer labels count a little more, as far as that helps macro F1 and keeps the error of calibration within 0.05."""
    hard = truth.argmax(1)
    share = np.bincount(hard, minlength=truth.shape[1]) / len(hard)
    best: tuple[float, np.ndarray, np.ndarray] | None = None
    for tilt in tilts:
        found = classes(linear, encoder, truth, importance * share[hard] ** -tilt)
        shares = softmax(found[0] * linear + found[1] * encoder + found[2:])
        score, error = f1_score(hard, shares.argmax(1), average="macro"), calibration_error(shares, hard)
        print(f"  tilt {tilt}: macro F1 {score:.3f}, calibration error {error:.3f}, weights {found.round(2)}")
        if best is None or (score > best[0] + 0.005 and error <= 0.05):
            best = (score, found, shares)
    assert best is not None
    return best[1], best[2]


def unsure_below(shares: np.ndarray, hard: np.ndarray) -> float:
    """The lowest of some thresholds above which LEAST_SHARE of the labels are right; 0.6 when none is."""
    top, right = shares.max(1), shares.argmax(1) == hard
    for cut in np.arange(0.40, 0.61, 0.05):
        if right[top >= cut].mean() >= LEAST_SHARE:
            return round(float(cut), 2)
    return 0.6


def _part(found: np.ndarray, **more: float) -> dict[str, object]:
    return {"linear": round(found[0], 4), "encoder": round(found[1], 4), "bias": [round(x, 4) for x in found[2:]]} | more


def fit(linear: np.ndarray, encoder: np.ndarray, rows: list[Row]) -> dict[str, object]:
    """The manifest's four parts from both halves' logits of the tune rows."""
    own = np.array([not row.human for row in rows])
    judged = np.array([row.majority is not None for row in rows])
    labelled = [row for row in rows if not row.human]
    lin = {task: linear[:, place] for task, place in PLACES.items()}
    enc = {task: encoder[:, place] for task, place in PLACES.items()}
    tone_truth = np.eye(3)[[row.majority or 0 for row in rows]][judged]
    importance = np.where(own, 1.0, 1.5)[judged]
    print("tone")
    tone, shares = tilted(lin["tone"][judged], enc["tone"][judged], tone_truth, importance)
    result = {"tone": _part(tone, unsure=unsure_below(shares, tone_truth.argmax(1)))}
    city_truth = np.eye(4)[[row.city for row in labelled]]
    print("city")
    city, shares = tilted(lin["city"][own], enc["city"][own], city_truth, np.ones(len(labelled)), (CITY_TILT,))
    result["city"] = _part(city, unsure=unsure_below(shares, city_truth.argmax(1)))
    marked = np.zeros((len(labelled), len(TOPICS)), int)
    for i, row in enumerate(labelled):
        marked[i, list(row.topics or ())] = 1
    topics = marks(lin["topics"][own], enc["topics"][own], marked)
    shares = sigmoid(topics[0] * lin["topics"][own] + topics[1] * enc["topics"][own] + topics[2:])
    result["topics"] = _part(topics, cut=best_cut(shares, marked, "micro"), most=3)
    asked = np.array([[row.demand] for row in labelled])
    demand = marks(lin["demand"][own], enc["demand"][own], asked)
    shares = sigmoid(demand[0] * lin["demand"][own] + demand[1] * enc["demand"][own] + demand[2:])
    result["demand"] = _part(demand, cut=expected_cut(shares.ravel()))
    return result


def best_cut(shares: np.ndarray, truth: np.ndarray, average: str) -> float:
    """The threshold with the best F1, smoothed over its neighbours because tune is small."""
    cuts = np.arange(0.1, 0.61, 0.025)
    scores = [f1_score(truth, shares >= cut, average=average) for cut in cuts]
    smooth = np.convolve(np.pad(scores, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    best = int(smooth.argmax())
    print(f"  threshold {cuts[best]:.3f}: F1 {scores[best]:.3f}")
    return round(float(cuts[best]), 3)


def expected_cut(shares: np.ndarray) -> float:
    """The threshold with the best F1 to be expected if the probabilities hold; no label is needed, tune has too few demands to count.

    Taking the k surest of them, 2 × their sum / (k + the sum of all) is to be expected; the best threshold is half of the best such F1.
    """
    surest = np.sort(shares)[::-1]
    best = float((2 * surest.cumsum() / (np.arange(1, len(surest) + 1) + surest.sum())).max())
    print(f"  threshold {best / 2:.3f}: expected F1 {best:.3f}")
    return round(best / 2, 3)


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("linear", type=Path)
    options.add_argument("second", type=Path)
    options.add_argument("folder", type=Path)
    options.add_argument("version")
    options.add_argument("--data", type=Path, default=Path("../shared/data"))
    opts = options.parse_args()
    rows = parts(opts.data)["tune"]
    texts = [row.text for row in rows]
    # Doubles: the minimiser differentiates by tiny steps.
    encoder = Encoder(opts.folder, PIECES, STYLE).logits(texts).astype(np.float64)
    second = json.loads(opts.second.read_text())
    linear = SecondLook.of(second).logits(texts, LinearModel.load(opts.linear)).astype(np.float64)
    manifest = {"version": opts.version, "pieces": PIECES, "style": STYLE} | fit(linear, encoder, rows) | {"second": second}
    (opts.folder / "model.json").write_text(json.dumps(manifest, indent=1) + "\n")


if __name__ == "__main__":
    main()
