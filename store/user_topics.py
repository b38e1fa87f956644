"""The user's own topics as ``topics.toml`` tells them: id, name and the query whose articles have the topic."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2s
from pathlib import Path
from typing import Any

from core.errors import BadQuery, SettingError
from core.records import TOPICS
from store.query import parse_query
from store.query_tree import Everything, Nothing, Query
from store.query_words import CLOSED, plain
from store.vocabulary import UserTopic, Vocabulary

MOST_TOPICS = 100
LONGEST_NAME = 60
_ID = re.compile(r"[a-z][a-z0-9_]{1,39}")
_FIELDS = ("id", "name", "query")
_NOWS = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC))


def read_user_topics(path: Path, words: Vocabulary) -> tuple[UserTopic, ...]:
    """The ``[[topics]]`` rows of a file; () when there is none. Raises SettingError naming row and field for the first wrong thing.

    ``words`` are the outlets that a query may name. A query may use the 19 topics, and no other user topic or relative date.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise SettingError(str(path), "", f"cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(str(path), "", f"is not TOML: {error}") from None
    rows = document.get("topics", [])
    if not isinstance(rows, list) or set(document) - {"topics"}:
        raise SettingError(str(path), sorted(document), "must hold [[topics]] rows only")
    if len(rows) > MOST_TOPICS:
        raise SettingError(str(path), len(rows), f"must hold {MOST_TOPICS} topics at most")
    topics = tuple(_read_row(f"{path.name} row {number}", row, words) for number, row in enumerate(rows, start=1))
    _refuse_twins(path.name, topics)
    return topics


def _read_row(place: str, row: object, words: Vocabulary) -> UserTopic:
    if not isinstance(row, dict):
        raise SettingError(place, row, "must be a table")
    place = f"{place} ({row.get('id', '?')})"
    for name in row:
        if name not in _FIELDS:
            raise SettingError(f"{place} {name}", row[name], "is no field of a topic")
    id, name, query = (_text(place, row, field) for field in _FIELDS)
    if not _ID.fullmatch(id) or id in TOPICS:
        raise SettingError(f"{place} id", id, "must be small Latin letters, digits and _, and none of the built-in topics")
    if len(name) > LONGEST_NAME or plain(name) in CLOSED["topic"]:
        raise SettingError(f"{place} name", name, f"must be no name of a built-in topic and have {LONGEST_NAME} letters at most")
    return UserTopic(id, name, *_read_query(f"{place} query", query, words))


def _text(place: str, row: dict[str, Any], field: str) -> str:
    value = row.get(field, "")
    if not isinstance(value, str) or not value.strip():
        raise SettingError(f"{place} {field}", value, "must be a text")
    return value.strip()


def _read_query(place: str, text: str, words: Vocabulary) -> tuple[Query, str]:
    """The query and the mark of its meaning."""
    try:
        first, later = (parse_query(text, now=now, words=replace(words, topics=())) for now in _NOWS)
    except BadQuery as error:
        raise SettingError(place, text, f"cannot be read at position {error.position}: {error.persian}") from None
    if first.root != later.root:
        raise SettingError(place, text, "must not hold a relative date such as «امروز»: a topic is matched once")
    if isinstance(first.root, Everything | Nothing):
        raise SettingError(place, text, "must ask for something")
    return first, blake2s(repr(first.root).encode(), digest_size=8).hexdigest()


def _refuse_twins(file: str, topics: Iterable[UserTopic]) -> None:
    seen: set[str] = set()
    for number, topic in enumerate(topics, start=1):
        for field, value in (("id", topic.id), ("name", topic.name)):
            key = plain(value).replace(" ", "")
            if key in seen:
                raise SettingError(f"{file} row {number} ({topic.id}) {field}", value, "stands there twice")
            seen.add(key)
