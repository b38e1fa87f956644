"""Invented articles and their pages in the markup of each CMS family, as facts about those families describe it. Deterministic."""

import html
import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from core.dates import jalali, jalali_moment, tehran_day

ZWNJ = "\u200c"
FAMILIES = ("nastooh", "iran_samaneh", "asam", "news_studio", "tasnim", "wordpress")
_SUBJECTS = ("شهرداری", "شورای شهر", "سازمان پارک‌ها", "اتوبوس‌رانی", "معاون خدمات شهری", "مدیر منطقه", "کمیسیون عمران", "شهروندان محله")
_VERBS = ("اعلام کرد", "خبر داد", "تأکید کرد", "گزارش داد", "یادآور شد", "پیگیری می‌کند", "درخواست کرد", "توضیح داد")
_OBJECTS = (
    "بازسازی پیاده‌روهای خیابان نمونه",
    "کمبود آب‌نماهای بوستان خیالی",
    "نوسازی ناوگان خط ساختگی",
    "جمع‌آوری زباله‌های بلوار فرضی",
    "برگزاری جشنوارهٔ کتاب‌خوانی",
    "روکش آسفالت کوچه‌های محلهٔ آزمون",
    "بودجهٔ فرهنگ‌سرای تازه",
    "ایمن‌سازی گذرگاه‌های دانش‌آموزان",
)
_TAILS = ("در هفتهٔ آینده", "با همکاری ساکنان", "تا پایان سال", "پس از سه ماه", "بدون هزینهٔ تازه", "با وجود کمبودها", "در نشست دیروز")


@dataclass(frozen=True)
class Story:
    """One invented article."""

    number: int
    headline: str
    lead: str
    paragraphs: tuple[str, ...]
    published_at: datetime
    section: str = "جامعه"

    @property
    def body(self) -> str:
        """The paragraphs as the archive keeps them."""
        return "\n".join(self.paragraphs)

    def edited(self, paragraph: str) -> "Story":
        """The same article with another first paragraph."""
        return replace(self, paragraphs=(paragraph, *self.paragraphs[1:]))


def make_stories(count: int, now: datetime, *, first: int = 1000, seed: int = 7, days: float = 5) -> list[Story]:
    """``count`` articles spread over the last ``days`` days, newest first, the same for the same seed."""
    chance = random.Random(seed)
    stories = []
    for place in range(count):
        number = first + count - place
        sentence = _sentence(chance)
        paragraphs = tuple(" ".join(_sentence(chance) + "." for _ in range(chance.randint(2, 4))) for _ in range(chance.randint(4, 8)))
        published = (now - timedelta(days=days) * (place + 1) / (count + 1)).replace(second=0, microsecond=0)
        stories.append(Story(number, f"{sentence} ({number})", f"{_sentence(chance)}.", paragraphs, published))
    return stories


def _sentence(chance: random.Random) -> str:
    return f"{chance.choice(_SUBJECTS)} از {chance.choice(_OBJECTS)} {chance.choice(_VERBS)} {chance.choice(_TAILS)}"


def path_of(story: Story, family: str) -> str:
    """The path of an article's page below its site's prefix, with a slug where the family has one."""
    slug = story.headline.split("(")[0].strip().replace(" ", "-")
    year, month, day = jalali(tehran_day(story.published_at))
    return {
        "nastooh": f"/news/{story.number}/{slug}",
        "iran_samaneh": f"/fa/news/{story.number}/{slug}",
        "asam": f"/بخش-شهر-3/{story.number}-{slug}",
        "news_studio": f"/news/{story.number}/{slug}",
        "tasnim": f"/fa/news/{year}/{month:02d}/{day:02d}/{story.number}/{slug}",
        "wordpress": f"/{story.number}/{slug}/",
    }[family]


