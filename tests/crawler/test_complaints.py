"""The users' complaints that concern crawling: each has a test that names its row."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ROWS = (3, 4, 5, 7, 13, 16, 19, 22, 23, 24, 25, 26, 30)


@pytest.mark.parametrize("row", ROWS)
def test_every_complaint_about_crawling_has_a_test_that_cites_it(row: int) -> None:
    cited = re.compile(rf"def test_\w+\([^)]*\)[^\n]*\n    \"\"\"[^\"]*complaint row {row}\b", re.IGNORECASE)
    others = [path for path in TESTS.glob("test_*.py") if path != Path(__file__)]
    assert any(cited.search(path.read_text("utf-8")) for path in others)
