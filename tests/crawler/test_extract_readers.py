"""Pages that are no HTML pages: REST posts, feed entries, channel messages."""

import json
from datetime import UTC, datetime

from core.records import Outlet
from crawler.extract import extract

NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
ZWNJ = "\u200c"


def _post(**changes: object) -> bytes:
    post = {
        "id": 812,
        "date": "1405-08-29T08:45:00",
        "date_gmt": "2026-11-20T05:15:00",
        "modified_gmt": "2026-11-20T06:00:00",
        "link": "https://www.sample.example/1405/nemune/",
        "title": {"rendered": "گزارش نمونه &#8211; بخش یک"},
        "content": {
            "rendered": "<p>به گزارش ایرنا به نقل از پلیس نمونه، بند یکم کتاب&zwnj;خانه.</p>\n<p>بند دوم.</p><p>انتهای پیام/</p>"
            "<figure><img src='/a.jpg'><figcaption>شرح</figcaption></figure>"
        },
        "excerpt": {"rendered": "<p>چکیدهٔ دست‌نویس نمونه.</p>"},
        "_embedded": {
            "author": [{"name": "نویسندهٔ نمونه"}],
            "wp:term": [[{"taxonomy": "category", "name": "شهری"}], [{"taxonomy": "post_tag", "name": "نمونه"}]],
        },
    } | changes
    return json.dumps(post, ensure_ascii=False).encode()


REST = Outlet("sobhe_toos", "صبح توس", "wordpress_rest", "https://www.sample.example")


def test_rest_post_becomes_an_article() -> None:
    raw = extract(_post(), "https://www.sample.example/1405/nemune/", REST, NOW)
    assert (raw.news_id, raw.headline) == ("812", "گزارش نمونه – بخش یک")
    assert raw.body.split("\n") == [f"به گزارش ایرنا به نقل از پلیس نمونه، بند یکم کتاب{ZWNJ}خانه.", "بند دوم."]
    assert (raw.agency, raw.quoted_agency, raw.byline, raw.section, raw.keywords) == (
        "ایرنا",
        "پلیس نمونه",
        "نویسندهٔ نمونه",
        "شهری",
        ("نمونه",),
    )
    assert (raw.published_at, raw.updated_at) == (datetime(2026, 11, 20, 5, 15, tzinfo=UTC), datetime(2026, 11, 20, 6, 0, tzinfo=UTC))
    assert raw.lead == "چکیدهٔ دست‌نویس نمونه."
    assert [(image.url, image.caption) for image in raw.images] == [("https://www.sample.example/a.jpg", "شرح")]


def test_rest_date_in_jalali_is_read_where_gmt_is_missing_and_a_made_excerpt_is_no_lead() -> None:
    raw = extract(
        _post(date_gmt="", excerpt={"rendered": "<p>به گزارش ایرنا به نقل از پلیس نمونه، بند […]</p>"}),
        "https://www.sample.example/x/",
        REST,
        NOW,
    )
    assert raw.published_at == datetime(2026, 11, 20, 5, 15, tzinfo=UTC)
    assert raw.lead == ""


def test_feed_entry_becomes_an_article_with_its_whole_text_where_the_feed_has_it() -> None:
    item = """<item xmlns:content="http://purl.org/rss/1.0/modules/content/"><title>گزارش نمونه</title><link>https://www.sample.example/x/</link>
    <description><![CDATA[<p>چکیدهٔ نمونه</p>]]></description>
    <content:encoded><![CDATA[<p>بند یکم کتاب&zwnj;خانه.</p><p>بند دوم.</p>]]></content:encoded>
    <category>شهری</category><category>نمونه</category><pubDate>19 Oct 2026 22:42:01 +0330</pubDate>
    <enclosure url="https://media.sample.example/1.jpg" type="image/jpeg"/></item>"""
    raw = extract(item.encode(), "https://www.sample.example/x/", Outlet("f", "نمونه", "rss", "https://www.sample.example"), NOW)
    assert (raw.headline, raw.lead, raw.body) == ("گزارش نمونه", "چکیدهٔ نمونه", f"بند یکم کتاب{ZWNJ}خانه.\nبند دوم.")
    assert (raw.section, raw.keywords, raw.published_at_source) == ("شهری", ("نمونه",), "feed")
    assert raw.published_at == datetime(2026, 10, 19, 19, 12, 1, tzinfo=UTC)
    assert raw.images[0].url == "https://media.sample.example/1.jpg"


def test_teaser_only_feed_says_so() -> None:
    item = "<item><title>نمونه</title><description>تنها یک چکیدهٔ نمونه</description><pubDate>Mon, 19 Oct 2026 19:32:47 GMT</pubDate></item>"
    raw = extract(item.encode(), "https://www.sample.example/news/12345", Outlet("f", "نمونه", "rss", "https://www.sample.example"), NOW)
    assert (raw.body, raw.news_id) == ("تنها یک چکیدهٔ نمونه", "12345")
    assert "teaser_only" in raw.flags


def _message(prefix: str, text: str) -> bytes:
    return f"""<div class="{prefix}_widget_message js-widget_message" data-post="sample_channel/321">
    <a class="{prefix}_widget_message_owner_name"><span>کانال نمونه</span></a>
    <a class="{prefix}_widget_message_reply"><div class="{prefix}_widget_message_text js-message_reply_text">پیام پیشین نمونه</div></a>
    <a class="{prefix}_widget_message_photo_wrap" style="width:800px;background-image: url('/file/1.jpg?token=x')"></a>
    <div class="{prefix}_widget_message_text js-message_text">{text}</div><span class="{prefix}_widget_message_views">1.2K</span>
    <a class="{prefix}_widget_message_date" href="#"><time datetime="2026-11-22T10:18:00+00:00">13:48</time></a></div>""".encode()


def test_channel_messages_become_articles() -> None:
    text = "<b>عنوان پیام نمونه</b><br/><br/>متن پیام دربارهٔ کتاب‌خانهٔ نمونه.<br/>#نمونه #شهر<br/>@sample_channel"
    for family, prefix, home in (("telegram", "tgme", "https://t.me"), ("eitaa", "etme", "https://eitaa.com")):
        outlet = Outlet("c", "کانال نمونه", family, f"{home}/sample_channel")
        raw = extract(_message(prefix, text), f"{home}/sample_channel/321", outlet, NOW)
        assert (raw.news_id, raw.headline) == ("321", "عنوان پیام نمونه")
        assert raw.body.split("\n") == ["عنوان پیام نمونه", f"متن پیام دربارهٔ کتاب{ZWNJ}خانهٔ نمونه.", "#نمونه #شهر"]
        assert raw.keywords == ("نمونه", "شهر")
        assert (raw.published_at, raw.published_at_source) == (datetime(2026, 11, 22, 10, 18, tzinfo=UTC), "time_element")
        assert raw.images[0].url == f"{home}/file/1.jpg?token=x"


def test_long_first_line_of_a_message_is_cut_to_a_headline() -> None:
    outlet = Outlet("c", "کانال نمونه", "telegram", "https://t.me/sample_channel")
    raw = extract(_message("tgme", "واژهٔ نمونه " * 60), "https://t.me/sample_channel/321", outlet, NOW)
    assert len(raw.headline.split()) == 13
    assert raw.headline.endswith("…")
