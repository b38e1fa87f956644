"""What ``rasad doctor`` says of the index and of outlets that fell silent."""

from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from app.doctor import Check, checks
from app.wiring import opened
from core.dates import utc_now
from core.settings import Settings
from store.engine import writing
from store.indexing import catch_up
from store.tables import articles
from tests.store.samples import raw


def look(settings: Settings, name: str) -> Check:
    """The check of that name; the ones after it are not run."""
    return next(check for check in checks(settings) if check.name == name)


def test_complaint_6_the_doctor_names_days_and_outlets_that_differ(tmp_path: Path) -> None:
    """Complaint row 6: what is stored and not found is named by day and outlet."""
    settings = Settings(data=tmp_path)
    with opened(settings, writable=True) as archive:
        archive.articles.save_many([raw(number) for number in range(1, 4)])
        catch_up(archive)
        assert look(settings, "index").good
        with writing(archive.engine) as connection:
            connection.execute(sa.update(articles).where(articles.c.id == 1).values(day="2026-11-01"))
    found = look(settings, "index")
    assert not found.good
    assert "2 days and outlets differ: 2026-11-01 toos: 1 in the records, 0 in the index" in found.found
    assert "rasad reindex" in found.remedy


def test_complaint_7_the_doctor_names_an_outlet_that_fell_silent_yesterday(tmp_path: Path) -> None:
    """Complaint row 7: everything of one kind was missing for two weeks; a user found it."""
    settings, now = Settings(data=tmp_path), utc_now()
    with opened(settings, writable=True) as archive:
        for back in range(1, 30):
            for outlet, usual in (("steady", 5), ("silent", 6)):
                number = usual if outlet == "steady" or back > 1 else 0
                made = [raw(one, outlet=outlet, news_id=f"{back}-{one}", published_at=now - timedelta(days=back)) for one in range(number)]
                archive.articles.save_many(made)
    found = look(settings, "quiet outlets")
    assert not found.good
    assert "silent 0 instead of 6" in found.found
    assert "steady" not in found.found
