"""What the desk takes from the register of the city, beside names."""

import tomllib
from pathlib import Path

CITY_VOICES = ("management", "council")
OTHER_CITY = "other-city"


def read_city_names(register: Path) -> tuple[str, ...]:
    """The ids of the city's own bodies and offices: those whose people speak for its management or council; none without a register."""
    if not register.exists():
        return ()
    tables = tomllib.loads(register.read_text(encoding="utf-8")).values()
    rows = (row for table in tables if isinstance(table, list) for row in table)
    return tuple(row["id"] for row in rows if row.get("voice") in CITY_VOICES and row.get("group") != OTHER_CITY)
