# ruff: noqa: E501  (markup in one piece)
"""Themes nobody recorded: unusual variants of each family's markup, invented, read with no selector of their own."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from core.records import Outlet, RawArticle
from crawler.extract import extract

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
MOMENT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ZWNJ = "\u200c"
HEADLINE = f"بازسازی کتاب{ZWNJ}خانهٔ نمونه پایان یافت"
LEAD = f"معاون شهردار نمونه از پایان بازسازی کتاب{ZWNJ}خانهٔ نمونه پس از دو سال خبر داد و گفت که درِ آن از شنبه باز است."
ONE = f"به گزارش نمونه{ZWNJ}نیوز، آقای نمونه{ZWNJ}ای در آیین گشایش گفت: نوسازی تالار مطالعه، سامانهٔ سرمایش و نمای بیرونی در دو سال انجام شده است."
TWO = f"وی افزود: هزینهٔ این طرح ۱۲ میلیارد تومان بوده و نیمی از آن را خیّران پرداخته{ZWNJ}اند؛ باقی از بودجهٔ شهر نمونه است."
THREE = f"یکی از اعضای کتاب{ZWNJ}خانه نیز گفت که ساعت کار تا ۲۲ ادامه خواهد داشت و بخش کودک هم به زودی باز می{ZWNJ}شود."
BODY = [ONE, TWO, THREE]
PARAGRAPHS = "".join(f"<p>{text}</p>" for text in BODY)
OTHERS = (
    "برف در ارتفاعات نمونه بارید و راه‌ها بسته شد",
    "قیمت نان در شهر نمونه تغییر نمی‌کند، مدیر صنف گفت",
    "تیم والیبال نمونه به جام رسید و جشن گرفت",
)
CARDS = "".join(
    f"<article class='card'><a href='/news/9{n}00/x'><h3>{text}</h3></a><p>{text}؛ {text}.</p></article>" for n, text in enumerate(OTHERS)
)
LINKS = "".join(f"<li><a href='/news/9{n}00/x'>{text}</a></li>" for n, text in enumerate(OTHERS))
SHARE = "<div class='a2a_kit'><a href='#'>تلگرام</a> <a href='#'>واتس‌اپ</a></div>"
FORM = "<form id='commentform'><p>نشانی ایمیل شما منتشر نخواهد شد.</p><label>دیدگاه</label><textarea></textarea></form>"
NASTOOH = "<meta name='generator' content='www.nastooh.ir'><meta property='nastooh:nid' content='512345'>"
WP = "<meta name='generator' content='WordPress 6.6'><link rel='shortlink' href='https://www.sample.example/?p=512345'><link rel=stylesheet href='/wp-content/a.css'>"
ASAM = "<!-- job [at] aasaam [dot] com -->"
STUDIO = "<meta name='generator' content='News Studio, http://www.news-studio.com'>"
SAMANEH = "<link rel=stylesheet href='/client/themes/fa/main/css/a.css'>"
TITLE = f"<title>{HEADLINE} | پایگاه نمونه</title>"
ISO = "<meta property='article:published_time' content='2026-11-20T09:00:00Z'>"
DAY = "۲۹ آبان ۱۴۰۵ - ۱۲:۳۰"


@dataclass(frozen=True)
class Variant:
    """A page and what must come out of it."""

    name: str
    family: str
    head: str
    body: str
    path: str = "/news/512345/x"
    lead: str = LEAD
    paragraphs: list[str] = field(default_factory=lambda: BODY)
    moment: datetime | None = MOMENT


VARIANTS = [
    Variant(
        "nastooh: headline in bdi, lead within the body, text in nested boxes with line breaks",
        "nastooh",
        NASTOOH + ISO,
        f"<article id='item'><h1 class='title'><a href='#'><bdi><span>{HEADLINE}</span></bdi></a></h1><div class='item-body'>"
        f"<div class='item-text' itemprop='articleBody'><p class='summary introtext'>{LEAD}</p><div><div dir='rtl'>{ONE}<br><br>{TWO}<br>"
        f"<div>{THREE}</div></div></div><div class='item-boxes'><ul>{LINKS}</ul></div><p>انتهای پیام/ ۱۲</p></div></div></article>",
    ),
    Variant(
        "nastooh: related cards stand before the article, a second printing hides in the print header",
        "nastooh",
        NASTOOH + ISO,
        f"<main>{CARDS}<article id='item' class='box item'><div class='print-header'><h1>{HEADLINE}</h1><p>{LEAD}</p></div><div class='item-title'>"
        f"<h1 class='title'>{HEADLINE}</h1></div><p class='summary introtext'>{LEAD}</p>{SHARE}<div class='item-text'>{PARAGRAPHS}"
        f"<figure class='item-img'><img src='/d/1.jpg'><figcaption>نمای بیرونی</figcaption></figure></div></article>{CARDS}</main>",
    ),
    Variant(
        "nastooh: quotation, list and table belong to the text",
        "nastooh",
        NASTOOH + ISO,
        f"<article id='item'><h1 class='title'>{HEADLINE}</h1><p class='introtext'>{LEAD}</p><div class='item-text'><p>{ONE}</p><blockquote><p>{TWO}</p>"
        f"</blockquote><ul><li>{THREE}</li></ul></div></article>",
    ),
    Variant(
        "iran samaneh: loose text, empty paragraphs, tags and shares within the body",
        "iran_samaneh",
        SAMANEH,
        f"<div class='news-content'><div class='news_pdate_c'>تاریخ انتشار: {DAY}</div><h1 class='title'><a>{HEADLINE}</a></h1><div class='subtitle'>"
        f"{LEAD}</div><div class='body'><p>&nbsp;</p>{ONE}<br />\n<br />\n<span style='font-size:14px'>{TWO}</span><p> </p><div>{THREE}</div><p>انتهای پیام/ن</p>"
        f"<div class='tags_container'>برچسب‌ها: <a href='/t'>کتاب</a></div><div class='share_to_box'>اشتراک گذاری</div></div></div>",
        "/fa/news/512345/x",
    ),
    Variant(
        "iran samaneh: AMP",
        "iran_samaneh",
        SAMANEH
        + '<script type="application/ld+json">[{"@type":"BreadcrumbList"},{"@type":"NewsArticle","headLine":"x","datePublished":"2026-11-20T12:30:00+03:30"}]</script>',
        f"<main><h1>{HEADLINE}</h1><div class='subtitle'>{LEAD}</div><amp-img src='/f/1.jpg'></amp-img><div class='body'>{PARAGRAPHS}"
        f"<amp-carousel><amp-img src='/f/2.jpg'></amp-img></amp-carousel></div><amp-social-share type='x'></amp-social-share></main>",
        "/fa/amp/news/512345",
    ),
    Variant(
        "iran samaneh: the date hides in a list beside the code",
        "iran_samaneh",
        SAMANEH,
        f"<div class='news-main'><ul class='tools'><li>کد: ۵۱۲۳۴۵ | {DAY}</li><li>چاپ</li></ul><h1 class='title'>{HEADLINE}</h1><div class='subtitle'>{LEAD}</div>"
        f"<div class='body'>{PARAGRAPHS}</div></div>",
        "/fa/news/512345/x",
    ),
    Variant(
        "asam: advertisements and a related box between the paragraphs, digits of the stamp in Persian",
        "asam",
        ASAM,
        f"<article class='news_page_article'><h1 class='title'>{HEADLINE}</h1><span class='news_time'><time datetime='۱۴۰۵-۰۸-۲۹ ۱۲:۳۰'>{DAY}</time></span>"
        f"<p class='lead'>{LEAD}</p><div id='echo_detail'><p>{ONE}</p><div class='zxc'><p>تبلیغ نمونه را بخرید</p></div><p>{TWO}</p><div class='related_news'><ul>{LINKS}</ul></div>"
        f"<p>{THREE}</p></div></article>",
        "/بخش-شهر-3/512345-x",
    ),
    Variant(
        "news studio: text parted by line breaks, share buttons within",
        "news_studio",
        STUDIO + "<meta name='dcterms.created' content='2026-11-20T12:30:00'>",
        f"<div id='docDataRow'><h1 id='docDiv3TitrMain'><span>{HEADLINE}</span></h1><div id='docDivLead1'>{LEAD}</div><div id='doctextarea'>{ONE}<br>\n{TWO}<br><br>{THREE}"
        f"<div class='share-buttons'>تلگرام</div></div></div>",
    ),
    Variant(
        "tasnim: figures, a related box, chrome after the end",
        "tasnim",
        "",
        f"<article class='single-news'><h2 class='kicker'></h2><h1 class='title'>{HEADLINE}</h1><h3 class='lead'>{LEAD}</h3><ul class='list-inline details'><li class='time'>{DAY}</li></ul>"
        f"<div class='story'><p>{ONE}</p><figure><img src='/1.jpg'><figcaption>نما</figcaption></figure><p>{TWO}</p><div class='related-box'><h4>مطالب مرتبط</h4><ul>{LINKS}</ul></div>"
        f"<p>{THREE}</p><p>انتهای پیام/</p><p>بازگشت به صفحه رسانه‌ها</p></div></article>",
        "/fa/news/1405/08/29/512345/x",
    ),
    Variant(
        "wordpress: tagDiv cloud template",
        "wordpress",
        WP,
        f"<div class='tdc-content-wrap'><h1 class='tdb-title-text'>{HEADLINE}</h1><div class='tdb_single_date'><time class='entry-date' datetime='2026-11-20T12:30:00+03:30'>{DAY}</time></div>"
        f"<div class='td_block_wrap tdb_single_subtitle'><div class='tdb-block-inner'><p>{LEAD}</p></div></div><div class='td_block_wrap tdb_single_content td-post-content'><div class='tdb-block-inner td-fix-index'>"
        f"<p>{ONE}</p><div class='td-a-rec'>تبلیغ</div><p>{TWO}</p><p>{THREE}</p></div></div><div class='td_block_related_posts'>{CARDS}</div></div>",
        "/x-y-z/",
    ),
    Variant(
        "wordpress: Sahifa",
        "wordpress",
        WP + ISO,
        f"<h1 class='logo'><a href='/'>پایگاه نمونه</a></h1><article class='post-listing'><div class='post-inner'><h1 class='name post-title entry-title'><span itemprop='name'>{HEADLINE}</span></h1>"
        f"<p class='post-meta'><span class='tie-date'>{DAY}</span> <span class='post-cats'><a rel='category tag'>شهری</a></span></p><div class='entry'>{PARAGRAPHS}<div class='share-post'><span>اشتراک</span><ul><li>تلگرام</li></ul></div></div>"
        f"</div></article><section id='related_posts'><h3>مطالب مشابه</h3>{CARDS}</section><div id='comments'>{FORM}</div>",
        "/x-y-z/",
        lead="",
    ),
    Variant(
        "wordpress: Publisher",
        "wordpress",
        WP + ISO,
        f"<article class='post-template'><h1 class='single-post-title'><span class='post-title' itemprop='headline'>{HEADLINE}</span></h1><div class='post-share single-post-share top-share'><a>اشتراک</a></div>"
        f"<div class='single-post-excerpt'>{LEAD}</div><div class='entry-content clearfix single-post-content'><p>{ONE}</p><div class='bs-irp right bs-irp-text-1'><div class='bs-irp-heading'><span>بیشتر بخوانید</span></div>"
        f"<ul>{LINKS}</ul></div><p>{TWO}</p><p>{THREE}</p></div></article><div class='post-related'>{CARDS}</div>",
        "/x-y-z/",
    ),
    Variant(
        "wordpress: a theme of blocks",
        "wordpress",
        WP,
        f"<main class='wp-block-group'><h1 class='wp-block-post-title'>{HEADLINE}</h1><div class='wp-block-post-date'><time datetime='2026-11-20T12:30:00+03:30'>{DAY}</time></div><div class='wp-block-post-excerpt'><p class='wp-block-post-excerpt__excerpt'>{LEAD}</p></div>"
        f"<div class='entry-content wp-block-post-content is-layout-flow'>{PARAGRAPHS}<div class='wp-block-buttons'><a class='wp-block-button__link'>عضویت در کانال</a></div></div>"
        f"<div class='wp-block-query'>{CARDS}</div></main>",
        "/x-y-z/",
    ),
    Variant(
        "wordpress: several columns of a page builder make one body",
        "wordpress",
        WP + ISO,
        f"<article class='post'><h1 class='entry-title'>{HEADLINE}</h1><div class='entry-content'><div class='vc_row'><div class='wpb_text_column'><div class='wpb_wrapper'><p>{ONE}</p></div></div></div>"
        f"<div class='vc_row'><div class='wpb_single_image'><img src='/1.jpg'></div></div><div class='vc_row'><div class='wpb_text_column'><div class='wpb_wrapper'><p>{TWO}</p><p>{THREE}</p></div></div></div></div></article>",
        "/x-y-z/",
        lead="",
    ),
    Variant(
        "wordpress: Divi, the byline and reading time above the text",
        "wordpress",
        WP + ISO,
        f"<div id='main-content'><div class='et_pb_title_container'><h1 class='entry-title'>{HEADLINE}</h1><p class='et_pb_title_meta_container'>توسط <a rel='author'>نمونهٔ نگارنده</a> | {DAY}</p></div>"
        f"<div class='et_pb_module et_pb_post_content'><p>زمان مطالعه: ۳ دقیقه</p>{PARAGRAPHS}{SHARE}</div></div>",
        "/x-y-z/",
        lead="",
    ),
    Variant(
        "unknown: a page of forms around everything, text in a span",
        "",
        "",
        f"<form id='aspnetForm'><div id='menu'><ul>{LINKS}</ul></div><div id='ctl00_main'><h1><span id='ctl00_lblTitle'>{HEADLINE}</span></h1><span id='ctl00_lblDate'>{DAY}</span><div id='ctl00_summary' class='lead'>{LEAD}</div>"
        f"<span id='ctl00_lblBody'>{ONE}<br/>{TWO}<br/>{THREE}</span></div><div id='footer'>همهٔ حقوق این پایگاه نگه داشته شده است و نقل آن با نام آزاد است.</div></form>",
    ),
    Variant(
        "unknown: everything in classes of a stylesheet generator, the time in a title",
        "",
        "",
        f"<main class='css-1a2b'><section class='css-9z'><h1 class='css-h'>{HEADLINE}</h1><div class='css-m'><span class='css-t' title='۱۴۰۵/۰۸/۲۹ ۱۲:۳۰'>۴ روز پیش</span></div><p class='css-lead lead'>{LEAD}</p><div class='css-b'>{PARAGRAPHS}</div></section>"
        f"<aside class='css-a'>{CARDS}</aside></main>",
    ),
    Variant(
        "unknown: Joomla, chrome lines within the text",
        "",
        "<meta name='generator' content='Joomla! - Open Source Content Management'>",
        f"<div class='item-page'><div class='page-header'><h2 itemprop='headline'>{HEADLINE}</h2></div><dl class='article-info'><dd class='published'><time datetime='2026-11-20T12:30:00+03:30' itemprop='datePublished'>{DAY}</time></dd></dl>"
        f"<div itemprop='articleBody'><p>اندازه متن: <a>+</a> <a>-</a></p>{PARAGRAPHS}<p>ارسال به دوستان</p><p>نسخه چاپی</p></div><ul class='pager'><li>{OTHERS[0]}</li></ul></div>",
        lead="",
    ),
]


def _read(variant: Variant, family: str) -> RawArticle:
    page = f"<!DOCTYPE html><html lang='fa' dir='rtl'><head><meta charset='utf-8'>{TITLE}<meta property='og:title' content='{HEADLINE}'>{variant.head}</head><body>"
    page += f"<nav><ul>{LINKS}</ul></nav>{variant.body}<footer><p>پایگاه نمونه؛ همهٔ حقوق نگه داشته شده است.</p></footer></body></html>"
    outlet = Outlet("s", "پایگاه نمونه", family, "https://www.sample.example")
    return extract(page.encode(), "https://www.sample.example" + variant.path, outlet, NOW)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda one: one.name)
def test_an_unusual_theme_is_read_with_its_familys_selectors(variant: Variant) -> None:
    raw = _read(variant, variant.family)
    assert raw.headline == HEADLINE
    assert raw.lead == variant.lead
    assert raw.body.split("\n") == variant.paragraphs
    assert raw.published_at == variant.moment


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda one: one.name)
def test_the_same_theme_of_a_site_whose_family_nobody_named(variant: Variant) -> None:
    raw = _read(variant, "")
    assert (raw.headline, raw.body.split("\n")) == (HEADLINE, variant.paragraphs)
