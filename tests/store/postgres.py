"""A real PostgreSQL in a folder that vanishes, made of the machine's binaries; reached through a socket in that folder, no port."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

INSTALL = "apt-get install -y postgresql"
_ACCOUNT = "postgres"
_OPTIONS = "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c shared_buffers=64MB -c max_connections=120"


def find_binaries() -> Path | None:
    """The folder of initdb and pg_ctl, None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    return max((path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")), default=None)


@dataclass(frozen=True)
class Server:
    """A server in a folder: its SQLAlchemy address, and how it is stopped (as by a crash) and started again."""

    url: str
    stop: Callable[[], None]
    start: Callable[[], None]


@contextmanager
def running_server(binaries: Path) -> Iterator[str]:
    """Starts a server and gives the SQLAlchemy address of its first database; stops and removes it at the end."""
    with controlled_server(binaries) as server:
        yield server.url


@contextmanager
def controlled_server(binaries: Path) -> Iterator[Server]:
    """The same, with the means to stop and start it meanwhile."""
    folder = Path(tempfile.mkdtemp(prefix="rasad-pg-"))
    account: list[str] = []
    if os.geteuid() == 0:
        # initdb refuses root.
        account = ["setpriv", f"--reuid={_ACCOUNT}", f"--regid={_ACCOUNT}", "--clear-groups"]
        shutil.chown(folder, _ACCOUNT, _ACCOUNT)
    data = folder / "data"
    log = folder / "log"

    def run(*command: str | Path) -> None:
        subprocess.run([*account, *map(str, command)], check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start() -> None:
        run(binaries / "pg_ctl", "-D", data, "-l", log, "-w", "-o", f"{_OPTIONS} -k {folder}", "start")

    def stop() -> None:
        run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")

    try:
        run(binaries / "initdb", "-D", data, "-U", _ACCOUNT, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        start()
        try:
            yield Server(f"postgresql://{_ACCOUNT}@/postgres?host={folder}", stop, start)
        finally:
            stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
