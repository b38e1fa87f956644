"""A desk in use for the pictures: a copy of the archive in which an officer has picked, published, corrected and subscribed."""

import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from core.dates import tehran_day
from core.records import Article, Outlet
from core.settings import Settings
from dashboards.bulletin_book import book_of
from dashboards.desk import Desk
from render.bulletin import book_json
from store.alerts import AlertRecord
from store.archive import Archive

OFFICER = "نگار"


@dataclass(frozen=True, slots=True)
class Used:
    """What the pictures need: the token of an administrator's session, and the numbers of what has a page of its own."""

    session: str
    published: int
    draft: int
    subscription: int
    search: int
    webhook: int


@contextmanager
def copied(settings: Settings) -> Iterator[Settings]:
    """The settings of a copy of the archive that is thrown away afterwards."""
    with TemporaryDirectory(prefix="rasad-pictures-") as folder:
        data = Path(folder) / "data"
        shutil.copytree(settings.data, data)
        yield settings.model_copy(update={"data": data})


def use(archive: Archive, outlets: Sequence[Outlet], now: datetime) -> Used:
    """Does what officers and administrators do, with the newest articles."""
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
    search = _searches(archive, now)
    _alerts(archive, articles[0], now)
    session = archive.accounts.sessions.start(user.id, now)
    return Used(session, published, draft, subscription.id, search, _webhook(archive, now))


def _searches(archive: Archive, now: datetime) -> int:
    """Three saved searches: one whose turn has come, one that is sent every week, one without a turn."""
    people, before = archive.people, now - timedelta(days=3)
    people.save_search("حمل‌ونقل", "اتوبوس یا قطارشهری یا مترو", OFFICER, "daily", before)
    sent = people.save_search("شورای شهر", '"شورای شهر"', "", "weekly", before)
    people.send_search(sent.id, ["pr@city.example"], "07:00", now)
    people.save_search("بوستان‌ها", "بوستان", OFFICER, "", before)
    return sent.id


def _alerts(archive: Archive, article: Article, now: datetime) -> None:
    quiet = ("22:00", "07:00")
    kinds = ("negative", "story")
    rule = archive.alerts.add("شهرداری", "شهرداری", kinds=kinds, addresses=["pr@city.example"], quiet=quiet, made_by=OFFICER, now=now)
    told = (
        ("negative", "شهرداری: ۹ خبر منفی نسبت به شهر در سه ساعت", "/search?q=شهرداری"),
        ("story", article.raw.headline, f"/articles/{article.id}"),
    )
    for number, (kind, headline, url) in enumerate(told):
        document: dict[str, object] = {"rule": rule.name, "headline": headline, "url": url}
        at = now - timedelta(hours=5 - 4 * number)
        archive.alerts.keep(AlertRecord(rule.id, f"{kind}:{number}", kind, at, document, headline, "", ""), rule.addresses, at)


def _webhook(archive: Archive, now: datetime) -> int:
    """A webhook that took one message, refuses another and waits for a third."""
    hooks = archive.webhooks
    events = ("articles.changed", "alert.fired")
    hook = hooks.add("داشبورد شهردار", "https://dashboard.city.example/hook", query="", events=events, made_by=OFFICER, now=now)
    for number in range(3):
        hooks.enqueue("alert.fired", f"picture:{number}", {"type": "alert.fired"}, now - timedelta(minutes=40 - number))
        if number == 2:
            break
        while one := hooks.claim("pictures", now + timedelta(days=number)):
            if number == 0:
                hooks.delivered(one.id, "pictures", 200, now)
            else:
                hooks.undelivered(one, "pictures", (503, "service unavailable"), now - timedelta(days=30))
    return hook.id


def _bulletin(archive: Archive, articles: list[Article], now: datetime) -> int:
    id = 0
    for article in articles:
        id = archive.bulletins.pick(tehran_day(now), article.id, OFFICER, now)
    archive.bulletins.describe(id, "بولتن خبری صبح", "گزیدهٔ خبرهای امروز دربارهٔ شهر.")
    archive.bulletins.annotate(id, articles[0].id, "پاسخ سازمان مربوط تا ظهر به دفتر می‌رسد.", "")
    return id
