"""Attributed statements: what is said, by which cue, by whom, in which voice."""

from collections.abc import Sequence

from core.records import Quote
from nlp.entities import Named
from nlp.normalize import Folded
from nlp.register import Register
from nlp.text import Text


def find_quotes(text: Text, headline: Folded, body: Folded, named: Sequence[Named], register: Register) -> list[Quote]:
    """The statements of an article."""
    return []
