"""The whole API against its own description, with requests that nobody would think of (schemathesis, bounded in number)."""

from collections import Counter
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.web import create_app
from core.settings import Settings
from tests.conftest import SOAK
from tests.desk import NOW, open_filled

EXAMPLES = 400 if SOAK else 16
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.mark.parametrize("scopes", [("admin",), ("read",), ()], ids=["administrator", "reader", "nobody"])
def test_every_operation_keeps_to_its_description(tmp_path: Path, scopes: tuple[str, ...]) -> None:
    """No 5xx, no status that is not documented, no answer that breaks its schema, whoever asks."""
    archive, outlets = open_filled(tmp_path)
    archive.people.save_search("شهر", "شهرداری", now=NOW)
    app = create_app(archive, Settings(data=tmp_path, requests_per_minute=10**6), outlets, clock=lambda: NOW)
    key = archive.keys.add("schemathesis", scopes, "test", NOW)[0] if scopes else ""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    schema = schemathesis.openapi.from_dict(app.openapi())
    schema.app = app
    statuses: Counter[int] = Counter()
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate],
        )
        @given(case=operation.as_strategy())
        def obeys(case: schemathesis.Case) -> None:
            case.headers.pop("Authorization", None)
            case.cookies.clear()
            statuses[case.call_and_validate(checks=CHECKS, headers=headers).status_code] += 1

        obeys()
    archive.close()
    assert (statuses[200] > 20) == bool(scopes)
    assert (statuses[401] > 20) == (not scopes)
    assert (statuses[403] > 0) == (scopes == ("read",))
    assert (statuses[201] > 0) == (scopes == ("admin",))
