"""Who is named as speaking in the words before (or after) a cue: a pronoun, a title, a name, or several of them together."""

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from nlp.quote_people import Spans, only_given


def word_set(words: str) -> frozenset[str]:
    """The words of a text as a set: ``"از به"`` → ``{"از", "به"}``."""
    return frozenset(words.split())


_TOKEN = re.compile(r"[^\W_]+|[^\s\w]")

PRONOUN = re.compile(
    r"(?:وی|او|ایشان|آنان|آن ?ها|نامبرده|این (?:مقام(?: مسیول| مسوول| ارشد| قضایی| انتظامی| محلی)?|مسیول|مسوول|مدیر"
    r"|عضو|نماینده|کارشناس|استاد|پژوهشگر|هنرمند|بازیگر"
    r"|کارگردان|مربی|فعال|شهروند|نویسنده|منبع|فرمانده|معاون|پزشک|قاضی|ورزشکار|خواننده|وزیر"
    r"|نامزد|منتقد|مدرس|جامعه شناس)(?: [^\W_]+){0,5}?)(?![^\W_])"
)
_HEADS = (
    "شهردار|معاون|رییس|مدیر|مدیرکل|مدیرعامل|عضو|سخنگو|سخنگوی|فرماندار|استاندار|نماینده|وزیر|سرپرست|دبیر|دبیرکل"
    "|سرمربی|مربی|کارشناس|استاد|پژوهشگر|فرمانده"
    "|جانشین|قایم|مشاور|مسیول|بخشدار|دهیار|دادستان|بازپرس|قاضی|کارگردان|بازیگر|نویسنده|هنرمند|شاعر|مجری|تهیه|تولیت"
    "|نایب|سفیر|طراح|معمار|مدرس|فعال|داور|قهرمان"
    "|بازیکن|کاپیتان|مالک|امام|وکیل|پزشک|مترجم|منتقد|مورخ|رهبر|شهرداری|روابط|ستاد|پلیس|مرکز|سازمان|اداره|شورای"
    "|انجمن|وزارت|آتش|خزانه|منشی|بنیانگذار|موسس|متولی"
    "|ریاست|محقق|مجسمه|نقاش|مقام|دانشیار|استادیار|عکاس|فیلمساز|جامعه|روانشناس|اقتصاددان|صاحب|رییس جمهور|مهاجم"
    "|مدافع|هافبک|دروازه|سردبیر|متخصص|تحلیلگر"
    "|حقوقدان|خواننده|آهنگساز|سرکنسول|رایزن|دادیار|نخست|دولت|مسوول|پیمانکار|ناظر|مامور|افسر"
)
_GROUPS = (
    "شهروندان|شهروند|مردم|اهالی|ساکنان|ساکنین|کارشناسان|مسیولان|مسیولین|مسوولان|مسوولین|رانندگان|راننده|کسبه"
    "|بازاریان|مسافران|مسافر|زایران|زایر|کارگران|کشاورزان|دانشجویان|معترضان"
    "|پژوهشگران|محققان|منتقدان|والدین|اعضای|نمایندگان|یکی|برخی|بعضی|تعدادی|جمعی|گروهی|عده|شماری|منابع|منبع|مدیران"
    "|صاحبان|خانواده|مسلمانان|طراحان|معماران"
)
HEADS = frozenset(_HEADS.split("|"))
BODIES = frozenset(["شهرداری", "روابط", "ستاد", "پلیس", "مرکز", "سازمان", "اداره", "شورای", "انجمن", "وزارت", "آتش", "خزانه"])  # fmt: skip
_TAKE_PREPOSITION = word_set("مبارزه مقابله حمایت حفاظت پیشگیری نظارت صیانت رسیدگی کمک")
_SOME = frozenset(["یکی", "برخی", "بعضی", "تعدادی", "جمعی", "گروهی", "شماری", "عده"])  # fmt: skip
GROUPS = frozenset(_GROUPS.split("|"))
_HONORIFICS = word_set(
    "آقای آقا خانم دکتر مهندس سردار سرهنگ سرتیپ سرلشکر سرگرد ستوان حجت الاسلام والمسلمین و آیت الله شهید حاج سرکار"
    " جناب پروفسور ماموستا مولوی"
)
_STOP = word_set(
    "در با از به بر ضمن نیز هم همچنین امروز دیروز فردا که پس بعد روز صبح عصر ظهر شب را برای طی هنگام پیرامون درباره "
    "خبر وی او ایشان این شنبه یکشنبه دوشنبه چهارشنبه پنجشنبه جمعه پنج سه چهار تاکنون سپس است بود شد کرد گفت افزود "
    "میان پایان ادامه دراین ازاین درصدد پیش بار مدعی مبنی خطاب نسبت خواستار خواهان دیشب امشب قبل مورد توسط یعنی گفته اظهار"
    " بیان تصریح تاکید خاطرنشان "
    "خاطر اضافه عنوان مطرح اذعان ابراز اعلام یادآور یاد متذکر توضیح پاسخ هشدار تشریح می نوشت معتقد اما ولی البته"
) | frozenset('،؛:.«»"()[]-ـ!؟')
_PREPOSITIONS = word_set(
    "با به از در برای بر توسط حضور دیدار سوی نزد که را و مانند همچون بین میان درباره علیه همراه همراهی خطاب نام قول "
    "نقل گفته بدون دست پای کنار شهید خیابان میدان بزرگراه"
)
_IN_TITLES = re.compile(r"در (?:مجلس|امور|شورا|شورای|حوزه|استان|منطقه|دانشگاه|شهرداری)(?![^\W_])")
_APPOSITION = re.compile(r" ?[،(_–ـ-]? ?")
_IN_SURNAME = re.compile(r" (?:زاده|پور|نیا|نژاد|فر|زادگان|منش|راد)(?![^\W_])")
_NO_NAME = word_set("نمی می بیش نیمی کار ادعای تشکر خبرنگار دستش خود خودش همه هیچ چند هر اگر چون چرا دیگر آنچه چنین")
LONGEST_TITLE = 22


