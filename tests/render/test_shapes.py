from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from core.records import Article, Change, Comment, Image, Mention, Span
from render.shapes import annotations_json, article_json, change_json, moment, raw_json, span_json
from samples.pieces import load_newsrooms
from tests.desk import NOW, labels_of, raw

SAID = labels_of(next(piece for piece in load_newsrooms(NOW)[0].pieces if piece.key == "line3"))
ARTICLE = Article(1, raw(1), NOW, 1, annotations=SAID, tagged_at=NOW)


def test_annotate_lines_keep_their_keys() -> None:
    shape = annotations_json(SAID)
    assert {"tone", "city_tone", "topics", "entities", "quotes", "demands"} <= shape.keys()
    assert {"label", "confidence", "probabilities"} <= shape["tone"].keys()
    assert shape["topics"][0].keys() == {"id", "confidence"}
    assert {"text", "kind", "start", "end", "entity_id"} <= shape["entities"][0].keys()
    assert {"content", "start", "end", "cue", "speaker", "role", "voice", "direct"} <= shape["quotes"][0].keys()
    assert shape["quotes"][0]["speaker"].keys() == {"name", "mention", "entity_id"}
    assert shape["demands"][0].keys() == {"text", "start", "end", "asker"}


def test_only_spans_of_the_headline_name_their_field() -> None:
    assert span_json(Span(1, 4)) == {"start": 1, "end": 4}
    assert span_json(Span(1, 4, "headline")) == {"start": 1, "end": 4, "field": "headline"}
    in_headline = replace(SAID, entities=(Mention("شهر", "ORG", Span(0, 3, "headline")),))
    assert annotations_json(in_headline)["entities"][0]["field"] == "headline"


def test_extract_prints_every_field_in_its_order() -> None:
    full = replace(raw(1), images=(Image("https://toos.example/1.jpg", "بوستان"),), comments=(Comment("خوب", "ن", NOW, 1, None),))
    shape = raw_json(full)
    first = (
        "outlet url canonical_url news_id headline kicker lead body byline section keywords published_at updated_at images comments flags"
    )
    assert list(shape)[:16] == first.split()
    assert shape["images"] == [{"url": "https://toos.example/1.jpg", "caption": "بوستان"}]
    assert shape["comments"][0]["votes_down"] is None


def test_an_export_line_has_the_page_at_top_level_and_the_labels_beside() -> None:
    shape = article_json(ARTICLE)
    assert shape["id"] == shape["reprint_group"] == 1
    assert shape["headline"] == ARTICLE.raw.headline
    assert shape["annotations"]["tone"]["label"] == SAID.tone.label
    assert article_json(replace(ARTICLE, annotations=None))["annotations"] is None


def test_times_are_utc_whatever_zone_they_came_in() -> None:
    tehran = timezone(timedelta(hours=3, minutes=30))
    assert moment(datetime(2026, 11, 24, 6, 30, tzinfo=tehran)) == "2026-11-24T03:00:00Z"
    assert moment(datetime(2026, 11, 24, tzinfo=UTC)) == "2026-11-24T00:00:00Z"
    assert moment(None) is None


def test_a_withdrawn_article_leaves_the_change_feed() -> None:
    assert change_json(Change(9, 1, "withdrawn"), replace(ARTICLE, withdrawn_at=NOW))["article"] is None
    assert change_json(Change(9, 1, "annotated"), ARTICLE)["article"]["id"] == 1
