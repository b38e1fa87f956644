"""The steps of annotation in order: read this first. Text in, annotations out; nothing is stored, nothing is fetched."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.records import Annotations, Mention, Quote
from nlp.demands import find_demands
from nlp.entities import NamedEntities, Part, mentions
from nlp.fingerprint import fingerprint
from nlp.labels import Labeller, Labels
from nlp.mention_tones import SentenceLabels, with_tones
from nlp.quotes import find_quotes
from nlp.text import Text as Text

RULES_VERSION = "2"


@dataclass(frozen=True, slots=True)
class _Read:
    """What the rules say of a text without the model's labels."""

    body: Part
    sentences: SentenceLabels
    entities: tuple[Mention, ...]
    quotes: tuple[Quote, ...]


class Annotator:
    """Everything that NLP says about articles, in batches. Made by ``load``; safe to share between threads."""

    def __init__(self, labeller: Labeller, entities: NamedEntities) -> None:
        self._labeller = labeller
        self._entities = entities

    @classmethod
    def load(cls, config: Path, tone_model: str = "", tone_labels: str = "", own_model: Path | None = None) -> "Annotator":
        """The bundled model and the register in ``config``; the others are the settings of that name.

        Raises SettingError for a register, a checkpoint or a folder of learned corrections that cannot be used.
        """
        labeller = Labeller.load(tone_model=tone_model, tone_labels=tone_labels, own_model=own_model)
        return cls(labeller, NamedEntities.load(config))

    @property
    def version(self) -> str:
        """What its annotations bear as ``nlp_version``: the rules' and the model's."""
        return f"{RULES_VERSION}-{self._labeller.version}"

    def annotate(self, texts: Sequence[Text]) -> list[Annotations]:
        """The annotations of each text, in order. Any string is taken; the time grows linearly with its length."""
        labels = self._labeller.begin(texts)
        read = [self._read(text) for text in texts]
        return [self._finished(*parts) for parts in zip(texts, read, labels(), strict=True)]

    def _read(self, text: Text) -> _Read:
        headline = self._entities.read("headline", text.headline)
        body = self._entities.read("body", text.body)
        register = self._entities.register
        sentence_labels = SentenceLabels(body, self._labeller.linear.logits)
        named = [*mentions(headline, register, text.published_at), *mentions(body, register, text.published_at)]
        quotes = find_quotes(headline, body, register, text.published_at)
        return _Read(body, sentence_labels, tuple(with_tones(named, sentence_labels, register)), tuple(quotes))

    def _finished(self, text: Text, read: _Read, labels: Labels) -> Annotations:
        return Annotations(
            nlp_version=self.version,
            tone=labels.tone,
            city_tone=labels.city_tone,
            topics=labels.topics,
            entities=read.entities,
            quotes=read.quotes,
            demands=tuple(find_demands(read.body, read.quotes, labels.demand, read.sentences)),
            fingerprint=fingerprint(text),
        )


def version_with(tone_model: str = "", tone_labels: str = "", own_model: Path | None = None) -> str:
    """The ``nlp_version`` that these settings give, without loading any weights."""
    return f"{RULES_VERSION}-{Labeller.load(tone_model=tone_model, tone_labels=tone_labels, own_model=own_model).version}"
