"""What people ask for or complain of: the sentences that voice it and who asks.

The model's probability for the article and the sentence's own words are weighed together: neither alone is right often enough.
"""

import math
from collections.abc import Sequence

from core.records import Demand, Quote, Span
from nlp.demand_askers import asker_of, asks_people
from nlp.demand_cues import HIGHEST, demand_score
from nlp.entities import Part
from nlp.mention_tones import SentenceLabels
from nlp.normalize import fold

ARTICLE_LEAST = -2.6
SENTENCE_LEAST = -3.5
ASKS_PEOPLE = 2.0
MOST_DEMANDS = 6
LONGEST_SENTENCE = 600


def find_demands(body: Part, quotes: Sequence[Quote], probability: float, labels: SentenceLabels) -> list[Demand]:
    """The demands of a body, at most six, in order; ``probability`` (0–1) is the model's that the article voices one.

    ``"اهالی گلشهر خواستار رفع مشکل آب شدند."`` → that sentence, asker «اهالی گلشهر».
    """
    article = _log_odds(probability)
    if article + HIGHEST < ARTICLE_LEAST:
        return []
    words = [_word_score(fold(body.given[start : min(end, start + LONGEST_SENTENCE)]).text) for start, end in labels.places]
    if not words or article + max(words) < ARTICLE_LEAST:
        return []
    scores = [word + odds + article for word, odds in zip(words, labels.demand_odds(), strict=True)]
    least = min(max(scores), SENTENCE_LEAST)
    chosen = sorted((place for place, value in enumerate(scores) if value >= least), key=lambda place: -scores[place])[:MOST_DEMANDS]
    return [_demand(body, quotes, *labels.places[place]) for place in sorted(chosen)]


def _word_score(sentence: str) -> float:
    return demand_score(sentence) - (ASKS_PEOPLE if asks_people(sentence) else 0.0)


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, 1e-4), 1 - 1e-4)
    return math.log(bounded / (1 - bounded))


def _demand(body: Part, quotes: Sequence[Quote], first: int, last: int) -> Demand:
    holder = next((quote for quote in quotes if quote.span.field == "body" and _overlap(quote.span, first, last) * 2 > last - first), None)
    start, end = (max(first, holder.span.start), min(last, holder.span.end)) if holder else (first, last)
    return Demand(body.given[start:end], Span(start, end), asker_of(body.given[first:last], holder))


def _overlap(span: Span, start: int, end: int) -> int:
    return min(span.end, end) - max(span.start, start)
