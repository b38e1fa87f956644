"""Learn from labels that officers corrected (`rasad model train --corrections`), without PyTorch: the own layer of nlp/own.py.

The layer is held small, and articles that nobody corrected are learned too, with the labels they have, so that a correction moves what
is like it and little else. How small is chosen on articles kept back in turn; a task that gains nothing there stays as it is.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import expit, log_expit, log_softmax, softmax

from core.errors import BadInput
from core.records import CITY_TONES, TONES, TOPICS
from nlp.labels import Labeller
from nlp.linear import LinearModel, count, weigh
from nlp.own import LABELS, PLACES, OwnLayer, log_odds
from nlp.text import Text
from nlp.windows import joined

Doubles = NDArray[np.float64]
LEAST, MOST = 10, 2_000  # corrected articles; of more, only the newest are learned
FOLDS = 5
HOLDS = (1.0, 3.0, 10.0, 30.0)  # how strongly the layer is held near nothing
NAMES = {"tone": TONES, "city_tone": CITY_TONES, "topics": TOPICS}


@dataclass(frozen=True, slots=True)
class Corrected:
    """An article as people labelled it; None where nobody corrected the machine. One without any label steadies the rest."""

    text: Text
    tone: str | None = None
    city_tone: str | None = None
    topics: tuple[str, ...] | None = None

    @property
    def labels(self) -> dict[str, tuple[str, ...]]:
        """The corrected tasks and their labels."""
        given: dict[str, tuple[str, ...]] = {
            task: (label,) for task, label in (("tone", self.tone), ("city_tone", self.city_tone)) if label
        }
        return given if self.topics is None else {**given, "topics": self.topics}


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of a task: its corrections, and the share of those (kept back in turn) labelled rightly before and after."""

    task: str
    count: int
    before: float
    after: float
    used: bool


def learn(rows: Sequence[Corrected], labeller: Labeller, folder: Path) -> tuple[Learned, ...]:
    """Fit the own layer to ``rows`` (newest first) and write it to ``folder``; nothing is written where no task gained.

    Raises BadInput with fewer than ten corrected articles.
    """
    corrected = [row for row in rows if row.labels][:MOST]
    if len(corrected) < LEAST:
        raise BadInput("corrections", len(corrected), f"at least {LEAST} corrected articles are needed to learn from")
    chosen = corrected + [row for row in rows if not row.labels][: 2 * MOST - len(corrected)]
    texts = [joined(row.text.headline, joined(row.text.lead, row.text.body)) for row in chosen]
    features = _features(texts, labeller.linear)
    start = log_odds(labeller.base_probabilities(texts)).astype(np.float64)
    duals, found = np.zeros((len(chosen), LABELS)), []
    kernel = np.asarray((features @ features.T).todense()) + 1.0  # 1: the bias, which all texts share
    for task, place in PLACES.items():
        duals[:, place], learned = _fit(task, chosen, kernel, start[:, place])
        found.append(learned)
    if any(learned.used for learned in found):
        named = hashlib.sha256(
            repr([(row.text.headline, row.text.body, row.labels) for row in corrected]).encode("utf-8", "replace")
        ).hexdigest()[:8]
        layer = OwnLayer(_layer(features, labeller.linear, duals), named, labeller.base_version)
        layer.save(folder, {one.task: {"corrections": one.count, "before": one.before, "after": one.after} for one in found})
    return tuple(found)


def _features(texts: Sequence[str], linear: LinearModel) -> csr_matrix:
    pairs = [weigh(count(text), linear.kept, linear.rarity) for text in texts]
    starts = np.cumsum([0, *(len(places) for places, _ in pairs)])
    places, values = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    return csr_matrix((values.astype(np.float64), places, starts), shape=(len(texts), len(linear.kept)))


def _layer(features: csr_matrix, linear: LinearModel, duals: Doubles) -> LinearModel:
    weights = np.asarray(features.T @ duals)
    scale = np.maximum(np.abs(weights).max(0), 1e-9) / 127
    rounded = np.ascontiguousarray(np.round(weights / scale).astype(np.int8))
    return LinearModel(linear.kept, linear.rarity, rounded, scale.astype(np.float32), duals.sum(0).astype(np.float32))


def _fit(task: str, rows: Sequence[Corrected], kernel: Doubles, start: Doubles) -> tuple[Doubles, Learned]:
    """The dual weights (rows × labels; zeros where the task gained nothing) and what came of it."""
    given = np.array([task in row.labels for row in rows])
    nothing = np.zeros_like(start)
    if not given.any():
        return nothing, Learned(task, 0, 0.0, 0.0, False)
    truth = _truth(task, rows, start)
    folds = np.array([place % FOLDS for place in range(len(rows))])
    before = _right(task, start[given], truth[given])
    best, least, after = 0.0, _loss(task, start, truth), before
    for hold in HOLDS:
        moved = start.copy()
        for number in range(FOLDS):
            learn_on, ask = np.flatnonzero(folds != number), np.flatnonzero(folds == number)
            dual = _solve(task, kernel[np.ix_(learn_on, learn_on)], (start[learn_on], truth[learn_on]), hold)
            moved[ask] += kernel[np.ix_(ask, learn_on)] @ dual
        loss = _loss(task, moved, truth)
        if loss < least:
            best, least, after = hold, loss, _right(task, moved[given], truth[given])
    learned = Learned(task, int(given.sum()), round(before, 3), round(after, 3), best > 0 and after > before)
    return (_solve(task, kernel, (start, truth), best) if learned.used else nothing), learned


def _truth(task: str, rows: Sequence[Corrected], start: Doubles) -> Doubles:
    """The shares to be learned: nearly certain where people labelled, the model's own elsewhere."""
    truth: Doubles = expit(start) if task == "topics" else softmax(start, axis=1)
    names = NAMES[task]
    for place, row in enumerate(rows):
        if task in row.labels:
            marked = np.array([name in row.labels[task] for name in names], float)
            truth[place] = 0.02 + 0.96 * marked if task == "topics" else 0.02 + (1 - 0.02 * len(names)) * marked
    return truth


def _loss(task: str, logits: Doubles, truth: Doubles) -> float:
    if task == "topics":
        return float(-(truth * log_expit(logits) + (1 - truth) * log_expit(-logits)).sum(1).mean())
    return float(-(truth * log_softmax(logits, axis=1)).sum(1).mean())


def _right(task: str, logits: Doubles, truth: Doubles) -> float:
    """The share of labels that are right: of topics, how far what is said and what is true overlap."""
    if task != "topics":
        return float((logits.argmax(1) == truth.argmax(1)).mean())
    said, true = logits > 0, truth > 0.5
    return float((2 * (said & true).sum() + 1e-9) / (said.sum() + true.sum() + 1e-9))


def _solve(task: str, kernel: Doubles, problem: tuple[Doubles, Doubles], hold: float) -> Doubles:
    """The dual weights with the least loss, shape (rows, labels)."""
    start, truth = problem

    def loss(flat: Doubles) -> tuple[float, Doubles]:
        dual = flat.reshape(start.shape)
        reached = kernel @ dual
        logits = start + reached
        share = expit(logits) if task == "topics" else softmax(logits, axis=1)
        value = _loss(task, logits, truth) * len(start) + hold / 2 * float((dual * reached).sum())
        return value, (kernel @ (share - truth + hold * dual)).ravel()

    found: Doubles = minimize(loss, np.zeros(start.size), jac=True, method="L-BFGS-B", options={"maxiter": 60}).x.reshape(start.shape)
    return found
