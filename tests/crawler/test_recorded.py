"""Every recorded page gives what stands beside it: adding an outlet adds a page here, no code.

A proof with ``url`` belongs to an article's page; one with ``feed`` to a whole answer of a feed, of which the article ``entry`` is meant.
"""

import dataclasses
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from core.records import Outlet, RawArticle
from crawler.channels import PREFIXES, messages_in
from crawler.extract import extract
from crawler.families import FAMILIES
from crawler.feeds import Entry, parse_feed
from tests.crawler.press import KINDS, NOW, PAGES, THEMES

RECORDED = PAGES / "recorded"
PROOFS = sorted(RECORDED.glob("*.json"))
FEED_FAMILIES = ("wordpress_rest", "rss", "telegram", "eitaa")


def read_proof(proof: Path) -> tuple[dict[str, Any], bytes]:
    """What must come out, and the recorded bytes beside it."""
    (page,) = [path for path in RECORDED.glob(f"{proof.stem}.*") if path.suffix != ".json"]
    return json.loads(proof.read_text("utf-8")), page.read_bytes()


def plain(raw: RawArticle, names: Sequence[str]) -> dict[str, Any]:
    """The named fields as JSON would hold them."""
    fields = json.loads(json.dumps(dataclasses.asdict(raw), default=datetime.isoformat))
    return {name: fields[name] for name in names}


def _entries(body: bytes, url: str, outlet: Outlet) -> Sequence[Entry]:
    if outlet.family in PREFIXES:
        return messages_in(body, outlet, NOW)
    return parse_feed(body, url, NOW, with_pages=outlet.family == "rss").entries


def _read(record: dict[str, Any], body: bytes) -> RawArticle:
    outlet = Outlet(**record["outlet"])
    if "feed" not in record:
        return extract(body, record["url"], outlet, NOW)
    entries = _entries(body, record["feed"], outlet)
    assert len(entries) == record.get("entries", 1)
    entry = next(entry for entry in entries if entry.url.startswith(record["entry"]))
    return extract(entry.page, entry.url, outlet, NOW, feed_published_at=entry.published_at)


@pytest.mark.parametrize("proof", PROOFS, ids=lambda path: path.stem)
def test_recorded_page_gives_the_expected_fields(proof: Path) -> None:
    """Complaint row 24: a change of layout or parser that loses a field of a recorded page fails here, whatever the head says."""
    record, body = read_proof(proof)
    assert plain(_read(record, body), tuple(record["expected"])) == record["expected"]


@pytest.mark.parametrize("family", sorted(set(FAMILIES) - {""}))
def test_every_family_has_its_three_kinds_of_pages(family: str) -> None:
    """Plain, with a gallery and related boxes, with comments: as themes for the families of pages, as recordings for those of feeds."""
    if family in FEED_FAMILIES:
        assert {f"{family}_{kind}" for kind in KINDS} <= {proof.stem for proof in PROOFS}
    else:
        assert any(theme.family == family for theme in THEMES)


def test_the_eight_wordpress_themes_seen_most_have_their_pages() -> None:
    most = {"generic", "content", "single", "jannah", "section", "ap", "elementor", "jnews"}
    assert {f"wp_{name}" for name in most} <= {theme.name for theme in THEMES}
