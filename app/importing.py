"""One line of an import file → a raw article. Pure: no archive, no clock."""

import json
import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from core.dates import TEHRAN
from core.errors import BadDate, BadInput
from core.records import Outlet, RawArticle
from crawler.identity import canonical_address, news_id
from crawler.press_dates import parse_press_date

LINE_LIMIT = 8_000_000
HEADLINE_WORDS = 12
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def read_article(line: str, outlets: dict[str, Outlet], fetched_at: datetime) -> RawArticle:
    """The raw article that a JSON line gives: ``{"outlet","url","headline","lead"?,"body","published_at","byline"?,"section"?}``.

    An outlet that ``outlets`` does not hold becomes one known only by its key; an empty headline becomes the body's first
    twelve words. Raises BadInput naming the field and the value.
    """
    row = _object(line)
    url = _url(row)
    outlet = _outlet(row, outlets, url)
    body = paragraphs(_required(row, "body"))
    if not body:
        raise BadInput("body", row.get("body"), "must hold text", "متن خبر خالی است.")
    headline = _optional(row, "headline") or " ".join(body.split()[:HEADLINE_WORDS])
    canonical = canonical_address(url, outlet)
    return RawArticle(
        outlet=outlet.key,
        url=url,
        canonical_url=canonical,
        news_id=news_id(url, None, outlet) or canonical.partition("://")[2],
        headline=headline,
        body=body,
        fetched_at=fetched_at,
        published_at=read_moment(row, "published_at"),
        published_at_source="given",
        lead=_optional(row, "lead"),
        byline=_optional(row, "byline"),
        section=_optional(row, "section"),
    )


def paragraphs(text: str) -> str:
    """The paragraphs parted by one line end: ``"a\\r\\n\\r\\n b "`` → ``"a\\nb"``; characters inside a paragraph stay."""
    return "\n".join(line for line in (part.strip(" \t\r\f\v\xa0") for part in text.replace("\r", "\n").split("\n")) if line)


def read_moment(row: dict[str, Any], field: str) -> datetime:
    """An ISO 8601 time, or a date as the Persian press writes it; without a zone it is Tehran's. Raises BadInput."""
    text = _required(row, field).strip()
    try:
        moment = datetime.fromisoformat(text)
        if moment.year >= 1900:
            return moment if moment.tzinfo else moment.replace(tzinfo=TEHRAN)
    except ValueError:
        pass
    try:
        return parse_press_date(text)
    except BadDate as error:
        raise BadInput(field, text, "is no date that can be read", "تاریخ خوانده نشد.") from error


def _object(line: str) -> dict[str, Any]:
    if len(line) > LINE_LIMIT:
        raise BadInput("line", line[:40], f"is longer than {LINE_LIMIT} characters", "سطر بیش از اندازه بلند است.")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise BadInput("line", line[:80], "is not JSON", "این سطر JSON نیست.") from None
    if not isinstance(row, dict):
        raise BadInput("line", line[:80], "is not a JSON object", "این سطر یک شیء JSON نیست.")
    return row


def _required(row: dict[str, Any], field: str) -> str:
    value = row.get(field)
    if not isinstance(value, str) or not value.strip():
        raise BadInput(field, value, "must be text that is not empty", f"«{field}» باید متنی ناخالی باشد.")
    return _clean(value)


def _optional(row: dict[str, Any], field: str) -> str:
    value = row.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadInput(field, value, "must be text", f"«{field}» باید متن باشد.")
    return _clean(value).strip()


def _clean(text: str) -> str:
    """Lone surrogates and NUL cannot be stored anywhere: they become the replacement character."""
    return _UNSTORABLE.sub("\ufffd", text)


def _url(row: dict[str, Any]) -> str:
    url = _required(row, "url").strip()
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good or len(url) > 4000:
        raise BadInput("url", url, "must be an http or https address", "نشانی باید با http یا https آغاز شود.")
    return url


def _outlet(row: dict[str, Any], outlets: dict[str, Outlet], url: str) -> Outlet:
    key = _required(row, "outlet").strip()
    parts = urlsplit(url)
    return outlets.get(key) or Outlet(key=key, name=key, family="", base_url=f"{parts.scheme}://{parts.netloc}")
