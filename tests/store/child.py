"""A process of its own for tests that kill it or set two to work: ``python -m tests.store.child write|tag FOLDER URL ARGUMENT``.

It prints a line after every step that is done for good.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

from core.dates import utc_now
from core.settings import Settings
from store.archive import Archive, open_archive
from store.index import SearchIndex
from tests.store.samples import raw, said


def fingerprint(number: int) -> bytes:
    """Articles 0–9, 10–19 … are reprints of each other."""
    return (number // 10).to_bytes(4, "little")


def bands(value: bytes) -> tuple[int, ...]:
    """One band: the fingerprint itself."""
    return (int.from_bytes(value, "little"),)


def tell(*words: object) -> None:
    """A line for the parent, at once."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def write(archive: Archive, argument: str) -> None:
    """Saves, edits, annotates and groups without end, from article number ``argument`` on."""
    number = int(argument)
    while True:
        saved = archive.articles.save(raw(number), f"<p>{number}</p>".encode() * 50, "wordpress")
        tell("saved", saved.id, number)
        if number % 5 == 0:
            archive.articles.save(raw(number, body="متن ویراسته"), f"<b>{number}</b>".encode() * 50, "wordpress")
            tell("edited", saved.id)
        if number % 7 == 0:
            waiting = archive.articles.untagged("v1", 50)
            archive.articles.annotate_many(
                [(one.id, one.revision, said("v1", fingerprint(int(one.raw.news_id)))) for one in waiting], utc_now()
            )
            for one in waiting:
                tell("tagged", one.id)
            archive.groups.group_pending(bands, lambda _one, _other: True, utc_now())
        number += 1


def tag(archive: Archive, argument: str) -> None:
    """Annotates as the owner ``argument`` until nothing waits; prints each id that it was handed and wrote."""
    while claimed := archive.articles.claim_untagged(argument, "v1", 7, utc_now()):
        triples = [(one.id, one.revision, said("v1")) for one in claimed]
        written = archive.articles.annotate_many(triples, utc_now(), argument)
        tell(written, *(one.id for one in claimed))


def main() -> None:
    """Opens the archive and does the one thing that was asked."""
    mode, folder, url, argument = sys.argv[1:]
    archive = open_archive(Settings(data=Path(folder), database_url=url), cast(SearchIndex, None))
    tell("open")
    modes: dict[str, Callable[[Archive, str], None]] = {"write": write, "tag": tag}
    modes[mode](archive, argument)


if __name__ == "__main__":
    main()
