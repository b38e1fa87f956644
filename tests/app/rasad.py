"""Runs the command line as users do: a process of its own, its data apart."""

import os
import subprocess
import sys
from pathlib import Path


def rasad(data: Path, *arguments: str, given: str | bytes = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """One run of ``rasad`` with the archive in ``data``; standard input, output and errors as UTF-8 text."""
    raw = given.encode("utf-8", "surrogatepass") if isinstance(given, str) else given
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        input=raw,
        capture_output=True,
        timeout=180,
        check=False,
        env={**os.environ, "RASAD_DATA": str(data), **settings},
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())