def page_of(story: Story, family: str, base: str, others: list[Story], weight: int = 12) -> bytes:
    """The whole page; ``weight`` is the number of links in each of its menus and boxes."""
    links = "".join(f'<li><a href="{base}{path_of(one, family)}">{one.headline}</a></li>' for one in others[:weight])
    menu = "".join(f'<li><a href="{base}/section/{n}">بخش {n}</a></li>' for n in range(weight))
    head, main = _PARTS[family](story, base)
    return (
        f'<!DOCTYPE html><html lang="fa" dir="rtl"><head><meta charset="utf-8"><title>{_e(story.headline)}</title>{head}</head>'
        f"{_body_tag(story, family)}<header><nav><ul>{menu}</ul></nav></header>{main}"
        f'<aside class="sidebar box"><h3>پربازدیدها</h3><ul>{links}</ul></aside>'
        f"<footer><ul>{menu}</ul>همهٔ حقوق ساختگی است</footer></body></html>"
    ).encode()


def _body_tag(story: Story, family: str) -> str:
    return f'<body class="rtl single single-post postid-{story.number}">' if family == "wordpress" else "<body>"


def _e(text: str) -> str:
    return html.escape(text).replace(ZWNJ, "&zwnj;")


def _p(story: Story) -> str:
    return "".join(f"<p>{_e(paragraph)}</p>" for paragraph in story.paragraphs)


def _nastooh(story: Story, base: str) -> tuple[str, str]:
    moment = f"{story.published_at:%Y-%m-%dT%H:%M:%SZ}"
    return (
        f'<meta name="generator" content="www.nastooh.ir"><meta property="nastooh:nid" content="{story.number}">'
        f'<link rel="canonical" href="{base}{path_of(story, "nastooh")}">'
        f'<meta itemprop="datePublished" property="article:published_time" content="{moment}">'
        f'<meta property="article:section" content="{story.section}">',
        f'<article id="item" class="box item"><div class="item-header">'
        f'<h4 class="subtitle kicker"></h4><h1 class="title">{_e(story.headline)}</h1></div>'
        f'<div class="item-summary"><p class="summary introtext" itemprop="description">{_e(story.lead)}</p></div>'
        f'<div class="item-body"><div class="item-text" itemprop="articleBody">{_p(story)}</div></div>'
        f'<div class="item-code">کد خبر <span>{story.number}</span></div>'
        f'<div class="item-date"><span>{jalali_moment(story.published_at)}</span></div>'
        f'<section class="box related-items"><ul><li><a href="{base}/news/1">خبر مرتبط</a></li></ul></section></article>',
    )


def _iran_samaneh(story: Story, base: str) -> tuple[str, str]:
    return (
        f'<link rel="stylesheet" href="/client/themes/fa/main/css/a.css">'
        f'<link rel="canonical" href="{base}{path_of(story, "iran_samaneh")}">',
        f'<div class="news-content"><div class="news_nav news_id_c"><span>کد خبر: </span>{story.number}</div>'
        f'<div class="news_nav news_pdate_c"><span>تاریخ انتشار: </span>{jalali_moment(story.published_at).replace("،", " -")}</div>'
        f'<div class="news_path"><a href="/fa/s">{story.section}</a></div>'
        f'<div class="title"><h1 class="title"><a class="title" href="#">{_e(story.headline)}</a>'
        f'</h1></div><div class="subtitle">{_e(story.lead)}</div>'
        f'<div class="body">{_p(story)}<p>انتهای پیام/ی</p></div></div>',
    )


def _asam(story: Story, base: str) -> tuple[str, str]:
    return (
        f'<!-- job [at] aasaam [dot] com --><link rel="canonical" href="{base}{path_of(story, "asam")}">',
        f'<article class="news_page_article"><h1 class="title">{_e(story.headline)}</h1><p class="lead">{_e(story.lead)}</p>'
        f'<span class="news_time">'
        f'<time datetime="{story.published_at:%Y-%m-%dT%H:%M:%SZ}">{jalali_moment(story.published_at)}</time></span>'
        f'<ul class="bread_crump"><li><a href="/">خانه</a></li><li><a href="/s">{story.section}</a></li></ul>'
        f'<div id="main_ck_editor">{_p(story)}</div><span class="news_id">کدخبر: {story.number}</span></article>',
    )


