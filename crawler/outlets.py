"""Rows of ``outlets.toml`` → ``Outlet`` records, and which outlet an address belongs to.

An outlet is told apart by host, port and path prefix: several may share one host. ``www.`` and a dot at the end do not count.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from core.errors import SettingError
from core.records import Outlet

OWNERS = ("city", "astan", "state", "private", "")
FAMILIES = (
    "nastooh",
    "iran_samaneh",
    "asam",
    "news_studio",
    "tasnim",
    "wordpress",
    "wordpress_rest",
    "rss",
    "telegram",
    "eitaa",
    "",
)
MOST_DELAY = 3600.0
_KEY = re.compile(r"[^\W_][\w.-]{0,60}")
_TEXTS = ("key", "name", "family", "base_url", "owner", "collection", "proxy")
_LISTS = ("aliases", "feeds", "sitemaps", "listings", "sections")
_ADDRESS_LISTS = ("feeds", "sitemaps", "listings")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Site:
    """Where an outlet lives: host, port (0 for the usual one) and path prefix without a slash at the end ("" for the whole host)."""

    host: str
    port: int
    prefix: str

    def holds(self, other: "Site") -> bool:
        """Whether an address (its whole path as prefix) lies here."""
        if (self.host, self.port) != (other.host, other.port):
            return False
        return not self.prefix or other.prefix == self.prefix or other.prefix.startswith(self.prefix + "/")


def load_outlets(path: Path) -> tuple[Outlet, ...]:
    """Reads a file of outlets. Raises SettingError naming file, row and field for the first thing that is wrong."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingError(str(path), "", f"cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(str(path), "", f"is not TOML: {error}") from None
    rows = document.get("outlet", [])
    if not isinstance(rows, list) or set(document) - {"outlet"}:
        raise SettingError(str(path), sorted(document), "must hold [[outlet]] rows only")
    outlets = tuple(_read_row(f"{path.name} row {number}", row) for number, row in enumerate(rows, start=1))
    _refuse_twins(path.name, outlets)
    return outlets


def find_outlet(url: str, outlets: Iterable[Outlet]) -> Outlet | None:
    """The outlet whose host, port and longest prefix match the address; None when it is nobody's.

    ``https://www.shahraranews.ir/fa/news/1`` → the outlet with base address ``https://shahraranews.ir``.
    """
    return OutletMap(outlets).find(url)


def outlet_of(url: str, outlets: Iterable[Outlet]) -> Outlet:
    """The outlet of an address; one known by its host alone when no row matches."""
    found = find_outlet(url, outlets)
    if found is not None:
        return found
    parts = _split(url)
    host = parts.hostname or url
    return Outlet(key=host, name=host, family="", base_url=f"{parts.scheme or 'https'}://{parts.netloc}")


class OutletMap:
    """Finds the outlet of an address quickly."""

    def __init__(self, outlets: Iterable[Outlet]) -> None:
        self._sites: dict[tuple[str, int], list[tuple[Site, Outlet]]] = {}
        for outlet in outlets:
            for site in sites_of(outlet):
                self._sites.setdefault((site.host, site.port), []).append((site, outlet))
        for rows in self._sites.values():
            rows.sort(key=lambda row: len(row[0].prefix), reverse=True)

    def find(self, url: str) -> Outlet | None:
        """The outlet with the longest matching prefix."""
        site = site_of(url)
        if site is None:
            return None
        return next((outlet for own, outlet in self._sites.get((site.host, site.port), ()) if own.holds(site)), None)


def sites_of(outlet: Outlet) -> tuple[Site, ...]:
    """The places of an outlet: its base address and its aliases (``host``, ``host:port`` or ``host/prefix``)."""
    addresses = [outlet.base_url, *(alias if "://" in alias else f"http://{alias}" for alias in outlet.aliases)]
    return tuple(site for address in addresses if (site := site_of(address)) is not None)


def site_of(url: str) -> Site | None:
    """Host, port and path of an address; None when it has no host or a port that is no number.

    ``http://www.Quds.ir.:80/a/`` → ``Site("quds.ir", 0, "/a")``.
    """
    parts = _split(url)
    try:
        port = parts.port or 0
    except ValueError:
        return None
    if not parts.hostname or parts.scheme not in _DEFAULT_PORTS:
        return None
    usual = port in (80, 443)
    return Site(bare_host(parts.hostname), 0 if usual else port, parts.path.rstrip("/"))


