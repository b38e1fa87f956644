"""Public previews of Telegram and Eitaa channels → one entry a message; the message's own HTML is the article's page."""

import re
from datetime import datetime
from typing import Any

from lxml import html

from core.records import Outlet
from crawler.feeds import Entry, clean_link, parse_moment

PREFIXES = {"telegram": "tgme", "eitaa": "etme"}
MOST_MESSAGES = 200
_POST = re.compile(r"([\w.-]{1,64})/(\d{1,12})")


def messages_in(body: bytes, outlet: Outlet, now: datetime) -> list[Entry]:
    """The messages of a channel preview, each once (a forwarded one repeats its number); [] for another page."""
    entries: dict[str, Entry] = {}
    for message in _messages(body, outlet)[:MOST_MESSAGES]:
        address = message_address(message.get("data-post", ""), outlet)
        moments = message.xpath(".//time/@datetime")
        if address and address not in entries:
            page = html.tostring(message, encoding="utf-8", with_tail=False)
            entries[address] = Entry(address, parse_moment(str(moments[-1]), now) if moments else None, page=page)
    return list(entries.values())


def message_address(post: str, outlet: Outlet) -> str:
    """The address of a message below the outlet's own host, "" for what is none.

    ``sample/7`` at ``https://t.me/s/Sample`` → ``https://t.me/Sample/7``; of another channel → its own name (not the outlet's address).
    """
    match = _POST.fullmatch(post.strip("/"))
    if match is None:
        return ""
    home, _, own = outlet.base_url.rstrip("/").rpartition("/")
    channel = own if match[1].casefold() == own.casefold() else match[1]
    return clean_link(f"{home.removesuffix('/s')}/{channel}/{match[2]}", outlet.base_url)


def older_page(body: bytes, outlet: Outlet) -> str:
    """The address of the page with the messages before these, as the preview's own link names it; "" on the oldest page."""
    if not body.strip():
        return ""
    numbers = [int(value) for value in _tree(body).xpath("//a/@data-before") if value.isascii() and value.isdigit()]
    return f"{outlet.base_url.rstrip('/')}?before={min(numbers)}" if numbers else ""


def _messages(body: bytes, outlet: Outlet) -> list[Any]:
    if not body.strip():
        return []
    kind = f"{PREFIXES[outlet.family]}_widget_message"
    found: list[Any] = _tree(body).xpath(f"//*[contains(concat(' ', @class, ' '), ' {kind} ')][@data-post]")
    return found


def _tree(body: bytes) -> Any:
    return html.fromstring(body, parser=html.HTMLParser(encoding="utf-8", huge_tree=False))
