"""Where letters go: a mail server, a folder of ``.eml`` files, or a list in memory."""

import os
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from core.errors import RasadError, SettingError, Unavailable
from core.settings import Settings

COMMAND_SECONDS = 30.0
LETTER_SECONDS = 600.0


class AddressRefused(RasadError):
    """The mail server will never take a letter for this address (5xx)."""


class Outbox(Protocol):
    """Takes one letter for one address. ``begin`` is called just before the letter itself leaves; False there stops it."""

    def send(self, message: EmailMessage, receiver: str, begin: Callable[[], bool]) -> Path | None:
        """Hands the letter over; returns the file it lies in, if any. Raises Unavailable (try later) or AddressRefused (never)."""
        ...


@dataclass
class MemoryOutbox:
    """Keeps the letters in a list: for tests."""

    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)

    def send(self, message: EmailMessage, receiver: str, begin: Callable[[], bool]) -> Path | None:
        """Appends the letter."""
        if begin():
            self.letters.append((receiver, message))
        return None


@dataclass(frozen=True)
class FolderOutbox:
    """Writes each letter as a file named after its Message-ID and receiver: handed over twice, it is still one file."""

    folder: Path

    def send(self, message: EmailMessage, receiver: str, begin: Callable[[], bool]) -> Path | None:
        """Writes the file, whole or not at all. Raises Unavailable when the folder cannot be written."""
        if not begin():
            return None
        path = self.folder / file_name(message, receiver)
        part = path.with_suffix(f".{os.getpid()}.part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                file.write(message.as_bytes())
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as error:
            raise Unavailable(f"outbox folder {self.folder}: {error}") from error
        return path


def file_name(message: EmailMessage, receiver: str) -> str:
    """``digest.3.20261124T0300-1f0c….eml``: the letter's name and a short form of the receiver."""
    name = message["Message-ID"].strip("<>").partition("@")[0]
    return f"{name}-{sha256(receiver.encode()).hexdigest()[:8]}.eml"


@dataclass(frozen=True)
class SmtpOutbox:
    """A mail server at ``smtp://user:password@host:port`` (STARTTLS when offered) or ``smtps://…``; one connection a letter."""

    url: str
    sender: str
    command_seconds: float = COMMAND_SECONDS
    letter_seconds: float = LETTER_SECONDS

    def send(self, message: EmailMessage, receiver: str, begin: Callable[[], bool]) -> Path | None:
        """Hands the letter over. Only 5xx for the receiver or the letter is AddressRefused; any other refusal is Unavailable."""
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(f"mail server: {_words(error)}") from error
        try:
            self._deliver(server, message, receiver, begin)
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(f"mail server: {_words(error)}") from error
        finally:
            server.close()
        return None

    def _connect(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host, secure = parts.hostname or "localhost", parts.scheme == "smtps"
        context = ssl.create_default_context()
        if secure:
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=self.command_seconds, context=context)
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=self.command_seconds)
        try:
            server.ehlo_or_helo_if_needed()
            if not secure and server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
        except BaseException:
            server.close()
            raise
        return server

    def _deliver(self, server: smtplib.SMTP, message: EmailMessage, receiver: str, begin: Callable[[], bool]) -> None:
        _expect(server.mail(self.sender), 250)
        _accepted(server.rcpt(receiver), (250, 251))
        if not begin():
            server.quit()
            return
        if server.sock is not None:
            server.sock.settimeout(self.letter_seconds)
        try:
            answer = server.data(message.as_bytes())
        except smtplib.SMTPDataError as error:
            answer = (error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else error.smtp_error.encode())
        _accepted(answer, (250,))


def open_outbox(settings: Settings) -> SmtpOutbox | FolderOutbox:
    """The mail server of the settings, or the outbox folder when none is set. Raises SettingError for an address that is none."""
    if not settings.smtp_url:
        return FolderOutbox(settings.outbox_folder)
    try:
        parts = urlsplit(settings.smtp_url)
        usable = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise SettingError("RASAD_SMTP_URL", "(hidden)", "must be smtp://host:port or smtps://host:port")
    return SmtpOutbox(settings.smtp_url, settings.mail_from)


def _expect(answer: tuple[int, bytes], code: int) -> None:
    if answer[0] != code:
        raise smtplib.SMTPResponseException(*answer)


def _accepted(answer: tuple[int, bytes], codes: tuple[int, ...]) -> None:
    """Nothing for an acceptance; AddressRefused for 5xx, SMTPResponseException (try later) for anything else."""
    if answer[0] in codes:
        return
    error = smtplib.SMTPResponseException(*answer)
    if 500 <= answer[0] < 600:
        raise AddressRefused(_words(error))
    raise error


def _words(error: Exception) -> str:
    """``451 try later``: the server's answer, or what went wrong with the connection."""
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else str(error.smtp_error)
        return f"{error.smtp_code} {words}"[:300]
    return f"{type(error).__name__}: {error}"[:300]
