"""Which person a mention means: «وی», a surname, a title, or nothing at all, resolved to the fullest name the article gives."""

import math
import re
from dataclasses import dataclass, field

from nlp.quote_subjects import BODIES, GROUPS, Subject, without_honorifics, word_set

_EMPTY = word_set("و در به از با این آن امور محترم اسلامی شهر کل سابق وقت یک مردم")
_SAME = {
    "شهرداری": "شهردار",
    "شورای": "شورا",
    "رییس": "رییس",
    "مسوول": "مسیول",
    "سخنگوی": "سخنگو",
    "کلانشهر": "شهر",
    "اسلامی": "",
    "مدیره": "مدیره",
}
_ALONE = frozenset(["شهردار", "استاندار", "فرماندار", "وزیر", "دادستان", "سخنگو", "سرمربی", "بخشدار"])  # fmt: skip
MOST_SPEAKERS = 150
_LOOSE = frozenset({"مسیول", "مقام", "عضو"})
_GLUED = re.compile(r"(?<![^\W_])شهردار(?=[^\W_یا])")
_DIRECTOR = re.compile(r"مدیر (عامل|کل)(?![^\W_])")
_HEAD_CLASHES = frozenset({"سابق", "اسبق", "پیشین"})


@dataclass(slots=True)
class Speaker:
    """One who speaks in the article: filled while it is read, the fullest name and the longest title win."""

    name: str = ""
    name_text: str = ""
    role: str = ""
    role_text: str = ""
    key: str = ""
    spoke: bool = False

    @property
    def shown(self) -> str:
        """The name, or the description of one who is never named."""
        return self.name_text or self.role_text


@dataclass(slots=True)
class Speakers:
    """The speakers of one article in the order they were met, and who spoke last."""

    known: list[Speaker] = field(default_factory=list)
    last: Speaker | None = None

    def resolve(self, subject: Subject | None, folded: str, original: str, *, another: bool, keys: dict[int, str]) -> Speaker | None:
        """The speaker that ``subject`` means. ``another``: the clause says «نیز» or «هم», so a title alone is someone new.

        ``folded`` and ``original`` are the words of the subject's field; the spans of ``subject`` point into ``folded``, and ``original``
        has the same length. ``keys`` gives the register's key of a mention that begins at a place.
        """
        if subject is None or subject.pronoun:
            return self.last
        name, name_text = self._name(subject, folded, original)
        role, role_text = (folded[slice(*subject.role)], original[slice(*subject.role)]) if subject.role else ("", "")
        speaker = self._of_name(name, role, another=another) if name else self._of_role(role, another=another)
        if speaker is None:
            speaker = Speaker()
            self.known.append(speaker)
        _fill(speaker, name, name_text, role, role_text)
        for span in (subject.name, subject.role):
            if span and span[0] in keys and not speaker.key:
                speaker.key = keys[span[0]]
        speaker.spoke = True
        self.last = speaker
        return speaker

    def introduce(self, subject: Subject, folded: str, original: str, keys: dict[int, str]) -> None:
        """Learn a name and its title that stand together anywhere in the article; nobody speaks by that."""
        role = folded[slice(*subject.role)] if subject.role else ""
        if len(role_words(role)) < 2 or " این " in role:
            return
        last = self.last
        speaker = self.resolve(subject, folded, original, another=True, keys=keys)
        if speaker:
            speaker.spoke = False
        self.last = last

    def _latest(self) -> list[Speaker]:
        """The last ones met, the newest first: so many that no real article has more, and so few that a hostile one takes linear time."""
        return self.known[: -MOST_SPEAKERS - 1 : -1]

    @staticmethod
    def _name(subject: Subject, folded: str, original: str) -> tuple[str, str]:
        if subject.name is None:
            return "", ""
        start, end = without_honorifics(folded, *subject.name)
        return folded[start:end], original[start:end]

    def _of_name(self, name: str, role: str, *, another: bool) -> Speaker | None:
        for speaker in self._latest():
            if speaker.name and same_name(speaker.name, name):
                self._same(speaker, role, another=another)
                return speaker
        last = self.last
        if (
            last
            and not last.name
            and not another
            and not _vague(last.role)
            and not _is_body(last.role)
            and (not role or fits(last.role, role))
        ):
            return last
        if role:
            return next((one for one in self._latest() if not one.name and fits(one.role, role)), None)
        return None

    def _same(self, speaker: Speaker, role: str, *, another: bool) -> None:
        """A title alone, then a name met before without one: both are one person."""
        last = self.last
        if last and not last.name and not another and not (speaker.role or role) and not _vague(last.role):
            last.name, last.name_text = speaker.name, speaker.name_text
            speaker.role, speaker.role_text = last.role, last.role_text

    def _of_role(self, role: str, *, another: bool) -> Speaker | None:
        if _vague(role) or _is_body(role) or (role.startswith("یک ") and self.last and self.last.role):
            return next((one for one in self._latest() if one.role == role), None)
        fitting = [speaker for speaker in self._latest() if speaker.role and fits(speaker.role, role)]
        if fitting:
            return max(fitting, key=lambda speaker: likeness(speaker.role, role))
        last = self.last
        if last and last.name and not another and (not last.role or (self._alone(last) and not _exclude(last.role, role))):
            return last
        return None

    def _alone(self, speaker: Speaker) -> bool:
        """Whether nobody else has spoken so far."""
        return all(one is speaker or not one.spoke for one in self._latest())


