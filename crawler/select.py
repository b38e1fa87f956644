"""CSS selectors over an index of the page: the simple forms that families use cost a dictionary look-up, the rest go to cssselect."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

import lxml.etree
from lxml.cssselect import CSSSelector, SelectorError

_CLIMB = 60
_MOST = 400
_FEW = 12
_TOKEN = re.compile(
    r"(?P<tag>[a-zA-Z][a-zA-Z0-9]*|\*)|\.(?P<class>[\w-]+)|#(?P<id>[\w-]+)"
    r"|\[(?P<name>[\w:-]+)(?:(?P<sign>[~^$*|]?=)[\"']?(?P<value>[^\"'\]]*)[\"']?)?\]"
)
_INDEXED_ATTRIBUTES = ("itemprop", "rel", "property", "name")


@dataclass(frozen=True, slots=True)
class _Compound:
    """One step of a selector: ``div.title[lang]``. ``child`` says that ``>`` stands before it."""

    tag: str
    classes: tuple[str, ...]
    id: str
    attributes: tuple[tuple[str, str, str], ...]
    child: bool

    def fits(self, element: Any) -> bool:
        if self.tag and element.tag != self.tag:
            return False
        if self.id and element.get("id") != self.id:
            return False
        if self.classes:
            own = (element.get("class") or "").split()
            if any(name not in own for name in self.classes):
                return False
        return all(_attribute_fits(element.get(name), sign, value) for name, sign, value in self.attributes)


def _attribute_fits(own: str | None, sign: str, value: str) -> bool:
    if own is None:
        return False
    if not sign:
        return True
    if sign == "=":
        return own == value
    if sign == "~=":
        return value in own.split()
    if sign == "^=":
        return bool(value) and own.startswith(value)
    if sign == "$=":
        return bool(value) and own.endswith(value)
    return bool(value) and value in own


class Index:
    """The elements of a tree by class, id, tag and a few attributes, in document order, made in one pass."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self._by_class: dict[str, list[Any]] = defaultdict(list)
        self._by_id: dict[str, list[Any]] = defaultdict(list)
        self._by_tag: dict[str, list[Any]] = defaultdict(list)
        self._by_attribute: dict[tuple[str, str], list[Any]] = defaultdict(list)
        self._span: dict[Any, tuple[int, int]] = {}
        self._read(root)

    def _read(self, root: Any) -> None:
        starts: dict[Any, int] = {}
        for number, (event, element) in enumerate(lxml.etree.iterwalk(root, events=("start", "end"))):
            if event == "end":
                self._span[element] = (starts.pop(element), number)
                continue
            starts[element] = number
            self._by_tag[element.tag].append(element)
            for name, value in element.items():
                self._note(element, name, value)

    def _note(self, element: Any, name: str, value: str) -> None:
        if name == "class":
            for word in set(value.split()):
                self._by_class[word].append(element)
        elif name == "id":
            self._by_id[value].append(element)
        elif name in _INDEXED_ATTRIBUTES:
            for word in {value, *value.split()}:
                self._by_attribute[name, word].append(element)

    def position(self, element: Any) -> int:
        """Where the element stands in document order."""
        return self._span[element][0]

    def is_within(self, element: Any, ancestor: Any) -> bool:
        """Whether ``element`` is ``ancestor`` or lies inside it."""
        inner, outer = self._span[element], self._span[ancestor]
        return outer[0] <= inner[0] and inner[1] <= outer[1]

    def find_all(self, selector: str, within: Any = None) -> list[Any]:
        """All elements that the selector (commas allowed) fits, in document order, the first few hundred; a broken selector finds none."""
        found: dict[Any, None] = {}
        inside = (-1, len(self._span) * 2) if within is None else self._span[within]
        for steps in parse_selector(selector):
            for element in self._matches(steps, inside):
                found[element] = None
                if len(found) >= _MOST:
                    break
        return sorted(found, key=self.position) if "," in selector else list(found)

    def _matches(self, steps: "tuple[_Compound, ...] | str", inside: tuple[int, int]) -> Iterator[Any]:
        if isinstance(steps, str):
            yield from self._cut(_compiled(steps)(self.root), inside)
            return
        last = self._cut(self._candidates(steps[-1]), inside)
        if len(steps) == 1:
            yield from (element for element in last if steps[0].fits(element))
            return
        tops = [element for element in self._candidates(steps[0]) if steps[0].fits(element)]
        for element in last if tops else ():
            if self._is_under(element, tops) and steps[-1].fits(element) and _fits_above(element, steps):
                yield element

    def _cut(self, elements: list[Any], inside: tuple[int, int]) -> list[Any]:
        """Those of some elements in document order that start after the first and before the second position."""
        if inside[0] < 0:
            return elements
        return elements[bisect_right(elements, inside[0], key=self.position) : bisect_left(elements, inside[1], key=self.position)]

    def _is_under(self, element: Any, tops: list[Any]) -> bool:
        """Whether the element lies under one of a few others; True unseen where they are many."""
        start = self._span[element][0]
        return len(tops) > _FEW or any(self._span[top][0] < start < self._span[top][1] for top in tops)

    def _candidates(self, last: _Compound) -> list[Any]:
        if last.id:
            return self._by_id.get(last.id, [])
        if last.classes:
            return min((self._by_class.get(name, []) for name in last.classes), key=len)
        for name, sign, value in last.attributes:
            if name in _INDEXED_ATTRIBUTES and sign in ("=", "~="):
                return self._by_attribute.get((name, value), [])
        if last.tag:
            return self._by_tag.get(last.tag, [])
        return list(self._span)


