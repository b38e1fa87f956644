"""The names that searches may use, read from the configuration and read again when its files change."""

import logging
from pathlib import Path

from core.errors import SettingError
from core.settings import Settings
from crawler.outlets import load_outlets
from store.user_topics import read_user_topics
from store.vocabulary import Vocabulary

log = logging.getLogger("rasad.words")


class Words:
    """Called for the names as they are now. Raises SettingError when made from a bad file.

    A file that becomes bad while a service runs is logged, and the names before it stay.
    """

    def __init__(self, settings: Settings) -> None:
        self._outlets = settings.outlets_file
        self._topics = settings.config / "topics.toml"
        self._stamp = self._look()
        self._known = self._read()

    def __call__(self) -> Vocabulary:
        """The names."""
        stamp = self._look()
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._known = self._read()
            except SettingError as error:
                log.error("the names before this mistake stay in use: %s", error)
        return self._known

    def _look(self) -> tuple[tuple[int, int], ...]:
        return tuple(_stamp(file) for file in (self._outlets, self._topics))

    def _read(self) -> Vocabulary:
        outlets = load_outlets(self._outlets) if self._outlets.exists() else ()
        words = Vocabulary(tuple((outlet.key, outlet.name) for outlet in outlets))
        return Vocabulary(words.outlets, read_user_topics(self._topics, words))


def _stamp(file: Path) -> tuple[int, int]:
    try:
        status = file.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size
