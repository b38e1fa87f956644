"""From a folded word to the term under which it is found: hazm's words and verbs, with our own exceptions.

hazm's data files are read without importing hazm (1.3 s); they are loaded at first use (about 0.4 s).
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from core.letters import ZWNJ, fold

_PLURALS = ("هایشان", "هایتان", "هایمان", "هایی", "هایش", "هایم", "هایت", "های", "ها")
AFFIXES = frozenset((*_PLURALS, "ی", "یی", "ای", "ام", "ات", "اش", "مان", "تان", "شان", "ایم", "اید", "اند", "تر", "تری", "ترین", "ترها"))
DROPPED = frozenset((*_PLURALS, "ی", "ای", "ام", "ات", "اش", "اند", "ترین", "می", "نمی", "همی"))
_BEFORE_VERBS = frozenset(("می", "نمی", "همی"))
_CLITICS = ("یشان", "یتان", "یمان", "شان", "تان", "مان", "یش", "ش")
_DEGREES = ("ترین", "تر")
_AFTER_SILENT_HE = ("است", "اند", "ایم", "اید", "ای", "ام", "ات", "اش", "ی")
# No word with silent he: none at all, one after a long vowel, a short Arabic word («فقه»), «الله», «توجیه».
_HEARD_HE = re.compile("[^ه]$|[او]ه$|^.{0,3}$|الله$|^ت..یه$")

# hazm's tables go wrong on these: the term stands on the right of the colon, or the word is its own term.
_OTHERWISE = {
    **dict.fromkeys(("خودش", "خودشان", "خودمان", "خودتان", "خودم"), "خود"),
    "مردمان": "مردم",
    "مردان": "مرد",
    "زنان": "زن",
    "بانوان": "بانو",
    "جوانان": "جوان",
    "درختان": "درخت",
    "اولین": "اول",
    "مسوولین": "مسوول",
    "معلمین": "معلم",
    "زایرین": "زایر",
    "مجروحین": "مجروح",
    "مصدومین": "مصدوم",
    "خدمات": "خدمت",
    "مسابقات": "مسابقه",
    "محلات": "محله",
    "قطعات": "قطعه",
    "حملات": "حمله",
    "جلسات": "جلسه",
    "مقالات": "مقاله",
    "کلمات": "کلمه",
    "تجربیات": "تجربه",
    "صدمات": "صدمه",
    "معاملات": "معامله",
    "مذاکرات": "مذاکره",
    "مطالعات": "مطالعه",
    "خاطرات": "خاطره",
    **dict.fromkeys(("است", "هست", "هستند", "نیست", "نیستند"), "بودن"),
    **dict.fromkeys(("شد", "شده", "نشده"), "شدن"),
    **dict.fromkeys(("کرد", "کرده", "نکرده"), "کردن"),
    **dict.fromkeys(("داد", "نداده"), "دادن"),
    **dict.fromkeys(("داشت", "داشته", "نداشته"), "داشتن"),
    **dict.fromkeys(("گفت", "گفته"), "گفتن"),
    **dict.fromkeys(("گرفت", "گرفته", "نگرفته"), "گرفتن"),
    **dict.fromkeys(("رفت", "رفته"), "رفتن"),
    **dict.fromkeys(("بوده", "نبوده"), "بودن"),
    **dict.fromkeys(("آمده", "امده"), "امدن"),
    **dict.fromkeys(("رسید", "رسیده"), "رسیدن"),
}
_AS_IT_IS = frozenset(
    (
        *("مردم", "سازمان", "فرهنگی", "اسفالت", "مشهد", "دوران", "هیچکدام", "شهرستان", "دادستان", "مهمان", "باران", "مازندران", "زیست"),
        *("کارکنان", "سپاهان", "زاهدان", "ابادان", "ارگان", "فیلتر", "رویتر", "چادر", "بنیان", "جریان", "پیمان", "فرمان"),
        *("انتخابات", "اطلاعات", "صادرات", "واردات", "تلفات", "مطبوعات", "مجازات", "امارات", "مقررات", "ملاقات", "انتشارات"),
        *("اصلاحات", "تحصیلات", "تشکیلات", "تاسیسات", "ارتباطات", "مخابرات", "احساسات", "مقدمات", "اعتبارات", "تشریفات", "تظاهرات"),
    )
)
_ONE_VERB = {
    "هستن": "بودن",
    "باشیدن": "بودن",
    "گذاردن": "گذاشتن",
    "یابیدن": "یافتن",
    "گدشتن": "گذشتن",
    "سپاردن": "سپردن",
    "شماردن": "شمردن",
}
_RARE_PASTS = frozenset(
    ("رست", "وشت", "کپید", "سمید", "داوید", "تولید", "لابید", "خست", "هشت", "درایید", "گند", "مولید", "تورید", "سرید", "بخت", "فرهیخت")
)


@dataclass(frozen=True)
class Lexicon:
    """hazm's words and verbs in folded letters.

    ``sure`` holds the words whose part of speech hazm knows, ``plurals`` those marked as plural, ``parted`` maps a joined word to its
    parts («دستفروش» → («دست», «فروش»)), ``verbs`` a verb form to its infinitive («رود» → «رفتن»).
    """

    sure: frozenset[str]
    adjectives: frozenset[str]
    plurals: frozenset[str]
    parted: dict[str, tuple[str, ...]]
    verbs: dict[str, str]


@cache
def lexicon() -> Lexicon:
    """The lexicon, read once per process."""
    spec = find_spec("hazm")
    if spec is None or spec.origin is None:
        raise RuntimeError("hazm is not installed")
    data = Path(spec.origin).parent / "data"
    sure, adjectives, plurals, parted = _words((data / "words.dat").read_text("utf-8"))
    verbs = _verbs((data / "verbs.dat").read_text("utf-8"), sure)
    return Lexicon(frozenset(sure), frozenset(adjectives), frozenset(plurals), parted, verbs)


def _words(text: str) -> tuple[set[str], set[str], set[str], dict[str, tuple[str, ...]]]:
    sure, adjectives, plurals = set(), set(), set()
    parted: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        word, frequency, kinds = line.split("\t")
        if kinds == "0" and frequency == "0":
            continue
        folded = fold(word)
        joined = folded.replace(ZWNJ, "")
        sure.add(joined)
        if "AJ" in kinds.split(","):
            adjectives.add(joined)
        if "PL" in kinds.split(","):
            plurals.add(joined)
        parts = folded.split(ZWNJ)
        if len(parts) > 1 and all(len(part) > 1 for part in parts) and not AFFIXES.intersection(parts):
            parted.setdefault(joined, tuple(parts))
    return sure, adjectives, plurals, parted


def _verbs(text: str, sure: set[str]) -> dict[str, str]:
    """Forms that one verb only spells so come first: «کشید» is of کشیدن, «نشست» of نشستن and not a «not» of شستن."""
    rows = [line.partition("#") for line in text.splitlines()]
    stems = [(fold(past), fold(present)) for past, _, present in rows if past and present and " " not in present and ZWNJ not in past]
    forms: dict[str, str] = {}
    for conjugate in (_pasts, _presents, _negated, _subjunctive):
        for past, present in stems:
            if past not in _RARE_PASTS:
                lemma = _ONE_VERB.get(past + "ن", past + "ن")
                for form in conjugate(past, present):
                    forms.setdefault(form, lemma)
    return {form: lemma for form, lemma in forms.items() if not _is_noun_with_ending(form, sure)}


def _pasts(past: str, _: str) -> list[str]:
    return [past + ending for ending in ("", "م", "یم", "ید", "ند", "ه", "ن")]


def _presents(_: str, present: str) -> list[str]:
    linked = present + "ی" if present[-1] in "او" and present not in ("شو", "رو", "دو", "شنو") else present
    return [linked + ending for ending in ("م", "د", "یم", "ید", "ند")]


def _negated(past: str, present: str) -> list[str]:
    return ["ن" + form for form in (*_pasts(past, present), *_presents(past, present))]


def _subjunctive(past: str, present: str) -> list[str]:
    before = "بی" if present.startswith("ا") else "ب"
    return [before + form for form in (*_presents(past, present), present)]


def _is_noun_with_ending(form: str, sure: set[str]) -> bool:
    """«فرهنگی» is فرهنگ with ی and no verb; «سرم» is سر with م."""
    return len(form) > 3 and form[-1] in "یم" and form[:-1] in sure and form not in sure


def stem(word: str) -> str:
    """The term of one folded word, half-spaces still in it. Idempotent: ``stem(stem(w)) == stem(w)``.

    «شهرداری‌ها», «شهرداریها» → «شهرداری» · «پیاده‌روها» → «پیادهرو» · «دستفروشان» → «دستفروش» · «می‌شود», «میشود» → «شدن» ·
    «رفته‌اند» → «رفتن» · «بزرگ‌ترین» → «بزرگ» · «هزینه‌ی» → «هزینه» · «شورای» → «شورا» · «نمایندگان» → «نماینده» ·
    «هزینهی», «هزینهای» → «هزینه» · «شدهاند» → «شدن» · «فرهنگی» → «فرهنگی» · «مردم» → «مردم» · «آسفالت» → «اسفالت»
    """
    parts = [part for part in word.split(ZWNJ) if part]
    if len(parts) == 1:
        return _settled(parts[0])
    if not parts:
        return ""
    if parts[0] in _BEFORE_VERBS:
        return _verb(parts[1:])
    while len(parts) > 1 and parts[-1] in AFFIXES:
        parts.pop()
    return _settled("".join(parts))


def _verb(parts: list[str]) -> str:
    while len(parts) > 1 and parts[-1] in AFFIXES:
        parts.pop()
    joined = "".join(parts)
    return lexicon().verbs.get(joined) or _settled(joined)


def _settled(word: str) -> str:
    """Stem until nothing changes (three times at most are needed; the bound keeps a cycle from hanging)."""
    for _ in range(4):
        shorter = _joined(word)
        if shorter == word:
            break
        word = shorter
    return word


def _joined(word: str) -> str:
    if word in _OTHERWISE:
        return _OTHERWISE[word]
    if len(word) < 3 or word[0] < "\u0600" or word in _AS_IT_IS:
        return word
    known = lexicon()
    if word in known.sure and word not in known.plurals:
        return word
    lemma = known.verbs.get(word) or _with_joined_mi(word, known)
    if lemma and word not in known.plurals:
        return lemma
    return _without_ending(word, known)


def _with_joined_mi(word: str, known: Lexicon) -> str | None:
    """«میشود» → «شدن», «نمیتوانند» → «توانستن»."""
    for before in ("نمی", "می"):
        if word.startswith(before) and len(word) > len(before) + 1:
            return known.verbs.get(word[len(before) :])
    return None


def _without_ending(word: str, known: Lexicon) -> str:
    for ending in ("یی", "ی"):
        if word.endswith("ها" + ending) and word[: -len(ending)] in known.sure:
            return word[: -len(ending)]
    if with_he := _before_joined_ending(word, known):
        return with_he
    for ending in ("هاست", *_PLURALS):
        if word.endswith(ending) and len(word) - len(ending) >= 2 and word not in known.plurals:
            return word[: -len(ending)]
    for shorter in _candidates(word, known):
        if len(shorter) > 1 and shorter in known.sure:
            return shorter
    return word


def _before_joined_ending(word: str, known: Lexicon) -> str | None:
    """A word with silent he whose ending was joined to it without half-space.

    «هزینهی» → «هزینه» · «خانهاش» → «خانه» · «شدهاند» → «شده» · «هزینهای» → «هزینه» · «تنهاست» → «تنها»; «کارهایم» is a plural, and in
    «دانشگاهی», «فرماندهی», «فقهی», «توجیهی», «عبداللهی» the he is heard and the ending makes another word.
    """
    if word.endswith("است") and word[:-2] in known.sure:
        return word[:-2]
    for ending in _AFTER_SILENT_HE:
        rest = word.removesuffix(ending)
        if rest == word or (ending[0] == "ا" and rest[:-1] in known.sure):
            continue
        if rest[-1:] == "ه" and ending[0] == "ا" and (rest in known.verbs or rest in _OTHERWISE):
            return rest
        if rest in known.sure and not _HEARD_HE.search(rest) and not (rest.endswith("ده") and rest[:-2] in known.sure):
            return rest
    return None


def _candidates(word: str, known: Lexicon) -> list[str]:
    """What may be left of a word without its ending, if the lexicon knows it."""
    found = [word[: -len(ending)] for ending in _DEGREES if word.endswith(ending) and word[: -len(ending)] in known.adjectives]
    if word.endswith("گان"):
        found.append(word[:-3] + "ه")
    if word.endswith("یان") and word[-4:-3] in ("ا", "و"):
        found.append(word[:-3])
    if word.endswith("ان") and len(word) > 4:
        found.append(word[:-2])
    found += [word[: -len(ending)] for ending in _CLITICS if word.endswith(ending) and len(word) - len(ending) > 2]
    if word.endswith(("ات", "ین")) and len(word) > 5 and not word.endswith("یات"):
        found.append(word[:-2])
    if word.endswith(("ای", "وی")):
        found.append(word[:-1])
    return found
