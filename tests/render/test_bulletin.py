"""Bulletins as files: what is in them, and that Persian comes out of them as it went in."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from docx import Document
from docx.oxml.ns import qn

from render import bulletin_pdf
from render.bulletin import Book, BookEntry, BookSection, book_json, book_of_json, plain, sections_of, summary
from render.bulletin_chart import book_chart_png, chart_words
from render.bulletin_pdf import TEMPLATE, book_pdf, book_pictures, shown_url
from render.bulletin_word import book_docx
from render.fonts import DOCUMENT_FAMILY, document_font_folder
from tests.render.reading import ink, told

AT = datetime(2026, 11, 24, 5, 12, tzinfo=UTC)
ENTRY = BookEntry(
    1,
    "سه ایستگاه تازهٔ خط ۳ قطارشهری مشهد به روی مسافران باز شد",
    "پس از هفت ماه",
    "مدیرعامل شرکت بهره‌برداری گفت: «می‌خواهیم تا پایان ۱۴۰۶، ۱۲٫۵ درصد از سفرها با قطار شهری (Metro) باشد»؛ رأی‌گیری دربارهٔ بودجهٔ "
    "۱٬۲۳۴٬۵۶۷ میلیون ریالی آن به هفتهٔ آینده ماند و سلامت مسافران، لایحه و همهٔ کارهای ۲۸ ایستگاه را در بر می‌گیرد.",
    "نمونهٔ خبر شهر",
    AT,
    "https://toos.example/news/714368",
    "positive",
    "negative",
    "پاسخ سازمان تا ساعت ۱۴:۳۰ می‌رسد.\nشمارهٔ نامه ۱۲۳/۴۵",
)
BOOK = Book("بولتن خبری صبح", date(2026, 11, 24), "گزیدهٔ خبرهای امروز.", (BookSection("transport", (ENTRY,)),))


def squeezed(text: str) -> str:
    """Without spaces and line ends; «هٔ» as the PDF writes it."""
    return re.sub(r"[\s\u200b]+", "", text).replace("\u0647\u0654", "\u06c0")


def test_persian_text_and_digits_come_out_of_the_pdf_as_they_went_in() -> None:
    """Complaint row 27: justified Persian text with digits, Latin and half-spaces reads back whole and in order."""
    found = squeezed(told(book_pdf(BOOK)))
    parts = [BOOK.title, "سه‌شنبه ۳ آذر ۱۴۰۵", BOOK.note, "حمل‌ونقل و ترافیک", ENTRY.kicker, ENTRY.headline, ENTRY.outlet, "۰۸:۴۲"]
    parts += ["لحن مثبت", "نسبت به شهر منفی", ENTRY.summary, *ENTRY.note.split("\n"), ENTRY.url]
    places = [found.find(squeezed(part)) for part in parts]
    missing = [part for part, place in zip(parts, places, strict=True) if place < 0]
    assert missing == []
    told_after_the_table = places[4:]
    assert told_after_the_table == sorted(told_after_the_table)
    assert "\ufffd" not in found


def test_justified_lines_keep_their_letters_and_fill_the_line() -> None:
    """Complaint row 27: by comparing pictures. Justifying moves ink to the margins and neither loses nor heaps up any."""
    long = replace(ENTRY, summary=" ".join([ENTRY.summary] * 3), note="")
    book = Book(BOOK.title, BOOK.day, "", (BookSection("transport", (long,)),))
    straight, ragged = (ink(book_pictures(book, justify=justify)[1]) for justify in (True, False))
    assert abs(int(straight.sum()) - int(ragged.sum())) / ragged.sum() < 0.03
    left, right = (int(edge) for edge in (np.flatnonzero(ragged.any(axis=0)).min(), np.flatnonzero(ragged.any(axis=0)).max()))
    reaching = [_edges(picture, left) for picture in (straight, ragged)]
    assert len(reaching[0]) >= 5  # all lines of the summary but its last
    assert len(reaching[1]) < len(reaching[0])
    assert all(right - last < 12 for last in reaching[0])


def _edges(picture: "np.ndarray", left: int) -> list[int]:  # type: ignore[type-arg]
    """Where the lines of text end at the right that reach the left margin."""
    widths = [_width(picture, first, last) for first, last in _lines(picture) if 12 < last - first < 45]
    return [end for start, end in widths if start - left < 6]


def _lines(picture: "np.ndarray") -> list[tuple[int, int]]:  # type: ignore[type-arg]
    """The first and last row of each band of ink."""
    rows = np.flatnonzero(picture.any(axis=1))
    cuts = np.flatnonzero(np.diff(rows) > 1)
    return list(zip([int(rows[0]), *map(int, rows[cuts + 1])], [*map(int, rows[cuts]), int(rows[-1])], strict=True))


def _width(picture: "np.ndarray", first: int, last: int) -> tuple[int, int]:  # type: ignore[type-arg]
    columns = np.flatnonzero(picture[first : last + 1].any(axis=0))
    return int(columns.min()), int(columns.max())


def test_the_pdf_uses_our_own_face_and_none_of_the_machine() -> None:
    pdf = book_pdf(BOOK)
    faces = set(re.findall(rb"/FontName\s*/[A-Z]{6}\+([\w-]+)", pdf)) or set(re.findall(rb"/BaseFont\s*/[A-Z]{6}\+([\w-]+)", pdf))
    if faces:  # in compressed objects there is nothing to read here
        assert {face.split(b"-")[0] for face in faces} <= {
            b"RasadDocument",
            b"RasadDocumentRegular",
            b"RasadDocumentBold",
            b"DejaVuSansMono",
        }
    assert {path.name for path in document_font_folder().glob("*.ttf")} == {"RasadDocument-Regular.ttf", "RasadDocument-Bold.ttf"}


def test_nothing_of_the_system_is_asked_for_faces(monkeypatch: pytest.MonkeyPatch) -> None:
    import typst

    asked: list[dict[str, object]] = []
    compiler = typst.Compiler

    def watched(source: object, **options: object) -> object:
        asked.append(options)
        return compiler(source, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(typst, "Compiler", watched)
    assert book_pdf(BOOK).startswith(b"%PDF-")
    assert [(one["ignore_system_fonts"], one["font_paths"]) for one in asked] == [(True, [document_font_folder()])]
    assert bulletin_pdf.DOCUMENT_FAMILY == DOCUMENT_FAMILY


@pytest.mark.parametrize(
    "words",
    [
        '#eval("1+1") #import "@preview/x:1.0.0": * #read("/etc/passwd")',
        "*b* _i_ $x^2$ `raw` @ref <label> = عنوان // c /* d */ \\ ] } )",
        '"} , "sections": [] {"',
        "الف" * 500,
        "\u202eabc\u2066 \x00 \ufeff متن",
    ],
)
def test_an_article_is_text_and_never_markup(words: str) -> None:
    hostile = replace(ENTRY, headline=words, kicker=words, summary=words, outlet=words, url=words, note=words)
    book = Book(words, BOOK.day, words, (BookSection("transport", (hostile,)),))
    found = squeezed(told(book_pdf(Book(plain(book.title), book.day, plain(book.note), book.sections))))
    assert squeezed(plain(words))[:60] in found or any(mark in words for mark in "#\u202e\x00")
    assert "root:" not in found
    assert zipfile.ZipFile(io.BytesIO(book_docx(_plain_book(book)))).testzip() is None


def _plain_book(book: Book) -> Book:
    """As ``entry_of`` makes it: control characters are gone before anything is rendered."""
    clean = [
        replace(one, **{name: plain(getattr(one, name)) for name in ("headline", "kicker", "summary", "outlet", "url", "note")})
        for one in book.entries
    ]
    return Book(plain(book.title), book.day, plain(book.note), (BookSection("transport", tuple(clean)),))


def test_the_template_reads_its_data_and_nothing_else() -> None:
    source = TEMPLATE.read_text("utf-8")
    assert not re.search(r"\b(eval|read|include|import|plugin)\b", re.sub(r"//.*", "", source))


def test_word_gets_right_to_left_styles_tables_and_runs() -> None:
    """Complaint row 27, for Word: direction stands on section, paragraphs, table and runs, not on the reader's machine."""
    document = Document(io.BytesIO(book_docx(BOOK)))
    for name in ("Normal", "Title", "Heading 1", "Heading 2", "Quiet", "Note"):
        style = document.styles[name].element
        assert style.pPr is not None
        assert style.pPr.find(qn("w:bidi")) is not None, name
        assert style.rPr.find(qn("w:rtl")) is not None, name
        assert style.rPr.find(qn("w:szCs")) is not None, name
    assert document.sections[0]._sectPr.find(qn("w:bidi")) is not None
    assert document.tables[0]._tbl.tblPr.find(qn("w:bidiVisual")) is not None
    runs = list(document.element.body.iter(qn("w:r")))
    turned = [run.rPr.find(qn("w:rtl")) for run in runs]
    assert all(mark is not None for mark in turned)
    links = [run for run, mark in zip(runs, turned, strict=True) if mark.get(qn("w:val")) == "0"]
    assert [link.text for link in links] == [ENTRY.url]
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for expected in (BOOK.title, "سه‌شنبه ۳ آذر ۱۴۰۵", ENTRY.headline, ENTRY.summary, "یادداشت: شمارهٔ نامه ۱۲۳/۴۵", "۳ آذر ۱۴۰۵، ۰۸:۴۲"):
        assert expected in words
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows] == [
        ["بخش", "منفی", "خنثی", "مثبت", "همه"],
        ["حمل‌ونقل و ترافیک", "۰", "۰", "۱", "۱"],
        ["همه", "۰", "۰", "۱", "۱"],
    ]


