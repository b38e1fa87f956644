"""The Word file of a search holds exactly its articles, in order, right to left, whatever the texts hold."""

import io
from collections.abc import Iterator
from dataclasses import replace

import docx
from docx.oxml.ns import qn

from core.records import Article
from render.word import Cover, meta_line, word_pieces
from tests.desk import NOW, raw, tone_of
from tests.store.samples import said


def article(number: int, **fields: object) -> Article:
    return Article(
        number, raw(number, **fields), NOW, number, annotations=replace(said(), tone=tone_of("negative", ("negative", "neutral")))
    )


def opened(articles: Iterator[Article]) -> "docx.document.Document":
    pieces = word_pieces(articles, Cover("نتیجهٔ جست‌وجو", ("۲ خبر",)), {"toos": "توس"}.get)  # type: ignore[arg-type]
    return docx.Document(io.BytesIO(b"".join(pieces)))


def test_every_article_stands_in_the_document_once_and_in_order() -> None:
    document = opened(article(number) for number in range(1, 301))
    headlines = [one.text for one in document.paragraphs if one.style is not None and one.style.name == "Heading 2"]
    assert len(headlines) == 300
    assert headlines[0] == "۱. گشایش بوستان شمارهٔ 1"
    assert headlines[-1] == "۳۰۰. گشایش بوستان شمارهٔ 300"


def test_every_paragraph_and_the_page_run_right_to_left() -> None:
    """Complaint row 18: what leaves the desk is right to left too."""
    document = opened(iter([article(1)]))
    assert len(document.paragraphs) == 6
    assert all(one._p.pPr is not None and one._p.pPr.find(qn("w:bidi")) is not None for one in document.paragraphs)
    assert document.sections[0]._sectPr.find(qn("w:bidi")) is not None
    for name in ("Normal", "Heading 2"):
        letters = document.styles[name].element.rPr
        assert letters.find(qn("w:szCs")).get(qn("w:val")) == letters.find(qn("w:sz")).get(qn("w:val"))


def test_no_text_breaks_the_document() -> None:
    hostile = "<w:p>&amp;\x00\x0b\ud800 ]]> «تیتر» \U0001f6b2"
    document = opened(iter([article(1, headline=hostile, lead=hostile, section=hostile, url="javascript:alert(1)")]))
    texts = [one.text for one in document.paragraphs]
    assert texts[2] == "۱. <w:p>&amp;\ufffd\ufffd\ufffd ]]> «تیتر» \U0001f6b2"
    assert not any("javascript" in text for text in texts)


def test_the_line_under_a_headline_tells_outlet_date_and_labels() -> None:
    line = meta_line(replace(article(1, section="شهر"), reprint_group=9, relevant=False), "توس")
    assert line.startswith("توس · ۳ آذر ۱۴۰۵، ۱۰:۳۰ · شهر · لحن منفی")
    assert line.endswith("بازنشر · نامرتبط")
    assert "بی‌تاریخ" in meta_line(article(1, published_at=None), "توس")
