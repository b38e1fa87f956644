"""Whole crawls of the replica: every family exactly, nothing twice, edits and deletions seen, only what is due fetched."""

from collections import Counter
from datetime import timedelta

from core.dates import utc_now
from core.outcomes import Outcome
from tests.crawler.crawling import Crawl
from tests.crawler.replica import Asked, Replica, Reply, full_replica
from tests.crawler.replica_pages import make_stories


def test_every_family_is_read_character_for_character(replica: Replica, crawl: Crawl) -> None:
    full_replica(replica, 36, utc_now())
    crawl.write_outlets(site.row() for site in replica.sites.values())

    told = crawl.run()

    stored = crawl.articles()
    assert told.counts == Counter({Outcome.STORED: 36})
    assert len(stored) == 36
    for family, site in replica.sites.items():
        for story in site.stories.values():
            raw = stored[family, str(story.number)].raw
            body = story.body if family != "wordpress" else f"{story.lead}\n{story.body}"
            assert (raw.headline, raw.body, raw.published_at) == (story.headline, body, story.published_at)


def test_a_second_run_fetches_only_what_is_new_or_changed_and_asks_feeds_conditionally(replica: Replica, crawl: Crawl) -> None:
    site = replica.site("nastooh", make_stories(8, utc_now()))
    crawl.write_outlets([site.row()])
    crawl.run()
    replica.log.clear()

    assert crawl.run().rows == []
    asked = [one for one in replica.log if one.path in ("/nastooh/feed", "/nastooh/sitemap.xml")]
    assert len(asked) == 2
    assert all("if-none-match" in one.headers for one in asked)

    fresh = make_stories(1, utc_now(), first=5000)[0]
    site.put(fresh)
    told = crawl.run()
    assert [row[1:] for row in told.rows] == [(_encoded(site.url(fresh)), "stored")]


def test_headline_edit_becomes_revision_not_second_article(replica: Replica, crawl: Crawl) -> None:
    """Complaint row 13: an edited headline gave a second entry; complaint row 26: no edit without an edited text."""
    story = make_stories(1, utc_now())[0]
    site = replica.site("nastooh", [story])
    crawl.write_outlets([site.row()])
    crawl.run()

    site.put(story.edited("بند نخست پس از ویرایش ساختگی."), changed=utc_now() + timedelta(seconds=1))
    assert crawl.run().counts == Counter({Outcome.EDITED: 1})
    site.put(site.stories[story.number], changed=utc_now() + timedelta(seconds=2))
    assert crawl.run().counts == Counter({Outcome.UNCHANGED: 1})

    with crawl.archive() as archive:
        assert archive.articles.count() == 1
        article = next(archive.articles.walk())
        assert article.revision == 2
        assert article.raw.body.startswith("بند نخست پس از ویرایش ساختگی.")


def test_a_page_that_changes_around_its_text_is_no_edit(replica: Replica, crawl: Crawl) -> None:
    """Complaint row 26: "no changes, but change detected": tickers, related boxes, white space and letter forms are no edit."""
    story = make_stories(1, utc_now())[0]
    site = replica.site("nastooh", [story])
    crawl.write_outlets([site.row()])
    crawl.run()

    page = site.answer_to(story)
    around = page.replace("خبر مرتبط".encode(), "خبر مرتبطی دیگر".encode()).replace(b"</article>", b"<div class='ads'>ad 7</div></article>")
    rewritten = around.replace("ی".encode(), "ي".encode()).replace(b"<p>", b"<p>\n&nbsp; ")
    assert rewritten != page
    replica.routes[site.path(story)] = Reply(body=rewritten)
    site.changed[story.number] = utc_now() + timedelta(seconds=1)

    assert crawl.run().counts == Counter({Outcome.UNCHANGED: 1})
    with crawl.archive() as archive:
        assert next(archive.articles.walk()).revision == 1


def test_a_deleted_article_is_withdrawn_after_two_misses(replica: Replica, crawl: Crawl) -> None:
    stories = make_stories(3, utc_now())
    site = replica.site("iran_samaneh", stories)
    crawl.write_outlets([site.row()])
    crawl.run()

    gone = stories[1]
    site.delete(gone.number)
    site.changed[gone.number] = utc_now() + timedelta(seconds=1)
    assert crawl.run().of(_encoded(site.url(gone))) == [Outcome.SOFT_404]
    site.changed[stories[0].number] = utc_now() + timedelta(seconds=1)
    told = crawl.run(wait=6)

    assert told.of(_encoded(site.url(gone)))[-1] is Outcome.GONE
    articles = crawl.articles()
    assert articles["iran_samaneh", str(gone.number)].withdrawn_at is not None
    assert sum(article.withdrawn_at is not None for article in articles.values()) == 1


