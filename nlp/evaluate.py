"""How good the labels are: `rasad eval tone|city|topics|demands` on the dev part, which training never saw, with the floor beside ours."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput
from core.records import CITY_TONES, TONES, TOPICS
from nlp.train.rows import FLOOR, OURS, Row, parts

ROUNDS = 2000
SEED = 17
Array = NDArray[Any]
Answers = tuple[Array, Array, Array]  # truth, ours, the floor's, row by row
TASKS = ("tone", "city", "topics", "demands")


class Model(Protocol):
    """What is measured: ``nlp.labels.Labeller`` is one."""

    manifest: Any

    def probabilities(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Texts → probabilities of each task."""
        ...


@dataclass(frozen=True)
class Score:
    """One figure on one set of rows: ours and the floor's with 95 % bootstrap intervals, and the interval of their paired difference."""

    rows: str
    count: int
    measure: str
    ours: tuple[float, float, float]
    floor: tuple[float, float, float]
    gain: tuple[float, float, float]


@dataclass(frozen=True)
class Report:
    """The scores of a task, its confusion matrix (truth × ours; empty for topics) and the error of calibration."""

    task: str
    scores: tuple[Score, ...]
    labels: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    calibration: float

    @property
    def text(self) -> str:
        """A plain table."""
        lines = [f"{self.task}: dev rows, 95 % bootstrap intervals ({ROUNDS} rounds, seed {SEED})"]
        lines.append(f"{'rows':<22}{'n':>6}  {'measure':<10}{'ours':<24}{'TF-IDF + LR':<24}difference")
        for score in self.scores:
            cells = [f"{mean:.3f} [{low:.3f}, {high:.3f}]" for mean, low, high in (score.ours, score.floor, score.gain)]
            lines.append(f"{score.rows:<22}{score.count:>6}  {score.measure:<10}{cells[0]:<24}{cells[1]:<24}{cells[2]}")
        if self.confusion:
            lines += ["", "truth \\ ours".ljust(14) + "".join(label.rjust(10) for label in self.labels)]
            pairs = zip(self.labels, self.confusion, strict=True)
            lines += [label.ljust(14) + "".join(str(number).rjust(10) for number in row) for label, row in pairs]
        lines += ["", f"expected calibration error: {self.calibration:.3f}"]
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data for JSON."""
        scores = [
            {"rows": s.rows, "count": s.count, "measure": s.measure, "ours": s.ours, "floor": s.floor, "gain": s.gain} for s in self.scores
        ]
        return {"task": self.task, "scores": scores, "labels": self.labels, "confusion": self.confusion, "calibration": self.calibration}


def evaluate(task: str, data: Path, model: Model, floor_file: Path = FLOOR) -> Report:
    """Measure ``model`` on the dev rows of ``data`` (the folder with ``tone/``). Raises BadInput for an unknown task or missing data.

    ``floor_file`` holds what the floor says of the dev rows (nlp.train.fit_floor).
    """
    if task not in TASKS:
        raise BadInput("task", task, f"one of {', '.join(TASKS)}")
    if not (data / "tone").is_dir():
        raise BadInput("data", str(data), "no folder tone/ with labelled rows there")
    rows = [row for row in parts(data)["dev"] if _is_asked(row, task)]
    shares = _shares(model, [row.text for row in rows])
    said = {(line["key"], line["human"]): line for line in map(json.loads, floor_file.read_text().splitlines())}
    floor = [said[row.key, row.human] for row in rows]
    if task in ("tone", "city"):
        return _classes(task, rows, shares[task], np.array([line[task] for line in floor]))
    return _marks(task, rows, (shares["topics" if task == "topics" else "demand"], model.manifest), floor)


def _is_asked(row: Row, task: str) -> bool:
    return row.majority is not None if task == "tone" else not row.human


def _shares(model: Model, texts: list[str]) -> dict[str, Array]:
    batches = [model.probabilities(texts[start : start + 64]) for start in range(0, len(texts), 64)]
    return {task: np.concatenate([batch[task] for batch in batches]) for task in batches[0]}


def _sets(rows: Sequence[Row], task: str) -> dict[str, Array]:
    found = {"all": np.ones(len(rows), bool)}
    if task == "tone":
        found["human votes"] = np.array([row.human for row in rows])
        found["human, unanimous"] = np.array([row.human and row.sure for row in rows])
        found["our labels"] = ~found["human votes"]
    found |= {source: np.array([row.source == source for row in rows]) for source in OURS}
    return {name: chosen for name, chosen in found.items() if chosen.any()}


def _classes(task: str, rows: Sequence[Row], shares: Array, floor: Array) -> Report:
    names: tuple[str, ...] = TONES if task == "tone" else CITY_TONES
    truth = np.array([row.majority if task == "tone" else row.city for row in rows])
    ours = shares.argmax(1)
    said = (truth, ours, floor)
    scores = tuple(bootstrap((name, "macro F1"), macro_f1, _of(said, chosen)) for name, chosen in _sets(rows, task).items())
    confusion = tuple(tuple(int(((truth == a) & (ours == b)).sum()) for b in range(len(names))) for a in range(len(names)))
    return Report(task, scores, names, confusion, calibration_error(shares, truth))


def _marks(task: str, rows: Sequence[Row], said: tuple[Array, Any], floor: Sequence[dict[str, Any]]) -> Report:
    shares, manifest = said
    if task == "topics":
        truth, theirs = (_marked([line["topics"] for line in lines]) for lines in ([{"topics": row.topics or ()} for row in rows], floor))
        ours = _chosen(shares, float(manifest["topics"]["cut"]), int(manifest["topics"]["most"]))
    else:
        truth, theirs = np.array([[row.demand] for row in rows]), np.array([[line["demand"]] for line in floor])
        ours = (shares >= float(manifest["demand"]["cut"])).astype(int)
    measures = {"micro F1": micro_f1, "macro F1": label_f1} if task == "topics" else {"F1": micro_f1}
    answers = (truth, ours, theirs)
    scores = tuple(
        bootstrap((name, named), measure, _of(answers, chosen))
        for named, measure in measures.items()
        for name, chosen in _sets(rows, task).items()
    )
    confusion: tuple[tuple[int, ...], ...] = ()
    if task == "demands":
        confusion = tuple(tuple(int(((truth == a) & (ours == b)).sum()) for b in (0, 1)) for a in (0, 1))
    flat = np.stack([1 - shares.ravel(), shares.ravel()], axis=1)
    return Report(task, scores, ("no", "yes") if task == "demands" else TOPICS, confusion, calibration_error(flat, truth.ravel()))


def _marked(topics: Sequence[Sequence[int]]) -> Array:
    found = np.zeros((len(topics), len(TOPICS)), int)
    for i, own in enumerate(topics):
        found[i, list(own)] = 1
    return found


def _chosen(shares: Array, cut: float, most: int) -> Array:
    # The same choice as nlp.topics makes for an article.
    ranks = np.argsort(np.argsort(-shares, axis=1, kind="stable"), axis=1)
    chosen: Array = ((ranks == 0) | ((ranks < most) & (shares >= cut))).astype(int)
    return chosen


def _of(said: Answers, chosen: Array) -> Answers:
    truth, ours, floor = said
    return truth[chosen], ours[chosen], floor[chosen]


def macro_f1(truth: Array, said: Array) -> float:
    """The mean F1 of the labels that occur in the truth or in what was said."""
    scores = []
    for label in np.union1d(truth, said):
        both = int(((truth == label) & (said == label)).sum())
        scores.append(2 * both / (int((truth == label).sum()) + int((said == label).sum())))
    return float(np.mean(scores))


def micro_f1(truth: Array, said: Array) -> float:
    """F1 over all marks (0/1, rows × labels) together; 0 where there are none."""
    marks = int(truth.sum() + said.sum())
    return 2 * int((truth & said).sum()) / marks if marks else 0.0


def label_f1(truth: Array, said: Array) -> float:
    """The mean over the labels (columns) that occur of each label's F1."""
    used = [k for k in range(truth.shape[1]) if truth[:, k].any() or said[:, k].any()]
    return float(np.mean([micro_f1(truth[:, k], said[:, k]) for k in used]))


