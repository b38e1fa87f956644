"""The DKIM signature of a letter, by dkimpy, when the settings name a key."""

from email.message import EmailMessage
from pathlib import Path

from core.errors import SettingError
from core.settings import Settings

_SIGNED = b"from to subject date message-id list-unsubscribe list-unsubscribe-post mime-version content-type".split()


def sign(message: EmailMessage, settings: Settings) -> EmailMessage:
    """Puts ``DKIM-Signature`` into the letter (and returns it); without a key it stays as it is. Raises SettingError for a bad key."""
    if settings.dkim_key is None:
        return message
    # 0.1 s to import; most installations sign nothing.
    import dkim  # type: ignore[import-untyped]

    domain = message["From"].addresses[0].domain
    try:
        line: bytes = dkim.sign(
            message.as_bytes(), settings.dkim_selector.encode(), domain.encode(), _key(settings.dkim_key), include_headers=_SIGNED
        )
    except dkim.DKIMException as error:
        raise SettingError("RASAD_DKIM_KEY", str(settings.dkim_key), f"cannot sign: {error}") from None
    message["DKIM-Signature"] = " ".join(line.decode().partition(": ")[2].split())
    return message


def _key(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingError("RASAD_DKIM_KEY", str(path), f"cannot be read: {error.strerror}") from None
