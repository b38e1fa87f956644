"""Which CMS an unknown page or feed comes from, by the signs it shows; asked in an order in which the sure signs come first."""

import re
from dataclasses import dataclass

from crawler.page import Page, decode

_SEARCHED = 1_500_000


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of a family: ``pattern`` over the page's text, or over its address where ``in_address``."""

    family: str
    name: str
    pattern: re.Pattern[str]
    in_address: bool = False


def _sign(family: str, name: str, pattern: str, *, in_address: bool = False) -> Sign:
    return Sign(family, name, re.compile(pattern), in_address)


SIGNS = (
    _sign("telegram", "Telegram preview", r"class=[\"'][^\"']*\btgme_widget_message\b"),
    _sign("eitaa", "Eitaa preview", r"class=[\"'][^\"']*\betme_widget_message\b"),
    _sign("nastooh", "generator www.nastooh.ir", r"www\.nastooh\.ir"),
    _sign("nastooh", "meta nastooh:", r"property=[\"']nastooh:"),
    _sign("nastooh", "class saba-backlink", r"saba-backlink"),
    _sign(
        "nastooh",
        "div.item-text with articleBody",
        r"class=[\"']item-text[\"'][^>]{0,80}itemprop=[\"']articleBody|itemprop=[\"']articleBody[\"'][^>]{0,80}class=[\"']item-text",
    ),
    _sign("iran_samaneh", "Iran Samaneh's mail address", r"info@iransamaneh\.com|iransamaneh\.com|SepehrFeed"),
    _sign("iran_samaneh", "/client/themes/fa/", r"/client/themes/[a-z]{2}/"),
    _sign("iran_samaneh", "/files/fa/news/", r"/files/[a-z]{2}/news/\d{4}/\d{1,2}/\d{1,2}/"),
    _sign("iran_samaneh", "class news_nav", r"class=[\"'][^\"']*\bnews_(?:nav|pdate_c|id_c|path)\b"),
    _sign("asam", "signature of Asam", r"job \[at\] aasaam \[dot\] com|aasaam"),
    _sign("asam", "/fa/tiny/news-", r"/fa/tiny/news-\d"),
    _sign("news_studio", "generator News Studio", r"news-studio\.com|content=[\"\']News Studio"),
    _sign("news_studio", "ids of News Studio", r"id=[\"'](?:docDiv3TitrMain|doctextarea|docDataRow)[\"']"),
    _sign("wordpress", "/wp-content/ or wp-json", r"/wp-content/|/wp-includes/|wp-json"),
    _sign("wordpress", "generator WordPress", r"generator[\"\'][^>]{0,40}WordPress"),
    _sign("wordpress", "short link ?p=", r"rel=[\"']?shortlink[\"']?[^>]{0,200}\?p=\d|\?p=\d+[\"'][^>]{0,60}rel=[\"']?shortlink"),
    _sign("wordpress", "generator of its feed", r"<generator>https?://wordpress\.org"),
    _sign("tasnim", "article.single-news", r"<article[^>]{0,200}\bsingle-news\b"),
    _sign("tasnim", "dated address", r"//(?:www\.)?tasnimnews\.", in_address=True),
    _sign("iran_samaneh", "address /fa/news/<id>/", r"^https?://[^/]+/fa/news/\d{4,}(?:/|$)", in_address=True),
)


def recognise(html: bytes, url: str) -> str:
    """The key of the family that the page (or feed) shows, "" when unknown: a page with ``meta[property="nastooh:nid"]`` → "nastooh"."""
    found = signs_of(decode(html[:_SEARCHED], None), url)
    return found[0].family if found else ""


def family_of_page(page: Page) -> str:
    """Like ``recognise``, for a page already read."""
    found = signs_of(page.text[:_SEARCHED], page.url)
    return found[0].family if found else ""


def signs_of(text: str, url: str) -> list[Sign]:
    """All signs that a page shows, the surest first; what ``rasad outlets probe`` prints."""
    return [sign for sign in SIGNS if sign.pattern.search(url if sign.in_address else text)]
