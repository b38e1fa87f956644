"""A bulletin as a Word file that an officer may go on editing: right-to-left styles, a tone table, the chart, live addresses."""

import io
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from core.dates import jalali_moment, jalali_text
from core.records import TONES
from render.bulletin import Book, BookEntry, plain
from render.bulletin_chart import book_chart_png, chart_words
from render.bulletin_pdf import OFFICE, city_words, counts_words, entry_tones, shown_url
from render.numbers import number
from render.palette import INK, MUTED
from render.words import TONE_NAMES, topic_name

FACE = "B Nazanin"  # what Iranian offices have; Word takes another Persian face where it is missing
ACCENT, SAFFRON = "#0b6e72", "#95520b"
_STYLES = (
    ("Title", 26, ACCENT, True),
    ("Heading 1", 16, ACCENT, True),
    ("Heading 2", 13, INK, True),
    ("Quiet", 10, MUTED, False),
    ("Note", 12, SAFFRON, False),
)


def book_docx(book: Book) -> bytes:
    """The .docx file."""
    document = Document()
    _prepare(document)
    _cover(document, book)
    for section in book.sections:
        document.add_paragraph(topic_name(section.topic), style="Heading 1")
        for entry in section.entries:
            _entry(document, entry)
    _turn(document)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _prepare(document: Any) -> None:
    document.core_properties.author = "رصد"
    document.core_properties.language = "fa-IR"
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section._sectPr.append(OxmlElement("w:bidi"))
    normal = document.styles["Normal"]
    _dress(normal, 13, INK, bold=False)
    normal.paragraph_format.line_spacing = 1.25
    normal.paragraph_format.space_after = Pt(6)
    for name, size, colour, bold in _STYLES:
        known = name in [style.name for style in document.styles]
        style = document.styles[name] if known else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        _dress(style, size, colour, bold=bold)
        if not known:
            style.base_style = normal


def _dress(style: Any, size: int, colour: str, *, bold: bool) -> None:
    """Sets a style's face, size and weight for Latin and for right-to-left text, which Word keeps apart, and its direction."""
    style.font.size, style.font.bold, style.font.color.rgb = Pt(size), bold, RGBColor.from_string(colour[1:].upper())
    properties = style.element.get_or_add_rPr()
    for tag in ("w:spacing", "w:kern"):  # spread letters tear a joined word apart
        for former in properties.findall(qn(tag)):
            properties.remove(former)
    fonts = properties.get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{kind}"), FACE)
    for tag, value in (("w:bCs", "1" if bold else "0"), ("w:szCs", str(size * 2)), ("w:rtl", "1")):
        properties.append(_element(tag, {"w:val": value}))
    properties.append(_element("w:lang", {"w:val": "en-US", "w:bidi": "fa-IR"}))
    _in_order(properties)
    style.element.get_or_add_pPr().insert_element_before(OxmlElement("w:bidi"), "w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:rPr")


def _cover(document: Any, book: Book) -> None:
    document.add_paragraph(OFFICE, style="Quiet")
    document.add_paragraph(plain(book.title), style="Title")
    document.core_properties.title = plain(book.title)[:255]
    document.add_paragraph(jalali_text(book.day, with_weekday=True), style="Heading 2")
    document.add_paragraph(counts_words(book), style="Quiet")
    for line in plain(book.note).split("\n"):
        if line.strip():
            document.add_paragraph(line)
    document.add_paragraph("لحن خبرها", style="Heading 1")
    _tone_table(document, book)
    document.add_paragraph(city_words(book), style="Quiet")
    if chart := book_chart_png(book):
        picture = document.add_picture(io.BytesIO(chart), width=Cm(14))
        picture._inline.docPr.set("descr", chart_words(book))
        document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_page_break()


def _tone_table(document: Any, book: Book) -> None:
    rows = [["بخش", *(TONE_NAMES[tone] for tone in TONES), "همه"]]
    for section in book.sections:
        counts = [section.count(tone) for tone in TONES]
        rows.append([topic_name(section.topic), *(number(count) for count in counts), number(len(section.entries))])
    rows.append(["همه", *(number(count) for count in book.tones.values()), number(len(book.entries))])
    table = document.add_table(len(rows), len(rows[0]), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table._tbl.tblPr.insert_element_before(OxmlElement("w:bidiVisual"), "w:tblW", "w:jc", "w:tblLayout", "w:tblLook")
    table.autofit = False
    for place, column in enumerate(table.columns):
        column.width = Cm(2.4 if place else 6.6)
    for line, values in enumerate(rows):
        for place, (cell, value) in enumerate(zip(table.rows[line].cells, values, strict=True)):
            cell.width = Cm(2.4 if place else 6.6)
            if line in (0, len(rows) - 1):
                cell._tc.get_or_add_tcPr().append(_element("w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": "F1EEE7"}))
            run = cell.paragraphs[0].add_run(value)
            run.bold = True if line in (0, len(rows) - 1) else None
            cell.paragraphs[0].paragraph_format.space_after = Pt(2)
            if place:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER


def _entry(document: Any, entry: BookEntry) -> None:
    if entry.kicker:
        document.add_paragraph(entry.kicker, style="Quiet").paragraph_format.keep_with_next = True
    document.add_paragraph(entry.headline, style="Heading 2")
    told = [
        entry.outlet,
        *([jalali_moment(entry.published_at)] if entry.published_at else []),
        *(name for _tone, name in entry_tones(entry)),
    ]
    document.add_paragraph(" · ".join(told), style="Quiet").paragraph_format.keep_with_next = True
    if entry.summary:
        document.add_paragraph(entry.summary)
    for line in entry.note.split("\n"):
        if line.strip():
            document.add_paragraph(f"یادداشت: {line}", style="Note")
    address = document.add_paragraph(style="Quiet")
    if entry.link:
        _add_link(address, entry.link, shown_url(entry.url))
    else:
        address.add_run(shown_url(entry.url))


def _add_link(paragraph: Any, address: str, shown: str) -> None:
    """A live link that reads left to right."""
    relation = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = _element("w:hyperlink", {"r:id": relation})
    run = paragraph.add_run(shown)
    run.font.color.rgb = RGBColor.from_string(ACCENT[1:].upper())
    run._r.get_or_add_rPr().append(_element("w:rtl", {"w:val": "0"}))
    link.append(run._r)
    paragraph._p.append(link)


def _turn(document: Any) -> None:
    """Marks every run as right to left that does not say otherwise: Word reorders digits and brackets by the run, not by the style."""
    for run in document.element.body.iter(qn("w:r")):
        properties = run.get_or_add_rPr()
        if properties.find(qn("w:rtl")) is None:
            properties.append(OxmlElement("w:rtl"))
        if properties.find(qn("w:b")) is not None:
            properties.append(OxmlElement("w:bCs"))
        _in_order(properties)


_ORDER = ("rStyle", "rFonts", "b", "bCs", "i", "iCs", "color", "spacing", "kern", "sz", "szCs", "u", "rtl", "cs", "lang")


def _in_order(properties: Any) -> None:
    """Puts a run's properties into the order that the format demands; Word refuses a file where they stand otherwise."""
    places = {qn(f"w:{name}"): place for place, name in enumerate(_ORDER)}
    for child in sorted(properties, key=lambda each: places.get(each.tag, len(_ORDER))):
        properties.append(child)


def _element(tag: str, values: dict[str, str]) -> Any:
    element = OxmlElement(tag)
    for name, value in values.items():
        element.set(qn(name), value)
    return element
