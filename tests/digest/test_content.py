"""What a digest says, and that each of its numbers leads to exactly the articles it counts."""

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html as lxml_html

from core.records import Subscription
from core.settings import Settings
from digest.compose import compose
from digest.gather import Desk, WindowCount, gather
from digest.links import Links, minute
from digest.outbox import MemoryOutbox
from digest.run import EVERYTHING, preview, send_due
from digest.select import select, shortened, usual_of
from digest.windows import Window, window_of_day
from samples.pieces import Newsroom, load_newsrooms
from store.archive import Archive
from store.index import SearchRequest
from store.indexing import catch_up
from store.query import parse_query
from tests.digest.filling import add, fill, raw_of, settle

DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789", "٬")


def _counted_links(page: str) -> list[tuple[int, str]]:
    """(number shown, query behind it) of every link whose words are a number."""
    found = []
    for anchor in lxml_html.fromstring(page).iter("a"):
        words = "".join(anchor.itertext()).translate(DIGITS).replace("نسخه", "").strip()
        address = urlsplit(anchor.get("href"))
        if words.isdigit() and address.path == "/search":
            found.append((int(words), parse_qs(address.query)["q"][0]))
    return found


@pytest.mark.parametrize("query", ["", "شهرداری", "tone:negative OR قطارشهری", "اتوبوس برقی"])
def test_every_number_links_to_exactly_its_articles(archive: Archive, settings: Settings, now: datetime, query: str) -> None:
    """Complaint row 14: the daily summary is a core feature, and each of its numbers can be checked in the desk."""
    subscription = archive.people.add_subscription("خبر", query, ["a@b.org"], now=now)
    mail = preview(archive, settings, subscription.id, now)
    links = _counted_links(mail.html)
    assert len(links) > 10
    for shown, search in links:
        page = archive.search.search(SearchRequest(parse_query(search, now=now), fold=False))
        assert page.total == shown, search


def test_the_total_counts_the_window_and_nothing_else(archive: Archive, settings: Settings, now: datetime) -> None:
    window = window_of_day(EVERYTHING, now.date())
    published = [piece.published_at for room in load_newsrooms(now) for piece in room.pieces]
    chosen = select(gather(Desk(archive, settings, now), EVERYTHING, window))
    assert chosen.total == sum(1 for moment in published if window.since <= moment < window.until)
    assert sum(figure.value for figure in chosen.tones) == chosen.total
    assert sum(figure.value for figure in chosen.city_tones) == chosen.total


def test_reprints_are_folded_into_one_story_with_its_outlets(archive: Archive, settings: Settings, now: datetime) -> None:
    chosen = select(gather(Desk(archive, settings, now), EVERYTHING, window_of_day(EVERYTHING, now.date())))
    headlines = [story.headline for story in chosen.stories]
    line3 = chosen.stories[0]
    assert len([headline for headline in headlines if "خط ۳ قطارشهری" in headline]) == 1
    assert len(line3.outlets) == 3
    assert line3.outlets[0] == "نمونهٔ خبر شهر"
    assert line3.copies is not None
    assert line3.copies.value == 3


def test_demands_are_the_newest_and_a_reprint_repeats_none(archive: Archive, settings: Settings, now: datetime) -> None:
    window = Window(now - timedelta(days=4), now)
    chosen = select(gather(Desk(archive, settings, now), EVERYTHING, window))
    assert len(chosen.demands) == 5
    assert len({demand.text for demand in chosen.demands}) == 5


def test_the_usual_is_the_median_of_the_same_weekday() -> None:
    window = Window(datetime.fromisoformat("2026-11-23T03:00:00+00:00"), datetime.fromisoformat("2026-11-24T03:00:00+00:00"))
    usual = usual_of([WindowCount(10, 1), WindowCount(40, 9), WindowCount(12, 2)], window)
    assert usual is not None
    assert (usual.weekday, usual.weeks, usual.total, usual.negative) == ("سه‌شنبه", 3, 12, 2)
    assert usual_of([WindowCount(10, 1)] * 2, window) is None


def test_the_comparison_counts_the_same_hours_of_the_weeks_before(empty_archive: Archive, settings: Settings, now: datetime) -> None:
    rooms = load_newsrooms(now)
    for weeks in range(6):
        shift = timedelta(weeks=weeks)
        older = [
            replace(room, key=f"{room.key}_{weeks}", pieces=tuple(replace(p, published_at=p.published_at - shift) for p in room.pieces))
            for room in rooms
        ]
        fill(empty_archive, now, [_young(room, now - shift - timedelta(hours=24)) for room in older])
    found = gather(Desk(empty_archive, settings, now), EVERYTHING, window_of_day(EVERYTHING, now.date()))
    assert [count.total for count in found.usual] == [found.total] * 4
    mail = compose(select(found))
    assert "معمول سه‌شنبه‌ها" in mail.html
    assert "بی‌تغییر" in mail.text


def _young(room: Newsroom, since: datetime) -> Newsroom:
    return replace(room, pieces=tuple(piece for piece in room.pieces if piece.published_at >= since))


