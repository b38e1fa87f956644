"""From sentences to statements: where what is said begins and ends, in folded text; who that is comes later."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nlp.quote_cues import NARRATOR, OBJECT, OBJECT_WORD, SOURCE, THIS_NEWS, WITH_NOUN, WITH_THAT, Cue, main_cues
from nlp.quote_people import Spans
from nlp.quote_subjects import BODIES, GROUPS, HEADS, PRONOUN, Subject, cut_title, find_subject, titled, word_set
from nlp.sentences import sentences

_CREDIT = re.compile(r"(?:به گزارش|به نقل از|به گزارش و به نقل از)[^،؛:.\n]{2,90}[،؛:]\s*")
_LEAD_IN = re.compile(
    r"[\s،؛:]*(?:(?:همچنین|نیز|هم|در ادامه(?: این گزارش| سخنان خود)?|سپس|در پایان|در عین حال|البته|از سوی دیگر|از طرف دیگر)"
    r"(?![^\W_])[\s،]*)*"
)
_TRAIL = re.compile(
    r"[\s،؛:و]*(?:(?<![^\W_])(?:در ادامه(?: سخنان خود)?|در پایان|همچنین|نیز|هم|چنین|و|سپس"
    r"|در همین (?:راستا|رابطه)|در این (?:باره|خصوص|رابطه|زمینه))[\s،]*)*$"
)
_FROM = re.compile(r"(?<![^\W_])از(?![^\W_])(?! (?:سوی|طرف|طریق|جمله|این رو|آنجا|ابتدا|امروز|فردا))")
_TAKES_FROM = word_set(
    "استفاده بازدید پس قبل بعد بیش یکی برخی بخشی تعدادی حاکی ناشی پیش جمعی اعم تقدیر قدردانی حمایت بهره برگرفته کمتر بعضی یک قدری عبارت"
)
_PICTURE = re.compile(r"(?:عکس|عکاس|طرح|کاریکاتور|ترجمه|مترجم|گزارش|نویسنده|خبرنگار)[^\n]{0,12}:")
_OF_OBJECT = re.compile(r"(?:عنوان|اعلام|ذکر|بیان) ")
_WHICH = re.compile(r" که [^؛:]+")
COLON = re.compile(r"[^:\n«»؟]{3,110}?:(?!\d)\s*")
_WORD = re.compile(r"[^\W_]+")
_CLOSING = {"«": "»", '"': '"'}
LONGEST_QUOTATION = 3_000
MOST_ROLES = 200  # titles remembered of one article: each is tried on every other


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said at ``start:end``, the cue's words, the subject (None: dropped), whether «نیز» announces another speaker.

    ``goes_on``: sentences without a cue behind it belong to it. ``aside``: who is quoted in passing does not become
    «وی» of the next sentence. An empty statement says only who the text turns to.
    """

    start: int
    end: int
    cue_start: int
    cue_end: int
    subject: Subject | None
    direct: bool
    another: bool = False
    goes_on: bool = False
    aside: bool = False