def test_properties_of_runs_stand_in_the_order_that_word_demands() -> None:
    order = ["rStyle", "rFonts", "b", "bCs", "i", "iCs", "color", "spacing", "kern", "sz", "szCs", "u", "rtl", "cs", "lang"]
    document = Document(io.BytesIO(book_docx(BOOK)))
    found = [*document.element.body.iter(qn("w:rPr")), *document.styles.element.iter(qn("w:rPr"))]
    for properties in found:
        names = [child.tag.split("}")[1] for child in properties if child.tag.split("}")[1] in order]
        if properties.find(qn("w:rtl")) is not None:
            assert names == sorted(names, key=order.index)


def test_both_files_hold_the_chart_in_words_too() -> None:
    assert book_chart_png(BOOK).startswith(b"\x89PNG")
    assert "۱ مثبت" in chart_words(BOOK)
    word = zipfile.ZipFile(io.BytesIO(book_docx(BOOK)))
    assert [name for name in word.namelist() if name.startswith("word/media/")]
    assert chart_words(BOOK) in word.read("word/document.xml").decode()
    untagged = Book("x", BOOK.day, "", (BookSection("other", (replace(ENTRY, tone="", city_tone=""),)),))
    assert book_chart_png(untagged) == b""
    assert book_pdf(untagged).startswith(b"%PDF-")


