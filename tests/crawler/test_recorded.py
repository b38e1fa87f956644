"""Every recorded page gives what stands beside it: adding an outlet adds a page here, no code."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.records import Outlet
from crawler.extract import extract

RECORDED = Path(__file__).parent / "pages" / "recorded"
NOW = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize("proof", sorted(RECORDED.glob("*.json")), ids=lambda path: path.stem)
def test_recorded_page_gives_the_expected_fields(proof: Path) -> None:
    """Row 24: a change of layout or parser that loses a field of a recorded page fails here, whatever the head says."""
    record = json.loads(proof.read_text("utf-8"))
    raw = extract(proof.with_suffix(".html").read_bytes(), record["url"], Outlet(**record["outlet"]), NOW)
    found = {name: getattr(raw, name) for name in record["expected"]}
    plain = {
        name: list(value) if isinstance(value, tuple) else value.isoformat() if isinstance(value, datetime) else value
        for name, value in found.items()
    }
    assert plain == record["expected"]
