"""Back-fills: how far sitemaps and archives are read, resuming, and the estimate."""

from collections import Counter
from datetime import datetime, timedelta

from core.dates import jalali, tehran_day, utc_now
from core.outcomes import Outcome
from crawler.backfill import Progress, progress_of
from tests.crawler.crawling import Crawl
from tests.crawler.replica import Asked, Replica, Reply
from tests.crawler.replica_pages import make_stories


def _day(moment: datetime) -> str:
    return tehran_day(moment).isoformat()


def test_sitemaps_are_read_seven_days_back_and_further_when_asked(replica: Replica, crawl: Crawl) -> None:
    now = utc_now()
    site = replica.site("iran_samaneh", make_stories(30, now, days=30))
    crawl.write_outlets([site.row(feeds=[])])

    usual = crawl.run().counts
    assert 6 <= usual[Outcome.STORED] <= 9
    assert crawl.run().rows == []

    told = crawl.run(since=_day(now - timedelta(days=20)))
    assert 12 <= told.counts[Outcome.STORED] <= 15
    assert set(told.counts) == {Outcome.STORED}
    assert crawl.run(since=_day(now - timedelta(days=20))).rows == []


def test_a_sitemap_index_leads_only_to_the_sitemaps_of_the_time_asked_for(replica: Replica, crawl: Crawl) -> None:
    now = utc_now()
    site = replica.site("nastooh", make_stories(6, now, days=3))
    year = jalali(tehran_day(now))[0]
    locations = "".join(f"<sitemap><loc>{site.base}/sitemap/{one}/sitemap.xml</loc></sitemap>" for one in (year, year - 1, year - 2))
    replica.routes["/nastooh/sitemap.xml"] = Reply(body=f"<sitemapindex>{locations}</sitemapindex>".encode())
    replica.routes[f"/nastooh/sitemap/{year}/sitemap.xml"] = lambda _: site.answer(Asked("/nastooh/sitemap.xml.gz", {}))
    crawl.write_outlets([site.row(feeds=[])])

    assert crawl.run().counts == Counter({Outcome.STORED: 6})
    assert replica.count(f"/nastooh/sitemap/{year}/sitemap.xml") == 1
    assert replica.count(f"/nastooh/sitemap/{year - 2}/sitemap.xml") == 0


def test_dated_archives_are_walked_day_by_day_and_resumed_where_they_ended(replica: Replica, crawl: Crawl) -> None:
    now = utc_now()
    stories = make_stories(20, now, days=6)
    site = replica.site("wordpress", stories)

    def archive(asked: Asked) -> Reply:
        _, year, month, number, _, page = asked.path.removeprefix("/wordpress").split("/")
        day = (int(year), int(month), int(number))
        of_day = [story for story in stories if jalali(tehran_day(story.published_at)) == day]
        part = of_day[(int(page) - 1) * 2 : int(page) * 2]
        return Reply(body="".join(f'<a href="{site.url(story)}">{story.headline}</a>' for story in part).encode() or b"<html>x</html>")

    replica.fallback = Reply(404)
    for back in range(8):
        year, month, number = jalali(tehran_day(now - timedelta(days=back)))
        for page in range(1, 6):
            replica.routes[f"/wordpress/{year}/{month:02d}/{number:02d}/page/{page}"] = archive
    crawl.write_outlets([site.row(feeds=[], sitemaps=[], listings=["/{jy}/{jm}/{jd}/page/{page}"])])

    assert crawl.run(since=_day(now - timedelta(days=7))).counts == Counter({Outcome.STORED: 20})
    replica.log.clear()
    assert crawl.run(since=_day(now - timedelta(days=7))).rows == []
    asked_again = {asked.path.rpartition("/page/")[0] for asked in replica.log if "/page/" in asked.path}
    assert len(asked_again) <= 3  # the newest days may still grow; older ones were read to their end


def test_the_estimate_follows_the_measured_pace() -> None:
    assert progress_of(100, 300, 50) == Progress(100, 300, 2.0, timedelta(seconds=150))
    assert progress_of(100, 300, 50).share == 0.25
    assert progress_of(0, 300, 5).remaining is None
