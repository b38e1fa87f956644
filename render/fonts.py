"""The Persian face that charts and documents are set in: from a package, never from the machine."""

from importlib.resources import files
from pathlib import Path

FAMILY = "Noto Sans Arabic"


def font_folder() -> Path:
    """The folder that holds the TrueType file of ``FAMILY``."""
    return Path(str(files("fontpkg_noto_sans_arabic"))) / "files"
