"""An archive full of the sample articles, and the settings around it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest

from core.settings import Settings
from store.archive import Archive, open_archive
from store.tantivy_index import TantivyIndex
from tests.digest.filling import fill

NOW = datetime(2026, 11, 24, 3, 1, tzinfo=UTC)  # 06:31 in Tehran


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an archive with the samples in it, made once; tests copy it."""
    settings = Settings(data=tmp_path_factory.mktemp("filled"))
    archive = _open(settings)
    fill(archive, NOW)
    archive.close()
    return settings.data


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    outlets = tmp_path / "outlets.toml"
    outlets.write_text('[[outlet]]\nkey = "sample_khabar_shahr"\nname = "نمونهٔ خبر شهر"\n', encoding="utf-8")
    return Settings(data=tmp_path / "data", outlets=outlets, base_url="https://rasad.example", mail_from="rasad@example.org")


@pytest.fixture
def empty_archive(settings: Settings) -> Iterator[Archive]:
    archive = _open(settings)
    yield archive
    archive.close()


@pytest.fixture
def archive(settings: Settings, filled: Path) -> Iterator[Archive]:
    copytree(filled, settings.data)
    archive = _open(settings)
    yield archive
    archive.close()


def _open(settings: Settings) -> Archive:
    settings.data.mkdir(parents=True, exist_ok=True)
    return open_archive(settings, TantivyIndex(settings.index_folder, writable=True))
