"""A bulletin as PDF, set by typst with a face from a package: the same on every machine, whatever is installed on it."""

import json
import re
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote

from core.dates import jalali_moment, jalali_text
from core.records import TONES
from render.bulletin import Book, BookEntry, plain
from render.bulletin_chart import book_chart_png, chart_words
from render.fonts import DOCUMENT_FAMILY, document_font_folder
from render.numbers import number
from render.palette import INK, LINE, MUTED, TONE_COLOURS
from render.words import TONE_NAMES, tone_name, topic_name

TEMPLATE = Path(__file__).parent / "templates" / "bulletin.typ"
OFFICE = "رصد · روابط عمومی شهر"
_COLOURS = {"ink": INK, "muted": MUTED, "line": LINE, "accent": "#0b6e72", "note": "#95520b", **TONE_COLOURS, "none": MUTED}
_LONG_WORD = re.compile(r"\S{40}")
_SHOWN_URL = 110
_WHOLE = 1500  # letters up to which an entry is kept on one page, with its address
_HEH_HAMZA, _HEH_WITH_HAMZA = "\u0647\u0654", "\u06c0"
ZWSP = "\u200b"  # a place where a line may break inside a word that is longer than a line


def book_pdf(book: Book) -> bytes:
    """The PDF: A4, right to left, justified, tagged; its text can be searched and copied."""
    return _set(book, "pdf")[0]


def book_pictures(book: Book, *, justify: bool = True) -> list[bytes]:
    """Each page as a PNG (144 pixels an inch): for looking at, and for the tests."""
    return _set(book, "png", justify=justify)


def counts_words(book: Book) -> str:
    """«۱۲ خبر از ۵ رسانه: ۴ منفی، ۳ خنثی، ۵ مثبت»."""
    tones = "، ".join(f"{number(count)} {TONE_NAMES[tone]}" for tone, count in book.tones.items() if count)
    outlets = len({entry.outlet for entry in book.entries})
    return f"{number(len(book.entries))} خبر از {number(outlets)} رسانه" + (f": {tones}" if tones else "")


def city_words(book: Book) -> str:
    """«نسبت به شهر: ۳ منفی، ۲ خنثی، ۵ مثبت، ۲ بی‌ارتباط با شهر»; "" before anything is labelled."""
    tones = "، ".join(f"{number(count)} {TONE_NAMES[tone]}" for tone, count in book.city_tones.items() if count)
    return f"لحن نسبت به شهر: {tones}" if tones else ""


def entry_tones(entry: BookEntry) -> list[tuple[str, str]]:
    """The tones told under a headline: («negative», «لحن منفی»), («positive», «نسبت به شهر مثبت»)."""
    told = [(entry.tone, f"لحن {tone_name(entry.tone)}")] if entry.tone else []
    if entry.city_tone and entry.city_tone != "none":
        told.append((entry.city_tone, f"نسبت به شهر {tone_name(entry.city_tone)}"))
    return told


def shown_url(url: str) -> str:
    """An address as a reader knows it, at most 110 letters: «example.org/news/۱۲» and not «%DB%B1»."""
    readable = plain(unquote(url, errors="replace")).replace("\n", " ")
    return readable if len(readable) <= _SHOWN_URL else readable[: _SHOWN_URL - 1] + "…"


def _set(book: Book, format: Literal["pdf", "png"], *, justify: bool = True) -> list[bytes]:
    import typst

    values = json.dumps(_values(book, justify=justify), ensure_ascii=False)
    compiler: Any = typst.Compiler(TEMPLATE, font_paths=[document_font_folder()], ignore_system_fonts=True, sys_inputs={"book": values})
    made = compiler.compile(format=format, ppi=144)
    return made if isinstance(made, list) else [made]


def _values(book: Book, *, justify: bool) -> dict[str, Any]:
    return {
        "title": _breakable(plain(book.title)),
        "day": jalali_text(book.day, with_weekday=True),
        "office": OFFICE,
        "counts": counts_words(book),
        "note": _paragraphs(book.note),
        "columns": [{"name": TONE_NAMES[tone], "tone": tone} for tone in TONES] + [{"name": "همه", "tone": ""}],
        "table": _table(book),
        "chart": list(book_chart_png(book)),
        "words": {
            "table": "لحن خبرها",
            "section": "بخش",
            "city": city_words(book),
            "chart": chart_words(book),
            "note": "یادداشت:",
        },
        "sections": [
            {"name": _breakable(topic_name(section.topic)), "entries": [_entry(entry) for entry in section.entries]}
            for section in book.sections
        ],
        "colours": _COLOURS,
        "fonts": [DOCUMENT_FAMILY, "DejaVu Sans Mono"],
        "justify": justify,
    }


def _table(book: Book) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {
            "name": _breakable(topic_name(section.topic)),
            "cells": [number(section.count(tone)) for tone in TONES] + [number(len(section.entries))],
            "strong": False,
        }
        for section in book.sections
    ]
    if len(rows) != 1:
        whole = [number(count) for count in book.tones.values()] + [number(len(book.entries))]
        rows.append({"name": "همه", "cells": whole, "strong": True})
    return rows


def _entry(entry: BookEntry) -> dict[str, Any]:
    return {
        "headline": _breakable(entry.headline),
        "kicker": _breakable(entry.kicker),
        "outlet": _breakable(entry.outlet),
        "at": jalali_moment(entry.published_at) if entry.published_at else "",
        "tones": [{"tone": tone, "name": name} for tone, name in entry_tones(entry)],
        "summary": _breakable(entry.summary),
        "note": _paragraphs(entry.note),
        "shown": shown_url(entry.url),
        "link": entry.link,
        "whole": len(entry.headline) + len(entry.kicker) + len(entry.summary) + len(entry.note) < _WHOLE,
    }


def _paragraphs(text: str) -> list[str]:
    return [_breakable(line) for line in plain(text).split("\n") if line.strip()]


def _breakable(text: str) -> str:
    """The text with places to break long words, and «هٔ» as one letter: as two its text in the PDF stands twice."""
    return _LONG_WORD.sub(lambda found: found.group() + ZWSP, text.replace(_HEH_HAMZA, _HEH_WITH_HAMZA))
