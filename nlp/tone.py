"""From two models' logits to one calibrated tone, whether it is unsure, and the sentences that speak for it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.records import Span, ToneLabel

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Blend:
    """How one task's logits are put together: ``linear`` × the linear model's + ``encoder`` × the encoder's + ``bias`` (one a label).

    Fitted on the tune part by the likelihood, which calibrates as well. Below ``unsure`` the largest probability is not to be relied on.
    """

    linear: float
    encoder: float
    bias: tuple[float, ...]
    unsure: float = 0.5

    def logits(self, linear: Floats, encoder: Floats | None) -> Floats:
        """The blended logits, shape (texts, labels)."""
        total = self.linear * linear + np.asarray(self.bias, np.float32)
        return (total if encoder is None else total + self.encoder * encoder).astype(np.float32)


def softmax(logits: Floats) -> Floats:
    """Probabilities along the last axis."""
    raised = np.exp(logits - logits.max(-1, keepdims=True))
    shares: Floats = (raised / raised.sum(-1, keepdims=True)).astype(np.float32)
    return shares


def sigmoid(logits: Floats) -> Floats:
    """Probabilities of labels that do not exclude each other."""
    shares: Floats = (1 / (1 + np.exp(-np.clip(logits, -30, 30)))).astype(np.float32)
    return shares


def tone_label(probabilities: Floats, names: Sequence[str], unsure: float) -> ToneLabel:
    """The most probable of ``names`` with all probabilities, which sum to 1; unsure when it is below the threshold."""
    rounded = [round(float(value), 4) for value in probabilities]
    best = int(np.argmax(probabilities))
    rounded[best] = round(1 - sum(value for place, value in enumerate(rounded) if place != best), 4)
    return ToneLabel(names[best], rounded[best], dict(zip(names, rounded, strict=True)), rounded[best] < unsure)


def evidence(shares: Floats, label: int, places: Sequence[Span], most: int = 2) -> tuple[Span, ...]:
    """The one or two sentences that speak most for ``label``, in the order of the text; the second only if it is nearly as strong.

    ``shares`` (sentences × labels) says how far each sentence speaks for each label.
    """
    if not len(shares):
        return ()
    for_label = shares[:, label] - np.delete(shares, label, axis=1).max(1)
    order = np.argsort(-for_label, kind="stable")[:most]
    best = float(for_label[order[0]])
    chosen = [int(i) for i in order if i == order[0] or for_label[i] > max(0.0, 0.5 * best)]
    return tuple(places[i] for i in sorted(chosen))
