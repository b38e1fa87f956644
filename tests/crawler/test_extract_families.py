"""Every family's synthetic pages come out as printed: one parametrised test per field."""

from functools import cache

import pytest

from core.records import RawArticle
from crawler.extract import extract, extract_page
from crawler.families import FAMILY_OF_UNKNOWN
from crawler.page import parse_page
from tests.crawler.press import NOW, ZWNJ, Printed, printed_pages

PAGES = {page.name: page for page in printed_pages()}
every_page = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())


@cache
def _read(name: str) -> RawArticle:
    page = PAGES[name]
    return extract(page.html, page.url, page.outlet, NOW)


@every_page
def test_body_is_exactly_the_paragraphs_as_published(page: Printed) -> None:
    """Complaint row 23: no paragraph twice, none lost. Complaint row 24: the whole text, so a parser that loses half of it fails here."""
    assert _read(page.name).body.split("\n") == list(page.truth.paragraphs)


@every_page
def test_half_spaces_are_kept_to_the_last_one(page: Printed) -> None:
    assert _read(page.name).body.count(ZWNJ) == page.truth.body.count(ZWNJ)


@every_page
def test_headline_kicker_and_lead_are_kept_apart(page: Printed) -> None:
    raw = _read(page.name)
    assert (raw.headline, raw.kicker, raw.lead) == (page.truth.headline, page.truth.kicker, page.truth.lead)
    assert ("lead_missing" in raw.flags) == (not page.truth.lead)


@every_page
def test_publication_time_is_the_printed_one_in_tehran(page: Printed) -> None:
    """Complaint row 16: a time without a zone is Tehran's. Complaint row 22: the time of change is never taken for it."""
    raw = _read(page.name)
    assert raw.published_at == page.truth.published_at
    assert raw.published_at_source in ("json_ld", "meta", "time_element", "date_text")


@every_page
def test_identity_is_the_outlets_own_number(page: Printed) -> None:
    assert _read(page.name).news_id == page.truth.news_id


@every_page
def test_section_and_keywords_are_the_outlets_own(page: Printed) -> None:
    raw = _read(page.name)
    assert raw.section.split(" > ") == list(page.truth.section)
    assert raw.keywords == page.truth.keywords


@every_page
def test_the_news_code_is_the_printed_one_and_the_short_link_a_whole_address(page: Printed) -> None:
    printed = any(label in page.html.decode() for label in ("کد خبر", "کدخبر", "کد مطلب"))
    raw = _read(page.name)
    assert raw.news_code == (page.truth.news_id if printed else "")
    assert not raw.short_url.startswith("/")
    assert (page.truth.news_id in raw.short_url) == bool(raw.short_url)


@every_page
def test_pictures_come_with_their_captions(page: Printed) -> None:
    """A parameter of the address (``?ts=``) is the picture's own; advertisements and placeholders are none."""
    found = {image.url.partition("?")[0]: image.caption for image in _read(page.name).images}
    assert found == {image.url: image.caption for image in page.truth.images}


@every_page
def test_comments_stay_apart_from_the_body(page: Printed) -> None:
    assert _read(page.name).comments == page.truth.comments


@every_page
def test_an_unknown_page_is_recognised_and_reads_the_same(page: Printed) -> None:
    unknown = type(page.outlet)(key=page.outlet.key, name=page.outlet.name, family="", base_url=page.outlet.base_url)
    assert extract(page.html, page.url, unknown, NOW).body == _read(page.name).body


@every_page
def test_the_fallback_alone_finds_most_of_the_body_and_keeps_its_half_spaces(page: Printed) -> None:
    found = extract_page(parse_page(page.html, page.url), FAMILY_OF_UNKNOWN, page.outlet, NOW)
    paragraphs = set(found.body.split("\n"))
    assert len(paragraphs & set(page.truth.paragraphs)) >= len(page.truth.paragraphs) - 1
    assert "body_fallback" in found.flags
