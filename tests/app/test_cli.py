"""The commands that other programs use: JSON lines in, JSON lines out."""

import json
from pathlib import Path

import pytest

from core.settings import ROOT
from tests.app.rasad import rasad

ARTICLE = {
    "outlet": "nemuneh",
    "url": "https://example.org/news/{}",
    "headline": "شهرداری نمونه بوستان تازه‌ای گشود",
    "body": "به گزارش نمونه، شهردار مشهد گفت: بوستان محله آماده است.\nشهروندان خواستار روشنایی بیشتر شدند.",
    "published_at": "2026-11-23T10:00:00+03:30",
}


def lines(*rows: object) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def test_import_answers_every_line_and_twice_stores_nothing_twice(tmp_path: Path) -> None:
    good = [{**ARTICLE, "url": f"https://example.org/news/{number}", "body": ARTICLE["body"] + f"\nبند {number}."} for number in range(3)]
    file = tmp_path / "in.jsonl"
    file.write_text(lines(good[0]) + "{broken\n" + lines({**good[1], "published_at": "never"}, good[1], good[2]), encoding="utf-8")
    first = rasad(tmp_path / "data", "import", str(file))
    answers = [json.loads(line) for line in first.stdout.splitlines()]
    assert first.returncode == 0, first.stderr
    assert [answer["line"] for answer in answers] == [1, 2, 3, 4, 5]
    assert [answer["outcome"] for answer in answers] == ["stored", "rejected", "rejected", "stored", "stored"]
    assert (answers[1]["field"], answers[2]["field"]) == ("line", "published_at")
    again = rasad(tmp_path / "data", "import", str(file))
    assert [json.loads(line)["outcome"] for line in again.stdout.splitlines()] == [
        "unchanged",
        "rejected",
        "rejected",
        "unchanged",
        "unchanged",
    ]
    exported = [json.loads(line) for line in rasad(tmp_path / "data", "export", "--format", "ndjson").stdout.splitlines()]
    assert len(exported) == 3
    assert all(row["annotations"]["tone"]["label"] for row in exported)
    assert all(isinstance(row["reprint_group"], int) for row in exported)


def test_import_without_tagging_is_searchable_at_once_and_tagged_later(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(lines(ARTICLE), encoding="utf-8")
    assert rasad(tmp_path / "data", "import", str(file), "--no-tag").returncode == 0
    found = json.loads(rasad(tmp_path / "data", "search", "بوستان", "--json").stdout)
    assert (found["total"], found["hits"][0]["tone"]) == (1, None)
    assert rasad(tmp_path / "data", "tag").returncode == 0
    assert json.loads(rasad(tmp_path / "data", "search", "بوستان", "--json").stdout)["hits"][0]["tone"]


def test_unreadable_import_file_ends_with_status_two(tmp_path: Path) -> None:
    done = rasad(tmp_path / "data", "import", str(tmp_path / "nowhere.jsonl"))
    assert (done.returncode, done.stdout) == (2, "")


def test_annotate_gives_one_line_per_line_in_order_and_an_error_in_place(tmp_path: Path) -> None:
    body = ARTICLE["body"]
    done = rasad(
        tmp_path / "data",
        "annotate",
        given=lines({"id": "a", "headline": ARTICLE["headline"], "body": body})
        + "nonsense\n"
        + lines({"id": 3, "headline": "x"}, {"id": "d", "headline": "", "body": ""}),
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert [answer["id"] for answer in answers] == ["a", None, 3, "d"]
    assert answers[2]["error"]["field"] == "body"
    first = answers[0]
    assert set(first["tone"]["probabilities"]) == {"negative", "neutral", "positive"}
    assert set(first["city_tone"]["probabilities"]) == {"negative", "neutral", "positive", "none"}
    assert abs(sum(first["tone"]["probabilities"].values()) - 1) < 0.01
    for entity in first["entities"]:
        text = ARTICLE["headline"] if entity.get("field") == "headline" else body
        assert text[entity["start"] : entity["end"]] == entity["text"]
    for quote in first["quotes"]:
        assert body[quote["start"] : quote["end"]] == quote["content"]
    for demand in first["demands"]:
        assert body[demand["start"] : demand["end"]] == demand["text"]


def test_broken_text_never_stops_annotation(tmp_path: Path) -> None:
    hostile = ["\\ud800", "\\u202e" * 50, "0" * 20_000, "کلمه " * 5_000, "\\u0000"]
    given = "".join(f'{{"id":{number},"headline":"h","body":"{body}"}}\n' for number, body in enumerate(hostile))
    done = rasad(tmp_path / "data", "annotate", given=given)
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == list(range(len(hostile)))


def test_queries_file_gives_one_answer_a_line(tmp_path: Path) -> None:
    file, queries = tmp_path / "in.jsonl", tmp_path / "queries.txt"
    file.write_text(lines(ARTICLE), encoding="utf-8")
    queries.write_text("بوستان\nنیست‌درجهان\n", encoding="utf-8")
    rasad(tmp_path / "data", "import", str(file), "--no-tag")
    answers = [json.loads(line) for line in rasad(tmp_path / "data", "search", "--queries-file", str(queries)).stdout.splitlines()]
    assert [answer["total"] for answer in answers] == [1, 0]


def test_bad_setting_is_one_clear_line(tmp_path: Path) -> None:
    done = rasad(tmp_path, "search", "x", RASAD_POLL_SECONDS="soon")
    assert done.returncode == 2
    assert "RASAD_POLL_SECONDS" in done.stderr
    assert "soon" in done.stderr
    assert "Traceback" not in done.stderr


def test_another_python_is_refused_with_what_to_install(tmp_path: Path) -> None:
    import subprocess

    fake = tmp_path / "bin"
    fake.mkdir()
    for name in ("python3.13", "python3.12", "python3", "python"):
        (fake / name).write_text('#!/bin/sh\n[ "$1" = --version ] && { echo "Python 3.11.7"; exit 0; }\nexit 1\n')
        (fake / name).chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", str(ROOT / ".ci" / "make-venv"), str(tmp_path / "venv")],
        env={"PATH": str(fake)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "needs Python 3.12 or 3.13" in done.stderr
    assert "Install one of them" in done.stderr


def test_every_command_is_documented() -> None:
    import typer.main

    from app.cli import app

    readme = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    names = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    assert not [name for name in names if f"`rasad {name}" not in readme]


@pytest.mark.parametrize("name", ["crawl", "import", "search", "digest", "demo", "up"])
def test_help_of_a_command_needs_no_archive(tmp_path: Path, name: str) -> None:
    done = rasad(tmp_path / "data", name, "--help")
    assert done.returncode == 0
    assert not (tmp_path / "data").exists()
