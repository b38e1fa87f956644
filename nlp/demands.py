"""What people ask for or complain of: the sentences that voice it and who asks.

The model's probability for the article and the sentence's own words are weighed together: neither alone is right often enough.
"""

import math
import re
from collections.abc import Sequence

from core.records import Demand, Quote, Span
from nlp.demand_cues import PEOPLE, demand_score
from nlp.entities import Part
from nlp.sentences import sentences

ARTICLE_LEAST = -2.6
SENTENCE_LEAST = -2.4
MOST_DEMANDS = 6
LONGEST_SENTENCE = 600

_ASKER = re.compile(rf"(?<![^\W_])(?:(?:یکی|برخی|جمعی|تعدادی|گروهی) از )?(?:{PEOPLE})(?: (?:این |محله |منطقه |شهر )?[^\W_]+)?(?![^\W_])")


def find_demands(body: Part, quotes: Sequence[Quote], probability: float) -> list[Demand]:
    """The demands of a body, at most six, in order; ``probability`` (0–1) is the model's that the article voices one.

    ``"اهالی گلشهر خواستار رفع مشکل آب شدند."`` → that sentence, asker «اهالی گلشهر».
    """
    scored = [
        (demand_score(body.folded.text[start : min(end, start + LONGEST_SENTENCE)]), start, end)
        for start, end in sentences(body.folded.text)
    ]
    if not scored or _log_odds(probability) + max(scored)[0] < ARTICLE_LEAST:
        return []
    best = max(score for score, _, _ in scored)
    chosen = sorted((one for one in scored if one[0] >= min(best, SENTENCE_LEAST)), reverse=True)[:MOST_DEMANDS]
    return [_demand(body, quotes, start, end) for _, start, end in sorted(chosen, key=lambda one: one[1])]


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
