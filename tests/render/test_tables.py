import csv
import io
import json
import zipfile
from dataclasses import replace

import pytest

from core.records import Article
from render.shapes import article_json
from render.tables import BOM, COLUMNS, table_pieces, write_table
from tests.desk import NOW, labels_of, raw, tone_of

ARTICLES = [Article(number, raw(number), NOW, number) for number in (1, 2, 3)]


def written(format: str, articles: list[Article]) -> tuple[int, bytes]:
    stream = io.BytesIO()
    return write_table(format, articles, stream), stream.getvalue()  # type: ignore[arg-type]


def test_persian_csv_opens_in_excel() -> None:
    """Complaint row 28: UTF-8 with BOM, one row an article, Persian headings."""
    rows, data = written("csv", ARTICLES)
    assert rows == 3
    text = data.decode("utf-8")
    assert text.startswith(BOM)
    lines = list(csv.reader(io.StringIO(text[1:])))
    assert lines[0] == list(COLUMNS)
    assert [line[0] for line in lines[1:]] == ["1", "2", "3"]
    assert lines[1][2] == ARTICLES[0].raw.headline
    assert lines[1][7] == "1405/09/03"


def test_xlsx_is_a_real_right_to_left_workbook() -> None:
    """Complaint row 28."""
    rows, data = written("xlsx", ARTICLES)
    assert rows == 3
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert 'rightToLeft="1"' in sheet
    assert sheet.count("<row ") == 4
    assert ARTICLES[0].raw.headline in sheet


def test_ndjson_has_the_shape_of_an_export_line() -> None:
    rows, data = written("ndjson", ARTICLES)
    assert rows == 3
    assert [json.loads(line) for line in data.splitlines()] == [article_json(article) for article in ARTICLES]


@pytest.mark.parametrize("headline", ["=1+1", "+cmd", "-2", "@SUM(A1)", "\t=1"])
def test_no_cell_is_run_as_a_formula(headline: str) -> None:
    hostile = [replace(ARTICLES[0], raw=raw(9, headline=headline))]
    _, data = written("csv", hostile)
    assert list(csv.reader(io.StringIO(data.decode("utf-8"))))[1][2] == "'" + headline
    _, book = written("xlsx", hostile)
    with zipfile.ZipFile(io.BytesIO(book)) as sheets:
        assert "<f>" not in sheets.read("xl/worksheets/sheet1.xml").decode()


def test_an_empty_table_still_has_its_headings() -> None:
    assert written("csv", [])[1].decode("utf-8") == BOM + ",".join(COLUMNS) + "\r\n"
    assert written("xlsx", [])[0] == 0


def test_rows_are_sent_while_the_articles_are_still_read() -> None:
    """Complaint row 9: an export does not hold the whole answer in memory."""
    read: list[int] = []

    def articles():  # type: ignore[no-untyped-def]
        for article in ARTICLES:
            read.append(article.id)
            yield article

    pieces = table_pieces("csv", articles())
    next(pieces)
    next(pieces)
    assert read == [1]


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="no such format"):
        written("doc", [])


def test_labels_are_told_in_persian() -> None:
    said = replace(labels_of_sample(), tone=tone_of("negative", ("negative", "neutral", "positive")))
    _, data = written("csv", [replace(ARTICLES[0], annotations=said)])
    assert "منفی" in data.decode("utf-8")


def labels_of_sample():  # type: ignore[no-untyped-def]
    from samples.pieces import load_newsrooms

    return labels_of(load_newsrooms(NOW)[0].pieces[0])
