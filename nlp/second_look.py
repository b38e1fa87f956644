"""The linear half looks a second time: at the sentences that name a city's management, and at the one that sounds most like a demand.

What it heard in the whole text and there is weighed together; the weights (``second`` in model.json) were fitted on training rows only.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from core.records import CITY_TONES, TONES, TOPICS
from nlp import normalize
from nlp.demand_cues import demand_score
from nlp.linear import LinearModel
from nlp.sentences import sentences
from nlp.windows import fold, thinned

Floats = NDArray[np.float32]
TONE, CITY = slice(0, len(TONES)), slice(len(TONES), len(TONES) + len(CITY_TONES))
DEMAND = slice(CITY.stop + len(TOPICS), CITY.stop + len(TOPICS) + 1)
LONGEST_SENTENCE = 600
NO_CUE = -6.0  # the score of a text without a sentence

MANAGEMENT = re.compile(
    "شهردار|شورای (?:اسلامی )?شهر|مدیریت شهری|مدیران شهری|شهرسازی|متروی|اتوبوس ?رانی|شرکت واحد|آتش ?نشانی|بهشت زهرا"
    "|خدمات شهری|فضای سبز|پسماند|تاکسیرانی"
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a text holds for the second look: its ``named`` sentences (those with a city's management) and its highest demand score."""

    named: str
    cue: float


def listen(text: str) -> Heard:
    """The sentences that count a second time. ``"باران آمد. شهرداری برف روبید."`` → named «شهرداری برف روبید.»."""
    folded = fold(thinned(text))
    parts = [folded[start:end] for start, end in sentences(folded)]
    cue = max((demand_score(normalize.fold(part[:LONGEST_SENTENCE]).text) for part in parts), default=NO_CUE)
    return Heard(" . ".join(part for part in parts if MANAGEMENT.search(part)), cue)


def city_features(logits: Floats, heard: Sequence[Heard], linear: LinearModel) -> Floats:
    """City logits of the whole text and of the named sentences, whether there are any, and the tone's logits: shape (texts, 12)."""
    named = linear.shares([one.named for one in heard])[:, CITY]
    has = np.array([[float(bool(one.named))] for one in heard], np.float32)
    return np.concatenate([logits[:, CITY], named * has, has, logits[:, TONE]], axis=1)


def demand_features(logits: Floats, heard: Sequence[Heard]) -> Floats:
    """The demand's logit of the whole text and the highest score of a sentence: shape (texts, 2)."""
    return np.concatenate([logits[:, DEMAND], np.array([[one.cue] for one in heard], np.float32)], axis=1)


@dataclass(frozen=True)
class SecondLook:
    """Weights (labels × features) and biases for the tone toward the city and for demands."""

    city: Floats
    city_bias: Floats
    demand: Floats
    demand_bias: Floats

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """From the part ``second`` of model.json."""
        return cls(*(np.array(values[name], np.float32) for name in ("city", "city_bias", "demand", "demand_bias")))

    def logits(self, texts: Sequence[str], linear: LinearModel) -> Floats:
        """The linear half's logits with those of city and demand looked at a second time, shape (texts, labels)."""
        logits = linear.logits(texts)
        heard = [listen(text) for text in texts]
        found = logits.copy()
        found[:, CITY] = city_features(logits, heard, linear) @ self.city.T + self.city_bias
        found[:, DEMAND] = demand_features(logits, heard) @ self.demand.T + self.demand_bias
        return found