def _news_studio(story: Story, base: str) -> tuple[str, str]:
    moment = f"{story.published_at:%Y-%m-%dT%H:%M:%S+00:00}"
    return (
        f'<meta name="generator" content="News Studio, http://www.news-studio.com"><meta name="dcterms.created" content="{moment}">'
        f'<link rel="canonical" href="{base}{path_of(story, "news_studio")}">',
        f'<div id="docDataRow"><h1 id="docDiv3TitrMain">{_e(story.headline)}</h1><div id="docDivLead1">{_e(story.lead)}</div>'
        f'<div class="doc_date">تاریخ انتشار : {jalali_moment(story.published_at)}</div>'
        f'<div class="doc-section-info"><a href="/s">{story.section}</a></div>'
        f'<div id="doctextarea">{_p(story)}</div><div id="docDiv5InfoCode">کد مطلب : {story.number}</div></div>',
    )


def _tasnim(story: Story, base: str) -> tuple[str, str]:
    return (
        f'<link rel="canonical" href="{base}{path_of(story, "tasnim")}">',
        f'<article class="single-news"><h1 class="title">{_e(story.headline)}</h1><h3 class="lead">{_e(story.lead)}</h3>'
        f'<ul class="list-inline details"><li class="time">{jalali_moment(story.published_at).replace("،", " -")}</li>'
        f'<li class="service"><a href="/fa/service/2">{story.section}</a></li>'
        f'</ul><div class="story">{_p(story)}<p>انتهای پیام/</p></div></article>',
    )


def _wordpress(story: Story, base: str) -> tuple[str, str]:
    moment = f"{story.published_at:%Y-%m-%dT%H:%M:%S+00:00}"
    return (
        f'<meta name="generator" content="WordPress 6.4"><link rel="canonical" href="{base}{path_of(story, "wordpress")}">'
        f'<link rel="shortlink" href="{base}/?p={story.number}"><meta property="article:published_time" content="{moment}">'
        '<link rel="stylesheet" href="/wp-content/themes/a/style.css">',
        f'<article id="post-{story.number}" class="post"><h1 class="entry-title">{_e(story.headline)}</h1>'
        f'<time class="entry-date" datetime="{moment}">{jalali_moment(story.published_at)}</time>'
        f'<div class="entry-content"><p>{_e(story.lead)}</p>{_p(story)}</div>'
        f'<a rel="category tag" href="{base}/category/a/">{story.section}</a></article>',
    )


_PARTS = {
    "nastooh": _nastooh,
    "iran_samaneh": _iran_samaneh,
    "asam": _asam,
    "news_studio": _news_studio,
    "tasnim": _tasnim,
    "wordpress": _wordpress,
}


def rss_of(stories: list[Story], family: str, base: str) -> bytes:
    """A feed as the family makes it: Iran Samaneh's is dirty (raw links, no guid, no weekday)."""
    dirty = family == "iran_samaneh"
    items = []
    for story in stories:
        moment = (
            f"{story.published_at + timedelta(hours=3, minutes=30):%d %b %Y %H:%M:%S} +0330"
            if dirty
            else format_datetime(story.published_at)
        )
        guid = "" if dirty else f"<guid>{base}{path_of(story, family)}</guid>"
        items.append(
            f"<item><title>{_e(story.headline).replace('&zwnj;', ZWNJ)}</title><link>{base}{path_of(story, family)}</link>"
            f"<description>{story.lead}</description><pubDate>{moment}</pubDate>{guid}</item>"
        )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>خوراک</title>{"".join(items)}</channel></rss>'.encode()
    )


def sitemap_of(stories: list[Story], family: str, base: str, changed: dict[int, datetime] | None = None) -> bytes:
    """A urlset with change times."""
    rows = ""
    for story in stories:
        moment = (changed or {}).get(story.number, story.published_at).astimezone(UTC).isoformat()
        rows += f"<url><loc>{base}{path_of(story, family)}</loc><lastmod>{moment}</lastmod></url>"
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'.encode()
