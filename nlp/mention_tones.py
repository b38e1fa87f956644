"""The tone toward each entity, from the sentences that name it: the model's linear half reads each sentence alone, once."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.records import CITY_TONES, TONES, Mention
from nlp.entities import Part
from nlp.labels import PLACES
from nlp.register import Register
from nlp.sentences import sentences

SURE = 0.6
MOST_SENTENCES = 200
_CITY_VOICES = frozenset({"management", "council"})

Logits = Callable[[Sequence[str]], NDArray[np.float32]]


class SentenceLabels:
    """The sentences of a body as given and, when first asked for, what the model says of each."""

    def __init__(self, part: Part, logits: Logits) -> None:
        self._part = part
        self._logits = logits
        self.places = sentences(part.given)[:MOST_SENTENCES]
        self._starts = [start for start, _ in self.places]

    @cached_property
    def values(self) -> NDArray[np.float32]:
        """The logits of all heads, shape (sentences, labels)."""
        return self._logits([self._part.given[start:end] for start, end in self.places])

    def demand_odds(self) -> list[float]:
        """The log-odds that each sentence voices a demand."""
        return [float(odds) for odds in self.values[:, PLACES["demand"]].ravel()] if self.places else []

    def of(self, start: int) -> int:
        """The number of the sentence in which the character at ``start`` stands, -1 when it lies behind the last one read."""
        place = bisect_right(self._starts, start) - 1
        return place if place >= 0 and start < self.places[place][1] else -1


def with_tones(mentions: Sequence[Mention], labels: SentenceLabels, register: Register) -> list[Mention]:
    """The mentions with the tone of their sentence: toward the city for its bodies, the event's tone for all others.

    Neutral unless the model is at least 60 % sure; mentions in the headline keep None.
    """
    return [replace(mention, tone=_tone(mention, labels, register)) if mention.span.field == "body" else mention for mention in mentions]


def _tone(mention: Mention, labels: SentenceLabels, register: Register) -> str | None:
    sentence = labels.of(mention.span.start)
    if sentence < 0:
        return None
    is_city = register.voice(mention.entity_id or "") in _CITY_VOICES
    values = labels.values[sentence, PLACES["city" if is_city else "tone"]][: len(TONES)]
    shares = np.exp(values - values.max())
    best = int(shares.argmax())
    return (CITY_TONES if is_city else TONES)[best] if shares[best] >= SURE * shares.sum() else "neutral"
