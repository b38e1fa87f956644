"""Several web processes share one port."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx

PORT = 18361
_SECONDS = 60


def test_several_web_processes_answer_and_one_that_dies_is_replaced(tmp_path: Path) -> None:
    settings = {"RASAD_DATA": str(tmp_path), "RASAD_PORT": str(PORT), "RASAD_OPEN": "read", "RASAD_WEB_PROCESSES": "2"}
    service = subprocess.Popen([sys.executable, "-m", "app.cli", "serve"], env={**os.environ, **settings}, stdin=subprocess.DEVNULL)
    try:
        _wait_until(lambda: len(_workers(service.pid)) == 2 and _answers())
        died = _workers(service.pid)[0]
        os.kill(died, signal.SIGKILL)
        _wait_until(lambda: len(_workers(service.pid)) == 2 and died not in _workers(service.pid) and _answers())
    finally:
        service.terminate()
        assert service.wait(30) in (0, -signal.SIGTERM)
    assert not _answers()


def _workers(parent: int) -> list[int]:
    """The processes of the service, without the one that watches over shared names."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def _answers() -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{PORT}/api/v1/search?limit=1", timeout=10).status_code == 200
    except httpx.HTTPError:
        return False


def _wait_until(fulfilled: Callable[[], bool]) -> None:
    until = time.monotonic() + _SECONDS
    while not fulfilled():
        assert time.monotonic() < until, "not within a minute"
        time.sleep(0.2)
