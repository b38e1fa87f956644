"""Who asks or complains in a sentence: a group of people named in it, else the one who speaks."""

import re

from core.records import Quote
from nlp.demand_cues import PEOPLE
from nlp.normalize import fold

_ONE = r"(?:(?:یکی|برخی|بعضی|جمعی|تعدادی|گروهی|شماری|بسیاری|بیشتر|همه) (?:از )?)?"
_NO_NAME = (
    r"(?!(?:است|هستند|نیست|به|در|از|با|را|که|و|برای|بر|تا|نیز|هم|باید|می|نمی|خواست|خواستار|خواهان|درخواست|دعوت"
    r"|انتظار|گلایه|دغدغه|مناسب|قرار|توقع"
    r"|معترض|اعتراض|شد|شده|کرد|کردند|ما|خود|هنوز|همچنان|تقاضا|مطالبه|رنج|مشکل|مشکلات|نسبت|بی|ندارند|دارند|داریم|بود|بودند|بارها)(?![^\W_]))"
)
_ASKER = re.compile(
    rf"(?<![^\W_]){_ONE}(?:{PEOPLE})(?: (?:این |همین )?(?:محله |منطقه |شهر |شهرک |خیابان |روستای )?{_NO_NAME}[^\W_]+)?(?![^\W_])"
)
_ASK = (
    "خواستار|خواهان|خواسته|خواستند|می خواهند|انتظار|توقع|گلایه|گله|شکایت|اعتراض|معترض|ناراضی|نارضایتی|تقاضا"
    "|درخواست|مطالبه|مطالبات|مشکل|مشکلات|دغدغه|رنج|تجمع|تحصن|اعتصاب"
    "|محروم|مناسبی ندارند|سرگردان|بلاتکلیف|به ستوه|نگران"
)
_ASKING = re.compile(rf"(?<![^\W_])(?:{_ASK})(?![^\W_])")
_ASKED = re.compile(
    rf"(?<![^\W_])از (?:همه |تمام |کلیه |عموم )?(?:{PEOPLE})(?: [^\W_]+){{0,4}} (?:می ?خواهیم|می ?خواهم|خواست"
    rf"|خواستند|خواسته|درخواست|تقاضا|انتظار|دعوت)"
    rf"(?![^\W_])"
)


def asks_people(sentence: str) -> bool:
    """Whether people are asked for something in a folded sentence: «از شهروندان خواست …» is an official's request, no demand."""
    return _ASKED.search(sentence) is not None


def asker_of(sentence: str, holder: Quote | None) -> str:
    """The words that name who asks, as given. ``holder`` is the statement that the sentence belongs to, None outside of any.

    ``"اهالی گلشهر خواستار رفع مشکل آب شدند."`` → «اهالی گلشهر». A group that is only spoken of does not ask: its speaker does.
    """
    folded = fold(sentence)
    asking = _ASKING.search(folded.text)
    speaker = (holder.speaker or "") if holder else ""
    for named in _ASKER.finditer(folded.text):
        if not speaker or (asking is not None and asking.end() > named.start() and asking.start() - named.end() < 120):
            return sentence[slice(*folded.span(named.start(), named.end()))]
    return speaker