def bare_host(host: str) -> str:
    """The host without ``www.`` and final dot, in small letters: the key of its politeness budget."""
    return host.lower().rstrip(".").removeprefix("www.")


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")


def _read_row(place: str, row: object) -> Outlet:
    if not isinstance(row, dict):
        raise SettingError(place, row, "must be a table")
    place = f"{place} ({row.get('key', '?')})"
    known = set(Outlet.__dataclass_fields__)
    for name in row:
        if name not in known:
            raise SettingError(f"{place} {name}", row[name], "is no field of an outlet")
    texts: dict[str, Any] = {name: _text(place, row, name) for name in _TEXTS}
    lists: dict[str, Any] = {name: _list(place, row, name) for name in _LISTS}
    enabled = row.get("enabled", True)
    if not isinstance(enabled, bool):
        raise SettingError(f"{place} enabled", enabled, "must be true or false")
    _check_texts(place, texts, enabled=enabled)
    for name in _ADDRESS_LISTS:
        lists[name] = tuple(_absolute(f"{place} {name}", texts["base_url"], part) for part in lists[name])
    for alias in lists["aliases"]:
        if site_of(f"http://{alias}") is None:
            raise SettingError(f"{place} aliases", alias, "must be host, host:port or host/prefix")
    return Outlet(**texts, **lists, selectors=_selectors(place, row), delay=_delay(place, row), enabled=enabled)


def _text(place: str, row: Mapping[str, Any], name: str) -> Any:
    value = row.get(name, "")
    if not isinstance(value, str):
        raise SettingError(f"{place} {name}", value, "must be text")
    return value.strip()


def _list(place: str, row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = row.get(name, [])
    if not isinstance(value, list) or not all(isinstance(part, str) and part.strip() for part in value):
        raise SettingError(f"{place} {name}", value, "must be a list of texts")
    return tuple(part.strip() for part in value)


def _check_texts(place: str, texts: Mapping[str, str], *, enabled: bool) -> None:
    if not _KEY.fullmatch(texts["key"]):
        raise SettingError(f"{place} key", texts["key"], "must be letters, digits, - and _ without a space")
    if not texts["name"]:
        raise SettingError(f"{place} name", texts["name"], "is missing")
    if texts["family"] not in FAMILIES:
        raise SettingError(f"{place} family", texts["family"], f"must be one of {', '.join(filter(None, FAMILIES))}")
    if texts["owner"] not in OWNERS:
        raise SettingError(f"{place} owner", texts["owner"], f"must be one of {', '.join(filter(None, OWNERS))}")
    if (enabled or texts["base_url"]) and site_of(texts["base_url"]) is None:
        raise SettingError(f"{place} base_url", texts["base_url"], "must be an http or https address")
    if texts["proxy"] and _split(texts["proxy"]).scheme != "http":
        raise SettingError(f"{place} proxy", texts["proxy"], "must be an http:// address")


def _selectors(place: str, row: Mapping[str, Any]) -> dict[str, str]:
    value = row.get("selectors", {})
    if not isinstance(value, dict) or not all(isinstance(part, str) for part in value.values()):
        raise SettingError(f"{place} selectors", value, "must be a table of texts")
    return dict(value)


def _delay(place: str, row: Mapping[str, Any]) -> float:
    value = row.get("delay", Outlet.__dataclass_fields__["delay"].default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_DELAY:
        raise SettingError(f"{place} delay", value, f"must be seconds from 0 to {MOST_DELAY:.0f}")
    return float(value)


def _absolute(place: str, base_url: str, address: str) -> str:
    if "://" not in address:
        return f"{base_url.rstrip('/')}/{address.lstrip('/')}"
    if site_of(address) is None:
        raise SettingError(place, address, "must be an http or https address or a path")
    return address


def _refuse_twins(file: str, outlets: Sequence[Outlet]) -> None:
    keys: set[str] = set()
    sites: dict[Site, str] = {}
    for outlet in outlets:
        if outlet.key in keys:
            raise SettingError(f"{file} ({outlet.key}) key", outlet.key, "stands there twice")
        keys.add(outlet.key)
        for site in sites_of(outlet) if outlet.enabled else ():
            if sites.setdefault(site, outlet.key) != outlet.key:
                raise SettingError(f"{file} ({outlet.key}) base_url", outlet.base_url, f"is the address of {sites[site]} too")
