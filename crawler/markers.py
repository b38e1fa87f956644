"""Lines of a page's text that are no part of the article: end markers, cross-links, chrome. Decided on a folded copy, never edited."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from crawler.paragraphs import Block

_FOLD = str.maketrans(
    "يىكةۀأإ\u200c\u00a0\t۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩",
    "ییکهها" + "ا   " + "01234567890123456789",
    "\u0640\u200b\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufeff\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0654",
)
_LONGEST_END = 40
_LONGEST_CHROME = 80
_LONGEST_FOLDED = 600
_MOST_LINKED = 0.9
_LOSS_LIMIT = 0.5
_SHORTEST_LINK = 10
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_LEFT_EDGE = re.compile(r"^[\W_]+")

_END = re.compile(r"(?:انتهای|پایان) پیام(?: ?[^\w\s].{0,30}| ?\d[\d/ ]*| [^\W\d_]{1,2})?")
_CROSS_LINKS = "بیشتر بخوانید|بیشتر بدانید|حتما بخوانید|همچنین بخوانید|مطلب مرتبط|مطالب مرتبط"
_CROSS = re.compile(rf"(?:{_CROSS_LINKS}|بیشتر(?= ?:))")
_CROSS_BARE = re.compile(rf"(?:{_CROSS_LINKS}|بیشتر ?:)")
_CROSS_BEFORE_LINKS = re.compile(
    r"(?:اخبار|خبرهای|مطالب|گزارش های|پست های|نوشته های) (?:مرتبط|مشابه|پیشنهادی)|در همین (?:رابطه|زمینه)|آخرین اخبار|پیشنهاد ویژه"
    r"|(?:بیشتر|این را هم|اینها را هم) ببینید|(?:این|اینها|این مطلب|این مطالب) را (?:هم|نیز) بخوانید"
    r"|شاید (?:دوست داشته باشید|بپسندید)|پربازدیدترین(?: ها)?"
)
_CHROME_WORDS = (
    "لینک کوتاه(?: خبر| مطلب)?|کپی شد|کپی لینک|بازدید|ارسال نظر|(?:برچسب|بر چسب) ?ها|بزرگنمایی|به اشتراک گذاری این مطلب"
    "|اشتراک گذاری(?: خبر)?|به این (?:خبر|مطلب|نوشته) امتیاز (?:ب?دهید)|کد ?خبر|کد مطلب|از سراسر وب|دانلود فیلم اصلی|کد ویدیو"
    "|ارسال به دوستان|(?:نسخه )?(?:چاپی?|پرینت)(?: خبر| مطلب)?|(?:اندازه|تغییر) (?:متن|قلم|فونت)|زمان (?:تقریبی )?مطالعه|گزارش خطا|پسندیدن"
)
_CHROME = re.compile(
    rf"(?:{_CHROME_WORDS})[\s:؛\-–|!.]*(?:[\d/,:.٬ ]+(?:دقیقه)?|(?:https?://|www\.)\S+|[\w.-]+\.[a-z]{{2,}}/\S*)?|[\d,٬]+ بازدید",
    re.IGNORECASE,
)
_CHROME_LABEL = re.compile(rf"(?:{_CHROME_WORDS})(?= ?[:؛\-–|])")
_NOTICE = re.compile(
    r"نظراتی که حاوی توهین|(?:دیدگاه|نظر|پیام) ?های (?:ارسال شده|ارسالی) (?:توسط شما|شما)"
    r"|(?:دیدگاه|نظر|پیام) ?هایی که (?:حاوی|به غیر از زبان).*منتشر نخواهد شد"
    r"|نوشته .{1,300}(?:اولین|نخستین) بار در .{1,150} پدیدار شد\W*$|(?i:the post .{1,300} appeared first on .{1,150})$"
    r"|این خبر به? ?روز ?رسانی می ?شود\W*$|بازگشت به صفحه رسانه ?ها\W*$|تهیه شده در اداره کل رسانه ?های نوین خبرگزاری تسنیم"
)
_INTERNAL_CODE = re.compile(r"[\d ]+")
_COMMENT_REST = re.compile(r"[\s\-<>!]+")
_TICKER = re.compile(r".{10,200}\(\d{1,2} [^\W\d_]{2,12} \d{4}\)")


def fold(text: str) -> str:
    """The copy that is compared, never stored: «كلائي‌ها ۵» → «کلائی ها 5»."""
    return _fold_short(text) if len(text) <= _LONGEST_FOLDED else " ".join(text.translate(_FOLD).split())


def key_of(text: str) -> str:
    """Letters and digits only, for comparing two printings of one line: «فیلم | یک‌نمونه!» → «فیلمیکنمونه»."""
    return _key_of_short(text) if len(text) <= _LONGEST_FOLDED else "".join(filter(str.isalnum, fold(text))).lower()


# Menus, boxes and headlines come again on every page of a site; what is long is not kept, so that no page can fill the memory.
@lru_cache(maxsize=4096)
def _fold_short(text: str) -> str:
    return " ".join(text.translate(_FOLD).split())


@lru_cache(maxsize=4096)
def _key_of_short(text: str) -> str:
    return "".join(filter(str.isalnum, _fold_short(text))).lower()


@dataclass(frozen=True, slots=True)
class _Line:
    """A block with its folded text, and that without signs at its edges."""

    block: Block
    folded: str
    bare: str

    @property
    def is_linked(self) -> bool:
        return self.block.link_share >= _MOST_LINKED


def _line(block: Block) -> _Line:
    """A block's line; of a long paragraph with little link text the beginning is enough to see that it is no marker."""
    text = block.text if len(block.text) <= _LONGEST_FOLDED or block.linked > _LONGEST_FOLDED // 4 else block.text[:_LONGEST_FOLDED]
    folded = fold(text)
    return _Line(block, folded, _EDGES.sub("", folded))


