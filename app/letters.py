"""The digest's letters for the pages that show them."""

from dataclasses import dataclass
from datetime import datetime

from core.settings import Settings
from digest.mail import Mail
from digest.run import preview
from store.archive import Archive
from store.sendings import DigestRecord


@dataclass(frozen=True, slots=True)
class DigestLetters:
    """Composes previews and puts past digests together again."""

    archive: Archive
    settings: Settings

    def preview(self, subscription_id: int | None, now: datetime) -> Mail:
        """What the newest digest of a subscription says. Nothing is written or sent. NotFound, BadQuery, Unavailable."""
        return preview(self.archive, self.settings, subscription_id, now)

    def kept(self, digest: DigestRecord) -> Mail:
        """A past digest as it was sent."""
        return Mail(digest.subject, digest.html, digest.text, digest.chart)