def _fits_above(element: Any, steps: tuple[_Compound, ...]) -> bool:
    """Whether the steps before the last fit the element's ancestors, nearest first, climbing no further than real pages nest."""
    wanted = len(steps) - 2
    must_be_parent = steps[-1].child
    for ancestor in islice(element.iterancestors(), _CLIMB):
        if steps[wanted].fits(ancestor):
            must_be_parent = steps[wanted].child
            wanted -= 1
            if wanted < 0:
                return True
        elif must_be_parent:
            return False
    return False


@lru_cache(maxsize=4096)
def parse_selector(selector: str) -> tuple["tuple[_Compound, ...] | str", ...]:
    """The alternatives of a selector: steps where the index can answer, else the selector itself for cssselect."""
    alternatives: list[tuple[_Compound, ...] | str] = []
    for part in _split_alternatives(selector):
        steps = _steps(part)
        if steps:
            alternatives.append(steps)
        elif _compiled(part) is not _none:
            alternatives.append(part)
    return tuple(alternatives)


def _split_alternatives(selector: str) -> list[str]:
    if "(" in selector:
        return [selector.strip()]
    return [part.strip() for part in selector.split(",") if part.strip()]


def _steps(part: str) -> tuple[_Compound, ...]:
    steps = []
    child = False
    for word in re.sub(r"\s*>\s*", " > ", part).split() if "[" not in part else _words(part):
        if word == ">":
            child = True
            continue
        compound = _compound(word, child)
        if compound is None:
            return ()
        steps.append(compound)
        child = False
    return tuple(steps)


def _words(part: str) -> list[str]:
    """The steps of a selector whose attribute values may hold spaces: ``a[rel='category tag'] > b`` → three words."""
    return re.findall(r">|(?:[^\s>\[]|\[[^\]]*\])+", part)


def _compound(word: str, child: bool) -> _Compound | None:
    position, tag, identity = 0, "", ""
    classes: list[str] = []
    attributes: list[tuple[str, str, str]] = []
    while position < len(word):
        match = _TOKEN.match(word, position)
        if match is None or (match["tag"] and position):
            return None
        position = match.end()
        tag = match["tag"] or tag
        identity = match["id"] or identity
        if match["class"]:
            classes.append(match["class"])
        if match["name"]:
            attributes.append((match["name"], match["sign"] or "", match["value"] or ""))
    return _Compound("" if tag == "*" else tag.lower(), tuple(classes), identity, tuple(attributes), child)


def _none(_root: Any) -> list[Any]:
    return []


@lru_cache(maxsize=512)
def _compiled(selector: str) -> Any:
    try:
        return CSSSelector(selector, translator="html")
    except (SelectorError, lxml.etree.XPathSyntaxError, ValueError):
        return _none
