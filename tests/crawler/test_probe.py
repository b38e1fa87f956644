"""Adding an outlet: what a site is recognised as, and which selectors find something."""

import tomllib

import pytest

from core.dates import utc_now
from core.errors import FetchRefused
from core.records import Outlet
from core.settings import Settings
from crawler.probe import check, dead_fields, probe
from tests.crawler.replica import Replica, Reply
from tests.crawler.replica_pages import make_stories


def _settings(**fields: object) -> Settings:
    return Settings(**({"allow_addresses": ("127.0.0.1",)} | fields))  # type: ignore[arg-type]


def test_probe_recognises_a_site_and_writes_a_row_that_loads(replica: Replica) -> None:
    story = make_stories(1, utc_now())[0]
    site = replica.site("nastooh", [story])
    replica.routes["/robots.txt"] = Reply(body=f"User-agent: *\nSitemap: {site.base}/sitemap.xml\n".encode())
    page = site.answer_to(story).replace(
        b"<title>", f'<link rel="alternate" type="application/rss+xml" href="{site.base}/feed"><title>نمونه | '.encode()
    )
    replica.routes[site.path(story)] = Reply(body=page)

    found = probe(site.url(story), _settings())

    assert found.family == "nastooh"
    assert found.feeds == (f"{site.base}/feed",)
    assert found.sitemaps == (f"{site.base}/sitemap.xml",)
    (row,) = tomllib.loads(found.row)["outlet"]
    assert row["family"] == "nastooh"
    assert row["feeds"] == ["/nastooh/feed"]


def test_check_says_which_selectors_are_dead(replica: Replica) -> None:
    story = make_stories(1, utc_now())[0]
    site = replica.site("iran_samaneh", [story])
    outlet = Outlet("x", "x", "iran_samaneh", site.base, selectors={"body": "div.moved-away"})

    rows = check(site.url(story), outlet, _settings())

    assert any(row.field == "headline" and row.text == story.headline for row in rows)
    assert [row.is_dead for row in rows if row.selector == "div.moved-away"] == [True]
    assert "headline" not in dead_fields(rows)
    assert "kicker" in dead_fields(rows)


def test_probe_refuses_private_addresses(replica: Replica) -> None:
    """Complaint row 25: the address check holds for fetches by hand as well."""
    with pytest.raises(FetchRefused):
        probe(replica.base, _settings(allow_addresses=()))
    with pytest.raises(FetchRefused):
        probe(replica.base.replace("127.0.0.1", "localhost"), _settings(allow_addresses=()))
    assert replica.log == []


def test_probe_refuses_a_redirect_to_a_file_and_obeys_robots(replica: Replica) -> None:
    replica.routes["/out"] = Reply(302, headers={"Location": "file:///etc/passwd"})
    with pytest.raises(FetchRefused):
        probe(f"{replica.base}/out", _settings())
    replica.routes["/robots.txt"] = Reply(body=b"User-agent: *\nDisallow: /\n")
    with pytest.raises(FetchRefused, match=r"robots\.txt"):
        probe(f"{replica.base}/out", _settings())