def test_a_site_that_finds_nothing_any_more_withdraws_nothing(replica: Replica, crawl: Crawl) -> None:
    stories = make_stories(3, utc_now())
    site = replica.site("iran_samaneh", stories)
    crawl.write_outlets([site.row()])
    crawl.run()

    for story in stories:
        site.delete(story.number)
        site.changed[story.number] = utc_now() + timedelta(seconds=1)
    told = crawl.run(wait=4)

    for story in stories:
        missed = told.of(_encoded(site.url(story)))
        assert len(missed) >= 2
        assert set(missed) == {Outcome.SOFT_404}
    assert all(article.withdrawn_at is None for article in crawl.articles().values())


def test_all_forms_of_an_address_are_one_article(replica: Replica, crawl: Crawl) -> None:
    """Complaint row 13: identity is the news id, not the address: slug, slug-less, AMP, tracker and alias forms are one."""
    story = make_stories(1, utc_now())[0]
    site = replica.site("nastooh", [story])
    forms = [site.url(story), f"{site.base}/news/{story.number}", f"{site.base}/amp/{story.number}/", f"{site.url(story)}?utm_source=x"]
    alias = site.base.replace("127.0.0.1", "localhost") + f"/news/{story.number}"
    items = "".join(f"<item><title>x</title><link>{form}</link></item>" for form in (*forms, alias))
    replica.routes["/nastooh/feed"] = Reply(body=f"<rss><channel>{items}</channel></rss>".encode())
    crawl.write_outlets([site.row(sitemaps=[], aliases=[site.base.replace("127.0.0.1", "localhost").removeprefix("http://")])])

    assert crawl.run().counts == Counter({Outcome.STORED: 1})
    assert crawl.run().rows == []


def test_a_short_link_is_resolved_once_and_then_known_as_the_same_article(replica: Replica, crawl: Crawl) -> None:
    story = make_stories(1, utc_now(), first=31000)[0]
    site = replica.site("wordpress", [story])
    replica.routes["/wordpress/kootah-link-yek/"] = Reply(301, headers={"Location": site.url(story)})
    items = "".join(f"<item><link>{link}</link></item>" for link in (site.url(story), f"{site.base}/kootah-link-yek/"))
    replica.routes["/wordpress/feed"] = Reply(body=f"<rss><channel>{items}</channel></rss>".encode())
    crawl.write_outlets([site.row(sitemaps=[])])

    told = crawl.run()

    assert told.counts == Counter({Outcome.STORED: 1, Outcome.DUPLICATE_ADDRESS: 1})
    assert len(crawl.articles()) == 1


def test_several_outlets_on_one_host_are_told_apart_by_prefix(replica: Replica, crawl: Crawl) -> None:
    first, second = make_stories(2, utc_now(), first=1000), make_stories(2, utc_now(), first=1000, seed=9)
    one, two = replica.site("nastooh", first), replica.site("asam", second)
    crawl.write_outlets([one.row(), two.row()])

    crawl.run()

    stored = crawl.articles()
    assert {key: article.raw.body for key, article in stored.items()} == {
        (site.family, str(story.number)): story.body for site, stories in ((one, first), (two, second)) for story in stories
    }


def test_other_sections_are_left_out_with_and_without_a_fetch(replica: Replica, crawl: Crawl) -> None:
    stories = make_stories(3, utc_now())
    site = replica.site("nastooh", stories)
    categories = ("استانها &gt; خراسان رضوی", "استانها &gt; گیلان", "")
    items = "".join(
        f"<item><link>{site.url(story)}</link>{f'<category>{name}</category>' if name else ''}</item>"
        for story, name in zip(stories, categories, strict=True)
    )
    replica.routes["/nastooh/feed"] = Reply(body=f"<rss><channel>{items}</channel></rss>".encode())
    crawl.write_outlets([site.row(sitemaps=[], sections=["خراسان‌رضوي"])])

    told = crawl.run()

    assert told.of(_encoded(site.url(stories[0]))) == [Outcome.STORED]
    assert told.of(_encoded(site.url(stories[1]))) == []
    assert told.of(_encoded(site.url(stories[2]))) == [Outcome.OTHER_SECTION]
    with crawl.archive() as archive:
        row = archive.ledger.coverage()[0]
        assert (row.known, row.read, row.left_out) == (3, 1, 2)


def test_listings_are_paged_until_all_is_known_although_new_articles_shift_them(replica: Replica, crawl: Crawl) -> None:
    stories = make_stories(25, utc_now())
    site = replica.site("nastooh", stories)
    shifted = [0]

    def listing(asked: Asked) -> Reply:
        number = int(asked.path.rpartition("=")[2])
        # Between two pages two articles arrive: the next page repeats the last two of the one before.
        start = max(0, (number - 1) * 10 - shifted[0])
        shifted[0] += 2
        part = stories[start : start + 10]
        return Reply(body="".join(f'<a href="{site.url(story)}">{story.headline}</a>' for story in part).encode() or b"<html></html>")

    for number in range(1, 8):
        replica.routes[f"/nastooh/archive?pi={number}"] = listing
    crawl.write_outlets([site.row(feeds=[], sitemaps=[], listings=["/archive?pi={page}"])])

    assert crawl.run().counts == Counter({Outcome.STORED: 25})


def _encoded(url: str) -> str:
    from w3lib.url import safe_url_string

    return str(safe_url_string(url))
