"""A digest → its letter: Persian subject, right-to-left HTML, plain text, chart."""

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.dates import TEHRAN, jalali_moment, jalali_text, persian_digits
from digest.mail import CHART_ID, UNSUBSCRIBE, Mail
from digest.select import Digest
from render.bars import Size
from render.charts import tone_chart_png
from render.numbers import difference, number, percent, share
from render.words import tone_name

TEMPLATES = Path(__file__).parent / "templates"
CHART = Size(width=420, height=150, labels=5)


def compose(digest: Digest) -> Mail:
    """The letter. On an empty day it is one honest line without a chart."""
    subject = subject_of(digest)
    chart = b"" if digest.is_empty or not any(day.total for day in digest.days) else tone_chart_png(digest.days, CHART)
    values = {
        "digest": digest,
        "subject": subject,
        "day": jalali_text(digest.window.day, with_weekday=True),
        "comparison": comparison(digest),
        "chart": f"cid:{CHART_ID}" if chart else "",
        "chart_words": chart_words(digest),
        "unsubscribe": UNSUBSCRIBE,
    }
    html = templates(True).get_template("digest.html").render(values)
    text = templates(False).get_template("digest.txt").render(values)
    return Mail(subject, html, text, chart)


def subject_of(digest: Digest) -> str:
    """«خبر روز، سه‌شنبه ۳ آذر ۱۴۰۵: ۲۴ خبر، ۹ منفی نسبت به شهر»."""
    begin = f"{digest.name}، {jalali_text(digest.window.day, with_weekday=True)}: "
    if not digest.total:
        return begin + ("خبر تازه‌ای نبود" if digest.is_empty else "تنها خبرهای دیررسیده")
    negative = next(figure.value for figure in digest.city_tones if figure.key == "negative")
    return begin + f"{number(digest.total)} خبر" + (f"، {number(negative)} منفی نسبت به شهر" if negative else "")


def comparison(digest: Digest) -> str:
    """«معمول سه‌شنبه‌ها ۳۱ خبر است (میانهٔ ۸ هفتهٔ گذشته): امروز ۷ کمتر. …»; says so while there is too little to compare."""
    usual = digest.usual
    if usual is None:
        return "هنوز سه هفته خبر در بایگانی نیست که با روزهای همانند مقایسه شود."
    weeks = f"میانهٔ {number(usual.weeks)} هفتهٔ گذشته"
    negative = next(figure.value for figure in digest.city_tones if figure.key == "negative")
    return (
        f"معمول {usual.weekday}‌ها {number(usual.total)} خبر است ({weeks})؛ این بار {difference(digest.total, round(usual.total))}. "
        f"منفی نسبت به شهر معمولاً {number(usual.negative)} است؛ این بار {difference(negative, round(usual.negative))}."
    )


def chart_words(digest: Digest) -> str:
    """The chart in words, for who cannot see it."""
    negative, neutral, positive = (sum(getattr(day, tone) for day in digest.days) for tone in ("negative", "neutral", "positive"))
    whole = negative + neutral + positive
    parts = ((negative, "negative"), (neutral, "neutral"), (positive, "positive"))
    shares = "، ".join(f"{number(count)} {tone_name(tone)} ({percent(share(count, whole))})" for count, tone in parts)
    return f"نمودار لحن خبرها در {number(len(digest.days))} روز گذشته: {shares}"


@lru_cache(maxsize=2)
def templates(escape: bool) -> Environment:
    """The templates of letters: ``True`` for HTML, where everything is escaped."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=escape, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"number": number, "moment": jalali_moment, "tone_name": tone_name}
    environment.filters["clock"] = lambda moment: persian_digits(moment.astimezone(TEHRAN).strftime("%H:%M"))
    return environment