def calibration_error(shares: Array, truth: Array, bins: int = 10) -> float:
    """Expected calibration error: the mean distance between the surest label's probability and how often it is right, in ten bins."""
    top, right = shares.max(1), shares.argmax(1) == truth
    place = np.minimum((top * bins).astype(int), bins - 1)
    return float(
        sum(abs(top[place == b].mean() - right[place == b].mean()) * (place == b).mean() for b in range(bins) if (place == b).any())
    )


def bootstrap(names: tuple[str, str], measure: Callable[[Array, Array], float], said: Answers) -> Score:
    """The score ``names`` (rows, measure) with its intervals; rows are drawn for ours and the floor together."""
    truth, ours, floor = said
    random = np.random.default_rng(SEED)
    rows = [np.arange(len(truth)), *(random.integers(0, len(truth), len(truth)) for _ in range(ROUNDS))]
    drawn = np.array([(measure(truth[i], ours[i]), measure(truth[i], floor[i])) for i in rows])
    low, high = np.percentile(drawn[1:], [2.5, 97.5], axis=0)
    gain = drawn[:, 0] - drawn[:, 1]
    return Score(
        names[0], len(truth), names[1],
        _rounded(drawn[0, 0], low[0], high[0]), _rounded(drawn[0, 1], low[1], high[1]),
        _rounded(gain[0], *np.percentile(gain[1:], [2.5, 97.5])),
    )  # fmt: skip


def _rounded(*values: float) -> tuple[float, float, float]:
    first, second, third = (round(float(value), 4) for value in values)
    return first, second, third
