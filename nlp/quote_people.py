"""Persons' names as the rules for quotes read them: pieces of one name joined, titles that were taken for names left out."""

import re
from collections.abc import Sequence

_GIVEN = (
    "آرش آرمان آرمین آزاده آزیتا آیدا ابراهیم ابوالحسن ابوالفضل ابوالقاسم ابوطالب احسان احمد احمدرضا ارسلان اسحاق اسدالله اسماعیل"
    " اشکان اصغر افسانه افشین اکبر اکرم الهام الهه امید امیر امیرحسین امیررضا امیرعباس امین انسیه ایرج ایمان بابک باقر بهاره بهداد"
    " بهرام بهروز بهزاد بهمن بهناز بهنام بیتا بیژن پدرام پرستو پروانه پروین پرویز پریسا پژمان پوریا پویا پیام پیروز پیمان ترانه تقی"
    " تورج توفیق جابر جعفر جلال جلیل جمال جمشید جهانگیر جواد چنگیز حامد حبیب حبیبالله حجت حسام حسن حسین حسینعلی حمزه حمید حمیدرضا"
    " حمیده حنیف حیدر خدابخش خسرو خلیل داریوش داود داوود رامین رحمان رحمت رحیم رسول رضا رقیه روح روزبه زهرا زهره زینب سارا ساسان"
    " سالار سامان ستار سجاد سعید سعیده سلمان سمانه سمیه سهراب سهیل سیامک سیاوش سیروس سیما شاهرخ شاهین شریف شهاب شهرام شهرزاد شهریار"
    " شهلا شهین شیدا شیرین صادق صالح صفر صمد طاهر طاهره طیبه عادل عارف عاطفه عباس عباسعلی عبدالحسین عبدالرحمن عبدالرضا عبدالعلی"
    " عبدالکریم عبدالله عبدالمجید عزت عزیز عطا علی علیرضا عماد عیسی غلام غلامحسین غلامرضا غلامعلی فاطمه فتح فرامرز فرانک فرزاد"
    " فرزانه فرشاد فرشید فرهاد فریبا فریبرز فرید فریده فریدون فضل فیروز قاسم قدرت قربان قربانعلی کاظم کامبیز کامران کاوه کتایون"
    " کریم کمال کوروش کیانوش کیوان کیومرث گیتی لاله لطف لیلا لیلی ماجد مازیار مانی مجتبی مجید محبوبه محسن محمد محمدباقر محمدتقی"
    " محمدجواد محمدحسن محمدحسین محمدرضا محمدصادق محمدعلی محمدکاظم محمدمهدی محمود محمودرضا مختار مراد مرتضی مرضیه مریم مژگان مسعود"
    " مصطفی مظفر معصومه منصور منصوره منوچهر منیره مهدی مهران مهرداد مهرزاد مهسا مهناز مهین موسی میترا میثم میرزا میلاد مینا مینو"
    " ناصر نادر ناهید نبی نجمه نرگس نسرین نصرالله نعمت نعمتالله نوید نیلوفر هادی هاشم هانیه هدایت هوشنگ هومن وحید ولی یاسر یحیی"
    " یدالله یعقوب یوسف یونس"
)
GIVEN = frozenset(_GIVEN.split()) | {"سید", "سیده", "میر", "شاه", "الله"}
_BEFORE = re.compile(r"(?<![^\W_])([^\W_]+) $")
_SURNAME = re.compile(r" [^\W_]{3,}")
_BEFORE_NAMES = "آقای خانم دکتر مهندس آقا حاج و از به با که گفته شهید استاد"
_LEADS_TO_NAME = frozenset(_BEFORE_NAMES.split())
_TITLES = re.compile(r"(?:شهردار|فرماندار|استاندار|معاون|مدیر|رییس)")

Spans = Sequence[tuple[int, int]]


def speakers_names(text: str, people: Spans) -> list[tuple[int, int]]:
    """The spans of persons' names in folded ``text`` made whole, in order.

    «امیر» «نمونه پور» side by side → «امیر نمونه پور»; «شهردارنمونه» is no name.
    """
    found: list[tuple[int, int]] = []
    for start, end in people:
        if _TITLES.match(text, start, end) or _inside_title(text, start, end):
            continue
        if found and text[found[-1][1] : start] == " " and only_given(text[slice(*found[-1])]):
            found[-1] = (found[-1][0], end)
        else:
            found.append((_first_name(text, start), end))
    return found


def _inside_title(text: str, start: int, end: int) -> bool:
    """«کریم» in «نماینده رباط کریم»: a given name alone behind a word that no name follows."""
    before = _BEFORE.search(text, max(0, start - 20), start)
    alone = text[start:end] in GIVEN and not _SURNAME.match(text, end)
    return alone and before is not None and before.group(1) not in _LEADS_TO_NAME and before.group(1) not in GIVEN


def _first_name(text: str, start: int) -> int:
    """Where a name begins whose given name stands before it: «هاشم بنی» before «نمونه پور»."""
    place = start
    while (word := _BEFORE.search(text, max(0, place - 14), place)) and (
        word.group(1) in GIVEN or (word.group(1) == "بنی" and place == start)
    ):
        place = word.start(1)
    return place


def only_given(name: str) -> bool:
    """Whether a name is given names and nothing else, so that a surname must follow: ``"محمد جواد"`` → True, ``"کلایی"`` → False."""
    return GIVEN.issuperset(name.split())
