"""What is sent, for the pages that show and try it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from core.settings import Settings
from dashboards.letters import Firing
from digest.alert_run import backtest
from digest.links import minute
from digest.mail import Mail
from digest.run import preview
from digest.webhooks import check_address
from store.archive import Archive
from store.sendings import DigestRecord


@dataclass(frozen=True, slots=True)
class DigestLetters:
    """Composes previews, puts past digests together again, and tries alerts and addresses before they are kept."""

    archive: Archive
    settings: Settings

    def preview(self, subscription_id: int | None, now: datetime) -> Mail:
        """What the newest digest of a subscription says. Nothing is written or sent. NotFound, BadQuery, Unavailable."""
        return preview(self.archive, self.settings, subscription_id, now)

    def kept(self, digest: DigestRecord) -> Mail:
        """A past digest as it was sent."""
        return Mail(digest.subject, digest.html, digest.text, digest.chart)

    def backtest(self, query: str, since: datetime, now: datetime) -> Iterator[Firing]:
        """When an alert rule of this search would have fired. Nothing is written or sent. BadQuery, Unavailable."""
        for spike in backtest(self.archive, query, since, now):
            times = f"from:{minute(spike.since)} to:{minute(spike.until)}"
            yield Firing(spike.kind, spike.until, spike.count, spike.usual, spike.limit, spike.compared, times)

    def checked_webhook(self, url: str) -> str:
        """The address, if it may be told of events. Raises BadInput."""
        return check_address(url, self.settings)
