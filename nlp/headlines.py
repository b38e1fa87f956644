"""What outlets put around a text that is not the text: labels of headlines, credits of agencies, closing formulas."""

import re

from nlp.normalize import fold

_LABELS = (
    "فیلم|عکس|عکس ها|تصاویر|تصویر|گزارش تصویری|گزارش|گفت و گو|گفتگو|مصاحبه|یادداشت|اختصاصی|فوری|خبر فوری|ویدیو|کلیپ|صوت|پادکست"
    "|اینفوگرافی|اینفوگرافیک|موشن گرافیک|ببینید|بشنوید|سند|جدول|جزئیات|نقشه|اسامی|متن کامل|تکمیلی|آلبوم عکس"
)
_LABEL = fold(_LABELS).text
_PREFIX = re.compile(rf"^\s*(?:[\[(«]?\s*(?:{_LABEL})\s*[\])»]?\s*(?:[|/:\\؛…!+•▪-]|\.\.\.)+\s*)+")
_SUFFIX = re.compile(rf"(?:\s*(?:[+|/(\[-]|با)\s*(?:{_LABEL})(?:\s*(?:و|،)\s*(?:{_LABEL}))*\s*[)\]]?)+\s*$")
_OUTLET_SUFFIX = re.compile(r"\s*[|–—]\s*[^|–—]{2,30}$")

_AGENCIES = (
    "ایرنا|ایسنا|فارس|مهر|تسنیم|ایلنا|ایکنا|باشگاه خبرنگاران جوان|صدا و سیما|خانه ملت|میزان|برنا|آنا|شبستان|موج"
    "|قدس آنلاین|شهرآرانیوز|صبح توس|خراسان"
)
_CREDIT = re.compile(
    rf"(?:^|(?<=[\n.]))[ ]*(?:به گزارش [^\n.:؛،]{{2,70}}[،؛:]|به نقل از [^\n.:؛،]{{2,50}}[،؛:]|(?:خبرگزاری )?(?:{_AGENCIES})[ ]*[:؛/-])"
    r"|(?:انتهای|پایان) (?:پیام|خبر)[^\n]{0,60}|کد خبر[ :]*\d+"
)


def bare_headline(headline: str) -> str:
    """A headline folded, without labels before or behind it: ``"فیلم | آتش‌سوزی در بازار + عکس"`` → ``"آتش سوزی در بازار"``."""
    text = fold(headline).text
    bare = _SUFFIX.sub("", _PREFIX.sub("", text))
    return _OUTLET_SUFFIX.sub("", bare).strip() or text.strip()


def without_credits(folded: str) -> str:
    """Folded text without agency credits and closing formulas: ``"به گزارش ایرنا، آتش مهار شد. انتهای پیام/"`` → ``" آتش مهار شد. "``."""
    return _CREDIT.sub("", folded)
