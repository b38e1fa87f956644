"""Prints the synthetic pages: invented articles (``pages/articles.json``) in every family's markup (``pages/themes``), with their truth.

The themes are written from what is known of the families' markup. Every page carries a ticker, related boxes and chrome around the
article; the comments use words of the body. Three kinds each: ``plain``, ``gallery`` (picture gallery, related boxes within the body),
``comments``.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core.dates import MONTHS, TEHRAN, WEEKDAYS, jalali, persian_digits, weekday
from core.records import Comment, Image, Outlet

PAGES = Path(__file__).parent / "pages"
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
ZWNJ = "\u200c"
ARABIC_YEH = "\u064a"
KINDS = ("plain", "gallery", "comments")


@dataclass(frozen=True)
class Theme:
    """One theme of a family: its template, the address of an article, and what it prints."""

    name: str
    family: str
    path: str
    prints: frozenset[str] = frozenset({"kicker", "lead", "comments", "section", "keywords", "date"})
    digit_tail: bool = False


def _theme(name: str, family: str, path: str, without: str = "", digit_tail: bool = False) -> Theme:
    return Theme(name, family, path, Theme.prints - frozenset(without.split()), digit_tail)


THEMES = (
    _theme("nastooh_khabar", "nastooh", "/news/{id}/{slug}", digit_tail=True),
    _theme("nastooh_isna", "nastooh", "/news/{id}/{slug}"),
    _theme("nastooh_quds", "nastooh", "/news/{id}/{slug}"),
    _theme("samaneh_yjc", "iran_samaneh", "/fa/news/{id}/{slug}"),
    _theme("samaneh_shahrara", "iran_samaneh", "/fa/news/{id}/{slug}"),
    _theme("samaneh_rasa", "iran_samaneh", "/fa/news/{id}/{slug}"),
    _theme("asam", "asam", "/بخش-شهری-5/{id}-{slug}"),
    _theme("asam_echo", "asam", "/بخش-شهری-5/{id}-{slug}"),
    _theme("news_studio", "news_studio", "/news/{id}/{slug}"),
    _theme("news_studio_razavi", "news_studio", "/fa/news/{id}/{slug}"),
    _theme("tasnim", "tasnim", "/fa/news/1405/08/29/{id}/{slug}"),
    _theme("wp_generic", "wordpress", "/{slug}/", "kicker lead"),
    _theme("wp_content", "wordpress", "/{slug}/"),
    _theme("wp_single", "wordpress", "/{slug}/"),
    _theme("wp_jannah", "wordpress", "/{slug}/", "kicker"),
    _theme("wp_section", "wordpress", "/{slug}/"),
    _theme("wp_ap", "wordpress", "/{slug}/"),
    _theme("wp_elementor", "wordpress", "/{slug}/", "kicker lead"),
    _theme("wp_jnews", "wordpress", "/{slug}/", "kicker lead"),
    _theme("wp_wrap", "wordpress", "/{slug}/"),
    _theme("wp_txte", "wordpress", "/{slug}/", "lead"),
    _theme("wp_publisher", "wordpress", "/{slug}/", "kicker"),
    _theme("wp_content_body", "wordpress", "/{slug}/", "kicker"),
    _theme("wp_tagdiv", "wordpress", "/{slug}/", "kicker lead"),
    _theme("samaneh_bare", "iran_samaneh", "/fa/news/{id}/{slug}"),
)


@dataclass(frozen=True)
class Truth:
    """What a right extraction of a page says."""

    news_id: str
    headline: str
    kicker: str
    lead: str
    paragraphs: tuple[str, ...]
    published_at: datetime
    section: tuple[str, ...]
    keywords: tuple[str, ...]
    images: tuple[Image, ...]
    comments: tuple[Comment, ...]

    @property
    def body(self) -> str:
        return "\n".join(self.paragraphs)


@dataclass(frozen=True)
class Printed:
    """A page with its address, its outlet and the truth about it."""

    name: str
    theme: Theme
    kind: str
    url: str
    outlet: Outlet
    html: bytes
    truth: Truth


def articles() -> list[dict]:
    return json.loads((PAGES / "articles.json").read_text("utf-8"))


def outlet_of(theme: Theme) -> Outlet:
    return Outlet(key=f"sample_{theme.name}", name="پایگاه خبری نمونه", family=theme.family, base_url="https://www.sample.example")


def printed_pages(themes: tuple[Theme, ...] = THEMES) -> list[Printed]:
    """All pages: every theme in three kinds, the articles taking turns."""
    texts = articles()
    return [
        print_page(theme, kind, texts[(number + 2 * turn) % len(texts)], texts)
        for number, theme in enumerate(themes)
        for turn, kind in enumerate(KINDS)
    ]


def print_page(theme: Theme, kind: str, article: dict, others: list[dict]) -> Printed:
    """One article in one theme."""
    slug = re.sub(r"\W+", "-", article["headline"].replace(ZWNJ, "-")).strip("-")
    url = "https://www.sample.example" + theme.path.format(id=article["id"], slug=slug)
    published = datetime.fromisoformat(article["published"]).replace(tzinfo=TEHRAN)
    related = [other for other in others if other["id"] != article["id"]]
    truth = Truth(
        news_id=article["id"],
        headline=article["headline"],
        kicker=article["kicker"] if "kicker" in theme.prints else "",
        lead=article["lead"] if "lead" in theme.prints else "",
        paragraphs=tuple(article["paragraphs"]),
        published_at=published.astimezone(UTC),
        section=tuple(article["section"]),
        keywords=tuple(article["keywords"]),
        images=_images(article, kind),
        comments=_comments(article) if kind == "comments" else (),
    )
    template = _environment().get_template(f"{theme.name}.html")
    html = template.render(
        a=article,
        t=truth,
        kind=kind,
        url=url,
        related=related,
        slug=slug,
        body=_body_markup(theme, kind, article, related),
        when=_Moments(published),
    )
    return Printed(f"{theme.name}-{kind}", theme, kind, url, outlet_of(theme), html.encode(), truth)


def _images(article: dict, kind: str) -> tuple[Image, ...]:
    first = (Image(f"https://media.sample.example/d/2026/11/{article['id']}-1.jpg"),)
    gallery = tuple(
        Image(f"https://media.sample.example/d/2026/11/{article['id']}-{n}.jpg", f"نمایی از گزارش نمونه، عکس {persian_digits(n)}")
        for n in (2, 3, 4)
    )
    return first + gallery if kind == "gallery" else first


def _comments(article: dict) -> tuple[Comment, ...]:
    """Comments that repeat the article's own words."""
    words = article["paragraphs"][1]
    return (
        Comment(
            f"این جمله را دوباره بخوانید: {words[:60].strip()} به‌نظر من کافی نیست.",
            "ساکن نمونه",
            datetime(2026, 11, 22, 10, 18, tzinfo=UTC),
            5,
            2,
        ),
        Comment("خواستهٔ ما این است که پیگیری شود و نتیجه را به مردم بگویند.", "ناشناس", datetime(2026, 11, 22, 16, 0, tzinfo=UTC), 12, 0),
    )


