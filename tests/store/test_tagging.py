"""Which articles wait for annotation, and what may be written over what."""

from datetime import timedelta

import pytest

from core.errors import BadInput
from store.archive import Archive
from store.articles import CLAIM_SECONDS
from tests.store.samples import NOW, raw, said


def save(archive: Archive, number: int) -> list[int]:
    return [saved.id for saved in archive.articles.save_many([raw(one) for one in range(1, number + 1)])]


def waiting(archive: Archive, version: str) -> list[int]:
    return [article.id for article in archive.articles.untagged(version, 100)]


def test_annotations_come_back_as_they_were_written(archive: Archive) -> None:
    (id,) = save(archive, 1)
    assert archive.articles.annotate(id, 1, said("v1", b"\x00\xff"), NOW)
    article = archive.articles.get(id)
    assert article.annotations == said("v1", b"\x00\xff")
    assert article.tagged_at == NOW


def test_new_and_edited_articles_come_before_outdated_ones(archive: Archive) -> None:
    ids = save(archive, 4)
    archive.articles.annotate(ids[0], 1, said("v1"), NOW)
    archive.articles.annotate(ids[1], 1, said("v3"), NOW)
    archive.articles.annotate(ids[2], 1, said("v2"), NOW)
    assert waiting(archive, "v2") == [ids[3], ids[0], ids[1]]
    archive.articles.save(raw(3, body="متن دیگر"))
    assert waiting(archive, "v2") == [ids[2], ids[3], ids[0], ids[1]]
    assert [article.id for article in archive.articles.untagged("v2", 2)] == [ids[2], ids[3]]


def test_annotations_of_an_outdated_version_stay_until_new_ones_come(archive: Archive) -> None:
    (id,) = save(archive, 1)
    archive.articles.annotate(id, 1, said("v1"), NOW)
    assert archive.articles.get(id).annotations == said("v1")
    archive.articles.annotate(id, 1, said("v2", tone="positive"), NOW)
    assert archive.articles.get(id).annotations == said("v2", tone="positive")


def test_annotations_of_an_edited_text_are_dropped(archive: Archive) -> None:
    """The article was edited between reading and writing: the offsets belong to another text."""
    ids = save(archive, 2)
    archive.articles.save(raw(1, body="متن دیگر"))
    assert archive.articles.annotate_many([(ids[0], 1, said()), (ids[1], 1, said()), (99, 1, said())], NOW) == 1
    assert waiting(archive, "v1") == [ids[0]]
    assert not archive.articles.annotate(ids[0], 1, said(), NOW)
    assert archive.articles.annotate(ids[0], 2, said(), NOW)


def test_an_article_is_handed_to_one_owner_at_a_time(archive: Archive) -> None:
    ids = save(archive, 5)
    first = archive.articles.claim_untagged("one", "v1", 3, NOW)
    second = archive.articles.claim_untagged("two", "v1", 3, NOW)
    assert [article.id for article in first + second] == ids
    assert archive.articles.claim_untagged("three", "v1", 3, NOW) == []


def test_a_late_owner_writes_nothing_over_another(archive: Archive) -> None:
    ids = save(archive, 1)
    archive.articles.claim_untagged("late", "v1", 3, NOW)
    later = NOW + timedelta(seconds=CLAIM_SECONDS)
    assert [article.id for article in archive.articles.claim_untagged("other", "v1", 3, later)] == ids
    assert archive.articles.annotate_many([(ids[0], 1, said(tone="negative"))], later, "late") == 0
    assert archive.articles.annotate_many([(ids[0], 1, said(tone="positive"))], later, "other") == 1
    assert archive.articles.annotate_many([(ids[0], 1, said(tone="negative"))], later, "late") == 0
    assert archive.articles.get(ids[0]).annotations == said(tone="positive")


