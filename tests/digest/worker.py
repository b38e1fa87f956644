"""A worker that sends what is due, as a process of its own: a test kills it.

``python -m tests.digest.worker DATA SMTP_URL NOW`` prints ``ready`` when everything is loaded and ``done`` when nothing is due.
"""

import sys
from datetime import datetime
from pathlib import Path

from core.settings import Settings
from digest.outbox import SmtpOutbox
from digest.run import send_due
from store.archive import open_archive
from store.tantivy_index import TantivyIndex


def main(data: str, smtp_url: str, now: str) -> None:
    """Sends what is due at ``now``."""
    settings = Settings(data=Path(data), smtp_url=smtp_url, mail_from="rasad@example.org", base_url="https://rasad.example")
    archive = open_archive(settings, TantivyIndex(settings.index_folder))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    send_due(archive, SmtpOutbox(smtp_url, "rasad@example.org", command_seconds=5, letter_seconds=2), settings, datetime.fromisoformat(now))
    sys.stdout.write("done\n")
    archive.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
