"""The figures, stories and sentences of the API agree with the articles they count."""

from collections import Counter
from typing import Any

from starlette.testclient import TestClient

from api import models
from api.figures import _all_steps
from dashboards.desk import Desk
from dashboards.narrowing import Narrowing
from dashboards.triangle import triangle_rows
from store.archive import Archive
from tests.desk import NOW

V1 = "/api/v1"


def get(client: TestClient, address: str, **params: Any) -> Any:
    reply = client.get(V1 + address, params=params)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_a_series_tells_every_day_also_the_empty_ones(client: TestClient) -> None:
    series = get(client, "/series", q="شهرداری")
    models.Series.model_validate(series)
    assert series["total"] == get(client, "/search", q="شهرداری")["total"] == sum(point["count"] for point in series["points"])
    assert all(point["count"] == sum(point["values"].values()) for point in series["points"])
    days = [point["day"] for point in series["points"]]
    assert days == sorted(set(days))
    assert list(_all_steps("day", {"2026-11-29": 1, "2026-12-02": 2})) == ["2026-11-29", "2026-11-30", "2026-12-01", "2026-12-02"]
    assert list(_all_steps("month", {"1405-11": 1, "1406-02": 2})) == ["1405-11", "1405-12", "1406-01", "1406-02"]
    assert list(_all_steps("week", {"2026-11-21": 1, "2026-12-05": 2})) == ["2026-11-21", "2026-11-28", "2026-12-05"]


def test_the_triangle_counts_what_its_searches_find(client: TestClient) -> None:
    triangle = get(client, "/triangle")
    models.Triangle.model_validate(triangle)
    assert triangle["topics"]
    for row in triangle["topics"]:
        for corner, clause in (("ask", "has:demand"), ("say", "voice:(management OR council)"), ("write", "")):
            found = get(client, "/search", q=f"topic:{row['topic']} {clause}".strip())["total"]
            assert row[corner]["articles"] == found, (row["topic"], corner)


def test_the_triangle_is_the_desks_triangle(client: TestClient, archive: Archive) -> None:
    rows = {row.topic: row for row in triangle_rows(Desk(archive), Narrowing(), NOW)}
    told = {row["topic"]: row for row in get(client, "/triangle")["topics"]}
    assert set(told) == set(rows)
    for topic, row in rows.items():
        for corner, side in (("ask", row.ask), ("say", row.say), ("write", row.write)):
            assert told[topic][corner]["articles"] == side.total
            assert told[topic][corner]["share"] == round(side.share, 4)


def test_quotes_are_those_of_the_articles(client: TestClient, archive: Archive) -> None:
    seen: list[tuple[int, int]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = get(client, "/quotes", limit=9, **({"cursor": cursor} if cursor else {}))
        models.QuotePage.model_validate(page)
        seen += [(row["article"]["id"], row["start"]) for row in page["quotes"]]
        cursor = page["next_cursor"]
    expected = [
        (one.id, quote.span.start) for one in archive.articles.walk() for quote in (one.annotations.quotes if one.annotations else ())
    ]
    assert Counter(seen) == Counter(expected)
    council = get(client, "/quotes", voice="council", limit=200)["quotes"]
    assert council
    assert {row["voice"] for row in council} == {"council"}
    named = get(client, "/quotes", speaker="شهردار مشهد", limit=200)["quotes"]
    assert all("شهردار مشهد" in (row["speaker"]["name"], row["speaker"]["mention"]) for row in named)


def test_demands_are_those_of_the_articles(client: TestClient, archive: Archive) -> None:
    rows = get(client, "/demands", limit=200)["demands"]
    expected = [(one.id, demand.text) for one in archive.articles.walk() for demand in (one.annotations.demands if one.annotations else ())]
    assert Counter((row["article"]["id"], row["text"]) for row in rows) == Counter(expected)


def test_stories_hold_every_matching_article_once(client: TestClient) -> None:
    seen: list[int] = []
    matching, cursor = 0, ""
    while cursor is not None:
        page = get(client, "/stories", q="شهرداری", days=366, limit=5, **({"cursor": cursor} if cursor else {}))
        models.StoryPage.model_validate(page)
        seen += [story["id"] for story in page["stories"]]
        matching += sum(story["matching"] for story in page["stories"])
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen))
    assert matching == get(client, "/search", q="شهرداری")["total"]


def test_one_story_lists_its_articles_from_the_first(client: TestClient, archive: Archive) -> None:
    archive.stories.join_pending(NOW)
    biggest = max(get(client, "/stories", days=366, limit=100)["stories"], key=lambda story: story["article_count"])
    story = get(client, f"/stories/{biggest['id']}")
    models.StoryDetail.model_validate(story)
    assert len(story["articles"]) == story["article_count"] > 1
    assert {article["outlet"] for article in story["articles"]} == set(story["outlets"])
    times = [article["published_at"] for article in story["articles"]]
    assert times == sorted(times)
    assert client.get(f"{V1}/stories/99999").status_code == 404
    assert client.get(f"{V1}/stories?cursor=x").status_code == 400


def test_an_outlet_that_cannot_be_read_is_told(client: TestClient) -> None:
    states = {one["key"]: one["state"] for one in get(client, "/outlets")["outlets"]}
    assert set(states.values()) <= {"well", "quiet", "new"}
