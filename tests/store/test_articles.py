"""What saving, finding and withdrawing articles does, on SQLite and PostgreSQL."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import NotFound
from core.outcomes import Outcome
from render.shapes import brief_json, reprint_json
from store.archive import Archive
from tests.store.samples import NOW, full_raw, raw, said


def test_every_field_comes_back_as_it_was_saved(archive: Archive) -> None:
    article = full_raw()
    saved = archive.articles.save(article)
    assert saved.outcome is Outcome.STORED
    assert archive.articles.get(saved.id).raw == article
    assert [revision.raw for revision in archive.articles.revisions(saved.id)] == [article]


def test_headline_edit_becomes_revision_not_second_article(archive: Archive) -> None:
    """Complaint 13: an edited headline made a second entry."""
    first = archive.articles.save(raw())
    second = archive.articles.save(raw(headline="بوستان تازه گشوده نشد"))
    assert (second.outcome, second.id) == (Outcome.EDITED, first.id)
    assert archive.articles.count() == 1
    assert archive.articles.get(first.id).raw.headline == "بوستان تازه گشوده نشد"
    assert archive.articles.get(first.id).revision == 2
    assert [revision.raw.headline for revision in archive.articles.revisions(first.id)] == [raw().headline, "بوستان تازه گشوده نشد"]


@pytest.mark.parametrize(
    ("written", "rewritten"),
    [
        ("می‌شود گفت", "می شود  گفت"),
        ("خط یک\nخط دو", "خط یک\n\n  خط دو \n"),
        ("علی کیانی", "علي كياني"),
        ("آب", "آ\u200fب\ufeff"),
    ],
)
def test_a_change_of_white_space_alone_is_no_edit(archive: Archive, written: str, rewritten: str) -> None:
    """Complaint 26: a change was reported where the text had none."""
    id = archive.articles.save(raw(body=written)).id
    seq = archive.articles.newest_seq()
    assert archive.articles.save(raw(body=rewritten)).outcome is Outcome.UNCHANGED
    assert len(archive.articles.revisions(id)) == 1
    assert archive.articles.newest_seq() == seq


def test_words_that_move_between_lead_and_body_are_an_edit(archive: Archive) -> None:
    archive.articles.save(raw(lead="یک دو", body="سه"))
    assert archive.articles.save(raw(lead="یک", body="دو سه")).outcome is Outcome.EDITED


def test_saving_twice_stores_nothing_twice(archive: Archive) -> None:
    first = archive.articles.save_many([raw(number) for number in range(1, 100)])
    seq = archive.articles.newest_seq()
    again = archive.articles.save_many([raw(number, fetched_at=NOW + timedelta(hours=1)) for number in range(1, 100)])
    assert {one.outcome for one in again} == {Outcome.UNCHANGED}
    assert [one.id for one in again] == [one.id for one in first]
    assert (archive.articles.count(), archive.articles.newest_seq()) == (99, seq)


def test_one_batch_may_hold_several_versions_of_an_article(archive: Archive) -> None:
    outcomes = [one.outcome for one in archive.articles.save_many([raw(1), raw(1), raw(1, body="متن دیگر"), raw(2)])]
    assert outcomes == [Outcome.STORED, Outcome.UNCHANGED, Outcome.EDITED, Outcome.STORED]


def test_what_surrounds_the_text_is_kept_up_to_date(archive: Archive) -> None:
    id = archive.articles.save(raw(section="شهری", byline="نویسنده")).id
    seq = archive.articles.newest_seq()
    later = raw(section="اجتماعی", byline="", comments=full_raw().comments)
    assert archive.articles.save(later).outcome is Outcome.UNCHANGED
    article = archive.articles.get(id)
    assert (article.raw.section, article.raw.byline, article.raw.comments) == ("اجتماعی", "نویسنده", full_raw().comments)
    assert article.revision == 1
    assert archive.articles.newest_seq() == seq + 1


def test_a_date_that_vanishes_in_an_edit_is_kept(archive: Archive) -> None:
    id = archive.articles.save(raw()).id
    archive.articles.save(raw(body="متن دیگر", published_at=None, published_at_source=""))
    article = archive.articles.get(id)
    assert (article.raw.published_at, article.raw.published_at_source) == (raw().published_at, "json_ld")


def test_an_edited_article_shows_no_labels_of_its_old_text(archive: Archive) -> None:
    id = archive.articles.save(raw()).id
    archive.articles.annotate(id, 1, said(), NOW)
    assert archive.articles.get(id).annotations == said()
    archive.articles.save(raw(body="متن دیگر"))
    assert archive.articles.get(id).annotations is None
    assert [article.id for article in archive.articles.untagged("v1", 10)] == [id]


def test_articles_are_found_by_every_address_they_were_seen_at(archive: Archive) -> None:
    id = archive.articles.save(full_raw()).id
    archive.articles.save(replace(full_raw(), url="https://toos.example/fa/news/7"))
    for url in (
        "https://toos.example/news/7",
        "http://www.toos.example/news/7/park/",
        "https://TOOS.example/x7#comments",
        "https://toos.example/fa/news/7?utm_source=x",
    ):
        found = archive.articles.find_by_url(url)
        assert found is not None, url
        assert found.id == id
    assert archive.articles.get(id).raw.url == full_raw().url
    assert archive.articles.find_by_url("https://toos.example/news/8") is None
    assert archive.articles.find_by_url("http://[broken") is None


def test_percent_coded_and_plain_addresses_are_the_same(archive: Archive) -> None:
    id = archive.articles.save(raw(canonical_url="https://toos.example/%D8%A7%D8%A8/1")).id
    found = archive.articles.find_by_url("https://toos.example/اب/1")
    assert found is not None
    assert found.id == id


def test_articles_are_found_by_outlet_and_number(archive: Archive) -> None:
    id = archive.articles.save(raw(4)).id
    found = archive.articles.find_by_key("toos", "4")
    assert found is not None
    assert found.id == id
    assert archive.articles.find_by_key("other", "4") is None


def test_an_article_without_number_is_known_by_its_address(archive: Archive) -> None:
    first = archive.articles.save(raw(news_id=""))
    second = archive.articles.save(raw(news_id="", body="متن دیگر"))
    assert (second.outcome, second.id) == (Outcome.EDITED, first.id)


def test_get_many_keeps_the_order_and_leaves_missing_ones_out(archive: Archive) -> None:
    ids = [one.id for one in archive.articles.save_many([raw(number) for number in range(1, 6)])]
    wanted = [ids[3], 999, ids[0], ids[4]]
    assert [article.id for article in archive.articles.get_many(wanted)] == [ids[3], ids[0], ids[4]]
    assert archive.articles.get_many([]) == []


def test_hits_are_shown_with_the_text_and_labels_of_the_article(archive: Archive) -> None:
    ids = [archive.articles.save(full_raw()).id, archive.articles.save(raw(news_id="2", headline="دومی")).id]
    archive.articles.annotate(ids[0], 1, said(), NOW)
    archive.articles.correct(ids[:1], ("tone", "positive"), "مریم", NOW)
    shown = archive.articles.get_shown([ids[1], 99, ids[0]])
    assert [article.id for article in shown] == [ids[1], ids[0]]
    for article in shown:
        whole = archive.articles.get(article.id)
        assert brief_json(article) == brief_json(whole)
        assert article.raw.body == whole.raw.body
        assert reprint_json(article) == reprint_json(whole)


def test_get_names_what_is_not_there(archive: Archive) -> None:
    assert archive.articles.find(5) is None
    with pytest.raises(NotFound, match="article 5"):
        archive.articles.get(5)


def test_walk_passes_every_article_once(archive: Archive) -> None:
    ids = [one.id for one in archive.articles.save_many([raw(number) for number in range(1, 24)])]
    assert [article.id for article in archive.articles.walk(batch=5)] == ids
    assert [article.id for article in archive.articles.walk(after_id=ids[19], batch=5)] == ids[20:]


def test_withdrawn_articles_stay_and_come_back_when_the_page_does(archive: Archive) -> None:
    id = archive.articles.save(raw()).id
    archive.articles.withdraw(id, NOW)
    archive.articles.withdraw(id, NOW + timedelta(hours=1))
    assert archive.articles.get(id).withdrawn_at == NOW
    assert archive.articles.untagged("v1", 5) == []
    assert [change.kind for change in archive.articles.changes_after(0, 9)] == ["withdrawn"]
    assert archive.articles.save(raw()).outcome is Outcome.UNCHANGED
    assert archive.articles.get(id).withdrawn_at is None
    assert [change.kind for change in archive.articles.changes_after(0, 9)] == ["edited"]
    with pytest.raises(NotFound):
        archive.articles.withdraw(77, NOW)


def test_hostile_characters_are_replaced_one_for_one(archive: Archive) -> None:
    id = archive.articles.save(raw(headline="a\0b\ud800c", body="\u202eمتن\udfff", keywords=("\0",), news_id="1\0")).id
    stored = archive.articles.get(id).raw
    assert (stored.headline, stored.body, stored.keywords) == ("a\ufffdb\ufffdc", "\u202eمتن\ufffd", ("\ufffd",))
    assert archive.articles.save(raw(headline="a\0b\ud800c", body="\u202eمتن\udfff", keywords=("\0",), news_id="1\0")).id == id


def test_a_time_without_zone_is_refused(archive: Archive) -> None:
    naive = raw(fetched_at=NOW.replace(tzinfo=None))
    with pytest.raises(Exception, match="without zone"):
        archive.articles.save(naive)
    assert archive.articles.count() == 0
