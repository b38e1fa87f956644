"""For every test: no socket leaves the machine, and no setting of the developer's shell gets in."""

import gc
import os
import random
import socket
import warnings
from ipaddress import ip_address

import pytest

with warnings.catch_warnings():
    # The parser library writes its tables in a new environment and leaves the file to the garbage collector.
    warnings.simplefilter("ignore", ResourceWarning)
    import luqum.parser  # noqa: F401

    gc.collect()

SOAK = os.environ.get("RASAD_SOAK") == "1"
_connect, _connect_ex = socket.socket.connect, socket.socket.connect_ex


def _is_loopback(address: object) -> bool:
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    try:
        return ip_address(host.split("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def guard(original):  # type: ignore[no-untyped-def]
        def connect(self: socket.socket, address: object):  # type: ignore[no-untyped-def]
            if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address):
                raise OSError(f"tests may not leave this machine: {address!r}")
            return original(self, address)

        return connect

    monkeypatch.setattr(socket.socket, "connect", guard(_connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guard(_connect_ex))


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("RASAD_") and name not in ("RASAD_SOAK", "RASAD_SEED", "RASAD_TEST_ELASTICSEARCH"):
            monkeypatch.delenv(name)


@pytest.fixture
def seed() -> int:
    """The seed of a randomised test: RASAD_SEED, else a fresh one; printed, so that a failure can be run again."""
    value = int(os.environ.get("RASAD_SEED") or random.SystemRandom().randrange(2**32))
    print(f"RASAD_SEED={value}")  # noqa: T201
    return value


@pytest.fixture
def rounds() -> int:
    """How often a randomised test repeats: 3 rounds, or 20 in the long form (`make soak`)."""
    return 20 if SOAK else 3
