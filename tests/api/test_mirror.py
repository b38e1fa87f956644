"""A mirror client of the change feed, as another municipal system would write it, against a service that is restarted under it."""

import json
import random
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

from app.web import create_app
from core.settings import Settings
from render.shapes import article_json
from samples.pieces import load_newsrooms
from store.archive import Archive
from tests.browser import served
from tests.conftest import SOAK
from tests.desk import NOW, labels_of, open_filled, raw

OPERATIONS = 2000 if SOAK else 250


class Mirror:
    """A copy of the archive in a file of its own; it holds nothing in memory, so that it may end at any moment."""

    def __init__(self, path: Path, key: str) -> None:
        self._path = path
        self._headers = {"Authorization": f"Bearer {key}"}
        self.requests = 0
        with closing(sqlite3.connect(path)) as file, file:
            file.execute("CREATE TABLE IF NOT EXISTS articles (id INTEGER PRIMARY KEY, document TEXT)")
            file.execute("CREATE TABLE IF NOT EXISTS place (seq INTEGER)")

    def step(self, base: str, crash: Callable[[], None]) -> bool:
        """Asks once and applies the answer together with the new place; True when nothing is missing. ``crash`` may raise anywhere."""
        with closing(sqlite3.connect(self._path)) as file, file:
            place = (file.execute("SELECT seq FROM place").fetchone() or (0,))[0]
            self.requests += 1
            answer = httpx.get(f"{base}/api/v1/changes", params={"after": place, "limit": 15}, headers=self._headers, timeout=20)
            page = answer.raise_for_status().json()
            crash()
            for change in page["changes"]:
                if change["article"] is None:
                    file.execute("DELETE FROM articles WHERE id = ?", (change["article_id"],))
                else:
                    row = (change["article_id"], json.dumps(change["article"]))
                    file.execute("INSERT OR REPLACE INTO articles VALUES (?, ?)", row)
            crash()
            file.execute("DELETE FROM place")
            file.execute("INSERT INTO place VALUES (?)", (page["next_after"],))
        return bool(page["next_after"] == page["newest_seq"])

    def articles(self) -> dict[int, Any]:
        """The mirrored articles by their number."""
        with closing(sqlite3.connect(self._path)) as file:
            return {id: json.loads(document) for id, document in file.execute("SELECT id, document FROM articles")}


class Crash(Exception):
    """The client's process ends here."""


def _write(archive: Archive, dice: random.Random, done: threading.Event) -> None:
    """Articles arrive, are edited, annotated, relabelled, regrouped and withdrawn."""
    said = labels_of(load_newsrooms(NOW)[0].pieces[0])
    for number in range(OPERATIONS):
        id = dice.randint(1, archive.articles.count())
        match dice.randrange(6):
            case 0:
                archive.articles.save(raw(1000 + number))
            case 1:
                archive.articles.save(raw(1000 + dice.randrange(max(1, number)), headline=f"تیتر تازهٔ {number}"))
            case 2:
                archive.articles.annotate(id, archive.articles.get(id).revision, said, NOW)
            case 3:
                archive.articles.correct([id], ("tone", dice.choice(["negative", "neutral", "positive"])), "آزمون", NOW)
            case 4:
                archive.articles.undo_correction([id], "tone", NOW)
            case _:
                if dice.random() < 0.3:
                    archive.articles.withdraw(id, NOW)
        time.sleep(0.01)
    done.set()


def test_a_mirror_is_equal_whatever_is_restarted(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    archive, _ = open_filled(tmp_path / "archive")
    app = create_app(archive, Settings(data=tmp_path / "archive", requests_per_minute=10**6), clock=lambda: NOW)
    key = archive.keys.add("mirror", ("read",), "test", NOW)[0]
    done, crashes, restarts, requests = threading.Event(), 0, 0, 0

    def crash() -> None:
        if not done.is_set() and (crashes == 0 or dice.random() < 0.15):
            raise Crash

    writer = threading.Thread(target=_write, args=(archive, random.Random(seed + 1), done))
    writer.start()
    mirror, complete = Mirror(tmp_path / "mirror.sqlite", key), False
    while not complete:
        with served(app) as base:
            stop_at = time.monotonic() + dice.uniform(0.05, 0.5)
            while not complete and (time.monotonic() < stop_at or done.is_set()):
                try:
                    finished = done.is_set()
                    complete = mirror.step(base, crash) and finished
                except Crash:
                    crashes, requests = crashes + 1, requests + mirror.requests
                    mirror = Mirror(tmp_path / "mirror.sqlite", key)
        restarts += 1
    writer.join()
    standing = {article.id: article_json(article) for article in archive.articles.walk() if article.withdrawn_at is None}
    assert mirror.articles() == standing
    print(f"{OPERATIONS} writes, {requests + mirror.requests} requests, {restarts} services, {crashes} crashes of the mirror")  # noqa: T201
    assert crashes > 0
    assert restarts > 1
    archive.close()


def test_a_request_for_changes_is_refused_without_a_key(tmp_path: Path) -> None:
    archive, _ = open_filled(tmp_path)
    with served(create_app(archive, Settings(data=tmp_path))) as base:
        assert httpx.get(f"{base}/api/v1/changes").status_code == 401
    archive.close()