def test_what_came_late_and_what_was_edited_is_told_next_time(archive: Archive, settings: Settings, now: datetime) -> None:
    subscription = archive.people.add_subscription("خبر", "", ["a@b.org"], now=now - timedelta(minutes=2))
    outbox = MemoryOutbox()
    assert [report.state for report in send_due(archive, outbox, settings, now)] == ["sent"]
    room = load_newsrooms(now)[0]
    late = replace(room.pieces[0], key="late", news_id=999, headline="خبری که دیر رسید", published_at=now - timedelta(hours=3))
    tomorrow = now + timedelta(days=1)
    add(archive, replace(raw_of(late, room), fetched_at=now + timedelta(hours=1)), late)
    changed = room.edited(tomorrow).pieces
    ebus = next(piece for piece in changed if piece.key == "ebus")
    add(archive, replace(raw_of(ebus, room), fetched_at=now + timedelta(hours=2)), ebus)
    settle(archive, tomorrow)
    send_due(archive, outbox, settings, tomorrow)
    text = outbox.letters[1][1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "خبری که دیر رسید" in text
    assert "۲۸ اتوبوس برقی به خطوط تندرو مشهد پیوست (نمونهٔ خبر شهر)، پیش‌تر: ۲۴ اتوبوس برقی" in text
    assert subscription.id == 1


def test_a_digest_waits_for_articles_that_are_still_being_read_but_not_for_ever(
    archive: Archive, settings: Settings, now: datetime
) -> None:
    archive.people.add_subscription("خبر", "", ["a@b.org"], now=now - timedelta(minutes=2))
    room = load_newsrooms(now)[0]
    archive.articles.save(replace(raw_of(room.pieces[0], room), news_id="1", url="http://x.invalid/1", canonical_url="http://x.invalid/1"))
    assert send_due(archive, MemoryOutbox(), settings, now) == []
    assert [report.state for report in send_due(archive, MemoryOutbox(), settings, now + timedelta(minutes=30))] == ["sent"]


def test_an_empty_day_is_one_honest_line_or_nothing(empty_archive: Archive, settings: Settings, now: datetime) -> None:
    empty_archive.people.add_subscription("با خط", "", ["a@b.org"], now=now - timedelta(minutes=2))
    empty_archive.people.add_subscription("بی خط", "", ["c@d.org"], when_empty="nothing", now=now - timedelta(minutes=2))
    outbox = MemoryOutbox()
    send_due(empty_archive, outbox, settings, now)
    assert [receiver for receiver, _message in outbox.letters] == ["a@b.org"]
    message = outbox.letters[0][1]
    assert message["Subject"] == "با خط، سه‌شنبه ۳ آذر ۱۴۰۵: خبر تازه‌ای نبود"
    assert "در این بازه خبر تازه‌ای به رصد نرسید." in message.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert send_due(empty_archive, outbox, settings, now) == []


def test_a_speaker_of_the_register_is_called_by_name(archive: Archive, settings: Settings, now: datetime) -> None:
    found = gather(Desk(archive, settings, now), EVERYTHING, window_of_day(EVERYTHING, now.date()))
    article = next(one for one in found.articles if one.annotations and one.annotations.quotes)
    assert article.annotations is not None
    quotes = tuple(replace(quote, speaker="رامین کیانی‌مهر", speaker_id="deputy-finance") for quote in article.annotations.quotes)
    known = replace(article, annotations=replace(article.annotations, quotes=quotes))
    speakers = select(replace(found, articles=[known], speakers=[("deputy-finance", 2), ("مهناز صدرایی", 1)])).speakers
    assert [(figure.label, figure.value) for figure in speakers] == [("رامین کیانی‌مهر", 2), ("مهناز صدرایی", 1)]
    assert "deputy-finance" in speakers[0].url


def test_links_say_tehran_minutes_and_survive_an_open_quotation() -> None:
    window = Window(datetime.fromisoformat("2026-11-23T03:00:00+00:00"), datetime.fromisoformat("2026-11-24T03:00:00+00:00"))
    links = Links("https://rasad.example", '"باز', window)
    query = parse_qs(urlsplit(links.search("tone:negative")).query)["q"][0]
    assert query == 'from:1405/09/02T06:30 to:1405/09/03T06:30 tone:negative is:relevant ("باز)'
    assert minute(window.until) == "1405/09/03T06:30"


def test_long_text_ends_after_a_word() -> None:
    assert shortened("سه ایستگاه، تازه", 11) == "سه ایستگاه…"
    assert shortened("کوتاه", 11) == "کوتاه"


def test_hostile_words_stay_words(empty_archive: Archive, settings: Settings, now: datetime) -> None:
    room = load_newsrooms(now)[0]
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}[[unsubscribe]]'
    piece = replace(room.pieces[0], headline=evil, lead=evil, paragraphs=(evil, f"{evil} می‌خواهیم", evil))
    fill(empty_archive, now, [replace(room, key=evil, name=evil, pieces=(piece,))])
    mail = compose(select(gather(Desk(empty_archive, settings, now), Subscription(1, evil, "", ()), Window(now - timedelta(days=1), now))))
    tree = lxml_html.fromstring(mail.html)
    assert tree.xpath("//script") == []
    assert not [image for image in tree.iter("img") if not image.get("src").startswith("cid:")]
    assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on")]
    assert "{{ 7 * 7 }}" in "".join(tree.itertext())


def test_what_is_marked_irrelevant_is_in_no_digest(archive: Archive, settings: Settings, now: datetime) -> None:
    window = window_of_day(EVERYTHING, now.date())
    before = select(gather(Desk(archive, settings, now), EVERYTHING, window))
    story = before.stories[0]
    members = archive.groups.members(int(story.url.rsplit("/", 1)[1]))
    archive.articles.correct(members, ("relevant", False), "سارا", now)
    catch_up(archive)
    after = select(gather(Desk(archive, settings, now), EVERYTHING, window))
    assert story.headline not in [one.headline for one in after.stories]
    assert after.total < before.total
    for shown, search in _counted_links(
        preview(archive, settings, archive.people.add_subscription("x", "", ["a@b.org"], now=now).id, now).html
    ):
        assert archive.search.search(SearchRequest(parse_query(search, now=now), fold=False)).total == shown