def _fill(speaker: Speaker, name: str, name_text: str, role: str, role_text: str) -> None:
    if len(name) > len(speaker.name):
        speaker.name, speaker.name_text = name, name_text
    if len(role) > len(speaker.role):
        speaker.role, speaker.role_text = role, role_text


def _vague(role: str) -> bool:
    return role.split(" ", 1)[0] in GROUPS


def _is_body(role: str) -> bool:
    """Whether an organisation speaks, not one who holds an office in it: «شهرداری تهران اعلام کرد»."""
    return role.split(" ", 1)[0] in BODIES


def same_name(one: str, other: str) -> bool:
    """Whether one name may be the other, shortened: ``"محمدرضا کلایی"``, ``"کلایی"`` → True; blanks inside do not matter."""
    if one == other or one.replace(" ", "") == other.replace(" ", ""):
        return True
    short, long = sorted((one, other), key=len)
    joined = long.replace(" ", "")
    first, last = long.split(" ", 1)[0], short.replace(" ", "")
    return len(last) > 2 and (joined.endswith(last) or (last in joined and last != first and last in _tails(long)))


def _tails(name: str) -> set[str]:
    words = [word for word in name.split() if word != "سید"]
    return {
        "".join(words[first:last]) for first in range(1 if len(words) > 1 else 0, len(words)) for last in range(first + 1, len(words) + 1)
    }


def role_words(role: str) -> list[str]:
    """The telling words of a title, unified: ``"رییس شورای اسلامی شهر قدس"`` → ``["رییس", "شورا", "قدس"]``."""
    parted = _GLUED.sub("شهردار ", _DIRECTOR.sub(r"مدیر\1", role))
    return [_SAME.get(word, word) for word in parted.split() if word not in _EMPTY and _SAME.get(word, word)]


def fits(one: str, other: str) -> bool:
    """Whether two titles may be one person's: «معاون شهردار تهران» and «معاون فنی و عمرانی شهرداری تهران», not «معاون» and «شهردار»."""
    first, second = role_words(one), role_words(other)
    if (
        not first
        or not second
        or first[0] != second[0]
        or _is_body(one) != _is_body(other)
        or (_HEAD_CLASHES & {*one.split()} != _HEAD_CLASHES & {*other.split()})
    ):
        return False
    short, long = sorted((set(first[1:]), set(second[1:])), key=len)
    return not short or len(short & long) >= max(1, math.ceil(0.6 * len(short) - 0.2))


def likeness(one: str, other: str) -> float:
    """The share (0–1) of the telling words of both titles that they have in common."""
    first, second = set(role_words(one)), set(role_words(other))
    return len(first & second) / max(1, len(first | second))


def _exclude(one: str, other: str) -> bool:
    """Whether nobody holds both titles: a mayor is not a deputy too."""
    first, second = role_words(one)[:1], role_words(other)[:1]
    shared = {*role_words(one)} & {*role_words(other)} & {"مجلس", "شورا"}
    if not first or not second or first == second or shared or _LOOSE & {*first, *second}:
        return False
    return bool(_ALONE & {*first, *second})
