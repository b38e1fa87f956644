"""What ``rasad doctor`` finds, and that each finding has a remedy in Persian."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
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
    assert "۲ روز و رسانه فرق دارد: 2026-11-01 toos: ۱ در بایگانی، ۰ در نمایه" in found.found
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
    assert "silent ۰ به جای ۶" in found.found
    assert "steady" not in found.found


def test_every_check_has_a_persian_name_and_a_persian_remedy(tmp_path: Path) -> None:
    for check in checks(Settings(data=tmp_path / "new")):
        for words in (check.title, check.remedy, check.found):
            assert re.search(r"[آ-ی]{3}", words), (check.name, words)


def test_the_doctor_warns_while_nobody_can_sign_in(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    found = look(settings, "users")
    assert not found.good
    assert "هیچ کاربری نیست" in found.found
    assert "rasad user add" in found.remedy
    assert look(Settings(data=tmp_path, open="read"), "users").good
    with opened(settings) as archive:
        archive.accounts.add("مدیر", "admin", "چهار واژهٔ بی‌ربط", utc_now())
    assert look(settings, "users").good


def test_the_doctor_warns_of_letters_that_nobody_gets(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    assert look(settings, "mail").good
    with opened(settings) as archive:
        archive.people.add_subscription("روز", "", ["pr@example.org"])
    found = look(settings, "mail")
    assert not found.good
    assert "RASAD_SMTP_URL" in found.remedy
    assert look(Settings(data=tmp_path, smtp_url="smtp://127.0.0.1"), "mail").good


def test_the_doctor_warns_of_a_clock_that_was_set_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(data=tmp_path)
    with opened(settings) as archive:
        archive.articles.save(raw(1, fetched_at=utc_now()))
    assert look(settings, "clock").good
    monkeypatch.setattr("app.doctor.utc_now", lambda: utc_now() - timedelta(hours=3))
    found = look(settings, "clock")
    assert not found.good
    assert "دقیقه" in found.found
