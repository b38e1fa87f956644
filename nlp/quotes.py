"""Attributed statements: what is said, by which cue, by whom, in which voice.

Sentence by sentence: cues (``quote_cues``), who is named before them (``quote_subjects``), who that is (``quote_speakers``), whose voice it
is (``quote_voices``). The words behind a colon go on until a sentence has a cue of its own or the paragraph ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.records import Quote, Span
from nlp.entities import Part
from nlp.quote_clauses import Statement, statements
from nlp.quote_headlines import headline_statements, kicker_statement
from nlp.quote_people import speakers_names
from nlp.quote_speakers import Speaker, Speakers
from nlp.quote_subjects import Subject, find_introductions
from nlp.quote_voices import voice_of
from nlp.register import Register


@dataclass(frozen=True, slots=True)
class _Said:
    """A statement, the field that holds what is said, the one that holds its cue and subject, and who the subject is."""

    statement: Statement
    content: Part
    named: Part
    speaker: Speaker


def find_quotes(headline: Part, body: Part, register: Register, when: datetime | None) -> list[Quote]:
    """The statements of an article in the order they stand, those of the headline first.

    ``"شهردار مشهد گفت: کار آغاز شد."`` → content «کار آغاز شد.», cue «گفت», speaker «شهردار مشهد», voice management, direct.
    """
    speakers = Speakers()
    in_headline, in_body = (speakers_names(part.folded.text, part.people) for part in (headline, body))
    places = [(one.start, one.end) for one in body.named if one.kind != "PER"]
    introduced = find_introductions(body.folded.text, in_body, places)
    roles = dict.fromkeys(body.folded.text[slice(*subject.role)] for subject in introduced if subject.role)
    _introduce(speakers, body, introduced)
    kicker = kicker_statement(headline.folded.text, body.folded.text, in_headline)
    found = [
        *_resolved(speakers, headline_statements(headline.folded.text, in_headline), headline, headline),
        *_resolved(speakers, [kicker] if kicker else [], body, headline),
        *_resolved(speakers, statements(body.folded.text, in_body, places, list(roles)), body, body),
    ]
    return [_quote(said, register, when) for said in found if said.statement.end > said.statement.start]


def _introduce(speakers: Speakers, body: Part, introduced: Sequence[Subject]) -> None:
    original, keys = _same_length(body), _keys(body)
    for subject in introduced:
        speakers.introduce(subject, body.folded.text, original, keys)


def _resolved(speakers: Speakers, spoken: list[Statement], content: Part, named: Part) -> list[_Said]:
    original, keys = _same_length(named), _keys(named)
    found = []
    for statement in spoken:
        before = speakers.last
        speaker = speakers.resolve(statement.subject, named.folded.text, original, another=statement.another, keys=keys)
        speakers.last = before if statement.aside and before else speaker
        found.append(_Said(statement, content, named, speaker or Speaker()))
    return found


def _keys(part: Part) -> dict[int, str]:
    return {one.start: one.key for one in part.named if one.key and one.kind == "PER"}


def _same_length(part: Part) -> str:
    """The outlet's own letters at the folded places, so that a span of folded text cuts the words as given."""
    folded = part.folded
    if not folded.starts:
        return part.given
    ends = (*folded.starts[1:], len(folded.text))
    pieces = [part.given[start + shift : end + shift] for start, end, shift in zip(folded.starts, ends, folded.shifts, strict=True)]
    return part.given[: folded.starts[0]] + "".join(pieces)


def _quote(said: _Said, register: Register, when: datetime | None) -> Quote:
    statement, known = said.statement, said.speaker
    start, end = said.content.folded.span(statement.start, statement.end)
    cue, mention = (
        said.named.given[slice(*said.named.folded.span(*place))] if place else ""
        for place in (
            (statement.cue_start, statement.cue_end),
            (statement.subject.start, statement.subject.end) if statement.subject else None,
        )
    )
    return Quote(
        content=said.content.given[start:end],
        span=Span(start, end, said.content.field),
        cue=cue,
        mention=mention,
        speaker=known.shown or None,
        speaker_id=register.resolve(known.key, when) if known.key else None,
        role=known.role_text or None,
        voice=voice_of(known.role or known.name, known.key, register),
        direct=statement.direct,
    )
