"""The names that searches may use, read from the configuration while a service runs."""

import json
import logging
import os
import shutil
from pathlib import Path

import pytest

from app.words import Words
from core.errors import SettingError
from core.settings import ROOT, Settings
from tests.app.rasad import rasad

TOPIC = '[[topics]]\nid = "parks"\nname = "بوستان‌ها"\nquery = "بوستان"\n'
OUTLET = '[[outlet]]\nkey = "toos"\nname = "صبح نمونه"\nbase_url = "https://toos.example"\n'


def configured(tmp_path: Path, topics: str) -> Path:
    folder = tmp_path / "config"
    folder.mkdir(exist_ok=True)
    shutil.copy(ROOT / "config" / "entities.toml", folder)
    (folder / "outlets.toml").write_text(OUTLET, encoding="utf-8")
    (folder / "topics.toml").write_text(topics, encoding="utf-8")
    return folder


def test_a_changed_file_is_read_again_and_a_bad_one_leaves_the_names_before(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = configured(tmp_path, TOPIC)
    words = Words(Settings(config=folder))
    assert words().name_of("topic", "parks") == "بوستان‌ها"
    assert words().find_outlets("صبح نمونه") == ("toos",)
    assert words() is words()
    with caplog.at_level(logging.ERROR):
        configured(tmp_path, TOPIC.replace("query", "colour"))
        assert [topic.id for topic in words().topics] == ["parks"]
        words()
    assert [record.message for record in caplog.records if "row 1 (parks) colour" in record.message] != []
    assert len(caplog.records) == 1
    configured(tmp_path, TOPIC.replace("parks", "gardens"))
    os.utime(folder / "topics.toml", ns=(1, 1))
    assert [topic.id for topic in words().topics] == ["gardens"]
    (folder / "topics.toml").unlink()
    assert words().topics == ()


def test_a_bad_file_refuses_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingError):
        Words(Settings(config=configured(tmp_path, "[[topics]]\n")))


def test_the_command_line_knows_topics_and_outlets_by_their_names(tmp_path: Path) -> None:
    """A topic reaches search, facets, the article's JSON and exports, also for articles that were there before it."""
    settings = {"RASAD_CONFIG": str(configured(tmp_path, ""))}
    line = {
        "outlet": "toos",
        "url": "https://toos.example/1",
        "headline": "بوستان تازه",
        "body": "گشایش بوستان",
        "published_at": "2026-11-23T10:00:00Z",
    }
    imported = rasad(tmp_path / "data", "import", "-", given=json.dumps(line), **settings)
    assert json.loads(imported.stdout)["outcome"] == "stored"
    configured(tmp_path, TOPIC)
    rasad(tmp_path / "data", "tag", **settings)
    for query in ("topic:parks", "موضوع:بوستان‌ها رسانه:صبح نمونه"):
        answer = json.loads(rasad(tmp_path / "data", "search", query, "--json", **settings).stdout)
        assert answer["total"] == 1
        assert {"value": "parks", "count": 1} in answer["facets"]["topic"]
    (row,) = (json.loads(text) for text in rasad(tmp_path / "data", "export", **settings).stdout.splitlines())
    assert row["user_topics"] == [{"id": "parks", "name": "بوستان‌ها"}]
    assert "بوستان‌ها" in rasad(tmp_path / "data", "export", "--format", "csv", **settings).stdout
    shown = json.loads(rasad(tmp_path / "data", "show", str(row["id"]), "--json", **settings).stdout)
    assert shown["user_topics"] == row["user_topics"]
    configured(tmp_path, TOPIC.replace("parks", "culture"))
    refused = rasad(tmp_path / "data", "search", "x", **settings)
    assert refused.returncode != 0
    assert "row 1 (culture) id" in refused.stderr