def _body_markup(theme: Theme, kind: str, article: dict, related: list[dict]) -> str:
    """The body as the theme's editors leave it: clean paragraphs, entities and boxes in between, or loose text with line breaks."""
    texts = article["paragraphs"]
    end = "<p>انتهای پیام/ن</p>" if theme.family in ("iran_samaneh", "nastooh") else "<p style='text-align:left'>انتهای پیام/</p>"
    tail = "<div dir='rtl'> 17302 </div>" if theme.digit_tail else ""
    if kind == "plain":
        return "\n".join(f"<p>{text}</p>" for text in texts) + end + tail
    links = "".join(f"<li><a href='/news/{other['id']}'>{other['headline']}</a></li>" for other in related[:3])
    if kind == "gallery":
        marked = [f"<p style='text-align:justify'>{text.replace(ZWNJ, '&zwnj;')}</p>" for text in texts]
        marked.insert(2, f"<p><strong>بیشتر بخوانید: </strong><a href='/news/{related[0]['id']}'>{related[0]['headline']}</a></p>")
        return "\n".join(marked) + f"<h3>بیشتر بخوانید:</h3><ul>{links}</ul>" + tail
    loose = "".join(f"<div dir='rtl'>\n <br> {text}\n </div>" if theme.digit_tail else f"{text}<br /><br>\n" for text in texts)
    return loose + ("" if theme.digit_tail else "<div class='wrapper'></div>") + end + tail


class _Moments:
    """The printed forms of one moment."""

    def __init__(self, moment: datetime) -> None:
        self.tehran = moment
        self.utc = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.offset = moment.isoformat()
        year, month, day = jalali(moment.date())
        self.clock = persian_digits(moment.strftime("%H:%M"))
        self.day = persian_digits(f"{day} {MONTHS[month - 1]} {year}")
        self.arabic_day = self.day.replace("ی", ARABIC_YEH)
        self.weekday = WEEKDAYS[weekday(moment.date())]
        self.numeric = persian_digits(f"{year:04d}/{month:02d}/{day:02d}")


def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(PAGES / "themes"), autoescape=False, undefined=StrictUndefined)
