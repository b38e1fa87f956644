"""Where the embedded index lies: generations beside each other, and a file that names the one in use.

``index/current`` holds the name of a folder such as ``g3``; ``index/g3/rasad.json`` says up to which change it is filled. A rebuild fills
the next generation beside the one in use and then rewrites ``current``; readers notice at their next question.
"""

import json
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from store.documents import VERSION


@dataclass(frozen=True, slots=True)
class IndexFolder:
    """The folder of all generations."""

    path: Path

    def current(self) -> Path | None:
        """The generation in use; None before the first."""
        try:
            name = (self.path / "current").read_text("utf-8").strip()
        except FileNotFoundError:
            return None
        found = self.path / name
        return found if (found / "meta.json").exists() else None

    def fresh(self) -> Path:
        """An empty folder for the next generation."""
        numbers = [int(found.name[1:]) for found in self.path.glob("g*") if found.name[1:].isdigit()] if self.path.exists() else []
        made = self.path / f"g{max(numbers, default=0) + 1}"
        made.mkdir(parents=True)
        return made

    def use(self, generation: Path) -> None:
        """Make a generation the one in use, in one step."""
        aside = self.path / "current.new"
        aside.write_text(generation.name, "utf-8")
        aside.replace(self.path / "current")

    def clear(self, kept: tuple[Path | None, ...]) -> None:
        """Remove the generations not named. Readers that still hold one keep its open files."""
        for found in self.path.glob("g*"):
            if found not in kept and found != self.current():
                shutil.rmtree(found, ignore_errors=True)


def read_seq(generation: Path) -> int | None:
    """The newest change in a generation; None when it was written for other fields and must be rebuilt."""
    state = _read_state(generation)
    if state is None:
        return 0
    return int(state["seq"]) if state["version"] == VERSION else None


def read_topics(generation: Path) -> dict[str, str]:
    """The marks of the user's topics that were matched in a generation."""
    return dict((_read_state(generation) or {}).get("topics", {}))


def write_seq(generation: Path, seq: int, topics: dict[str, str] | None = None) -> None:
    """Remember the newest change, and the matched topics where they are given.

    Written after the commit: a crash between the two only applies some changes twice.
    """
    kept = read_topics(generation) if topics is None else topics
    aside = generation / "rasad.json.new"
    aside.write_text(json.dumps({"version": VERSION, "seq": seq, "topics": kept}), "utf-8")
    aside.replace(generation / "rasad.json")


def _read_state(generation: Path) -> dict[str, Any] | None:
    with suppress(FileNotFoundError, ValueError):
        state = json.loads((generation / "rasad.json").read_text("utf-8"))
        if isinstance(state, dict) and isinstance(state.get("seq"), int) and "version" in state:
            return state
    return None
