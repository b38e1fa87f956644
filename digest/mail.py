"""A digest as a letter: what all addresses share, and the message made of it for one of them."""

import base64
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from html import escape

CHART_ID = "chart@digest.rasad"
UNSUBSCRIBE = "[[unsubscribe]]"


@dataclass(frozen=True, slots=True)
class Mail:
    """A composed digest. Where ``html`` and ``text`` hold ``UNSUBSCRIBE`` stands the address's own link; ``chart`` is a PNG or b""."""

    subject: str
    html: str
    text: str
    chart: bytes = b""

    def browser_html(self) -> str:
        """The letter as a page of its own: the chart inside it, the unsubscribe link dead."""
        inline = "data:image/png;base64," + base64.b64encode(self.chart).decode()
        return self.html.replace(f"cid:{CHART_ID}", inline).replace(UNSUBSCRIBE, "#")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What differs from letter to letter: sender, receiver, the link that ends it, when it was composed, and its name."""

    sender: str
    receiver: str
    unsubscribe_url: str
    composed_at: datetime
    message_id: str


class _Whole(EmailPolicy):
    """Leaves the unsubscribe link on its header's first line: folded away from the name, some mail systems do not see it."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """One header as it is sent."""
        if name == "List-Unsubscribe":
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


def message_id(subscription_id: int, window_at: datetime, sender: str) -> str:
    """The name of a letter, the same however often it is handed over: ``<digest.3.20261124T0300@example.org>``."""
    domain = sender.rpartition("@")[2].strip("> ") or "localhost"
    return f"<digest.{subscription_id}.{window_at:%Y%m%dT%H%M}@{domain}>"


def make_message(mail: Mail, envelope: Envelope) -> EmailMessage:
    """The MIME message: plain text, HTML beside it, the chart under its content id."""
    message = EmailMessage(policy=_Whole(linesep=SMTP.linesep))
    local, _, domain = envelope.sender.rpartition("@")
    message["From"] = Address("رصد", local or "rasad", domain or "localhost")
    message["To"] = envelope.receiver
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(envelope.composed_at)
    message["Message-ID"] = envelope.message_id
    message["List-Unsubscribe"] = f"<{envelope.unsubscribe_url}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text.replace(UNSUBSCRIBE, envelope.unsubscribe_url), cte="base64")
    link = escape(envelope.unsubscribe_url, quote=True)
    message.add_alternative(mail.html.replace(UNSUBSCRIBE, link), subtype="html", cte="base64")
    message["Content-Language"] = "fa"
    if mail.chart:
        page = list(message.iter_parts())[-1]
        assert isinstance(page, EmailMessage)
        page.add_related(mail.chart, "image", "png", cid=f"<{CHART_ID}>", filename="chart.png", disposition="inline")
    return message
