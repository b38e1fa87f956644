"""Articles as files: NDJSON for programs, CSV that Excel opens in Persian, and XLSX. One row an article, streamed."""

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Any, BinaryIO, Literal

from core.dates import TEHRAN, jalali_numeric
from core.records import Article
from render.shapes import article_json, moment
from render.words import tone_name, topic_name

Format = Literal["ndjson", "csv", "xlsx"]
FORMATS: tuple[Format, ...] = ("ndjson", "csv", "xlsx")
MEDIA_TYPES = {
    "ndjson": "application/x-ndjson; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
BOM = "\ufeff"
COLUMNS = (
    "شناسه",
    "رسانه",
    "تیتر",
    "روتیتر",
    "لید",
    "متن",
    "بخش",
    "تاریخ",
    "ساعت",
    "لحن",
    "لحن نسبت به شهر",
    "موضوع‌ها",
    "مرتبط",
    "گروه بازنشر",
    "زمان (UTC)",
    "نشانی",
)
_SHEET_ROWS = 1_048_575  # Excel's limit, without the heading
_CELL = 32_767  # Excel's limit of characters in a cell


def write_table(format: Format, articles: Iterable[Article], stream: BinaryIO) -> int:
    """Write the articles in their order; returns how many rows were written, headings aside. Raises ValueError for another format."""
    if format == "xlsx":
        return _write_xlsx(articles, stream)
    rows = -1 if format == "csv" else 0
    for piece in table_pieces(format, articles):
        stream.write(piece)
        rows += 1
    return rows


def table_pieces(format: Format, articles: Iterable[Article]) -> Iterator[bytes]:
    """The file in pieces, one for each row (CSV: one before them for the headings), to be sent while it is made.

    XLSX is a ZIP and cannot be sent before its end: it is made in a temporary file and then given in pieces of 64 KiB.
    """
    if format == "ndjson":
        for article in articles:
            yield json.dumps(article_json(article), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    elif format == "csv":
        yield _csv_line(list(COLUMNS), BOM)
        for article in articles:
            yield _csv_line([_no_formula(str(cell)) for cell in row(article)])
    elif format == "xlsx":
        with tempfile.TemporaryFile() as file:
            _write_xlsx(articles, file)
            file.seek(0)
            while piece := file.read(65_536):
                yield piece
    else:
        raise ValueError(f"no such format: {format}")


def row(article: Article) -> list[str | int]:
    """The cells of one article in the order of ``COLUMNS``: Jalali date and Tehran time, labels in Persian ("" until tagged)."""
    raw, labels = article.raw, article.annotations
    there = raw.published_at and raw.published_at.astimezone(TEHRAN)
    return [
        article.id,
        raw.outlet,
        raw.headline,
        raw.kicker,
        raw.lead,
        raw.body,
        raw.section,
        jalali_numeric(there.date()) if there else "",
        there.strftime("%H:%M") if there else "",
        tone_name(labels.tone.label) if labels else "",
        tone_name(labels.city_tone.label) if labels else "",
        "، ".join(_topics(article)),
        "بله" if article.relevant else "نه",
        article.reprint_group,
        moment(raw.published_at) or "",
        raw.url,
    ]


def _topics(article: Article) -> list[str]:
    """The names of its topics, then of the user's own ones."""
    said = article.annotations.topics if article.annotations else ()
    return [*(topic_name(topic.id) for topic in said), *(name for _, name in article.user_topics)]


def _csv_line(cells: list[str], before: str = "") -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return (before + line.getvalue()).encode("utf-8", "replace")


def _no_formula(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula gets an apostrophe: «=1+1» → «'=1+1»."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _write_xlsx(articles: Iterable[Article], stream: IO[bytes]) -> int:
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    count = 0
    with xlsxwriter.Workbook(stream, options) as book:
        heading = book.add_format({"bold": True, "bottom": 1})
        sheet = None
        for article in articles:
            if sheet is None or count % _SHEET_ROWS == 0:
                sheet = _add_sheet(book, heading)
            for column, cell in enumerate(row(article)):
                if isinstance(cell, int):
                    sheet.write_number(count % _SHEET_ROWS + 1, column, cell)
                else:
                    sheet.write_string(count % _SHEET_ROWS + 1, column, cell[:_CELL])
            count += 1
        if sheet is None:
            _add_sheet(book, heading)
    return count


def _add_sheet(book: Any, heading: Any) -> Any:
    """A right-to-left sheet with a frozen heading (xlsxwriter has no types)."""
    sheet = book.add_worksheet()
    sheet.right_to_left()
    sheet.freeze_panes(1, 0)
    sheet.set_column(2, 5, 40)
    sheet.set_column(6, 14, 14)
    sheet.write_row(0, 0, COLUMNS, heading)
    return sheet
