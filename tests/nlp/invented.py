"""Invented samples and stand-ins for the tests of nlp; nobody named here and nothing told here is real."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from core.records import ToneLabel
from nlp.annotate import Annotator
from nlp.entities import NamedEntities
from nlp.labels import Labels
from nlp.quotes import find_quotes
from nlp.register import Register
from nlp.text import Text

ROOT = Path(__file__).resolve().parents[2]
SEED_ARTICLE = ROOT.parent / "shared" / "data" / "seed" / "000_0e3252890e492f4f.txt"


@cache
def register() -> Register:
    """The register that ships."""
    return Register.load(ROOT / "config" / "entities.toml")


@cache
def rules_only() -> NamedEntities:
    """The register and a stand-in for the name recogniser, so that these tests need no weights."""
    return NamedEntities(register(), StandInTagger())


def quotes_of(body: str, headline: str = ""):
    """The statements of an invented article."""
    entities = rules_only()
    return find_quotes(entities.read("headline", headline), entities.read("body", body), entities.register, None)


class StandInTagger:
    """A name recogniser that knows the invented persons only."""

    _names = re.compile(r"(?:رضا |حسن |کریم )?نمونه (?:زاده|پور)")

    def find(self, text: str):
        """Their names in folded text."""
        return [(match.start(), match.end(), "PER") for match in self._names.finditer(text)]


class StandInLabeller:
    """A labeller with fixed answers: neutral, and the demand probability given."""

    version = "stand-in"

    def __init__(self, demand: float = 0.01) -> None:
        self.demand = demand
        self.linear = self

    def begin(self, texts: Sequence[Text]) -> Callable[[], list[Labels]]:
        """The same labels for every text."""
        neutral = ToneLabel("neutral", 1.0, {"negative": 0.0, "neutral": 1.0, "positive": 0.0})
        none = ToneLabel("none", 1.0, {"negative": 0.0, "neutral": 0.0, "positive": 0.0, "none": 1.0})
        return lambda: [Labels(neutral, none, (), self.demand) for _ in texts]

    def logits(self, texts: Sequence[str]):
        """Zero for every sentence and label."""
        return np.zeros((len(texts), 64), dtype=np.float32)

    shares = logits


def annotator(demand: float = 0.01) -> Annotator:
    """The annotator over the stand-in."""
    return Annotator(StandInLabeller(demand), rules_only())
