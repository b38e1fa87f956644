"""Which addresses may be fetched."""

from ipaddress import ip_address
from typing import Any, cast

import pytest
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.interfaces import IHostnameResolver, IReactorTime
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.testing import MemoryReactorClock
from zope.interface import implementer

from core.errors import FetchRefused
from crawler.safety import AddressRules, GuardedReactor


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://a.ir/",
        "gopher://a.ir/",
        "data:text/html,x",
        "//a.ir/",
        "http://",
        "http://a.ir:0/",
        "http://a.ir:99999/",
        "http://[::1/",
        "http://127.0.0.1/",
        "http://10.1.2.3/",
        "http://192.168.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://[::1]/",
        "http://[fe80::1%25eth0]/",
        "http://[::ffff:10.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[::ffff:7f00:1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b:1::a00:1]/",
        "http://[2001:0:53aa:64c::1]/",
        "http://[fec0::1]/",
        "http://[fd12:3456::1]/",
        "http://[ff02::1]/",
        "http://[::]/",
        "http://224.0.0.1/",
        "http://a.ir/" + "a" * 9000,
    ],
)
def test_what_must_not_be_fetched_is_refused(url: str) -> None:
    """Complaint row 25: other schemes, private, local, shared and reserved numbers in every dress."""
    with pytest.raises(FetchRefused):
        AddressRules().check_url(url)


@pytest.mark.parametrize("url", ["http://a.ir/", "https://5.144.130.1/x", "https://a.ir:8443/سلام", "http://[2a02:26f0::1]/"])
def test_public_addresses_are_fetched(url: str) -> None:
    AddressRules().check_url(url)


def test_the_allow_list_takes_single_addresses_and_networks() -> None:
    rules = AddressRules(("127.0.0.1", "10.7.0.0/16"))
    rules.check_url("http://127.0.0.1:8000/")
    rules.check_url("http://10.7.3.4/")
    for url in ("http://127.0.0.2/", "http://10.8.0.1/"):
        with pytest.raises(FetchRefused):
            rules.check_url(url)


def test_behind_a_proxy_local_names_are_refused_as_written() -> None:
    for url in ("http://localhost/", "http://printer/", "http://db.internal/"):
        with pytest.raises(FetchRefused):
            AddressRules().check_url(url, through_proxy=True)
    AddressRules().check_url("http://press.example.ir/", through_proxy=True)


class _Reactor:
    def __init__(self) -> None:
        self.connected: list[tuple[Any, ...]] = []

    def connectTCP(self, *args: Any) -> None:
        self.connected.append(args)

    def callLater(self) -> str:
        return "later"


def test_the_number_is_checked_when_the_connection_is_made_so_that_rebinding_gains_nothing() -> None:
    """Complaint row 25: the name was harmless when it was looked at and resolves to a private number when it is connected to."""
    real = _Reactor()
    guarded = GuardedReactor(real, AddressRules())
    guarded.connectTCP("5.144.130.1", 80)
    for number in ("127.0.0.1", "10.0.0.1", "::1", "::ffff:10.0.0.1", "fe80::1%eth0", "fd00::1", "name-that-nobody-resolved.ir"):
        with pytest.raises(FetchRefused):
            guarded.connectTCP(number, 80)
    assert real.connected == [("5.144.130.1", 80)]
    assert guarded.callLater() == "later"


@implementer(IHostnameResolver)
class _Names:
    """Resolves every name to the same numbers, as a hostile name server would."""

    def __init__(self, *numbers: str) -> None:
        self._numbers = numbers

    def resolveHostName(self, receiver: Any, _name: str, portNumber: int = 0, **_kinds: Any) -> Any:
        receiver.resolutionBegan(self)
        for number in self._numbers:
            kind = IPv6Address if ":" in number else IPv4Address
            receiver.addressResolved(kind("TCP", number, portNumber))
        receiver.resolutionComplete()
        return self


@pytest.mark.parametrize(
    ("numbers", "connected"),
    [
        (("5.144.130.1",), ["5.144.130.1"]),
        (("2a02:26f0::1",), ["2a02:26f0::1"]),
        (("::1", "5.144.130.1"), ["5.144.130.1"]),
        (("::ffff:10.0.0.1", "2a02:26f0::1"), ["2a02:26f0::1"]),
        (("2a02:26f0::1", "127.0.0.1"), ["2a02:26f0::1"]),
        (("::1", "127.0.0.1", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"), []),
    ],
)
def test_every_number_of_a_name_is_judged_ipv4_and_ipv6(numbers: tuple[str, ...], connected: list[str]) -> None:
    """Complaint row 25: an AAAA record is no way around the guard, and a mapped number is judged as what it means."""
    network: Any = MemoryReactorClock()
    network.nameResolver = _Names(*numbers)
    endpoint = HostnameEndpoint(GuardedReactor(network, AddressRules()), "press.example", 80)

    attempt = endpoint.connect(Factory.forProtocol(Protocol))
    network.pump([0.4] * 20)

    assert [client[0] for client in network.tcpClients] == connected
    if not connected:
        assert isinstance(_failure_of(attempt), FetchRefused)
    attempt.addErrback(lambda _: None)


def _failure_of(attempt: Any) -> BaseException:
    found: list[Any] = []
    attempt.addErrback(found.append)
    return cast(BaseException, found[0].value)


def test_the_guard_says_that_it_provides_what_the_reactor_provides() -> None:
    from zope.interface import directlyProvides

    real = _Reactor()
    directlyProvides(real, IReactorTime)
    assert IReactorTime.providedBy(GuardedReactor(real, AddressRules()))


def test_a_number_may_be_judged_alone() -> None:
    with pytest.raises(FetchRefused, match="private address"):
        AddressRules().check_number(ip_address("192.168.1.1"))
