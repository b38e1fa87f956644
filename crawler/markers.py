"""Lines of a page's text that are no part of the article: end markers, cross-links, chrome. Decided on a folded copy, cut from the original."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.paragraphs import Block

_FOLD = str.maketrans(
    "يىكةۀأإ\u200c\u00a0\t۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩",
    "ییکهها" + "ا   " + "01234567890123456789",
    "\u0640\u200b\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufeff\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0654",
)
_LONGEST_END = 40
_LONGEST_CHROME = 80
_MOST_LINKED = 0.9
_LOSS_LIMIT = 0.5
_EDGES = " :؛،,.!؟?-–—|/\\*#>«»<[]()•▪■◄►▶◀🔹🔸✅📌👇"

_END = re.compile(r"(?:انتهای|پایان) پیام(?: ?[^\w\s].{0,30}| ?\d[\d/ ]*| [^\W\d_]{1,2})?")
_CROSS_LINKS = "بیشتر بخوانید|بیشتر بدانید|حتما بخوانید|همچنین بخوانید|مطلب مرتبط|مطالب مرتبط"
_CROSS = re.compile(rf"(?:{_CROSS_LINKS}|بیشتر(?= ?:))")
_CROSS_BARE = re.compile(rf"(?:{_CROSS_LINKS}|بیشتر ?:)")
_CROSS_BEFORE_LINKS = re.compile(
    r"(?:اخبار|خبرهای|مطالب|گزارش های|پست های|نوشته های) (?:مرتبط|مشابه|پیشنهادی)|در همین (?:رابطه|زمینه)|(?:بیشتر|این را هم|اینها را هم) ببینید"
    r"|(?:این|اینها|این مطلب|این مطالب) را (?:هم|نیز) بخوانید|شاید (?:دوست داشته باشید|بپسندید)|پیشنهاد ویژه|آخرین اخبار|پربازدیدترین(?: ها)?"
)
_CHROME_WORDS = (
    "لینک کوتاه(?: خبر| مطلب)?|کپی شد|کپی لینک|بازدید|ارسال نظر|(?:برچسب|بر چسب) ?ها|بزرگنمایی|به اشتراک گذاری این مطلب|اشتراک گذاری(?: خبر)?"
    "|کد ?خبر|کد مطلب|از سراسر وب|دانلود فیلم اصلی|کد ویدیو"
)
_CHROME = re.compile(
    rf"(?:{_CHROME_WORDS})[\s:؛\-–|!.]*(?:[\d/,:.٬ ]+|(?:https?://|www\.)\S+|[\w.-]+\.[a-z]{{2,}}/\S*)?|[\d,٬]+ بازدید", re.IGNORECASE
)
_CHROME_START = re.compile(rf"(?:{_CHROME_WORDS})(?= ?[:؛\-–|])")
_NOTICE = re.compile(
    r"نظراتی که حاوی توهین|(?:دیدگاه|نظر|پیام) ?های (?:ارسال شده|ارسالی) (?:توسط شما|شما)|(?:دیدگاه|نظر|پیام) ?هایی که (?:حاوی|به غیر از زبان).*منتشر نخواهد شد"
    r"|این خبر به? ?روز ?رسانی می ?شود\W*$|بازگشت به صفحه رسانه ?ها\W*$|تهیه شده در اداره کل رسانه ?های نوین خبرگزاری تسنیم"
)
_INTERNAL_CODE = re.compile(r"[\d ]+")
_COMMENT_REST = re.compile(r"[\s\-<>!]+")
_TICKER = re.compile(r".{10,200}\(\d{1,2} [^\W\d_]{2,12} \d{4}\)")


def fold(text: str) -> str:
    """The copy that is compared, never stored: «كلائي‌ها ۵» → «کلائی ها 5»."""
    return " ".join(text.translate(_FOLD).split())


def key_of(text: str) -> str:
    """Letters and digits only, for comparing two printings of one line: «فیلم | یک‌نمونه!» → «فیلمیکنمونه»."""
    return "".join(filter(str.isalnum, fold(text))).lower()


@dataclass(frozen=True, slots=True)
class _Line:
    block: Block
    folded: str

    @property
    def bare(self) -> str:
        return self.folded.strip(_EDGES)

    @property
    def is_linked(self) -> bool:
        return self.block.link_share >= _MOST_LINKED


def strip_markers(blocks: Sequence[Block], *, digit_tail: bool) -> list[Block]:
    """The paragraphs of the article among the blocks of its body: nothing after an end marker, no cross-links, chrome, notices.

    ``digit_tail`` drops a last block of digits and spaces («17302», «265 33»: internal codes).
    """
    lines = _before_end([_Line(block, fold(block.text)) for block in blocks])
    lines = [line for line in _without_cross_links(lines) if not _is_chrome(line)]
    lines = _without_loose_links(_without_ticker(lines))
    while lines and (_COMMENT_REST.fullmatch(lines[-1].folded) or (digit_tail and _INTERNAL_CODE.fullmatch(lines[-1].folded))):
        lines.pop()
    return [line.block for line in lines]


def is_end_marker(text: str) -> bool:
    """Whether a block is only an end marker: «انتهای پیام/ی» → True, «پایان پیام شهردار به مردم» → False."""
    folded = fold(text).lstrip(_EDGES)
    return len(folded) <= _LONGEST_END and bool(_END.fullmatch(folded))


def _before_end(lines: list[_Line]) -> list[_Line]:
    for number, line in enumerate(lines):
        if len(line.folded) <= _LONGEST_END and is_end_marker(line.block.text):
            return lines[:number] if number else _before_end(lines[1:])
    return lines


def _without_cross_links(lines: list[_Line]) -> list[_Line]:
    kept: list[_Line] = []
    within = False
    for number, line in enumerate(lines):
        bare = line.folded.lstrip(_EDGES)
        if _CROSS_BARE.fullmatch(bare.rstrip(_EDGES.replace(":", ""))) or _CROSS_BARE.fullmatch(line.bare) or (_CROSS_BEFORE_LINKS.fullmatch(line.bare) and number + 1 < len(lines) and lines[number + 1].is_linked):
            within = True
        elif _leads_to_link(line, bare):
            continue
        elif not (within and line.is_linked):
            within = False
            kept.append(line)
    return kept


def _leads_to_link(line: _Line, bare: str) -> bool:
    """«بیشتر بخوانید: <a>عنوان دیگر</a>»: a cross-link marker whose remainder is link text."""
    match = _CROSS.match(bare)
    if match is None:
        return False
    rest = bare[match.end() :].strip(_EDGES)
    return line.block.linked >= 0.8 * len(rest) > 0


def _is_chrome(line: _Line) -> bool:
    bare = line.folded.lstrip(_EDGES)
    if _NOTICE.match(bare):
        return True
    if len(bare) <= _LONGEST_CHROME and _CHROME.fullmatch(bare.rstrip(_EDGES)):
        return True
    match = _CHROME_START.match(bare)
    return bool(match) and line.block.linked >= 0.8 * len(bare[match.end() :].strip(_EDGES)) > 0 if match else False


def _without_ticker(lines: list[_Line]) -> list[_Line]:
    """Without a run of other articles' headlines before the first paragraph: «… (۱۵ فروردین ۱۴۰۴)»."""
    count = 0
    while count < len(lines) and (_TICKER.fullmatch(lines[count].folded) or lines[count].is_linked):
        count += 1
    tickers = sum(1 for line in lines[:count] if _TICKER.fullmatch(line.folded))
    return lines[count:] if tickers >= 2 else lines


def _without_loose_links(lines: list[_Line]) -> list[_Line]:
    """Without lists of links and without link-only blocks at the end, unless most of the text is link text (an unclosed ``<a>``)."""
    total = sum(len(line.folded) for line in lines)
    loose = [line.is_linked for line in lines]
    if sum(len(line.folded) for line, is_loose in zip(lines, loose, strict=True) if is_loose) > _LOSS_LIMIT * total:
        return lines
    end = len(lines)
    while end and loose[end - 1]:
        end -= 1
    return [line for number, line in enumerate(lines[:end]) if not (loose[number] and _is_listed(lines, loose, number))]


def _is_listed(lines: list[_Line], loose: list[bool], number: int) -> bool:
    neighbours = [near for near in (number - 1, number + 1) if 0 <= near < len(lines) and loose[near]]
    return bool(neighbours) and lines[number].block.tag in ("li", "dd", "dt", "div")