def strip_markers(blocks: Sequence[Block], *, digit_tail: bool) -> list[Block]:
    """The paragraphs of the article among the blocks of its body: nothing after an end marker, no cross-links, chrome, notices.

    ``digit_tail`` drops a last block of digits and spaces («17302», «265 33»: internal codes).
    """
    lines = _before_end([_line(block) for block in blocks])
    lines = [line for line in _without_cross_links(lines) if not _is_chrome(line)]
    lines = _without_loose_links(_without_ticker(lines))
    while lines and (_COMMENT_REST.fullmatch(lines[-1].folded) or (digit_tail and _INTERNAL_CODE.fullmatch(lines[-1].folded))):
        lines.pop()
    return [line.block for line in lines]


def is_end_marker(text: str) -> bool:
    """Whether a block is only an end marker: «انتهای پیام/ی» → True, «پایان پیام شهردار به مردم» → False."""
    return len(text) <= 2 * _LONGEST_END and _ends(fold(text))


def is_cross_link_heading(text: str) -> bool:
    """Whether a heading announces other articles: «مطالب مرتبط» → True."""
    bare = _EDGES.sub("", fold(text))
    return bool(_CROSS_BARE.fullmatch(bare) or _CROSS_BEFORE_LINKS.fullmatch(bare))


def _ends(folded: str) -> bool:
    return len(folded) <= _LONGEST_END and _END.fullmatch(_LEFT_EDGE.sub("", folded)) is not None


def _before_end(lines: list[_Line]) -> list[_Line]:
    """The lines before the first end marker; a marker before any text is only dropped."""
    start = next((number for number, line in enumerate(lines) if not _ends(line.folded)), len(lines))
    end = next((number for number in range(start, len(lines)) if _ends(lines[number].folded)), len(lines))
    return lines[start:end]


def _without_cross_links(lines: list[_Line]) -> list[_Line]:
    """Without «بیشتر بخوانید» and the links that follow it."""
    kept: list[_Line] = []
    within = False
    for number, line in enumerate(lines):
        left = _LEFT_EDGE.sub("", line.folded)
        links_follow = number + 1 < len(lines) and lines[number + 1].is_linked
        if _CROSS_BARE.fullmatch(line.bare) or _CROSS_BARE.fullmatch(left) or (links_follow and _CROSS_BEFORE_LINKS.fullmatch(line.bare)):
            within = True
        elif _leads_to_link(line, left):
            continue
        elif not (within and (line.is_linked or _is_listed_link(line))):
            within = False
            kept.append(line)
    return kept


def _is_listed_link(line: _Line) -> bool:
    """A list's entry that is a link with a teaser behind it."""
    return line.block.tag in ("li", "dd", "dt") and line.block.linked >= max(_SHORTEST_LINK, 0.2 * len(line.folded))


def _leads_to_link(line: _Line, left: str) -> bool:
    """«بیشتر بخوانید: <a>عنوان دیگر</a>»: a cross-link marker whose remainder is link text."""
    match = _CROSS.match(left)
    return match is not None and _is_link_text(line, left[match.end() :])


def _is_link_text(line: _Line, rest: str) -> bool:
    length = len(_EDGES.sub("", rest))
    return 0 < 0.8 * length <= line.block.linked


def _is_chrome(line: _Line) -> bool:
    if _NOTICE.match(line.bare) or (len(line.bare) <= _LONGEST_CHROME and _CHROME.fullmatch(line.bare)):
        return True
    label = _CHROME_LABEL.match(line.bare)
    return label is not None and _is_link_text(line, line.bare[label.end() :])


def _without_ticker(lines: list[_Line]) -> list[_Line]:
    """Without a run of other articles' headlines before the first paragraph: «… (۱۵ فروردین ۱۴۰۴)»."""
    dated = [bool(_TICKER.fullmatch(line.folded)) for line in lines]
    count = next((number for number, line in enumerate(lines) if not (dated[number] or line.is_linked)), len(lines))
    return lines[count:] if sum(dated[:count]) >= 2 else lines


def _without_loose_links(lines: list[_Line]) -> list[_Line]:
    """Without lists of links and without link-only blocks at the end, unless most of the text is link text (an unclosed ``<a>``)."""
    loose = [line.is_linked for line in lines]
    linked = sum(len(line.block.text) for line, is_loose in zip(lines, loose, strict=True) if is_loose)
    if linked > _LOSS_LIMIT * sum(len(line.block.text) for line in lines):
        return lines
    end = len(lines)
    while end and loose[end - 1]:
        end -= 1
    return [line for number, line in enumerate(lines[:end]) if not (loose[number] and _is_listed(lines, loose, number))]


def _is_listed(lines: list[_Line], loose: list[bool], number: int) -> bool:
    neighbours = [near for near in (number - 1, number + 1) if 0 <= near < len(lines) and loose[near]]
    return bool(neighbours) and lines[number].block.tag in ("li", "dd", "dt", "div")
