"""Attributed statements: what is said, by which cue, by whom, in which voice.

Sentence by sentence: cues (``quote_cues``), who is named before them (``quote_subjects``), who that is (``quote_speakers``), whose voice it
is (``quote_voices``). The words behind a colon go on until a sentence has a cue of its own or the paragraph ends.
"""

from datetime import datetime

from core.records import Quote, Span
from nlp.entities import Part
from nlp.quote_clauses import Statement, headline_statements, statements
from nlp.quote_speakers import Speaker, Speakers
from nlp.quote_subjects import Subject, find_introductions
from nlp.quote_voices import voice_of
from nlp.register import Register


def find_quotes(headline: Part, body: Part, register: Register, when: datetime | None) -> list[Quote]:
    """The statements of an article in the order they stand, those of the headline first.

    ``"شهردار مشهد گفت: کار آغاز شد."`` → content «کار آغاز شد.», cue «گفت», speaker «شهردار مشهد», voice management, direct.
    """
    speakers = Speakers()
    whole, known = _same_length(body), _keys(body)
    for subject in find_introductions(body.folded.text, body.people):
        speakers.introduce(subject, body.folded.text, whole, known)
    found = []
    for part, spoken in (
        (headline, headline_statements(headline.folded.text, headline.people)),
        (body, statements(body.folded.text, body.people)),
    ):
        original, keys = _same_length(part), _keys(part)
        for statement in spoken:
            before = speakers.last
            speaker = speakers.resolve(statement.subject, part.folded.text, original, another=statement.another, keys=keys)
            speakers.last = before if statement.aside and before else speaker
            found.append((part, statement, speaker))
    return [_quote(part, statement, speaker, register, when) for part, statement, speaker in found if statement.end > statement.start]


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


def _quote(part: Part, statement: Statement, speaker: Speaker | None, register: Register, when: datetime | None) -> Quote:
    start, end = part.folded.span(statement.start, statement.end)
    cue = part.folded.span(statement.cue_start, statement.cue_end)
    subject: Subject | None = statement.subject
    mention = part.given[slice(*part.folded.span(subject.start, subject.end))] if subject else ""
    known = speaker or Speaker()
    return Quote(
        content=part.given[start:end],
        span=Span(start, end, part.field),
        cue=part.given[cue[0] : cue[1]],
        mention=mention,
        speaker=known.shown or None,
        speaker_id=register.resolve(known.key, when) if known.key else None,
        role=known.role_text or None,
        voice=voice_of(known.role or known.name, known.key, register),
        direct=statement.direct,
    )
