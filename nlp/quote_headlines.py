"""Statements in headlines, in folded text: «شهردار مشهد: …», «گلایه شهردار مشهد از …», «شهردار مشهد اعلام کرد:» above a line."""

import re

from nlp.quote_clauses import COLON, Statement, labelled
from nlp.quote_people import Spans
from nlp.quote_subjects import find_subject

_NOUN = re.compile(
    r"\s*(?P<cue>(?:گله|گلایه|انتقاد|اعتراض|(?:اظهار|ابراز) ?(?:نگرانی|تاسف|امیدواری|خرسندی)|هشدار|تاکید|درخواست|تقدیر|قدردانی|استقبال)"
    r"(?: (?:مجدد|دوباره|شدید|تند))?) "
)
_OF = re.compile(r'[»")]{0,2} (?:از|بر|نسبت به|درباره|در خصوص|برای) ')
LONGEST_LINE = 250


def headline_statements(text: str, people: Spans) -> list[Statement]:
    """The statement of a folded headline, if it is one. ``"گلایه شهردار مشهد از کمبود اتوبوس"`` → «کمبود اتوبوس», reported."""
    colon = COLON.match(text)
    subject = labelled(text, 0, colon.end(), people) if colon else None
    if colon is None or subject is None or colon.end() >= len(text):
        return _of_noun(text, people)
    place = text.index(":")
    return [Statement(colon.end(), len(text), place, place + 1, subject, True)]


def _of_noun(text: str, people: Spans) -> list[Statement]:
    noun = _NOUN.match(text)
    if noun is None:
        return []
    place = noun.end() + (text[noun.end() : noun.end() + 1] in {"«", '"'})
    subject = find_subject(text, place, len(text), people)
    behind = _OF.match(text, subject.end) if subject and subject.start == place and (subject.role or subject.name) else None
    if subject is None or behind is None or len(text) - behind.end() < 8:
        return []
    end = text.find("/", behind.end())
    return [Statement(behind.end(), end if end > 0 else len(text), noun.start("cue"), noun.end("cue"), subject, direct=False)]


def kicker_statement(headline: str, body: str, people: Spans) -> Statement | None:
    """What a headline that ends with a colon announces: the first line of the body. Its subject and cue lie in the headline."""
    last = len(headline.rstrip()) - 1
    line = body.find("\n")
    if last < 3 or headline[last] != ":" or not 12 < line < LONGEST_LINE:
        return None
    subject = labelled(headline, 0, last, people)
    return Statement(0, line, last, last + 1, subject, direct=True) if subject else None
