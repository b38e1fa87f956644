"""The whole service under one command, with outlets that do not answer."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture
def service(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int, Path]]:
    port, closed = _free_port(), _free_port()
    outlets = tmp_path / "outlets.toml"
    outlets.write_text(
        f'[[outlet]]\nkey = "away"\nname = "دور"\nfamily = "wordpress"\nbase_url = "http://127.0.0.1:{closed}"\n'
        f'feeds = ["http://127.0.0.1:{closed}/feed/"]\ndelay = 0.0\n',
        encoding="utf-8",
    )
    settings = {
        "RASAD_DATA": str(tmp_path / "data"),
        "RASAD_OUTLETS": str(outlets),
        "RASAD_ALLOW_ADDRESSES": "127.0.0.1",
        "RASAD_PORT": str(port),
        "RASAD_RETRY_SECONDS": "600",
    }
    with (tmp_path / "log").open("wb") as log:
        running = subprocess.Popen([sys.executable, "-m", "app.cli", "up"], env={**os.environ, **settings}, stdout=log, stderr=log)
        yield running, port, tmp_path / "log"
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0


def test_service_stays_up_without_a_network_and_restarts_what_dies(service: tuple[subprocess.Popen[bytes], int, Path]) -> None:
    running, port, log = service
    wait_for(lambda: _status(port) == "ok")
    wait_for(lambda: "away" in log.read_text() and "next try" in log.read_text())
    wait_for(lambda: "working" in log.read_text())
    (web,) = [child for child in _children(running.pid) if "serve" in _command(child)]
    os.kill(web, signal.SIGKILL)
    wait_for(lambda: "web ended" in log.read_text())
    wait_for(lambda: _status(port) == "ok")
    assert running.poll() is None
    assert len(_children(running.pid)) == 3


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Waits until ``condition`` holds; fails after ``seconds``."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.2)


def _status(port: int) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return str(json.load(answer)["status"])
    except OSError:
        return ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def _command(process: int) -> str:
    return Path(f"/proc/{process}/cmdline").read_text()
