"""What the bundled model says of an article: tone, tone toward the city, topics and how likely it voices a demand."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from core.records import CITY_TONES, TONES, TOPICS, Span, ToneLabel, TopicLabel
from nlp.linear import LinearModel
from nlp.own import own_layer
from nlp.second_look import SecondLook
from nlp.sentences import sentences
from nlp.text import Text
from nlp.tone import Blend, evidence, sigmoid, softmax, tone_label
from nlp.topics import topic_labels
from nlp.weights import MODEL, Encoder, ToneCheckpoint, find_checkpoint
from nlp.windows import LONG, LONGEST_SENTENCE, condensed, joined, thinned

Floats = NDArray[np.float32]
MOST_SENTENCES = 60  # evidence is looked for in the first sixty sentences
PLACES = {
    "tone": slice(0, 3),
    "city": slice(3, 7),
    "topics": slice(7, 7 + len(TOPICS)),
    "demand": slice(7 + len(TOPICS), 8 + len(TOPICS)),
}


@dataclass(frozen=True, slots=True)
class Labels:
    """One article's labels; ``demand`` is the probability (0–1) that it voices what people ask for or complain of."""

    tone: ToneLabel
    city_tone: ToneLabel
    topics: tuple[TopicLabel, ...]
    demand: float


class Labeller:
    """The bundled model: a linear model and an encoder, blended and calibrated; or another checkpoint in the tone's place.

    ``version`` names the weights; ``demand_threshold`` is the probability from which on a demand counts as voiced.
    """

    def __init__(self, folder: Path, manifest: Mapping[str, Any], checkpoint: ToneCheckpoint | None, own: Path | None = None) -> None:
        self.folder, self.manifest, self.checkpoint = folder, manifest, checkpoint
        self.base_version = f"{manifest['version']}+{checkpoint.folder.name}" if checkpoint else str(manifest["version"])
        self.own = own_layer(own, self.base_version)
        self.version = f"{self.base_version}+{self.own.version}" if self.own else self.base_version
        self.demand_threshold = float(manifest["demand"]["cut"])
        names = ("tone", "city", "topics", "demand")
        self.blends = {name: _blend(manifest[name]) for name in names}
        self.second = SecondLook.of(manifest["second"]) if "second" in manifest else None

    @classmethod
    def load(cls, folder: Path = MODEL, tone_model: str = "", tone_labels: str = "", own_model: Path | None = None) -> Self:
        """Open the model; the weights themselves are read at first use. ``tone_model`` and so on are the settings of that name.

        Raises SettingError when ``tone_model`` names no usable checkpoint or ``own_model`` no folder of learned corrections.
        """
        manifest = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        checkpoint = ToneCheckpoint(find_checkpoint(tone_model), tone_labels) if tone_model else None
        return cls(folder, manifest, checkpoint, own_model)

    @cached_property
    def linear(self) -> LinearModel:
        """The linear half."""
        return LinearModel.load(self.folder / "linear.npz")

    @cached_property
    def encoder(self) -> Encoder | None:
        """The encoder; None in a folder that has only the linear half."""
        if not (self.folder / "encoder.onnx").exists():
            return None
        return Encoder(self.folder, int(self.manifest["pieces"]), float(self.manifest["style"]))

    def probabilities(self, texts: Sequence[str]) -> dict[str, Floats]:
        """Joined texts → probabilities of each task, shape (texts, labels of the task); for measuring and for ``label``."""
        found = self.base_probabilities(texts)
        return self.own.moved(found, texts) if self.own else found

    def base_probabilities(self, texts: Sequence[str]) -> dict[str, Floats]:
        """The same without what officers' corrections taught."""
        return self._begin(texts)()

    def _begin(self, texts: Sequence[str]) -> Callable[[], dict[str, Floats]]:
        encoded = self.encoder.begin([self.condensed(text) for text in texts]) if self.encoder else None
        toned = self.checkpoint.begin(texts) if self.checkpoint else None
        linear = self.second.logits(texts, self.linear) if self.second else self.linear.logits(texts)

        def finish() -> dict[str, Floats]:
            other = encoded() if encoded else None
            found = {}
            for task, place in PLACES.items():
                own = self.blends[task].logits(linear[:, place], None if other is None else other[:, place])
                found[task] = softmax(own) if task in ("tone", "city") else sigmoid(own)
            if toned:
                found["tone"] = softmax(toned())
            return found

        return finish

    def label(self, texts: Sequence[Text]) -> list[Labels]:
        """The labels of each text, in order. Any text is taken, empty ones too; the time grows linearly with the length."""
        return self.begin(texts)()

    def begin(self, texts: Sequence[Text]) -> Callable[[], list[Labels]]:
        """The same in two steps: the networks compute from here on in threads of their own, what is given back waits for them."""
        if not texts:
            return list
        whole = [joined(text.headline, joined(text.lead, text.body)) for text in texts]
        pending = self._begin(whole)
        read = [self._sentences(text) for text in texts]

        def finish() -> list[Labels]:
            found = pending()
            found = self.own.moved(found, whole) if self.own else found
            return [self._labels(*parts, {task: values[i] for task, values in found.items()}) for i, parts in enumerate(read)]

        return finish

    def _labels(self, places: list[Span], shares: Floats, found: Mapping[str, Floats]) -> Labels:
        tone = tone_label(found["tone"], TONES, self.blends["tone"].unsure)
        city = tone_label(found["city"], CITY_TONES, self.blends["city"].unsure)
        tone = replace(tone, evidence=evidence(shares[:, PLACES["tone"]], TONES.index(tone.label), places))
        if city.label != "none":
            city = replace(city, evidence=evidence(shares[:, PLACES["city"]], CITY_TONES.index(city.label), places))
        topics = self.manifest["topics"]
        chosen = topic_labels(found["topics"], float(topics["cut"]), int(topics["most"]))
        return Labels(tone, city, chosen, round(float(found["demand"][0]), 4))

    def condensed(self, text: str) -> str:
        """What the encoder reads of a joined text: all of a short one, else the beginning and the sentences with the strongest tone."""
        if len(text) <= LONG:
            return text
        text = thinned(text)
        places = sentences(text)
        shares = self.linear.shares([text[start:end][:LONGEST_SENTENCE] for start, end in places])[:, PLACES["tone"]]
        return condensed(text, places, [max(negative, positive) - neutral for negative, neutral, positive in shares])

    def _sentences(self, text: Text) -> tuple[list[Span], Floats]:
        body = text.body[: MOST_SENTENCES * 400]
        places = [Span(0, len(text.headline), "headline")] if text.headline.strip() else []
        places += [Span(start, end) for start, end in sentences(body)[:MOST_SENTENCES]]
        parts = [(text.headline if place.field == "headline" else body)[place.start : place.end] for place in places]
        return places, self.linear.shares(parts)


def _blend(values: Mapping[str, Any]) -> Blend:
    bias = tuple(float(value) for value in values["bias"])
    return Blend(float(values["linear"]), float(values["encoder"]), bias, float(values.get("unsure", 0.5)))
