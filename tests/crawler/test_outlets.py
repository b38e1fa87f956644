"""Outlets as data: the shipped file, bad rows, and whose an address is."""

from pathlib import Path

import pytest

from core.errors import SettingError
from core.records import Outlet
from crawler.families import FAMILIES
from crawler.outlets import FAMILIES as KNOWN
from crawler.outlets import find_outlet, load_outlets, outlet_of
from crawler.settings import host_delays
from tests.crawler.crawling import ROOT


def _load(tmp_path: Path, text: str) -> tuple[Outlet, ...]:
    file = tmp_path / "outlets.toml"
    file.write_text(text, encoding="utf-8")
    return load_outlets(file)


def test_the_shipped_outlets_load_and_hold_both_profiles_of_sobhe_toos() -> None:
    outlets = {outlet.key: outlet for outlet in load_outlets(ROOT / "config" / "outlets.toml")}
    assert [outlets[key].name for key in ("sobhe-toos", "sobhe-toos-rest")] == ["صبح توس", "صبح توس"]
    assert [outlets[key].family for key in ("sobhe-toos", "sobhe-toos-rest")] == ["wordpress", "wordpress_rest"]
    assert not outlets["sobhe-toos"].enabled
    assert sum(outlet.enabled for outlet in outlets.values()) >= 20
    assert {"shahrara", "qudsonline", "isna", "irna", "mehrnews", "tasnim", "yjc"} <= set(outlets)


def test_every_family_of_the_extraction_may_be_named_in_a_row() -> None:
    assert set(KNOWN) == set(FAMILIES) | {""}


ROW = '[[outlet]]\nkey = "a"\nname = "الف"\nbase_url = "https://a.ir"\n'


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[[outlet]]\nkey = "a b"\nname = "x"\nbase_url = "https://a.ir"\n', "row 1 (a b) key"),
        ('[[outlet]]\nkey = "a"\nbase_url = "https://a.ir"\n', "row 1 (a) name"),
        (ROW + 'family = "joomla"\n', "row 1 (a) family"),
        (ROW + "delay = -1\n", "row 1 (a) delay"),
        (ROW + 'delay = "4"\n', "row 1 (a) delay"),
        (ROW + 'owner = "king"\n', "row 1 (a) owner"),
        (ROW + 'feeds = "/rss"\n', "row 1 (a) feeds"),
        (ROW + 'feeds = ["file:///etc/passwd"]\n', "row 1 (a) feeds"),
        (ROW + 'proxy = "socks5://x"\n', "row 1 (a) proxy"),
        (ROW + 'site = "x"\n', "row 1 (a) site"),
        (ROW + 'enabled = "yes"\n', "row 1 (a) enabled"),
        (ROW + "selectors = {body = 3}\n", "row 1 (a) selectors"),
        ('[[outlet]]\nkey = "a"\nname = "x"\nbase_url = "ftp://a.ir"\n', "row 1 (a) base_url"),
        (ROW + ROW, "(a) key"),
        (ROW + ROW.replace('"a"', '"b"').replace("https://", "http://www."), "(b) base_url"),
        ("x = 1\n", "outlets.toml"),
        ("[[outlet]\n", "outlets.toml"),
    ],
)
def test_a_bad_row_is_refused_naming_row_and_field(tmp_path: Path, text: str, place: str) -> None:
    with pytest.raises(SettingError) as caught:
        _load(tmp_path, text)
    assert place in caught.value.key


def test_addresses_are_told_apart_by_host_port_and_prefix(tmp_path: Path) -> None:
    rows = (("whole", "http://a.ir"), ("part", "http://a.ir/part"), ("port", "http://a.ir:8080"), ("deep", "http://a.ir/part/deep"))
    outlets = _load(tmp_path, "".join(f'[[outlet]]\nkey = "{key}"\nname = "x"\nbase_url = "{base}"\n' for key, base in rows))

    def key_of(url: str) -> str | None:
        found = find_outlet(url, outlets)
        return found.key if found else None

    assert key_of("https://www.a.ir./news/1") == "whole"
    assert key_of("http://a.ir/part/news/1") == "part"
    assert key_of("http://a.ir/partner/news/1") == "whole"
    assert key_of("http://a.ir/part/deep/1") == "deep"
    assert key_of("http://a.ir:8080/part/1") == "port"
    assert key_of("http://b.ir/") is None
    assert key_of("http://[bad") is None
    assert outlet_of("https://b.ir/x", outlets).key == "b.ir"


def test_paths_are_appended_to_the_base_address(tmp_path: Path) -> None:
    (outlet,) = _load(tmp_path, '[[outlet]]\nkey = "a"\nname = "x"\nbase_url = "http://a.ir/p/"\nfeeds = ["/rss", "http://b.ir/f"]\n')
    assert outlet.feeds == ("http://a.ir/p/rss", "http://b.ir/f")


def test_a_host_shared_by_outlets_has_the_longest_of_their_delays() -> None:
    """Complaint row 4: one politeness budget per host."""
    outlets = [Outlet("a", "a", "", "http://www.x.ir/a", delay=2.0), Outlet("b", "b", "", "http://x.ir:81", delay=5.0)]
    assert host_delays(outlets) == {"x.ir": 5.0}
