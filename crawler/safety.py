"""The reactor that connects to permitted numbers only (the rule itself stands in ``core.addresses``).

A proxy that the settings name is exempt; what lies behind it is judged by its address as written, since the proxy resolves the name.
"""

from typing import Any

from zope.interface import directlyProvides, providedBy  # type: ignore[import-untyped]

from core.addresses import AddressRules, number_of
from core.errors import FetchRefused

__all__ = ["AddressRules", "GuardedReactor"]


class GuardedReactor:
    """A reactor that connects to permitted numbers only. Everything else goes to the real one."""

    def __init__(self, reactor: Any, rules: AddressRules) -> None:
        self._reactor = reactor
        self._rules = rules
        directlyProvides(self, providedBy(reactor))

    def connectTCP(self, host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        """Connects to a number, or raises FetchRefused; a name that nobody resolved is refused as well."""
        number = number_of(host)
        if number is None:
            raise FetchRefused(host, "unresolved name")
        self._rules.check_number(number)
        return self._reactor.connectTCP(host, port, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reactor, name)
