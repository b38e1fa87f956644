"""The Persian faces that charts and documents are set in: from packages, never from the machine."""

from importlib.resources import files
from pathlib import Path

FAMILY = "Noto Sans Arabic"
# Noto draws a dotted letter as two glyphs, and the text of a PDF cannot be searched or copied then: «دس تتگاه».
DOCUMENT_FAMILY = "IBM Plex Sans Arabic"


def font_folder() -> Path:
    """The folder that holds the TrueType file of ``FAMILY``."""
    return Path(str(files("fontpkg_noto_sans_arabic"))) / "files"


def document_font_folder() -> Path:
    """The folder that holds the TrueType files of ``DOCUMENT_FAMILY``."""
    return Path(str(files("fontpkg_ibm_plex_sans_arabic"))) / "files"
