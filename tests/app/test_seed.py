"""The real report that the project grew from, served as a page of a WordPress outlet, crawled, tagged and found."""

import json
import threading
from collections.abc import Iterator
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from core.settings import ROOT
from tests.app.rasad import rasad

SEED = ROOT.parent / "shared" / "data" / "seed" / "000_0e3252890e492f4f.txt"
END_MARK = "انتهای پیام/"
pytestmark = pytest.mark.skipif(
    not SEED.exists(), reason="the seed report is not on this machine: it lies beside the checkout in shared/data/seed"
)


def seed_paragraphs() -> list[str]:
    lines = [line.strip() for line in SEED.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line and line != END_MARK]


def page() -> str:
    body = "\n".join(f"<p>{escape(line)}</p>" for line in [*seed_paragraphs(), END_MARK])
    return f"""<!doctype html><html lang="fa-IR" dir="rtl"><head><meta charset="utf-8"><meta name="generator" content="WordPress 6.8">
<meta property="article:published_time" content="2019-05-05T08:00:00+00:00"><link rel="shortlink" href="/?p=1204">
<title>تکریم و معارفه - صبح توس</title></head><body class="single single-post postid-1204"><article id="post-1204">
<h1 class="entry-title">معاون اجتماعی شهردار مشهد معارفه شد</h1><div class="entry-content">{body}</div></article></body></html>"""


class Site(BaseHTTPRequestHandler):
    """A WordPress outlet of one article."""

    def do_GET(self) -> None:
        feed = (
            '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>صبح توس</title><item><title>معارفه</title>'
            f"<link>http://{self.headers['Host']}/moarefe/</link><pubDate>Sun, 05 May 2019 08:00:00 +0000</pubDate></item></channel></rss>"
        )
        answers = {"/robots.txt": "User-agent: *\nDisallow: /wp-admin/\n", "/feed/": feed, "/moarefe/": page()}
        text = answers.get(self.path)
        self.send_response(200 if text else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8" if self.path == "/moarefe/" else "text/xml; charset=utf-8")
        self.end_headers()
        self.wfile.write((text or "").encode())

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    folder = tmp_path_factory.mktemp("seed")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    outlets = folder / "outlets.toml"
    outlets.write_text(
        f'[[outlet]]\nkey = "sobhe_toos"\nname = "صبح توس"\nfamily = "wordpress"\nbase_url = "http://127.0.0.1:{server.server_port}"\n'
        f'feeds = ["http://127.0.0.1:{server.server_port}/feed/"]\ndelay = 0.0\n',
        encoding="utf-8",
    )
    settings = {"RASAD_OUTLETS": str(outlets), "RASAD_ALLOW_ADDRESSES": "127.0.0.1"}
    for command in ("crawl", "tag"):
        done = rasad(folder / "data", command, **settings)
        assert done.returncode == 0, done.stderr
    yield folder / "data", settings
    server.shutdown()
    server.server_close()


def test_the_twelve_paragraphs_come_out_in_order_to_the_character(archive: tuple[Path, dict[str, str]]) -> None:
    data, settings = archive
    (row,) = [json.loads(line) for line in rasad(data, "export", **settings).stdout.splitlines()]
    assert row["outlet"] == "sobhe_toos"
    assert len(seed_paragraphs()) == 12
    assert row["body"].split("\n") == seed_paragraphs()
    assert "انتهای پیام" not in row["body"]


def test_the_report_is_not_negative_and_about_culture_or_society(archive: tuple[Path, dict[str, str]]) -> None:
    data, settings = archive
    (row,) = [json.loads(line) for line in rasad(data, "export", **settings).stdout.splitlines()]
    said = row["annotations"]
    assert said["tone"]["label"] != "negative"
    assert {topic["id"] for topic in said["topics"]} & {"culture", "social"}


@pytest.mark.parametrize("query", ["کلائی", "محمدرضا کلایی", "شهرداری‌ها", "شهرداریها", "سیما و منظر شهری", '"سیما و منظر شهری"'])
def test_the_report_is_found_as_people_spell_it(archive: tuple[Path, dict[str, str]], query: str) -> None:
    data, settings = archive
    answer = json.loads(rasad(data, "search", query, "--json", **settings).stdout)
    assert answer["total"] == 1
