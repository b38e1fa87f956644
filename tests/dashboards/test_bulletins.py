import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from lxml import html
from starlette.testclient import TestClient

from app.web import create_app
from core.settings import Settings
from store.archive import Archive, open_archive
from store.tantivy_index import TantivyIndex
from tests.dashboards.test_pages import HOSTILE, text_of
from tests.desk import NOW, add, labels_of, open_filled, raw
from tests.desk_client import signed_in


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Archive, TestClient, TestClient]]:
    """A filled archive with an editor's and a viewer's browser."""
    folder = tmp_path_factory.mktemp("desk")
    archive, outlets = open_filled(folder)
    app = create_app(archive, Settings(data=folder), outlets, clock=lambda: NOW)
    yield archive, signed_in(app, archive, "editor"), signed_in(app, archive, "viewer")
    archive.close()


def pick(client: TestClient, *ids: int) -> int:
    """Picks the articles as the button does; the id of the bulletin."""
    for id in ids:
        reply = client.post("/bulletins/pick", data={"article": id}, follow_redirects=False)
        assert reply.status_code == 303
    return int(re.search(r"/bulletins/(\d+)", reply.headers["location"]).group(1))  # type: ignore[union-attr]


def headlines(page: str) -> list[str]:
    return [" ".join(each.text_content().split()) for each in html.fromstring(page).xpath("//main//h3")]


def test_an_article_is_picked_where_it_is_found_and_taken_out_again(desk: tuple[Archive, TestClient, TestClient]) -> None:
    archive, editor, _viewer = desk
    search = "/search?" + urlencode({"q": "اتوبوس"})
    button = html.fromstring(editor.get(search).text).xpath("//form[@class='pick']")[0]
    id = button.xpath(".//button/@value")[0]
    sent = editor.post(
        button.get("action"), data={"article": id}, headers={"Referer": f"http://testserver{search}"}, follow_redirects=False
    )
    assert sent.headers["location"].startswith("/search?q=")
    assert sent.headers["location"].endswith(f"#pick-{id}")
    for address in (search, f"/articles/{id}"):
        picked = html.fromstring(editor.get(address).text).get_element_by_id(f"pick-{id}")
        assert "در بولتن امروز" in picked.text_content()
    assert picked.get("action") == "/bulletins/drop"
    editor.post("/bulletins/drop", data={"article": id})
    draft = archive.bulletins.newest(drafts=True)[0]
    assert draft.entries == ()


def test_a_referrer_of_another_host_is_not_followed(desk: tuple[Archive, TestClient, TestClient]) -> None:
    _archive, editor, _viewer = desk
    for referrer in ("http://evil.example/search", "http://testserver//evil.example/x", "javascript:alert(1)"):
        reply = editor.post("/bulletins/pick", data={"article": 1}, headers={"Referer": referrer}, follow_redirects=False)
        assert reply.headers["location"].startswith("/bulletins/")


def test_viewers_pick_nothing_and_see_no_drafts(desk: tuple[Archive, TestClient, TestClient]) -> None:
    archive, editor, viewer = desk
    id = pick(editor, 1, 2)
    assert not html.fromstring(viewer.get("/search").text).xpath("//form[@class='pick']")
    assert viewer.post("/bulletins/pick", data={"article": 3}).status_code == 403
    for address in (f"/bulletins/{id}", f"/bulletins/{id}/print", f"/bulletins/{id}/file.pdf", f"/bulletins/{id}/file.docx"):
        assert viewer.get(address).status_code == 404
    assert f"/bulletins/{id}" not in viewer.get("/bulletins").text
    for form in ("describe", "move", "move-section", "annotate", "drop", "publish", "remove"):
        fields = {"article": 1, "step": "up", "topic": "x", "title": "x"}
        assert viewer.post(f"/bulletins/{id}/{form}", data=fields).status_code == 403
    editor.post(f"/bulletins/{id}/publish")
    assert viewer.get(f"/bulletins/{id}").status_code == 200
    assert f"/bulletins/{id}" in viewer.get("/bulletins").text
    assert len(archive.bulletins.get(id).entries) == 2


