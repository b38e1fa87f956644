"""The Persian faces that charts and documents are set in: from a package and from here, never from the machine."""

from importlib.resources import files
from pathlib import Path

FAMILY = "Noto Sans Arabic"
DOCUMENT_FAMILY = "Rasad Document"  # render/faces/README.md says why not the other


def font_folder() -> Path:
    """The folder that holds the TrueType file of ``FAMILY``."""
    return Path(str(files("fontpkg_noto_sans_arabic"))) / "files"


def document_font_folder() -> Path:
    """The folder that holds the TrueType files of ``DOCUMENT_FAMILY``."""
    return Path(__file__).parent / "faces"
