"""The Word files as another program than ours sees them: LibreOffice turns them into PDF. Skipped where it is not installed."""

import io
import re
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from render.bulletin_word import book_docx
from render.word import Cover, write_word
from tests.render.test_bulletin import BOOK
from tests.render.test_word import article

SOFFICE = shutil.which("soffice") or ""
_PERSIAN = "\u0621-\u064a\u067e\u0686\u0698\u06a9\u06af\u06cc"
HAMZA_ABOVE = "\u0654"  # PDF readers put it elsewhere
needs_soffice = pytest.mark.skipif(not SOFFICE, reason="LibreOffice is not installed: apt-get install libreoffice-writer")


def files() -> dict[str, bytes]:
    found = io.BytesIO()
    write_word([article(number) for number in (1, 2)], Cover("نتیجهٔ جست‌وجوی «بوستان»", ("۲ خبر",)), {"toos": "توس"}.get, found)  # type: ignore[arg-type]
    return {"bulletin": book_docx(BOOK), "search": found.getvalue()}


@pytest.mark.parametrize("name", ["bulletin", "search"])
def test_no_style_spreads_or_slants_persian_letters(name: str) -> None:
    """Spread letters come apart in every program that draws joined writing."""
    document = Document(io.BytesIO(files()[name]))
    used = {paragraph.style.name for paragraph in document.paragraphs if paragraph.style is not None}
    for style in (document.styles[each] for each in used):
        letters = style.element.rPr
        assert letters.find(qn("w:spacing")) is None
        slanted = letters.find(qn("w:iCs"))
        assert slanted is None or slanted.get(qn("w:val")) in ("0", "false")


@needs_soffice
@pytest.mark.parametrize("name", ["bulletin", "search"])
def test_another_program_opens_the_file_and_shows_its_words(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.docx").write_bytes(files()[name])
    command = [SOFFICE, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "pdf", f"{name}.docx"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=120, capture_output=True)
    shown = unicodedata.normalize("NFKC", "".join(page.extract_text() for page in PdfReader(tmp_path / f"{name}.pdf").pages))
    told = [paragraph.text for paragraph in Document(io.BytesIO(files()[name])).paragraphs]
    words = [word for text in told for word in re.findall(f"[{_PERSIAN}]{{3,}}", re.sub(f"[{_PERSIAN}]*{HAMZA_ABOVE}", " ", text))]
    missing = [word for word in words if word not in shown]
    assert len(words) > 20
    assert len(missing) <= len(words) // 50, missing  # a word may be parted at the end of a line
    assert re.search("[۰-۹]", shown)
