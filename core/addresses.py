"""Which addresses may be fetched or told: http and https only, and no private network unless the settings allow it.

What counts is the number that is connected to, checked when the connection is made: a name that resolves to another number a moment
later (DNS rebinding) gains nothing. The rule is pure; the crawler's reactor and ``core.guarded_http`` ask it at every connection.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from core.errors import FetchRefused

SCHEMES = ("http", "https")
LONGEST_URL = 8192
_LOCAL_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost")
_LOCAL_ENDS = (".localhost", ".local", ".internal", ".home.arpa")
_SHARED = ip_network("100.64.0.0/10")
_NAT64 = ip_network("64:ff9b::/96")

Number = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class AddressRules:
    """The private networks that may be fetched after all; everything public may be."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed: tuple[Network, ...] = tuple(ip_network(part, strict=False) for part in allowed)

    def check_url(self, url: str, *, through_proxy: bool = False) -> None:
        """Raises FetchRefused for another scheme, no host, a bad port, or a number that may not be connected to."""
        if len(url) > LONGEST_URL:
            raise FetchRefused(url, "address too long")
        try:
            parts = urlsplit(url)
            port_is_bad = parts.port == 0
        except ValueError:
            raise FetchRefused(url, "no address") from None
        if parts.scheme.lower() not in SCHEMES:
            raise FetchRefused(url, f"scheme {parts.scheme or 'missing'}")
        if not parts.hostname or port_is_bad:
            raise FetchRefused(url, "no host")
        number = number_of(parts.hostname)
        if number is not None:
            self.check_number(number, url)
        elif through_proxy and _is_local_name(parts.hostname):
            raise FetchRefused(url, "local name")

    def check_number(self, number: Number, url: str = "") -> None:
        """Raises FetchRefused for a number in a private, local or reserved network that is not allowed."""
        meant = _unwrapped(number)
        if any(meant in network for network in self._allowed if network.version == meant.version):
            return
        if not meant.is_global or meant.is_multicast or meant.is_reserved or _is_local(meant):
            raise FetchRefused(url or str(number), f"private address {number}")


def number_of(host: str) -> Number | None:
    """The number that a host is written as; None for a name: ``[::1]`` → ``::1``."""
    try:
        return ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None


def _unwrapped(number: Number) -> Number:
    """The IPv4 number inside a mapped, 6to4 or NAT64 one: ``::ffff:127.0.0.1`` → ``127.0.0.1``."""
    if not isinstance(number, IPv6Address):
        return number
    if number in _NAT64:
        return IPv4Address(int(number) & 0xFFFFFFFF)
    return number.ipv4_mapped or number.sixtofour or number


def _is_local(number: Number) -> bool:
    """The two ranges that Python calls global although they are not: shared IPv4 space and the old site-local IPv6 addresses."""
    return number in _SHARED if isinstance(number, IPv4Address) else number.is_site_local


def _is_local_name(host: str) -> bool:
    name = host.lower().rstrip(".")
    return name in _LOCAL_NAMES or name.endswith(_LOCAL_ENDS) or "." not in name
