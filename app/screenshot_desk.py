"""A desk in use for the pictures: a copy of the archive in which an officer has picked, published, corrected and subscribed."""

import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from core.dates import tehran_day
from core.records import Article, Outlet
from core.settings import Settings
from dashboards.bulletin_book import book_of
from dashboards.desk import Desk
from render.bulletin import book_json
from store.archive import Archive

OFFICER = "نگار"


@dataclass(frozen=True, slots=True)
class Used:
    """What the pictures need: the token of an administrator's session, a published bulletin and a draft, and a subscription."""

    session: str
    published: int
    draft: int
    subscription: int


@contextmanager
def copied(settings: Settings) -> Iterator[Settings]:
    """The settings of a copy of the archive that is thrown away afterwards."""
    with TemporaryDirectory(prefix="rasad-pictures-") as folder:
        data = Path(folder) / "data"
        shutil.copytree(settings.data, data)
        yield settings.model_copy(update={"data": data})


def use(archive: Archive, outlets: Sequence[Outlet], now: datetime) -> Used:
    """Does what officers do, with the newest articles."""
    articles = sorted(archive.articles.walk(), key=lambda one: one.raw.published_at or one.first_seen_at, reverse=True)
    user = archive.accounts.add(OFFICER, "admin", secrets.token_urlsafe(16), now)
    published = _bulletin(archive, articles[:24:2], now)
    desk = Desk(archive, {outlet.key: outlet for outlet in outlets})
    archive.bulletins.publish(published, book_json(book_of(desk, archive.bulletins.get(published))), now)
    draft = _bulletin(archive, articles[1:14:2], now)
    archive.collections.add("رسانه‌های شهر", sorted({one.raw.outlet for one in articles})[:2], OFFICER, now)
    for article, label in zip(articles[3:12:4], ("negative", "positive", "neutral"), strict=False):
        archive.articles.correct([article.id], ("tone", label), OFFICER, now)
    subscription = archive.people.add_subscription("خبر روز", "شهرداری یا شهر", ("reader@city.example", "gone@city.example"), now=now)
    archive.people.mark_bad("gone@city.example", "550 5.1.1 no such user", now)
    return Used(archive.accounts.sessions.start(user.id, now), published, draft, subscription.id)


def _bulletin(archive: Archive, articles: list[Article], now: datetime) -> int:
    id = 0
    for article in articles:
        id = archive.bulletins.pick(tehran_day(now), article.id, OFFICER, now)
    archive.bulletins.describe(id, "بولتن خبری صبح", "گزیدهٔ خبرهای امروز دربارهٔ شهر.")
    archive.bulletins.annotate(id, articles[0].id, "پاسخ سازمان مربوط تا ظهر به دفتر می‌رسد.", "")
    return id
