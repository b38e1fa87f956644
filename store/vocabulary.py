"""The names of one installation that a search may use: its outlets by their Persian names, and the user's own topics."""

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from store.query_tree import Query
from store.query_words import persian_value, plain

# Words before a name that people leave out or add: «خبرگزاری مهر» is «مهر».
_BEFORE_NAMES = ("خبرگزاری", "روزنامه", "پایگاه خبری", "سایت", "وبسایت")


@dataclass(frozen=True, slots=True)
class UserTopic:
    """A topic that the user defined in ``topics.toml``: what the query finds has it. ``mark`` changes when the meaning does."""

    id: str
    name: str
    query: Query
    mark: str


@dataclass(frozen=True)
class Vocabulary:
    """``outlets`` are (key, Persian name) pairs; several keys may share a name."""

    outlets: tuple[tuple[str, str], ...] = ()
    topics: tuple[UserTopic, ...] = ()

    def find_outlets(self, typed: str) -> tuple[str, ...]:
        """The keys (as the index compares them) of a typed key or name: «قدس‌آنلاین», "qudsonline" → ("qudsonline",); () when unknown."""
        if plain(typed) in self._keys:
            return (plain(typed),)
        return self._by_name.get(_squeezed(typed)) or self._by_name.get(_squeezed(_bare(typed)), ())

    def nearest_outlet(self, typed: str) -> str:
        """The name that a misspelt one is likely meant to be: «شهرارا نیوز» → «شهرآرانیوز»; "" when none is near."""
        found = get_close_matches(_squeezed(_bare(typed)), [*self._by_name, *self._keys], n=1, cutoff=0.7)
        keys = self._by_name.get(found[0], (found[0],)) if found else ()
        return next((name for key, name in self.outlets if plain(key) in keys), "")

    def find_topic(self, typed: str) -> str | None:
        """The id of a user topic by id or name; None when there is none."""
        wanted = _squeezed(typed)
        return next((topic.id for topic in self.topics if wanted in (_squeezed(topic.id), _squeezed(topic.name))), None)

    def name_of(self, field: str, value: str) -> str:
        """How a value is called in Persian: ("outlet", "irna") → «ایرنا», ("tone", "negative") → «منفی»; else the value itself."""
        if field == "outlet":
            return next((name for key, name in self.outlets if plain(key) == plain(value)), value)
        if field == "topic":
            return next((topic.name for topic in self.topics if topic.id == value), persian_value(field, value))
        return persian_value(field, value)

    @cached_property
    def _keys(self) -> frozenset[str]:
        return frozenset(plain(key) for key, _ in self.outlets)

    @cached_property
    def _by_name(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for key, name in self.outlets:
            for spelling in dict.fromkeys((_squeezed(name), _squeezed(_bare(name)))):
                found[spelling] = (*found.get(spelling, ()), plain(key))
        return found


NO_WORDS = Vocabulary()


def _squeezed(name: str) -> str:
    return plain(name).replace(" ", "")


def _bare(name: str) -> str:
    """«روزنامهٔ خراسان» → «خراسان»."""
    folded = plain(name)
    return next((rest for word in _BEFORE_NAMES if (rest := folded.removeprefix(f"{word} ")) != folded), folded)
