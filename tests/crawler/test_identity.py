"""One article, however its address is written."""

import pytest

from core.records import Outlet
from crawler.identity import address_key, belongs, canonical_address, news_id
from crawler.page import parse_page

NASTOOH = Outlet("n", "نمونه", "nastooh", "https://www.sample.example", aliases=("sample.test", "media.sample.example"))
SAMANEH = Outlet("s", "نمونه", "iran_samaneh", "https://www.sample.example", aliases=("mail.sample.example",))
ASAM = Outlet("a", "نمونه", "asam", "https://www.sample.example")
TASNIM = Outlet("t", "نمونه", "tasnim", "https://www.sample.example", aliases=("sample.test",))
WORDPRESS = Outlet("w", "نمونه", "wordpress", "https://sample.example")
PREFIXED = Outlet("p", "نمونه", "nastooh", "http://127.0.0.1:18100/b")

FORMS = [
    (
        NASTOOH,
        "1353889",
        [
            "https://www.sample.example/news/1353889/%D9%86%D9%85%D9%88%D9%86%D9%87",
            "https://www.sample.example/news/1353889/نمونه",
            "http://sample.example/news/1353889",
            "https://sample.example./news/1353889/?utm_source=x&ts=1#top",
            "https://sample.example/amp/1353889/",
            "https://sample.example/print/1353889",
            "https://SAMPLE.test/photo/1353889/slug",
            "https://www.sample.example:443/news/۱۳۵۳۸۸۹/slug",
        ],
    ),
    (
        SAMANEH,
        "734992",
        [
            "https://www.sample.example/fa/news/734992/نمونه",
            "http://mail.sample.example/fa/news/734992",
            "https://sample.example/fa/amp/news/734992",
            "https://sample.example/fa/print/734992?ref=home",
        ],
    ),
    (ASAM, "884455", ["https://sample.example/بخش-شهری-5/884455-نمونه", "https://www.sample.example/fa/tiny/news-884455"]),
    (
        TASNIM,
        "2971818",
        [
            "https://www.sample.example/fa/news/1402/07/23/2971818/نمونه",
            "https://sample.test/fa/news/1402/07/23/2971818",
            "https://sample.example/2971818",
        ],
    ),
    (WORDPRESS, "52", ["https://sample.example/?p=52", "http://www.sample.example/?p=52&utm_medium=x"]),
    (PREFIXED, "500123", ["http://127.0.0.1:18100/b/news/500123/x", "http://127.0.0.1:18100/b/amp/500123"]),
]


@pytest.mark.parametrize(("outlet", "number", "addresses"), FORMS, ids=lambda value: value.family if isinstance(value, Outlet) else "")
def test_all_forms_of_an_address_are_one_article(outlet: Outlet, number: str, addresses: list[str]) -> None:
    """Complaint row 13: www, http, slug, short, AMP, print and alias forms have one key; an edited headline makes no second article."""
    assert {news_id(address, None, outlet) for address in addresses} == {number}
    assert len({address_key(address, outlet) for address in addresses}) == 1


@pytest.mark.parametrize(
    ("outlet", "number", "addresses"), FORMS[:2] + FORMS[4:], ids=lambda value: value.family if isinstance(value, Outlet) else ""
)
def test_canonical_address_is_the_same_for_all_forms(outlet: Outlet, number: str, addresses: list[str]) -> None:
    assert len({canonical_address(address, outlet) for address in addresses}) == 1
    assert number in canonical_address(addresses[0], outlet)


def test_wordpress_permalinks_are_one_without_amp_print_and_trackers() -> None:
    addresses = [
        "https://sample.example/1405/نمونه/",
        "http://www.sample.example/1405/%D9%86%D9%85%D9%88%D9%86%D9%87/amp/",
        "https://sample.example/1405/نمونه?amp=1&utm_source=a",
    ]
    assert len({address_key(address, WORDPRESS) for address in addresses}) == 1


@pytest.mark.parametrize(
    "head",
    ['<link rel="shortlink" href="https://sample.example/?p=77">', '<link rel="shortlink" href="http://www.sample.example/?p=77">'],
)
def test_wordpress_number_comes_from_the_short_link(head: str) -> None:
    page = parse_page(f"<html><head>{head}</head><body></body></html>".encode(), "https://sample.example/slug/")
    assert news_id(page.url, page.root, WORDPRESS) == "77"


@pytest.mark.parametrize(
    "body", ['<body class="single postid-77 rtl">', '<body><article id="post-77">', '<body><article class="post-77 post">']
)
def test_wordpress_number_comes_from_body_or_article(body: str) -> None:
    page = parse_page(f"<html>{body}</html>".encode(), "https://sample.example/slug/")
    assert news_id(page.url, page.root, WORDPRESS) == "77"


def test_outlets_on_one_host_are_told_apart_by_port_and_prefix() -> None:
    other = Outlet("q", "نمونه", "nastooh", "http://127.0.0.1:18100/c")
    assert belongs("http://127.0.0.1:18100/b/news/5", PREFIXED)
    assert not belongs("http://127.0.0.1:18100/b/news/5", other)
    assert not belongs("http://127.0.0.1:18101/b/news/5", PREFIXED)
    assert not belongs("http://127.0.0.1:18100/bb/news/5", PREFIXED)


@pytest.mark.parametrize(
    "address", ["", "http://[::1", "http://a:99999999/x", "news/5", "javascript:alert(1)", "http://", "\x00", "http://x/" + "a/" * 3000]
)
def test_broken_addresses_never_raise(address: str) -> None:
    assert news_id(address, None, NASTOOH) == ""
    assert isinstance(address_key(address, NASTOOH), str)
    assert not belongs(address, NASTOOH)


def test_numbers_in_a_slug_are_no_identity() -> None:
    assert news_id("https://sample.example/service/1353889x", None, NASTOOH) == ""
    assert news_id("https://sample.example/1405/09/03/slug/", None, WORDPRESS) == ""