def test_a_correction_is_never_overwritten(archive: Archive) -> None:
    (id,) = save(archive, 1)
    archive.articles.annotate(id, 1, said("v1"), NOW)
    archive.articles.correct([id], ("tone", "negative"), "officer", NOW)
    archive.articles.correct([id], ("topics", ("culture",)), "officer", NOW)
    archive.articles.annotate(id, 1, said("v2", tone="positive"), NOW)
    archive.articles.save(raw(1, body="متن دیگر"))
    archive.articles.annotate(id, 2, said("v2", tone="positive"), NOW)
    labels = archive.articles.get(id).annotations
    assert labels is not None
    assert (labels.tone.label, labels.tone.confidence, labels.tone.unsure) == ("negative", 1.0, False)
    assert sum(labels.tone.probabilities.values()) == 1.0
    assert [topic.id for topic in labels.topics] == ["culture"]
    assert labels.city_tone == said("v2", tone="positive").city_tone
    standing = archive.articles.corrections([id])[id]
    assert {field: (label.value, label.user, label.at) for field, label in standing.items()} == {
        "tone": ("negative", "officer", NOW),
        "topics": (("culture",), "officer", NOW),
    }


def test_undoing_goes_back_one_label_at_a_time(archive: Archive) -> None:
    ids = save(archive, 2)
    for id in ids:
        archive.articles.annotate(id, 1, said(), NOW)
    archive.articles.correct(ids, ("tone", "negative"), "first", NOW)
    archive.articles.correct(ids, ("tone", "positive"), "second", NOW)
    shown = []
    for _ in range(3):
        labels = archive.articles.get(ids[1]).annotations
        assert labels is not None
        shown.append(labels.tone.label)
        archive.articles.undo_correction(ids, "tone", NOW)
    assert shown == ["positive", "negative", "neutral"]


def test_an_article_marked_irrelevant_says_so_in_the_records_and_the_change_log(archive: Archive) -> None:
    first, second = save(archive, 2)
    before = archive.articles.newest_seq()
    archive.articles.correct([first], ("relevant", False), "officer", NOW)
    assert [(change.article_id, change.kind) for change in archive.articles.changes_after(before, 10)] == [(first, "relabelled")]
    assert [article.relevant for article in archive.articles.get_many([first, second])] == [False, True]
    archive.articles.undo_correction([first], "relevant", NOW)
    assert archive.articles.get(first).relevant


@pytest.mark.parametrize(
    "label", [("tone", "angry"), ("tone", "none"), ("topics", ("weather",)), ("relevant", "no"), ("headline", "x"), ("topics", "roads")]
)
def test_wrong_corrections_are_refused(archive: Archive, label: tuple[str, object]) -> None:
    (id,) = save(archive, 1)
    with pytest.raises(BadInput):
        archive.articles.correct([id], label, "officer", NOW)
    assert archive.articles.corrections([id]) == {}


def test_a_reprint_that_joins_later_bears_the_correction_of_its_group(archive: Archive) -> None:
    first, second = save(archive, 2)
    for id in (first, second):
        archive.articles.annotate(id, 1, said(), NOW)
    archive.articles.correct([first], ("tone", "negative"), "officer", NOW)
    assert tone_of(archive, second) == "neutral"
    archive.groups.group_pending(lambda _mark: (1,), lambda _one, _other: True, NOW)
    assert tone_of(archive, second) == "negative"
    archive.articles.correct([second], ("tone", "positive"), "officer", NOW)
    assert (tone_of(archive, first), tone_of(archive, second)) == ("negative", "positive")
    archive.articles.undo_correction([first, second], "tone", NOW)
    assert (tone_of(archive, first), tone_of(archive, second)) == ("neutral", "neutral")
    machine = archive.articles.machine_labels(first)
    assert machine is not None
    assert machine.tone == said().tone


def tone_of(archive: Archive, id: int) -> str:
    labels = archive.articles.get(id).annotations
    assert labels is not None
    return labels.tone.label
