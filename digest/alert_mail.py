"""An alert as a letter: Persian subject, right-to-left HTML without pictures, plain text."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from digest.alerts import Rising, Spike
from digest.compose import templates
from digest.mail import UNSUBSCRIBE, Mail
from render.numbers import number

_DAY_WORDS = {"nowruz": "روزهای نوروز", "ramadan": "روزهای رمضان", "muharram": "روزهای محرم", "holiday": "روزهای تعطیل"}
_WEEKDAYS = ("شنبه‌ها", "یکشنبه‌ها", "دوشنبه‌ها", "سه‌شنبه‌ها", "چهارشنبه‌ها", "پنجشنبه‌ها")


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """An article as a letter names it."""

    headline: str
    outlet: str
    url: str
    published_at: datetime


def spike_words(rule: str, spike: Spike) -> tuple[str, list[str]]:
    """(headline, lines): «۱۲ خبر منفی در سه ساعت» and «معمول همین ساعت‌ها در سه‌شنبه‌ها ۳ خبر است (۸ روز همانند).»"""
    what = "خبر منفی نسبت به شهر" if spike.kind == "negative" else "خبر"
    days = _DAY_WORDS.get(spike.day_kind) or _WEEKDAYS[int(spike.day_kind.rpartition(":")[2])]
    usual = f"معمول همین ساعت‌ها در {days} {number(spike.usual)} خبر است (میانهٔ {number(spike.compared)} روز همانند)؛"
    return f"{rule}: {number(spike.count)} {what} در سه ساعت", [f"{usual} از {number(spike.limit)} به بالا هشدار داده می‌شود."]


def story_words(rising: Rising, first: ArticleLine, names: dict[str, str]) -> tuple[str, list[str]]:
    """(headline, lines): the first article's headline, how many outlets took it up, and which one began."""
    outlets = "، ".join(names.get(key, key) for key in rising.outlets[:8])
    return first.headline, [
        f"{number(len(rising.outlets))} رسانه با {number(rising.articles)} خبر این رویداد را گفته‌اند.",
        f"آغازگر: {first.outlet}",
        f"به ترتیب پیوستن: {outlets}",
    ]


def compose_alert(rule: str, words: tuple[str, list[str]], articles: list[ArticleLine], link: str, fired_at: datetime) -> Mail:
    """The letter of an alert; the address's own link to leave is put in by ``make_message``."""
    headline, lines = words
    subject = " ".join(f"هشدار: {headline}".split())[:160]
    values: dict[str, object] = {"subject": subject, "headline": headline, "lines": lines, "articles": articles, "link": link, "rule": rule}
    values |= {"fired_at": fired_at, "unsubscribe": UNSUBSCRIBE}
    html = templates(True).get_template("alert.html").render(values)
    return Mail(subject, html, templates(False).get_template("alert.txt").render(values))


def alert_message_id(rule: int, key: str, sender: str) -> str:
    """The name of an alert's letter, the same however often it is handed over."""
    domain = sender.rpartition("@")[2].strip("> ") or "localhost"
    return f"<alert.{rule}.{hashlib.sha256(key.encode()).hexdigest()[:16]}@{domain}>"
