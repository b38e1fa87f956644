"""What officers' corrections teach the model: a small layer of weights on top of the bundled one, in a folder of its own.

Its features are those of the linear half; it moves the probabilities of tone, tone toward the city and topics. The bundled model's
files are never changed, and without the folder everything is as it was.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from core.errors import SettingError
from core.records import CITY_TONES, TONES, TOPICS
from nlp.linear import LinearModel
from nlp.tone import sigmoid, softmax

Floats = NDArray[np.float32]
LABELS = len(TONES) + len(CITY_TONES) + len(TOPICS)
PLACES = {"tone": slice(0, 3), "city_tone": slice(3, 7), "topics": slice(7, LABELS)}
log = logging.getLogger(__name__)


def log_odds(found: Mapping[str, Floats]) -> Floats:
    """Probabilities as logits, shape (texts, 26): logarithms for the tones, log-odds for the topics."""
    tone, city, topics = (np.clip(found[task], 1e-6, 1 - 1e-6) for task in ("tone", "city", "topics"))
    return np.concatenate([np.log(tone), np.log(city), np.log(topics / (1 - topics))], axis=1).astype(np.float32)


@dataclass(frozen=True)
class OwnLayer:
    """Weights learned from corrections; ``version`` names them, ``base`` the bundled model that they were learned on."""

    model: LinearModel
    version: str
    base: str

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what ``save`` wrote. Raises SettingError when the folder holds no such layer."""
        try:
            about = json.loads((folder / "own.json").read_text(encoding="utf-8"))
            return cls(LinearModel.load(folder / "own.npz"), str(about["version"]), str(about["base"]))
        except (OSError, ValueError, KeyError) as error:
            raise SettingError("RASAD_OWN_MODEL", str(folder), f"no model of `rasad model train --corrections` there ({error})") from None

    def save(self, folder: Path, about: dict[str, Any]) -> None:
        """Write the layer; ``about`` (counts, scores) goes into own.json for people to read."""
        folder.mkdir(parents=True, exist_ok=True)
        self.model.save(folder / "own.npz")
        text = json.dumps({"version": self.version, "base": self.base} | about, ensure_ascii=False, indent=1)
        (folder / "own.json").write_text(text + "\n", encoding="utf-8")

    def moved(self, found: Mapping[str, Floats], texts: Sequence[str]) -> dict[str, Floats]:
        """The probabilities that a model ``found`` for ``texts``, moved by what the corrections taught."""
        more = self.model.logits(texts)
        logits = log_odds(found) + more
        tone, city, topics = (logits[:, place] for place in PLACES.values())
        return {**found, "tone": softmax(tone), "city": softmax(city), "topics": sigmoid(topics)}


def own_layer(folder: Path | None, base: str) -> OwnLayer | None:
    """The layer of a folder, None without one. One that was learned on another bundled model is left out, with a warning."""
    if folder is None:
        return None
    layer = OwnLayer.load(folder)
    if layer.base != base:
        log.warning("corrections were learned on model %s, this is %s: run `rasad model train --corrections` again", layer.base, base)
        return None
    return layer
