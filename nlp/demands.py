"""What people ask for or complain of: the sentences that voice it and who asks."""

from core.records import Demand, Quote
from nlp.entities import Part


def find_demands(body: Part, quotes: list[Quote], probability: float, threshold: float) -> list[Demand]:
    """The demands of a body, none when the model's ``probability`` is far below ``threshold``."""
    return []
