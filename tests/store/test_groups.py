"""Reprint groups: the same text at several outlets, whatever the order in which it arrives."""

import random
import struct
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from core.records import Article, RawArticle
from store.archive import Archive
from store.groups import LEASE
from tests.store.samples import NOW, raw, said


def letters(fingerprint: bytes) -> tuple[int, ...]:
    """Two bands; above 2**63 to show that unsigned numbers are taken."""
    return tuple(2**63 + number for number in struct.unpack("<2H", fingerprint.ljust(4, b"\0")))


def near(one: Article, other: Article) -> bool:
    """Reprints: texts (here single letters) of which one is at most one letter from the other: a-b-c is a chain."""
    return abs(ord(one.raw.body) - ord(other.raw.body)) <= 1


def letter(body: str, outlet: str = "toos", minutes: int = 0, **fields: object) -> RawArticle:
    """An article whose text is one letter."""
    return raw(
        1,
        outlet=outlet,
        news_id=body,
        url=f"https://{outlet}.example/{body}",
        published_at=NOW + timedelta(minutes=minutes),
        body=body,
        **fields,
    )


def fingerprint(body: str) -> bytes:
    """Shares a band with its neighbours in the alphabet."""
    return struct.pack("<2H", ord(body), ord(body) + 1)


def tag(archive: Archive) -> None:
    waiting = archive.articles.untagged("v1", 1000)
    archive.articles.annotate_many([(one.id, one.revision, said("v1", fingerprint(one.raw.body))) for one in waiting], NOW)


def arrive(archive: Archive, raws: Sequence[RawArticle], *, at_once: bool = True) -> None:
    for one in raws:
        archive.articles.save(one)
        if not at_once:
            tag(archive)
            archive.groups.group_pending(letters, near, NOW)
    tag(archive)
    archive.groups.group_pending(letters, near, NOW)


def groups(archive: Archive) -> dict[str, set[str]]:
    """Per original, as outlet/body, the members."""
    found: dict[str, set[str]] = {}
    every = {one.id: f"{one.raw.outlet}/{one.raw.body}" for one in archive.articles.walk()}
    for one in archive.articles.walk():
        found.setdefault(every[one.reprint_group], set()).add(every[one.id])
    return found


RAWS = [
    letter("a", minutes=5),
    letter("b", "shahr", minutes=2),
    letter("c", "khabar", minutes=9),
    letter("m"),
    letter("n", "shahr", minutes=1),
]
EXPECTED = {"shahr/b": {"toos/a", "shahr/b", "khabar/c"}, "toos/m": {"toos/m", "shahr/n"}}


def test_an_article_alone_is_its_own_group(archive: Archive) -> None:
    id = archive.articles.save(raw()).id
    assert archive.articles.get(id).reprint_group == id
    archive.articles.annotate(id, 1, said(fingerprint=b"q"), NOW)
    assert archive.groups.group_pending(letters, near, NOW) == 1
    assert archive.articles.get(id).reprint_group == id
    assert [change.kind for change in archive.articles.changes_after(0, 9)] == ["annotated"]


def test_reprints_at_different_outlets_join(archive: Archive) -> None:
    """Complaint 1: most duplicates sit in different media."""
    arrive(archive, RAWS)
    assert groups(archive) == EXPECTED
    first = archive.articles.find_by_key("shahr", "b")
    assert first is not None
    assert archive.groups.members(first.id)[0] == first.id
    assert len(archive.groups.members(first.id)) == 3


@pytest.mark.parametrize("at_once", [True, False])
def test_groups_do_not_depend_on_the_order_of_arrival(archive: Archive, at_once: bool) -> None:
    """The chain a-b-c is complete only when b is there, which comes first, second or last."""
    for place, order in enumerate(permutations(RAWS[:3])):
        # Each order lives in letters and outlets of its own.
        arrive(archive, [shifted(one, place) for one in order], at_once=at_once)
    found = groups(archive)
    assert len(found) == 6
    for original, members in found.items():
        assert original.startswith("shahr")
        assert {member.split("/")[0].rstrip("012345") for member in members} == {"toos", "shahr", "khabar"}


def shifted(one: RawArticle, place: int) -> RawArticle:
    """The same article in another world."""
    return replace(one, outlet=f"{one.outlet}{place}", body=chr(ord(one.body) + 10 * place))


def test_an_agency_is_the_original_even_when_a_paper_published_earlier(archive: Archive) -> None:
    """Complaint 3: wire copy counted as a station's own work."""
    paper = letter("a", "paper", minutes=0, quoted_agency="نمونه‌نیوز")
    agency = letter("b", "agency", minutes=30)
    arrive(archive, [paper, agency])
    assert groups(archive) == {"agency/b": {"paper/a", "agency/b"}}


