"""Public previews of Telegram and Eitaa channels → one entry a message; the message's own HTML is the article's page."""

from datetime import datetime
from typing import Any

from lxml import html

from crawler.feeds import Entry, clean_link, parse_moment

_PREFIXES = {"telegram": "tgme", "eitaa": "etme"}
_HOMES = {"telegram": "https://t.me/", "eitaa": "https://eitaa.com/"}
MOST_MESSAGES = 200


def messages_in(body: bytes, family: str, now: datetime) -> list[Entry]:
    """The messages of a channel preview, each once (a forwarded one repeats its number); [] for another page."""
    prefix = _PREFIXES[family]
    if not body.strip():
        return []
    tree: Any = html.fromstring(body, parser=html.HTMLParser(encoding="utf-8", huge_tree=False))
    entries: dict[str, Entry] = {}
    for message in tree.xpath(f"//*[contains(concat(' ', @class, ' '), ' {prefix}_widget_message ')][@data-post]")[:MOST_MESSAGES]:
        post = message.get("data-post", "").strip("/")
        address = clean_link(post, _HOMES[family])
        moments = message.xpath(".//time/@datetime")
        if address and post not in entries:
            page = html.tostring(message, encoding="utf-8", with_tail=False)
            entries[post] = Entry(address, parse_moment(str(moments[-1]), now) if moments else None, page=page)
    return list(entries.values())