class _Reader:
    """Reads sentence after sentence; ``open`` says that the last statement goes on as long as no other cue comes."""

    def __init__(self, text: str, people: Spans, places: Spans, roles: Sequence[str]) -> None:
        self.text = text
        self.people = people
        self.places = places
        self.roles = set(roles[:MOST_ROLES])
        self.found: list[Statement] = []
        self.open = False
        self.pending: Statement | None = None
        self.loose: tuple[int, int] | None = None
        self.closed_until = 0

    def read(self, start: int, end: int, *, new_line: bool) -> None:
        """One sentence; ``new_line``: a paragraph begins with it."""
        if end <= self.closed_until:
            return
        start = max(start, self.closed_until)
        if new_line:
            self.open = False
        if self.pending:
            self._open(replace(self.pending, start=start), end)
            return
        made = self._attributed(start, end)
        if made:
            self.found += made[:-1]
            self.loose = None
            self._last(made[-1], end)
        elif self.open and not NARRATOR.match(self.text, start) and not PRONOUN.match(self.text, start):
            self.found[-1] = replace(self.found[-1], end=end)
        else:
            self._turn(start, end)
            self.open = False
            joins = self.loose is not None and not new_line
            self.loose = (self.loose[0] if self.loose and joins else start, end)

    def _last(self, statement: Statement, end: int) -> None:
        if not (statement.direct or statement.goes_on):
            self.found.append(statement)
            self.open = False
        elif statement.start >= end:
            self.pending = statement
        else:
            self._open(statement, end)

    def _open(self, statement: Statement, end: int) -> None:
        self.pending = None
        closing = _CLOSING.get(self.text[statement.start])
        place = self.text.find(closing, statement.start + 1, statement.start + LONGEST_QUOTATION) if closing else -1
        if place >= 0 and not self.text[place + 1 : end].strip(' .،!؟؛"»'):
            self.found.append(replace(statement, end=max(place + 1, min(end, place + 2))))
            self.closed_until = place + 1
            self.open = False
        else:
            self.found.append(replace(statement, end=end))
            self.open = True

    def _turn(self, start: int, end: int) -> None:
        """A sentence without a cue that begins with a person's name: «وی» of the next sentence is that person."""
        credit = _CREDIT.match(self.text, start, end)
        begin = _LEAD_IN.match(self.text, credit.end() if credit else start, end)
        subject = find_subject(self.text, begin.end() if begin else start, end, self.people)
        if _PICTURE.match(self.text, start):
            return
        if not subject or not begin or subject.pronoun:
            return
        by_title = (
            subject.role is not None
            and subject.start == begin.end()
            and self.text[slice(*subject.role)].split(" ", 1)[0] not in BODIES | GROUPS
        )
        by_name = subject.name is not None and subject.start - begin.end() < 30 and self._is_person(subject.name[0])
        if by_title or by_name:
            self.found.append(Statement(start, start, start, start, subject, direct=False))

    def _attributed(self, start: int, end: int) -> list[Statement]:
        credit = _CREDIT.match(self.text, start, end)
        lead = _LEAD_IN.match(self.text, credit.end() if credit else start, end)
        begin = lead.end() if lead else start
        cues = [cue for cue in main_cues(self.text, begin, end) if not self._tells_of_object(cue, begin)]
        main = next((cue for cue in cues if cue.kind == "direct"), cues[0] if cues else None)
        if main is None:
            label = self._label(begin, end)
            if label:
                return [label]
        limit = main.start if main else end
        subject = self._subject(begin, limit)
        made = self._reported(begin, limit, subject)
        if main:
            made.append(self._main(main, begin, end, subject))
        return made

    def _subject(self, begin: int, end: int) -> Subject | None:
        subject = find_subject(self.text, begin, end, self.people)
        if subject is None or subject.role is None:
            return subject
        cut = cut_title(self.text, subject, end, self.places, self.roles)
        if len(self.roles) < MOST_ROLES and cut.role and cut.role[1] < end and (cut != subject or self.text.find(" را ", cut.end, end) < 0):
            self.roles.add(self.text[slice(*cut.role)])
        return cut

    def _tells_of_object(self, cue: Cue, begin: int) -> bool:
        """«… را … اعلام کرد که …»: the clause behind the verb belongs to what stands before it."""
        verb = self.text[cue.start : cue.end]
        return cue.kind == "that" and _OF_OBJECT.match(verb) is not None and self.text.find(" را ", begin, cue.start) > 0

    def _main(self, cue: Cue, begin: int, end: int, subject: Subject | None) -> Statement:
        another = self._another(begin, cue.start, subject)
        start = cue.content
        while start < end and self.text[start] in " :،‌":
            start += 1
        return Statement(start, end, cue.start, cue.end, subject, cue.kind == "direct", another, goes_on=True)

    def _another(self, begin: int, end: int, subject: Subject | None) -> bool:
        after = self.text[subject.end if subject else begin : end][:30].split()[:2]
        return any(word in {"نیز", "هم"} for word in after)

    def _label(self, begin: int, end: int) -> Statement | None:
        """«شهردار مشهد: کار آغاز شد»: a title and a colon at the beginning of a line."""
        if begin and self.text[begin - 1] != "\n":
            return None
        colon = COLON.match(self.text, begin, end)
        if colon is None:
            return None
        subject = labelled(self.text, begin, colon.end(), self.people)
        if subject is None:
            return None
        place = self.text.index(":", begin)
        return Statement(colon.end(), end, place, place + 1, subject, True)

    def _reported(self, begin: int, limit: int, subject: Subject | None) -> list[Statement]:
        """What is reported before the main cue (or in a sentence without one), in order, none overlapping."""
        found = [*self._this_news(begin, limit, subject), *self._with(begin, limit, subject), *self._objects(begin, limit, subject)]
        if not found:
            found = self._sources(begin, limit)
        found.sort(key=lambda one: one.start)
        kept: list[Statement] = []
        for one in found:
            if not kept or one.start >= kept[-1].end:
                kept.append(one)
        return kept

    def _this_news(self, begin: int, limit: int, subject: Subject | None) -> list[Statement]:
        cue = THIS_NEWS.search(self.text, begin, limit)
        if cue is None or self.loose is None:
            return []
        return [Statement(*self.loose, cue.start(), cue.end(), subject, direct=False)]

    def _with(self, begin: int, limit: int, subject: Subject | None) -> list[Statement]:
        matches = sorted(
            [*WITH_THAT.finditer(self.text, begin, limit), *WITH_NOUN.finditer(self.text, begin, limit)], key=lambda one: one.start()
        )
        found = []
        for place, match in enumerate(matches):
            stop = matches[place + 1].start() if place + 1 < len(matches) else limit
            last = self._clause_end(match.end(), stop, whole=match.re is WITH_THAT)
            if last - match.end() > 8:
                found.append(Statement(match.end(), last, match.start("cue"), match.end("cue"), subject, direct=False))
        return found

    def _clause_end(self, start: int, stop: int, *, whole: bool) -> int:
        piece = self.text[start:stop]
        if not whole and "،" in piece:
            piece = piece[: piece.index("،")]
        comma = piece.rfind("،")
        if comma > 0 and find_subject(self.text, start + comma + 1, start + len(piece), self.people) and len(piece) - comma < 90:
            tail = piece[comma + 1 :].strip().split(" ", 1)[0]
            if tail in HEADS or tail in {"وی", "او", "این"} or self._is_person(start + comma + 1):
                piece = piece[:comma]
        trail = _TRAIL.search(piece)
        return start + (trail.start() if trail else len(piece))

    def _is_person(self, place: int) -> bool:
        low = bisect_left(self.people, (place, 0))
        return low < len(self.people) and self.people[low][0] - place < 3

    def _objects(self, begin: int, limit: int, subject: Subject | None) -> list[Statement]:
        after = subject.end if subject and subject.end <= limit else begin
        found: list[Statement] = []
        for word, pattern in zip(OBJECT_WORD, OBJECT, strict=True):
            match = pattern.search(self.text, after, limit) if word.search(self.text, after, limit) else None
            if match is None:
                continue
            start, end = match.start("content"), match.end("content")
            which = _WHICH.match(self.text, match.end(), limit) if pattern is OBJECT[-1] else None
            if pattern is OBJECT[0]:
                start = self._from(after, end) or start
            lead = _LEAD_IN.match(self.text, start, end)
            start = _past_adverbs(self.text, lead.end() if lead else start, end)
            if self.text.startswith("که ", start):
                continue
            if end - start > 8 and not any(one.start < end and start < one.end for one in found):
                end = which.end() if which else end
                found.append(Statement(start, end, match.start("cue"), match.end("cue"), subject, direct=False))
        return found

    def _from(self, begin: int, end: int) -> int | None:
        for match in _FROM.finditer(self.text, begin, end):
            before = self.text[max(0, match.start() - 20) : match.start()].split()
            if not before or before[-1] not in _TAKES_FROM:
                return match.end() + 1
        return None

    def _sources(self, begin: int, end: int) -> list[Statement]:
        cue = SOURCE.search(self.text, begin, end)
        if cue is None:
            return []
        subject = source_subject(self.text, cue.end(), end, self.people)
        if subject is None:
            return []
        lead = _LEAD_IN.match(self.text, subject.end, end)
        start = lead.end() if lead else subject.end
        if end - start < 12:
            return []
        group = subject.role is not None and self.text[slice(*subject.role)].split(" ", 1)[0] in GROUPS
        aside = group or bool(main_cues(self.text, end, end + 60)) or subject.name is None
        return [Statement(start, end, cue.start("cue"), cue.end("cue"), subject, direct=False, aside=aside)]