@dataclass(frozen=True, slots=True)
class Subject:
    """A speaker as named at one place of folded text; spans are ``(start, end)``, None where the part is absent."""

    start: int
    end: int
    name: tuple[int, int] | None = None
    role: tuple[int, int] | None = None
    pronoun: bool = False


def find_subject(text: str, start: int, end: int, people: Sequence[tuple[int, int]]) -> Subject | None:
    """The subject of the clause ``text[start:end]`` before a cue, None when it is dropped.

    ``people`` are the spans of persons' names in ``text``, in order.
    «به گزارش ایسنا، حسن احمدی، معاون شهردار با اشاره به …» → name and role.
    """
    tokens = [(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(text, start, end)]
    starts = dict(_within(people, start, end))
    for place, (word, first, _) in enumerate(tokens):
        before = tokens[place - 1][0] if place else ""
        if before in _PREPOSITIONS and not (before == "و" and place > 1 and tokens[place - 2][0] in _STOP):
            continue
        pronoun = PRONOUN.match(text, first, end)
        if pronoun and before not in HEADS:
            return Subject(first, pronoun.end(), pronoun=True)
        if first in starts:
            return _named(text, first, starts[first], end)
        dateline = place == 1 and word not in BODIES and (not start or text[start - 1] == "\n")
        if (word in HEADS or word in GROUPS or (word.startswith("شهردار") and len(word) > 8)) and (
            not before or before in _STOP or before in _HONORIFICS or before == "یک" or dateline
        ):
            subject = titled(text, tokens[place - 1][1] if before == "یک" else first, end, starts)
            if subject:
                return subject
    return _bare_name(tokens)


def _within(people: Sequence[tuple[int, int]], start: int, end: int) -> Sequence[tuple[int, int]]:
    low = bisect_left(people, (start, 0))
    high = bisect_left(people, (end, 0))
    return people[low:high]


def titled(text: str, first: int, end: int, starts: dict[int, int]) -> Subject | None:
    """A title from ``first`` on and the name that follows it: «معاون فنی شهردار تهران، مهندس علی آبادی»."""
    last = title_end(text, first, end, starts)
    if last <= first:
        return None
    name = _name_after(text, last, end, starts)
    if name and text[first:last].split(" ", 1)[0] in BODIES:
        return Subject(*name, name)
    return Subject(first, name[1] if name else last, name, (first, last))


def cut_title(text: str, subject: Subject, end: int, places: Spans, roles: Collection[str]) -> Subject:
    """A title that ran on into the object of its clause, cut where a title of ``roles`` or the name of a body or place (``places``) ends.

    «رییس سازمان نمونه لغو پروانه ها را …» → «رییس سازمان نمونه».
    """
    if subject.role is None or subject.role[1] != subject.end or text.find(" را ", subject.end, end) < 0:
        return subject
    start, last = subject.role
    known = [len(role) for role in roles if len(role) < last - start and text.startswith(role + " ", start)]
    cut = start + max(known) if known else _last_place(places, start, last)
    return replace(subject, end=cut, role=(start, cut)) if start < cut < last else subject


def _last_place(places: Spans, start: int, end: int) -> int:
    """Where the first run of names side by side between ``start`` and ``end`` ends, 0 when there is none."""
    last = 0
    for first, behind in _within(places, start, end):
        if last and first - last > 1:
            break
        last = max(last, behind)
    return last


def title_end(text: str, first: int, end: int, starts: dict[int, int]) -> int:
    """Where a title beginning at ``first`` ends: before a name, a mark, a preposition or an adverb."""
    last, words = first, 0
    place = first
    while words < LONGEST_TITLE:
        match = _TOKEN.search(text, place, end)
        if match is None or match.start() in starts:
            break
        word = match.group()
        if word in _HONORIFICS and word != "و" and words:
            break
        if word in _STOP and not _goes_on(text, first, match):
            break
        if word != "و":
            last = match.end()
        place, words = match.end(), words + 1
    return last


def _goes_on(text: str, first: int, stop: re.Match[str]) -> bool:
    """Whether a title runs on over a stop word: «نماینده یزد در مجلس», «یکی از شهروندان», a list parted by commas."""
    if stop.group() == "از" and text[first : stop.start()].strip() in _SOME:
        return True
    if stop.group() in {"با", "از", "بر", "به"}:
        return text[first : stop.start()].split()[-1] in _TAKE_PREPOSITION
    if stop.group() == "این":
        return stop.start() > first
    return _IN_TITLES.match(text, stop.start()) is not None or (stop.group() == "،" and _lists_on(text, stop.end()))


_LIST = re.compile(r" ?[^\W_]+(?: [^\W_]+)?(?: ?، ?[^\W_]+(?: [^\W_]+)?){0,2} و [^\W_]+")


def _lists_on(text: str, place: int) -> bool:
    """Whether a comma inside a title parts a list: «سازمان اجتماعی، فرهنگی، ورزشی و امور زیارت»."""
    match = _LIST.match(text, place)
    return match is not None and not any(
        word in _STOP or word in HEADS or word in _HONORIFICS for word in match.group().replace("،", " ").replace(" و ", " ").split()
    )


def _name_after(text: str, place: int, end: int, starts: dict[int, int]) -> tuple[int, int] | None:
    for _ in range(5):
        match = _TOKEN.search(text, place, end)
        if match is None:
            return None
        if match.start() in starts:
            return match.start(), starts[match.start()]
        if match.group() != "،" and match.group() not in _HONORIFICS:
            return None
        place = match.end()
    return None


def _name_end(text: str, first: int, last: int, end: int) -> int:
    """Given names alone are taken with the one or two words behind them, if a stop word follows them: «محسن نمونه فر در …»."""
    if not only_given(text[first:last]):
        return last
    following = [(match.group(), match.end()) for match, _ in zip(_TOKEN.finditer(text, last, end), range(3), strict=False)]
    names = list(takewhile(lambda token: _may_be_surname(text, token), following))
    return names[-1][1] if 1 <= len(names) <= 2 and len(names) < len(following) else last


def _may_be_surname(text: str, token: tuple[str, int]) -> bool:
    word, end = token
    return word.isalpha() and word not in _STOP and (word not in HEADS or _IN_SURNAME.match(text, end) is not None)


def _named(text: str, first: int, last: int, end: int) -> Subject:
    """A name and the title behind it, if one follows."""
    last = _name_end(text, first, last, end)
    match = _APPOSITION.match(text, last, end)
    place = match.end() if match else last
    word = _TOKEN.match(text, place, end)
    if word and word.group() in HEADS - BODIES and not _IN_SURNAME.match(text, word.end(), end):
        finish = title_end(text, place, end, {})
        return Subject(first, finish, (first, last), (place, finish))
    return Subject(first, last, (first, last))


def _bare_name(tokens: list[tuple[str, int, int]]) -> Subject | None:
    """One to four words that begin the clause and end at a stop word: a surname that no recogniser knows. «کلائی تصریح کرد»."""
    head: list[tuple[str, int, int]] = []
    for token in tokens:
        if token[0] in _STOP:
            break
        head.append(token)
    if not 1 <= len(head) <= 4 or any(len(word) < 2 or not word.isalpha() or word in _NO_NAME for word, _, _ in head):
        return None
    return Subject(head[0][1], head[-1][2], (head[0][1], head[-1][2]))


def without_honorifics(text: str, start: int, end: int) -> tuple[int, int]:
    """The span of a name without «آقای», «مهندس», … before it; the whole span when nothing else is left."""
    tokens = [(match.group(), match.start()) for match in _TOKEN.finditer(text, start, end)]
    for place, (word, first) in enumerate(tokens):
        if word not in _HONORIFICS:
            return (first, end) if place else (start, end)
    return start, end


def find_introductions(text: str, people: Spans, places: Spans = ()) -> list[Subject]:
    """Names that stand with their title anywhere in the text: «سعید اسدی، مدیر تئاتر شهر», «شهردار تهران، علی احمدی»."""
    found = []
    for start, end in people:
        subject = _named(text, start, end, min(len(text), end + 160))
        if subject.role is None:
            subject = _title_before(text, start, end) or subject
        found.append(cut_title(text, subject, subject.end + 160, places, ()))
    return [subject for subject in found if subject.role]


def _title_before(text: str, start: int, end: int) -> Subject | None:
    tokens = [(match.group(), match.start()) for match in _TOKEN.finditer(text, max(0, start - 120), start)]
    for place, (word, first) in enumerate(tokens):
        before = tokens[place - 1][0] if place else "."
        if word in HEADS and (before in _STOP or before in _HONORIFICS):
            subject = titled(text, first, end, {start: end})
            if subject and subject.name == (start, end):
                return subject
    return None