def test_entries_and_sections_go_up_and_down(desk: tuple[Archive, TestClient, TestClient]) -> None:
    archive, editor, _viewer = desk
    found = [one for one in archive.articles.walk() if one.annotations and one.annotations.topics]
    topic = found[0].annotations.topics[0].id  # type: ignore[union-attr]
    same = [one for one in found if one.annotations.topics[0].id == topic][:3]  # type: ignore[union-attr]
    other = next(one for one in found if topic not in [each.id for each in one.annotations.topics])  # type: ignore[union-attr]
    id = pick(editor, same[0].id, other.id, same[1].id, same[2].id)
    names = [one.raw.headline for one in (*same, other)]
    assert headlines(editor.get(f"/bulletins/{id}").text) == names
    editor.post(f"/bulletins/{id}/move", data={"article": same[2].id, "step": "up"})
    assert headlines(editor.get(f"/bulletins/{id}").text) == [names[0], names[2], names[1], names[3]]
    editor.post(f"/bulletins/{id}/move", data={"article": same[0].id, "step": "up"})
    assert headlines(editor.get(f"/bulletins/{id}").text)[0] == names[0]
    editor.post(f"/bulletins/{id}/move-section", data={"topic": topic, "step": "down"})
    assert headlines(editor.get(f"/bulletins/{id}").text) == [names[3], names[0], names[2], names[1]]
    editor.post(f"/bulletins/{id}/annotate", data={"article": other.id, "note": "", "topic": topic})
    assert len(html.fromstring(editor.get(f"/bulletins/{id}").text).xpath("//section[contains(@class, 'draft-section')]")) == 1


def test_a_published_bulletin_says_for_ever_what_it_said(desk: tuple[Archive, TestClient, TestClient]) -> None:
    archive, editor, viewer = desk
    id = pick(editor, 1)
    editor.post(f"/bulletins/{id}/describe", data={"title": "بولتن صبح", "note": "سلام بر همکاران"})
    editor.post(f"/bulletins/{id}/annotate", data={"article": 1, "note": "پاسخ فردا می‌رسد.", "topic": ""})
    editor.post(f"/bulletins/{id}/publish")
    before = text_of(viewer.get(f"/bulletins/{id}").text)
    for words in ("بولتن صبح", "سلام بر همکاران", "پاسخ فردا می‌رسد.", archive.articles.get(1).raw.headline, "سه‌شنبه ۳ آذر ۱۴۰۵"):
        assert words in before
    archive.articles.correct([1], ("tone", "negative"), "editor", NOW)
    archive.articles.save(replace(archive.articles.get(1).raw, headline="تیتری دیگر"))
    assert text_of(viewer.get(f"/bulletins/{id}").text) == before
    for form, fields in (("drop", {"article": 1}), ("describe", {"title": "x"}), ("publish", {}), ("remove", {})):
        reply = editor.post(f"/bulletins/{id}/{form}", data=fields)
        assert reply.status_code == 400
    assert "دیگر تغییر نمی‌کند" in text_of(reply.text)


def test_what_is_marked_irrelevant_leaves_the_bulletin_visibly(desk: tuple[Archive, TestClient, TestClient]) -> None:
    archive, editor, _viewer = desk
    id = pick(editor, 1, 20)
    archive.articles.correct([1], ("relevant", False), "editor", NOW)
    page = editor.get(f"/bulletins/{id}").text
    assert "نامرتبط شناخته شده است و در بولتن نمی‌آید" in text_of(page)
    assert archive.articles.get(1).raw.headline not in text_of(editor.get(f"/bulletins/{id}/print").text)
    archive.articles.correct([20], ("relevant", False), "editor", NOW)
    assert editor.post(f"/bulletins/{id}/publish").status_code == 400


def test_numbers_of_a_bulletin_are_those_of_its_articles(desk: tuple[Archive, TestClient, TestClient]) -> None:
    archive, editor, _viewer = desk
    ids = list(range(1, 31))
    id = pick(editor, *ids)
    tree = html.fromstring(editor.get(f"/bulletins/{id}/print").text)
    rows = [[cell.text_content().strip() for cell in row.xpath("./th|./td")][:5] for row in tree.xpath("//table//tbody/tr")]
    digits = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")
    numbers = [[int(cell.translate(digits)) for cell in row[1:]] for row in rows]
    assert [sum(column) for column in zip(*numbers[:-1], strict=True)] == numbers[-1]
    tones = [article.annotations.tone.label for article in archive.articles.get_many(ids) if article.annotations]
    assert numbers[-1] == [tones.count("negative"), tones.count("neutral"), tones.count("positive"), 30]
    for (_name, *_), row in zip(rows[:-1], numbers[:-1], strict=True):
        assert sum(row[:3]) == row[3]
    assert len(tree.xpath("//div[@class='book-entry']")) == 30


