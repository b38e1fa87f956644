"""What people ask for or complain of: the sentences that voice it and who asks.

The model's probability for the article and the sentence's own words are weighed together: neither alone is right often enough.
"""

import math
import re
from collections.abc import Callable, Sequence

from core.records import Demand, Quote, Span
from nlp.demand_cues import PEOPLE, demand_score
from nlp.entities import Part
from nlp.sentences import sentences

ARTICLE_LEAST = -2.6
SENTENCE_LEAST = -4.0
MOST_DEMANDS = 6
LONGEST_SENTENCE = 600
MOST_SENTENCES = 400

# The model's log-odds that each of some sentences, read alone, voices a demand.
SentenceOdds = Callable[[Sequence[str]], Sequence[float]]

_ASKER = re.compile(rf"(?<![^\W_])(?:(?:یکی|برخی|جمعی|تعدادی|گروهی) از )?(?:{PEOPLE})(?: (?:این |محله |منطقه |شهر )?[^\W_]+)?(?![^\W_])")


def find_demands(body: Part, quotes: Sequence[Quote], probability: float, odds: SentenceOdds) -> list[Demand]:
    """The demands of a body, at most six, in order; ``probability`` (0–1) is the model's that the article voices one.

    ``"اهالی گلشهر خواستار رفع مشکل آب شدند."`` → that sentence, asker «اهالی گلشهر».
    """
    text = body.folded.text
    places = [(start, min(end, start + LONGEST_SENTENCE)) for start, end in sentences(text)[:MOST_SENTENCES]]
    words = [demand_score(text[start:end]) for start, end in places]
    article = _log_odds(probability)
    if not words or article + max(words) < ARTICLE_LEAST:
        return []
    given = [body.given[slice(*body.folded.span(start, end))] for start, end in places]
    scores = [word + odd + article / 2 for word, odd in zip(words, odds(given), strict=True)]
    least = min(max(scores), SENTENCE_LEAST)
    chosen = sorted((place for place, score in enumerate(scores) if score >= least), key=lambda place: -scores[place])[:MOST_DEMANDS]
    return [_demand(body, quotes, *places[place]) for place in sorted(chosen)]


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, 1e-4), 1 - 1e-4)
    return math.log(bounded / (1 - bounded))


def _demand(body: Part, quotes: Sequence[Quote], start: int, end: int) -> Demand:
    first, last = body.folded.span(start, end)
    holder = next((quote for quote in quotes if quote.span.field == "body" and _overlap(quote.span, first, last) * 2 > last - first), None)
    if holder:
        first, last = max(first, holder.span.start), min(last, holder.span.end)
    return Demand(body.given[first:last], Span(first, last), _asker(body, start, end, holder))


def _overlap(span: Span, start: int, end: int) -> int:
    return min(span.end, end) - max(span.start, start)


def _asker(body: Part, start: int, end: int, holder: Quote | None) -> str:
    named = _ASKER.search(body.folded.text, start, end)
    if named:
        return body.given[slice(*body.folded.span(named.start(), named.end()))]
    return (holder.speaker or "") if holder else ""