_ADVERBS = re.compile(r"(?:در|با|به|ضمن|پس|از|امروز|دیروز|طی)(?![^\W_])[^،]{2,120}،\s*")


def _past_adverbs(text: str, start: int, end: int) -> int:
    """Past «در نشست خبری امروز،» before what is said."""
    match = _ADVERBS.match(text, start, end)
    return match.end() if match and " را " in text[match.end() : end] else start


def statements(text: str, people: Spans, places: Spans = (), roles: Sequence[str] = ()) -> list[Statement]:
    """The statements of a folded body in order.

    ``people`` and ``places`` (bodies too) are the spans of names in ``text``, in order; ``roles`` the titles that stand with a name.
    """
    reader = _Reader(text, people, places, roles)
    last = 0
    for start, end in sentences(text):
        reader.read(start, end, new_line="\n" in text[last:start] or not last)
        last = end
    return reader.found


def labelled(text: str, begin: int, end: int, people: Spans) -> Subject | None:
    """The title or person that ``text[begin:end]`` consists of, with a colon behind it; None for any other label."""
    first = re.compile(r"\s*[^\W_]+").match(text, begin, end)
    if first is None:
        return None
    word, place = first.group().strip(), first.end() - len(first.group().strip())
    starts = dict(people[bisect_left(people, (place, 0)) : bisect_left(people, (end, 0))])
    if word not in HEADS and word not in GROUPS and place not in starts:
        return None
    subject = find_subject(text, place, end, people)
    return subject if subject and not subject.pronoun else None


def source_subject(text: str, place: int, end: int, people: Spans) -> Subject | None:
    """Who is named behind «به گفته»: a pronoun, a person, a title, or the words up to a comma."""
    pronoun = PRONOUN.match(text, place, end)
    if pronoun:
        return Subject(place, pronoun.end(), pronoun=True)
    starts = dict(people[bisect_left(people, (place, 0)) : bisect_left(people, (end, 0))])
    if place in starts:
        return find_subject(text, place, end, people)
    word = _WORD.match(text, place, end)
    if word is None or (word.group() not in HEADS and word.group() not in GROUPS):
        return None
    subject = titled(text, place, end, starts)
    return subject if subject and len(text[subject.start : subject.end].split()) <= 16 else None