def test_all_members_of_merging_groups_are_logged(archive: Archive) -> None:
    arrive(archive, [RAWS[0], RAWS[2], RAWS[3]])
    assert len(groups(archive)) == 3
    seq = archive.articles.newest_seq()
    arrive(archive, [RAWS[1]])
    changed = {change.article_id for change in archive.articles.changes_after(seq, 99) if change.kind == "regrouped"}
    assert {archive.articles.get(id).raw.body for id in changed} == {"a", "b", "c"}


def test_an_edited_article_leaves_and_its_group_falls_apart(archive: Archive) -> None:
    arrive(archive, RAWS[:3])
    bridge = letter("z", "shahr", minutes=2)
    archive.articles.save(replace(bridge, news_id="b"))
    seq = archive.articles.newest_seq()
    tag(archive)
    archive.groups.group_pending(letters, near, NOW)
    assert groups(archive) == {"toos/a": {"toos/a"}, "shahr/z": {"shahr/z"}, "khabar/c": {"khabar/c"}}
    assert {change.kind for change in archive.articles.changes_after(seq, 9)} == {"regrouped"}
    assert len(archive.articles.changes_after(seq, 9)) == 3


def test_annotating_anew_leaves_unchanged_groups_out_of_the_log(archive: Archive) -> None:
    arrive(archive, RAWS)
    ids = [one.id for one in archive.articles.walk()]
    for one in archive.articles.get_many(ids):
        archive.articles.annotate(one.id, 1, said("v2", fingerprint(one.raw.body)), NOW)
    seq = archive.articles.newest_seq()
    assert archive.groups.waiting() == len(ids)
    assert archive.groups.group_pending(letters, near, NOW) >= len(ids)
    assert archive.groups.waiting() == 0
    assert groups(archive) == EXPECTED
    assert archive.articles.newest_seq() == seq


def test_an_article_annotated_during_grouping_waits_again(archive: Archive) -> None:
    id = archive.articles.save(letter("a")).id
    tag(archive)
    later = NOW + timedelta(seconds=5)

    def busy_bands(value: bytes) -> tuple[int, ...]:
        if value == fingerprint("a"):
            archive.articles.annotate(id, 1, said("v2", fingerprint("b")), later)
        return letters(value)

    calls = archive.groups.group_pending(busy_bands, near, NOW)
    assert calls == 2
    assert archive.groups.waiting() == 0


def test_only_one_process_groups_at_a_time(archive: Archive) -> None:
    archive.articles.save(letter("a"))
    tag(archive)
    assert archive.work.claim(LEASE, "another process", NOW, 60)
    assert archive.groups.group_pending(letters, near, NOW) == 0
    assert archive.groups.waiting() == 1
    assert archive.groups.group_pending(letters, near, NOW + timedelta(seconds=61)) == 1


@pytest.mark.soak
def test_random_histories_end_in_the_same_groups(archive: Archive, seeds: list[int]) -> None:
    """Articles arrive, are edited and grouped in random order by two taggers; the groups are those of their final texts."""
    for seed in seeds:
        chance = random.Random(seed)
        outlet = f"o{seed}-"
        bodies = [chr(1000 + chance.randrange(60)) for _ in range(30)]
        final = [chr(1000 + chance.randrange(60)) if chance.random() < 0.3 else body for body in bodies]
        steps = [(place, bodies[place]) for place in range(30)]
        chance.shuffle(steps)
        edits = [(place, final[place]) for place in range(30) if final[place] != bodies[place]]
        for place, body in steps + edits:
            archive.articles.save(replace(letter(body, f"{outlet}{place}", minutes=place), news_id=f"{outlet}{place}"))
            if chance.random() < 0.2:
                taggers = [threading.Thread(target=tag, args=(archive,)) for _ in range(2)]
                for thread in taggers:
                    thread.start()
                for thread in taggers:
                    thread.join()
                archive.groups.group_pending(letters, near, NOW)
        tag(archive)
        archive.groups.group_pending(letters, near, NOW)
        mine = {one.id: one for one in archive.articles.walk() if one.raw.outlet.startswith(outlet)}
        assert _partition(mine) == _expected(list(mine.values())), seed
        for one in mine.values():
            archive.articles.save(replace(one.raw, body=chr(5000 + 10 * one.id)))
        tag(archive)
        archive.groups.group_pending(letters, near, NOW)


def _partition(found: dict[int, Article]) -> set[frozenset[int]]:
    by_group: dict[int, set[int]] = {}
    for one in found.values():
        by_group.setdefault(one.reprint_group, set()).add(one.id)
    for group, members in by_group.items():
        assert group == min(members, key=lambda id: (found[id].raw.published_at, found[id].raw.outlet))
    return {frozenset(members) for members in by_group.values()}


def _expected(found: list[Article]) -> set[frozenset[int]]:
    """Letters without a gap between them form a group."""
    parts: list[set[int]] = []
    last = -9
    for one in sorted(found, key=lambda article: article.raw.body):
        if ord(one.raw.body) - last > 1:
            parts.append(set())
        parts[-1].add(one.id)
        last = ord(one.raw.body)
    return {frozenset(part) for part in parts}