def test_an_empty_book_is_a_cover() -> None:
    empty = Book("بولتن", BOOK.day, "", ())
    assert len(book_pictures(empty)) == 1
    assert "بولتن" in told(book_pdf(empty))
    assert Document(io.BytesIO(book_docx(empty))).paragraphs[1].text == "بولتن"


def test_a_book_is_kept_word_for_word() -> None:
    assert book_of_json(book_json(BOOK)) == BOOK
    undated = replace(ENTRY, published_at=None)
    book = Book("x", BOOK.day, "", (BookSection("other", (undated,)),))
    assert book_of_json(book_json(book)) == book


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: summary("لید  خبر", "متن"), "لید خبر"),
        (lambda: summary("", "یک. " * 200), ("یک. " * 105).strip()),
        (lambda: summary(" ", "کوتاه"), "کوتاه"),
        (lambda: summary("", "واژه " * 200)[-1], "…"),
        (lambda: plain("a\u202eb\tc\x00\u200cd"), "ab c\u200cd"),
        (lambda: shown_url("https://x.example/%D8%AE%D8%A8%D8%B1"), "https://x.example/خبر"),
        (lambda: len(shown_url("https://x.example/" + "a" * 500)), 110),
        (lambda: [section.topic for section in sections_of([("a", ENTRY), ("b", ENTRY), ("a", ENTRY)])], ["a", "b"]),
    ],
)
def test_the_small_steps_towards_a_book(make: Callable[[], object], expected: object) -> None:
    assert make() == expected
