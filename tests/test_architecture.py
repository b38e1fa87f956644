"""The house rules that a machine can check (the import rules are in pyproject.toml and run by lint-imports)."""

from pathlib import Path

import pytest

from core.settings import ROOT

PACKAGES = ("core", "crawler", "nlp", "store", "render", "api", "dashboards", "digest", "app", "samples")


def _files(*suffixes: str) -> list[Path]:
    return [path for name in (*PACKAGES, "tests", "benchmarks") for path in sorted((ROOT / name).rglob("*")) if path.suffix in suffixes]


def test_no_code_file_is_longer_than_four_hundred_lines() -> None:
    long = {str(path.relative_to(ROOT)): lines for path in _files(".py", ".js", ".css") if (lines := _lines(path)) > 400}
    assert not long


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_every_package_marker_is_empty() -> None:
    """Imports inside an ``__init__`` are not seen by the import contract."""
    assert not [path for path in _files(".py") if path.name == "__init__.py" and path.read_text(encoding="utf-8").strip()]


@pytest.mark.parametrize("character", ["\u200c", "\u200b", "\u200f", "\u200e", "\ufeff"])
def test_invisible_characters_stand_in_code_only_between_letters(character: str) -> None:
    """A half-space inside a Persian word can be seen; one that stands alone in quotes cannot and must be a named constant."""
    alone = [str(path.relative_to(ROOT)) for path in _files(".py") if f'"{character}"' in path.read_text(encoding="utf-8")]
    assert not alone
