"""A real SMTP server on loopback (aiosmtpd) that takes letters, and refuses, stalls or hangs up as a test asks."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class PostOffice:
    """``letters`` are those accepted. ``answers`` gives the answer to RCPT and to the end of a letter, by address; "" accepts.

    The words ``hang up`` close the connection instead, ``stall`` lets the client wait; ``take and hang up`` is what SMTP cannot tell
    apart from ``hang up``: the letter is taken, its answer lost. Such letters are noted in ``unanswered``. ``mood`` overrides
    the answer to the end of a letter; ``pause`` are the seconds that the server thinks before and after it takes one.
    """

    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)
    rcpt_answers: dict[str, str] = field(default_factory=dict)
    data_answers: dict[str, str] = field(default_factory=dict)
    unanswered: set[tuple[str, str]] = field(default_factory=set)
    mood: Callable[[], str] = str
    pause: Callable[[], float] = float
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""

    def names(self) -> list[tuple[str, str]]:
        """(Message-ID, receiver) of every letter accepted."""
        with self.lock:
            return [(message["Message-ID"], receiver) for receiver, message in self.letters]

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: ARG002
        """Answers a receiver."""
        answer = await self._answer(server, self.rcpt_answers.get(address, ""))
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002
        """Answers the end of a letter, and keeps it when it accepts."""
        receiver = envelope.rcpt_tos[0]
        content: Any = envelope.content
        message = message_from_bytes(content, policy=default)
        wanted = self.mood() or self.data_answers.get(receiver, "")
        taken = wanted in ("", "take and hang up")
        await asyncio.sleep(self.pause())
        if taken:
            with self.lock:
                self.letters.append((receiver, message))
        if wanted == "take and hang up":
            self.unanswered.add((message["Message-ID"], receiver))
        await asyncio.sleep(self.pause())
        return await self._answer(server, wanted)

    async def _answer(self, server: SMTP, wanted: str) -> str:
        if wanted == "stall":
            await asyncio.sleep(3)
        if wanted in ("stall", "hang up", "take and hang up"):
            server.transport.abort()
            return "421 closing"
        return wanted or "250 OK"


@contextmanager
def open_post_office() -> Iterator[PostOffice]:
    """A running server; its ``url`` is an address for ``RASAD_SMTP_URL``."""
    office = PostOffice()
    port = _free_port()
    controller = Controller(office, hostname="127.0.0.1", port=port, timeout=20)
    controller.start()
    try:
        office.url = f"smtp://127.0.0.1:{port}"
        yield office
    finally:
        controller.stop(no_assert=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
