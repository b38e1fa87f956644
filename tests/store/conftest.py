"""The store suite runs on SQLite and on a real PostgreSQL, started from Debian's binaries in a folder of its own."""

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
import sqlalchemy as sa

from core.settings import Settings
from store.archive import Archive, open_archive
from store.index import SearchIndex
from tests.store.postgres import INSTALL, find_binaries, running_server


class NoSearch:
    """Stands where an archive wants an index and the test needs none."""

    def close(self) -> None:
        """Nothing to let go of."""


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[sa.Engine]:
    binaries = find_binaries()
    if binaries is None:
        pytest.skip(f"PostgreSQL is not installed: {INSTALL}")
    with running_server(binaries) as url:
        engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
        yield engine
        engine.dispose()


@pytest.fixture
def postgres_url(postgres_server: sa.Engine) -> str:
    """The address of the server's database, emptied: a database of its own for each test leaves 300,000 files behind."""
    with postgres_server.connect() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    return postgres_server.url.set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an archive that does not exist yet, on each database."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    return Settings(data=tmp_path / "data", database_url=url)


@pytest.fixture
def open_again(settings: Settings) -> Iterator[Callable[[], Archive]]:
    """Opens the same archive as another process would: with connections of its own."""
    opened: list[Archive] = []

    def open_one() -> Archive:
        opened.append(open_archive(settings, cast(SearchIndex, NoSearch())))
        return opened[-1]

    yield open_one
    for archive in opened:
        archive.close()


@pytest.fixture
def archive(open_again: Callable[[], Archive]) -> Archive:
    return open_again()


@pytest.fixture
def seeds() -> list[int]:
    """Three random seeds, thirty in the long form; printed, so that a failure can be repeated with RASAD_SEED."""
    given = os.environ.get("RASAD_SEED")
    rounds = 30 if os.environ.get("RASAD_SOAK") else 3
    first = int(given) if given else random.SystemRandom().randrange(10**6)
    print(f"seeds {first}…{first + rounds - 1}")  # noqa: T201 (shown by pytest with a failure)
    return [first + place for place in range(rounds)]
