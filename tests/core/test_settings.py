import pytest

from core.errors import SettingError
from core.settings import ROOT, Settings


def test_bad_value_refuses_the_start_and_names_variable_and_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASAD_PORT", "eighty")
    with pytest.raises(SettingError) as error:
        Settings.load()
    assert error.value.key == "RASAD_PORT"
    assert error.value.value == "eighty"


def test_allow_list_takes_addresses_and_networks_and_refuses_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASAD_ALLOW_ADDRESSES", "127.0.0.1, 10.0.0.0/8")
    assert Settings.load().allow_addresses == ("127.0.0.1", "10.0.0.0/8")
    monkeypatch.setenv("RASAD_ALLOW_ADDRESSES", "intranet")
    with pytest.raises(SettingError, match="RASAD_ALLOW_ADDRESSES"):
        Settings.load()


def test_records_lie_in_the_data_folder_unless_a_database_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASAD_DATA", "elsewhere")
    assert Settings.load().database.endswith("/elsewhere/rasad.sqlite")
    monkeypatch.setenv("RASAD_DATABASE_URL", "postgresql+psycopg://db/rasad")
    assert Settings.load().database == "postgresql+psycopg://db/rasad"


def test_every_setting_is_documented() -> None:
    table = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if f"`RASAD_{name.upper()}`" not in table]
    assert not missing
