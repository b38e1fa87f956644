"""The change feed tells what one article's own address tells, in the coding that its caller reads."""

import gzip
import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import zstandard
from starlette.testclient import TestClient

from api.coding import LEAST, coded
from app.web import create_app
from core.records import Annotations, Comment, Demand, Image, Mention, Quote, Span, ToneLabel, TopicLabel
from core.settings import Settings
from render.changed import changed_json
from render.shapes import change_json
from tests.desk import NOW, add, open_filled, raw

SAID = Annotations(
    "test",
    ToneLabel("negative", 0.123456, {"negative": 0.123456, "neutral": 0.876544}, True, (Span(0, 4), Span(1, 3, "headline"))),
    ToneLabel("none", 1.0, {"none": 1.0}),
    (TopicLabel("roads", 0.98765),),
    (Mention("مشهد", "LOC", Span(2, 6, "headline"), "mashhad", None), Mention("شهردار", "PER", Span(0, 6))),
    (Quote("آب داریم", Span(3, 9), "گفت", "او", "شهردار مشهد", None, None, "management", True),),
    (Demand("آب می‌خواهیم", Span(1, 5, "headline"), "اهالی"), Demand("برق", Span(0, 3))),
)
RICH = replace(
    raw(1),
    keywords=("آب", 'گیومه"'),
    images=(Image("https://x.example/1.jpg", "شرح"),),
    comments=(
        Comment("نظر", "نام", datetime(2026, 11, 24, 9, tzinfo=timezone(timedelta(hours=3, minutes=30))), 2, None),
        Comment("بی‌تاریخ"),
    ),
    flags=("date_missing",),
    published_at=None,
    updated_at=NOW,
)


def test_every_change_is_told_as_the_article_itself_is(tmp_path: Path) -> None:
    archive, _ = open_filled(tmp_path)
    rich = archive.articles.save(RICH).id
    archive.articles.annotate(rich, 1, SAID, NOW)
    edited = add(archive, raw(2)).id
    archive.articles.save(raw(2, headline="تیتر تازه"))
    archive.articles.withdraw(3, NOW)
    archive.articles.correct([4], ("city_tone", "positive"), "کاربر", NOW)
    archive.articles.correct([5], ("relevant", False), "کاربر", NOW)
    found = archive.articles.changed_after(0, 1000)
    by_id = {article.id: article for article in archive.articles.walk()}
    assert [changed_json(one) for one in found] == [change_json(one.change, by_id[one.change.article_id]) for one in found]
    assert len(found) == archive.articles.count()
    told = {one.change.article_id: changed_json(one)["article"] for one in found}
    assert told[rich]["comments"][0]["published_at"] == "2026-11-24T05:30:00Z"
    assert told[edited]["annotations"] is None
    assert told[3] is None
    assert told[4]["annotations"]["city_tone"]["label"] == "positive"
    assert [id for id, article in told.items() if article and not article["relevant"]] == [5]
    archive.close()


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, zstd", "zstd"),
        ("gzip;q=0.5, zstd;q=0", "gzip"),
        ("GZIP", "gzip"),
        ("identity", ""),
        ("", ""),
        ("gzip; q=0.0", ""),
    ],
)
def test_a_large_answer_is_sent_in_a_coding_that_its_caller_reads(accepted: str, coding: str) -> None:
    body = json.dumps({"متن": "آب و برق " * LEAST}).encode()
    sent, told = coded(body, accepted)
    assert told == coding
    read = {"": bytes, "gzip": gzip.decompress, "zstd": zstandard.ZstdDecompressor().decompress}[coding]
    assert read(sent) == body
    assert not coding or len(sent) < len(body) / 10
    assert coded(b"{}", accepted) == (b"{}", "")


def test_a_page_of_the_feed_is_the_same_in_every_coding(tmp_path: Path) -> None:
    archive, outlets = open_filled(tmp_path)
    client = TestClient(create_app(archive, Settings(data=tmp_path, open="read"), outlets, clock=lambda: NOW))
    pages = {}
    for accepted in ("identity", "gzip", "zstd"):
        answer = client.get("/api/v1/changes?limit=1000", headers={"Accept-Encoding": accepted})
        assert answer.headers.get("content-encoding", "identity") == accepted
        assert answer.headers["vary"] == "Accept-Encoding"
        pages[accepted] = answer.json()
    assert pages["identity"] == pages["gzip"] == pages["zstd"]
    assert len(pages["gzip"]["changes"]) == 75
    archive.close()