def test_every_write_and_export_stands_in_the_audit(desk: tuple[Archive, TestClient, TestClient]) -> None:
    archive, editor, viewer = desk
    id = pick(editor, 1)
    editor.post(f"/bulletins/{id}/describe", data={"title": "نو"})
    editor.post(f"/bulletins/{id}/publish")
    assert viewer.get(f"/bulletins/{id}/file.pdf").content.startswith(b"%PDF-")
    word = viewer.get(f"/bulletins/{id}/file.docx")
    assert zipfile.ZipFile(io.BytesIO(word.content)).testzip() is None
    assert "bulletin-1405-09-03.docx" in word.headers["content-disposition"]
    rows = [(row.user, row.action, row.target) for row in archive.audit.entries() if row.action.startswith("bulletin")]
    assert rows == [
        ("viewer", "bulletin.export", f"bulletins/{id}"),
        ("viewer", "bulletin.export", f"bulletins/{id}"),
        ("editor", "bulletin.publish", f"bulletins/{id}"),
        ("editor", "bulletin.describe", f"bulletins/{id}"),
        ("editor", "bulletin.pick", f"bulletins/{id}"),
    ]
    assert viewer.get(f"/bulletins/{id}/file.exe").status_code == 400


def test_wrong_bulletin_addresses_and_fields_are_answered_in_words(desk: tuple[Archive, TestClient, TestClient]) -> None:
    _archive, editor, _viewer = desk
    assert "این بولتن پیدا نشد" in text_of(editor.get("/bulletins/999").text)
    assert editor.post("/bulletins/pick", data={"article": 987654}).status_code == 404
    id = pick(editor, 1)
    wrong = [("move", {"article": 1, "step": "aside"}), ("move", {"step": "up"}), ("annotate", {"article": "x"})]
    wrong += [
        ("describe", {"title": " "}),
        ("annotate", {"article": 1, "topic": "nothing"}),
        ("describe", {"title": "نو", "note": "ن" * 20_000}),
    ]
    for form, fields in wrong:
        assert 400 <= editor.post(f"/bulletins/{id}/{form}", data=fields).status_code < 500
    assert editor.get("/bulletins?before=999").status_code == 404
    assert editor.get("/bulletins?before=x").status_code == 404


@pytest.mark.parametrize(
    "words", [*HOSTILE, '#eval("1") #import "@preview/x:1.0.0" *b* _i_ $x$ `r` @ref <label> // c /* d */ \\', "الف" * 400]
)
def test_hostile_articles_do_no_harm_in_a_bulletin(tmp_path_factory: pytest.TempPathFactory, words: str) -> None:
    folder = tmp_path_factory.mktemp("hostile")
    archive = open_archive(Settings(data=folder), TantivyIndex.in_memory())
    from samples.pieces import load_newsrooms

    labels = labels_of(load_newsrooms(NOW)[0].pieces[0])
    article = add(archive, raw(1, headline=words, kicker=words, lead=words, body=words, outlet=words, url=words), labels)
    editor = signed_in(create_app(archive, Settings(data=folder), clock=lambda: NOW), archive, "editor")
    id = pick(editor, article.id)
    editor.post(f"/bulletins/{id}/describe", data={"title": words[:150], "note": words})
    editor.post(f"/bulletins/{id}/annotate", data={"article": article.id, "note": words, "topic": ""})
    for address in (f"/bulletins/{id}", f"/bulletins/{id}/print", "/bulletins"):
        page = editor.get(address)
        assert page.status_code == 200
        tree = html.fromstring(page.text)
        assert not tree.xpath("//script[not(@src)] | //@*[starts-with(name(), 'on')] | //img[@src='x']")
        assert not [link for link in tree.xpath("//@href | //@action") if link.strip().lower().startswith("javascript:")]
    for format in ("pdf", "docx"):
        assert editor.get(f"/bulletins/{id}/file.{format}").status_code == 200
    archive.close()
