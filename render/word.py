"""Articles as a Word document, right to left: a heading, what was searched, and each article with its labels. Streamed.

python-docx makes the frame with its styles once; the articles are written into it as they come, so 50,000 of them need no more
memory than one.
"""

import io
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from core.dates import TEHRAN, jalali_text, persian_digits
from core.records import Article
from render.numbers import number
from render.words import tone_name, topic_name

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FACE = "B Nazanin"  # what Iranian offices have; Word takes another Persian face where it is missing
_BODY = "word/document.xml"
_HERE = "@@articles@@"
_SUMMARY = 420
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SEPARATOR = " · "


@dataclass(frozen=True, slots=True)
class Cover:
    """What stands above the articles: the title and lines such as the words searched, the days and the number of articles."""

    title: str
    lines: tuple[str, ...] = ()


def word_pieces(articles: Iterable[Article], cover: Cover, outlet_name: Callable[[str], str]) -> Iterator[bytes]:
    """The document in pieces of 64 KiB. It is made in a temporary file: a ZIP cannot be sent before its end."""
    with tempfile.TemporaryFile() as file:
        write_word(articles, cover, outlet_name, file)
        file.seek(0)
        while piece := file.read(65_536):
            yield piece


def write_word(articles: Iterable[Article], cover: Cover, outlet_name: Callable[[str], str], stream: IO[bytes]) -> int:
    """Writes the document; returns how many articles it holds."""
    count = 0
    with ZipFile(io.BytesIO(_frame())) as frame, ZipFile(stream, "w", ZIP_DEFLATED) as made:
        for name in frame.namelist():
            if name != _BODY:
                made.writestr(name, frame.read(name))
        before, after = _parted(frame.read(_BODY).decode())
        with made.open(_BODY, "w", force_zip64=True) as body:
            body.write((before + _paragraph(cover.title, "Title")).encode())
            body.write("".join(_paragraph(line, "Subtitle") for line in cover.lines).encode())
            for article in articles:
                count += 1
                body.write(_article(article, count, outlet_name(article.raw.outlet)).encode())
            body.write(after.encode())
    return count


def _article(article: Article, place: int, outlet: str) -> str:
    """One article: «۳. تیتر», a line of outlet, date and labels, the beginning of the text, and the address."""
    raw = article.raw
    summary = " ".join((raw.lead or raw.body).split())
    if len(summary) > _SUMMARY:
        summary = summary[:_SUMMARY].rsplit(" ", 1)[0] + " …"
    address = raw.url if raw.url.startswith(("http://", "https://")) else ""
    return (
        _paragraph(f"{number(place)}. {raw.headline or 'بی‌تیتر'}", "Heading 2")
        + _paragraph(meta_line(article, outlet), "Quote")
        + (_paragraph(summary, "Normal") if summary else "")
        + (_address(address) if address else "")
    )


def meta_line(article: Article, outlet: str) -> str:
    """«ایرنا · ۳ آذر ۱۴۰۵، ۰۹:۱۲ · لحن منفی · نسبت به شهر: خنثی · خدمات شهری»."""
    raw, said = article.raw, article.annotations
    there = raw.published_at.astimezone(TEHRAN) if raw.published_at else None
    parts = [outlet, f"{jalali_text(there.date())}، {persian_digits(there.strftime('%H:%M'))}" if there else "بی‌تاریخ", raw.section]
    if said:
        parts += [f"لحن {tone_name(said.tone.label)}"]
        parts += [f"نسبت به شهر: {tone_name(said.city_tone.label)}"] if said.city_tone.label != "none" else []
        parts += ["، ".join(topic_name(topic.id) for topic in said.topics)]
    parts += ["بازنشر"] if article.reprint_group != article.id else []
    parts += [] if article.relevant else ["نامرتبط"]
    return _SEPARATOR.join(part for part in parts if part)


def _paragraph(text: str, style: str) -> str:
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{style.replace(" ", "")}"/><w:bidi/></w:pPr>'
        f'<w:r><w:rPr><w:rtl/></w:rPr><w:t xml:space="preserve">{_escaped(text)}</w:t></w:r></w:p>'
    )


def _address(url: str) -> str:
    """The address runs left to right in a paragraph of the right-to-left page."""
    return f'<w:p><w:pPr><w:pStyle w:val="Caption"/><w:bidi/></w:pPr><w:r><w:t xml:space="preserve">{_escaped(url)}</w:t></w:r></w:p>'


def _escaped(text: str) -> str:
    return escape(_NO_XML.sub("\ufffd", text))


def _parted(xml: str) -> tuple[str, str]:
    """The frame's body before and after the paragraph that holds the mark."""
    place = xml.index(_HERE)
    start, end = xml.rindex("<w:p>", 0, place), xml.index("</w:p>", place) + len("</w:p>")
    return xml[:start], xml[end:]


@lru_cache(maxsize=1)
def _frame() -> bytes:
    """An empty document of A4 pages with our styles, right to left, holding the mark where the articles go."""
    import docx

    document = docx.Document()
    document.core_properties.title = document.core_properties.author = ""
    for name, size, colour in _STYLES:
        _turn(document.styles[name], size, colour)
    _page(document.sections[0])
    document.add_paragraph(_HERE)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


_STYLES = (
    ("Normal", 12.5, "1F2A2E"),
    ("Title", 20.0, "0B5559"),
    ("Subtitle", 12.0, "5B676C"),
    ("Heading 2", 14.0, "1F2A2E"),
    ("Quote", 11.0, "95520B"),
    ("Caption", 8.5, "5B676C"),
)


def _turn(style: Any, size: float, colour: str) -> None:
    """A style in our face and size for Persian too (Word keeps a second set for right-to-left letters), aligned to the right."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.name, style.font.size, style.font.italic = FACE, Pt(size), False
    style.font.color.rgb, style.font.cs_bold = RGBColor.from_string(colour), bool(style.font.bold)
    style.font.cs_italic = False
    letters = style.element.get_or_add_rPr()
    for spread in [*letters.findall(qn("w:spacing")), *letters.findall(qn("w:kern"))]:  # it tears a joined word apart
        letters.remove(spread)
    letters.rFonts.set(qn("w:cs"), FACE)
    for former in letters.findall(qn("w:szCs")):
        letters.remove(former)
    persian_size = OxmlElement("w:szCs")
    persian_size.set(qn("w:val"), str(int(size * 2)))
    letters.insert_element_before(
        persian_size, "w:highlight", "w:u", "w:effect", "w:bdr", "w:shd", "w:vertAlign", "w:rtl", "w:cs", "w:lang"
    )
    # In a right-to-left paragraph «left» means the side where a line begins, which is the right one.
    style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.LEFT
    style.paragraph_format.space_after = Pt(4)
    if style.name == "Heading 2":
        style.paragraph_format.space_before = Pt(14)
        style.paragraph_format.keep_with_next = True


def _page(section: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Mm

    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(22)
    section.top_margin = section.bottom_margin = Mm(20)
    section._sectPr.insert_element_before(OxmlElement("w:bidi"), "w:rtlGutter", "w:docGrid")
