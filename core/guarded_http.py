"""An httpx transport that connects to permitted numbers only, and gives up when an answer takes too long altogether."""

import socket
import ssl
import time
from ipaddress import ip_address
from typing import Any

import httpcore
import httpx

from core.addresses import AddressRules
from core.errors import FetchRefused


class GuardedBackend(httpcore.SyncBackend):
    """Connects to the very number that was checked. ``seconds`` bounds a connection from its beginning to its end; None: unbounded."""

    def __init__(self, rules: AddressRules, seconds: float | None = None) -> None:
        self._rules = rules
        self._seconds = seconds

    def connect_tcp(self, host: str, port: int, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        """Resolves, checks and connects to the first of the host's numbers, IPv4 or IPv6, that may be and answers; raises FetchRefused."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from None
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for number in dict.fromkeys(str(one[4][0]) for one in found):
            try:
                self._rules.check_number(ip_address(number.partition("%")[0]))
                stream = super().connect_tcp(number, port, *args, **kwargs)
                return stream if self._seconds is None else _Bounded(stream, time.monotonic() + self._seconds)
            except (FetchRefused, httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


def guarded_transport(rules: AddressRules, *, seconds: float | None = None, verify: ssl.SSLContext | bool = True) -> httpx.HTTPTransport:
    """A transport for ``httpx.Client(transport=…, trust_env=False)``."""
    transport = httpx.HTTPTransport(verify=verify, retries=0)
    transport._pool._network_backend = GuardedBackend(rules, seconds)
    return transport


class _Bounded(httpcore.NetworkStream):
    """A connection that must be done by a moment, however slowly the other end drips."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None) -> "_Bounded":
        return _Bounded(self._stream.start_tls(ssl_context, server_hostname, self._left(timeout)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _left(self, timeout: float | None) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the answer took too long")
        return left if timeout is None else min(timeout, left)
