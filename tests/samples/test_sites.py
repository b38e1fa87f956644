"""The sample sites over HTTP: pages, feeds, sitemaps, robots, edits."""

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.robotparser import RobotFileParser

import httpx
import pytest
from lxml import etree, html

from samples.layouts import LAYOUTS
from samples.pieces import Newsroom
from samples.sites import SampleSites

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def sites() -> Iterator[SampleSites]:
    with SampleSites() as running:
        running.start(NOW)
        yield running


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(follow_redirects=True) as open_client:
        yield open_client


def _each(sites: SampleSites) -> list[tuple[str, Newsroom]]:
    return list(zip(sites.addresses, sites.newsrooms, strict=True))


def _sitemap_urls(client: httpx.Client, base: str, room: Newsroom) -> list[str]:
    tree = etree.fromstring(client.get(base + LAYOUTS[room.family].sitemap).content)
    return [element.text for element in tree.iter("{*}loc") if element.text]


def test_every_page_of_the_sitemap_holds_its_article_and_the_notice(sites: SampleSites, client: httpx.Client) -> None:
    for base, room in _each(sites):
        urls = _sitemap_urls(client, base, room)
        assert len(urls) == len(room.pieces)
        for url, piece in zip(urls, room.pieces, strict=True):
            reply = client.get(url)
            assert reply.status_code == 200
            tree = html.fromstring(reply.content)
            assert tree.xpath("string(//h1)").strip() == piece.headline
            text = " ".join(tree.xpath("//body//text()"))
            assert all(paragraph in text for paragraph in piece.paragraphs)
            assert room.notice in tree.xpath("string((//footer|//*[contains(@class, 'footer')])[last()])")


