"""The real Sobh-e Toos report, served as a page of a WordPress outlet and crawled. Its text stays outside the repository."""

import html
from pathlib import Path

import pytest

from core.outcomes import Outcome
from tests.crawler.crawling import ROOT, Crawl
from tests.crawler.replica import Replica, Reply

SEED = ROOT.parent / "shared" / "data" / "seed" / "000_0e3252890e492f4f.txt"


def _paragraphs(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


@pytest.mark.skipif(not SEED.exists(), reason="needs ../shared/data/seed")
def test_the_seed_report_comes_out_with_its_twelve_paragraphs_character_for_character(replica: Replica, crawl: Crawl) -> None:
    lines = _paragraphs(SEED)
    text = [line for line in lines if not line.startswith("انتهای پیام")]
    page = (
        '<!DOCTYPE html><html lang="fa-IR" dir="rtl"><head><meta charset="utf-8"><meta name="generator" content="WordPress 6.5">'
        "<title>گزارش - صبح توس</title><link rel='shortlink' href='/?p=4711'></head>"
        '<body class="rtl single single-post postid-4711"><header><ul><li><a href="/">خانه</a></li></ul></header>'
        '<article id="post-4711"><h1 class="entry-title">گزارش نشست</h1><div class="entry-content">'
        + "".join(f"<p>{html.escape(line)}</p>" for line in lines)
        + "</div></article><aside><h3>مطالب مرتبط</h3><ul><li><a href='/a'>خبری دیگر دربارهٔ شهرداری</a></li></ul></aside></body></html>"
    )
    address = f"{replica.base}/gozaresh-neshast-shahrdari/"
    replica.routes["/gozaresh-neshast-shahrdari/"] = Reply(body=page.encode())
    item = f"<item><title>x</title><link>{address}</link><pubDate>Mon, 23 Nov 2026 10:00:00 +0330</pubDate></item>"
    feed = f"<rss><channel>{item}</channel></rss>"
    replica.routes["/feed/"] = Reply(body=feed.encode())
    crawl.write_outlets(
        [
            f'[[outlet]]\nkey = "sobhe-toos"\nname = "صبح توس"\nfamily = "wordpress"\nbase_url = "{replica.base}"\n'
            'feeds = ["/feed/"]\ndelay = 0.0\n'
        ]
    )

    assert crawl.run().of(address) == [Outcome.STORED]

    (raw,) = [article.raw for article in crawl.articles().values()]
    assert raw.outlet == "sobhe-toos"
    assert raw.body.split("\n") == text[-12:]
    assert len(raw.body.split("\n")) == 12
    assert "انتهای پیام" not in raw.body
