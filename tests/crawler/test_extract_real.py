"""The captured pages and the seed report, where they lie beside the repository."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.records import Outlet
from crawler.extract import extract
from crawler.recognise import recognise

DATA = Path(__file__).parents[2].parent / "shared" / "data"
NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
ZWNJ = "\u200c"

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the captured pages do not lie in ../shared/data")


def _khabar(family: str = "nastooh") -> tuple[bytes, Outlet]:
    return (DATA / "html/htmldate/1523806243.html").read_bytes(), Outlet("khabaronline", "خبرآنلاین", family, "https://www.khabaronline.ir")


@pytest.mark.parametrize("family", ["nastooh", ""])
def test_khabaronline_page_comes_out_whole(family: str) -> None:
    """Complaint row 22: the time of change, which is earlier than the publication here, is not taken for it."""
    page, outlet = _khabar(family)
    raw = extract(page, "https://www.khabaronline.ir/news/1353889/x", outlet, NOW)
    assert (raw.news_id, raw.news_code, raw.section) == ("1353889", "1353889", "سیاست > انتخابات")
    assert raw.published_at == datetime(2020, 2, 18, 3, 25, tzinfo=UTC)
    assert raw.headline == "تحلیل روزنامه اصولگرا از دعوت اصلاح طلبان به حضور مردم در انتخابات"
    assert raw.body.count(ZWNJ) == 67
    assert raw.body.endswith("باید در انتخابات شرکت کنند.")
    assert raw.lead.startswith("روزنامه جوان نوشت:")
    assert raw.lead not in raw.body
    assert raw.keywords == ("اصلاح طلبان", "رقابت انتخاباتی")
    assert raw.comments == ()
    assert [image.url for image in raw.images] == ["https://media.khabaronline.ir/d/2020/02/17/3/5346581.jpg"]


def test_aspnet_page_of_no_family_comes_out_by_the_fallback() -> None:
    page = (DATA / "html/htmldate/1641304459.html").read_bytes()
    outlet = Outlet("aryanews", "خبرگزاری آریا", "", "http://www.aryanews.com")
    raw = extract(page, "http://www.aryanews.com/News/120200622120908039/x", outlet, NOW)
    assert raw.published_at == datetime(2020, 6, 22, 7, 39, 8, tzinfo=UTC)
    assert raw.headline == "ورود 50 هزار میلیارد تومان نقدینگی به بورس در 3 ماه"
    assert raw.body.startswith("خبرگزاری آریا - رییس سازمان بورس")
    assert raw.body.endswith("این رقم به شدت افزایش پیدا کند.")
    assert len(raw.body.split("\n")) == 14
    assert "body_fallback" in raw.flags


@pytest.mark.parametrize(
    ("name", "family"),
    [
        *(("mehr", "nastooh"), ("khabaronline", "nastooh"), ("hamshahri", "nastooh"), ("khabarvarzeshi", "nastooh")),
        *(("tabnak", "iran_samaneh"), ("asriran", "iran_samaneh"), ("entekhab", "iran_samaneh"), ("digiato", "wordpress"), ("zoomit", "")),
    ],
)
def test_feeds_show_their_family(name: str, family: str) -> None:
    assert recognise((DATA / f"html/iran-news-mcp-rss/{name}.xml").read_bytes(), "https://www.sample.example/rss") == family


def test_seed_report_comes_out_character_for_character() -> None:
    text = next((DATA / "seed").glob("*.txt")).read_text("utf-8")
    paragraphs = [part for part in text.split("\n\n") if part.strip()]
    markup = "".join(f"<p>{part}</p>" for part in paragraphs)
    page = f"<html><body class='single-post postid-9'><h1>گزارش نمونه</h1><div class='entry-content'>{markup}</div></body></html>"
    outlet = Outlet("sobhe_toos", "صبح توس", "wordpress", "https://www.sample.example")
    raw = extract(page.encode(), "https://www.sample.example/x/", outlet, NOW)
    assert raw.body.split("\n") == [part.strip() for part in paragraphs[:-1]]
    assert len(raw.body.split("\n")) == 12
    assert raw.agency == "صبح توس"
