"""Whom letters go to, of a digest or of an alert: one record for both."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address. ``state`` is ``bad`` since the mail server refused it for good, with its words as ``reason``.

    ``token`` is its unsubscribe link's; ``since`` is when it was added, left, or was refused.
    """

    address: str
    token: str
    state: Literal["active", "unsubscribed", "bad"]
    since: datetime
    reason: str = ""


def recipient_of(row: sa.Row[tuple[object, ...]]) -> Recipient:
    """The record of a row of ``subscription_addresses`` or ``alert_addresses``."""
    if row.unsubscribed_at is not None:
        return Recipient(row.address, row.token, "unsubscribed", row.unsubscribed_at)
    if row.bad_at is not None:
        return Recipient(row.address, row.token, "bad", row.bad_at, row.bad_reason)
    return Recipient(row.address, row.token, "active", row.added_at)