def test_feeds_are_short_parse_and_answer_304(sites: SampleSites, client: httpx.Client) -> None:
    for base, room in _each(sites):
        feed = base + LAYOUTS[room.family].feed
        reply = client.get(feed)
        items = etree.fromstring(reply.content).findall(".//item")
        assert 10 <= len(items) < len(room.pieces)
        assert [item.findtext("title") for item in items] == [piece.headline for piece in room.pieces[: len(items)]]
        again = client.get(feed, headers={"If-None-Match": reply.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_each_family_writes_its_dates_in_its_own_dialect(sites: SampleSites, client: httpx.Client) -> None:
    patterns = {"nastooh": r"\w{3}, \d.* GMT", "iran_samaneh": r"\d{1,2} \w{3} \d{4} .* \+0330", "wordpress": r"\w{3}, \d.* \+0000"}
    for base, room in _each(sites):
        feed = etree.fromstring(client.get(base + LAYOUTS[room.family].feed).content)
        assert re.fullmatch(patterns[room.family], feed.findtext(".//item/pubDate") or "")
    page = client.get(_sitemap_urls(client, sites.addresses[1], sites.newsrooms[1])[0]).text
    assert re.search(r'published_time" content="۱۴۰۵/۰۹/۰[۲۳] - [۰-۹:]{5}"', page)


def test_robots_forbid_the_print_copies_and_name_the_sitemap(sites: SampleSites, client: httpx.Client) -> None:
    for base, room in _each(sites):
        robots = RobotFileParser()
        robots.parse(client.get(f"{base}/robots.txt").text.splitlines())
        piece = room.pieces[0]
        assert robots.site_maps()
        assert client.get((robots.site_maps() or [""])[0]).status_code == 200
        assert robots.can_fetch("Rasad", f"{base}{LAYOUTS[room.family].feed}")
        if room.family != "wordpress":  # the parser of the standard library knows no wildcards
            copy = f"{base}/print/{piece.news_id}" if room.family == "nastooh" else f"{base}/fa/print/{piece.news_id}"
            assert client.get(copy).status_code == 200
            assert not robots.can_fetch("Rasad", copy)


def test_other_forms_of_an_address_lead_to_the_same_article(sites: SampleSites, client: httpx.Client) -> None:
    nastooh, samaneh, wordpress = _each(sites)
    forms = [
        (nastooh, "/news/{id}"),
        (nastooh, "/x{id}"),
        (nastooh, "/amp/{id}/"),
        (samaneh, "/fa/news/{id}"),
        (samaneh, "/fa/tiny/{id}"),
        (samaneh, "/fa/amp/news/{id}"),
        (wordpress, "/?p={id}"),
        (wordpress, "/{slug}/amp/"),
        (wordpress, "/{slug}/?print=1"),
        (wordpress, "/{slug}/?utm_source=feed"),
    ]
    for (base, room), form in forms:
        piece = room.pieces[3]
        reply = client.get(base + form.format(id=piece.news_id, slug=piece.slug))
        assert reply.status_code == 200, form
        assert piece.headline in html.fromstring(reply.content).xpath("string(//h1)")


def test_unknown_addresses_are_404_or_the_soft_404_of_the_family(sites: SampleSites, client: httpx.Client) -> None:
    for base, room in _each(sites):
        reply = client.get(f"{base}/fa/news/999999999/nothing")
        soft = room.family == "iran_samaneh"
        assert reply.status_code == (200 if soft else 404)
        assert ("صفحه درخواستی شما موجود نمی باشد" in reply.text) is soft
        assert client.get(f"{base}/%ff%fe/?{'x' * 3000}").status_code in (200, 404)


def test_listings_lead_to_every_article(sites: SampleSites, client: httpx.Client) -> None:
    forms = {"nastooh": "/archive?pi={}", "iran_samaneh": "/fa?p={}", "wordpress": "/page/{}/"}
    for base, room in _each(sites):
        found = [
            anchor
            for number in (1, 2, 3)
            for anchor in html.fromstring(client.get(base + forms[room.family].format(number)).content).xpath("//a/text()")
        ]
        assert {piece.headline for piece in room.pieces} <= set(found)


def test_pictures_and_heads_are_served(sites: SampleSites, client: httpx.Client) -> None:
    base, room = _each(sites)[0]
    tree = html.fromstring(client.get(_sitemap_urls(client, base, room)[0]).content)
    picture = client.get(base + tree.xpath("//figure[@class='item-img']/img/@src")[0])
    assert picture.content.startswith(b"\x89PNG")
    assert client.head(base + "/").content == b""


def test_an_edit_changes_headline_figure_lastmod_and_feed(client: httpx.Client) -> None:
    with SampleSites() as sites:
        base = sites.start(NOW)[0]
        before = client.get(f"{base}/rss")
        piece = next(piece for piece in sites.newsrooms[0].pieces if piece.key == "ebus")
        sites.edit(NOW + timedelta(minutes=3))
        after = client.get(f"{base}/rss")
        page = client.get(f"{base}/news/{piece.news_id}").text
        assert "۲۴ اتوبوس برقی" in before.text
        assert before.headers["ETag"] != after.headers["ETag"]
        assert "۲۸ اتوبوس برقی" in after.text
        assert "۲۴ اتوبوس" not in page
        assert "با ورود ۲۸ دستگاه اتوبوس برقی" in page
        assert 'article:modified_time" content="2026-11-24T09:03:00Z"' in page
        assert "2026-11-24T12:33:00+03:30" in client.get(f"{base}/sitemap/news/sitemap.xml").text


def test_the_rows_for_the_crawler_name_feeds_and_sitemaps_that_answer(sites: SampleSites, client: httpx.Client, tmp_path: Path) -> None:
    rows = tomllib.loads(sites.outlets_file(tmp_path / "config" / "outlets.toml").read_text(encoding="utf-8"))["outlet"]
    assert [row["family"] for row in rows] == ["nastooh", "iran_samaneh", "wordpress"]
    for row in rows:
        assert row["name"].startswith("نمونهٔ")
        for path in [*row["feeds"], *row["sitemaps"]]:
            assert client.get(row["base_url"] + path).status_code == 200


def test_stopping_frees_the_ports() -> None:
    sites = SampleSites()
    sites.start(NOW)
    ports = tuple(int(base.rsplit(":", 1)[1]) for base in sites.addresses)
    sites.stop()
    sites.stop()
    again = SampleSites((ports[0], ports[1], ports[2]))
    again.start(NOW)
    again.stop()


def test_a_taken_port_is_an_error_and_leaves_nothing_running(sites: SampleSites) -> None:
    port = int(sites.addresses[0].rsplit(":", 1)[1])
    second = SampleSites((0, port, 0))
    with pytest.raises(OSError, match="in use"):
        second.start(NOW)
    assert second.addresses == ()
