"""The checks of ``rasad doctor``: each says what it found and, when that is bad, what to do (in Persian)."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from app.wiring import load_known_outlets, opened
from core.dates import jalali_numeric, persian_digits, tehran_day, utc_now
from core.errors import RasadError
from core.settings import Settings
from store.room import shortage_of

_SHOWN = 5
_LATE_MINUTES = 30
_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, for people and for programs, whether all is well, what was found, and the remedy."""

    name: str
    title: str
    good: bool
    found: str
    remedy: str


def checks(settings: Settings) -> Iterator[Check]:
    """Runs every check in order; one that breaks is a failed check, never an exception."""
    for name, title, look, remedy in _CHECKS:
        try:
            good, found = look(settings)
        except (RasadError, OSError, sqlite3.Error, sa.exc.SQLAlchemyError, ValueError) as error:
            good, found = False, getattr(error, "persian", "") or str(error)
        yield Check(name, title, good, found, remedy)


def _folder(settings: Settings) -> tuple[bool, str]:
    settings.data.mkdir(parents=True, exist_ok=True)
    probe = settings.data / ".doctor"
    probe.write_text("ok", encoding="utf-8")
    probe.unlink()
    return True, f"پوشهٔ {settings.data} نوشتنی است"


def _space(settings: Settings) -> tuple[bool, str]:
    shortage = shortage_of(settings.data)
    if shortage is None:
        with opened(settings) as archive:
            shortage = archive.room.look()
    return shortage is None, shortage.persian if shortage else "جا هست و پایگاه داده می‌نویسد"


def _users(settings: Settings) -> tuple[bool, str]:
    with opened(settings) as archive:
        roles = [one.user.role for one in archive.accounts.all()]
    if not roles:
        return settings.open == "read", "هیچ کاربری نیست"
    return True, f"{_number(len(roles))} کاربر، {_number(roles.count('admin'))} مدیر"


def _clock(settings: Settings) -> tuple[bool, str]:
    from store.backlog import read_backlog

    now = utc_now()
    with opened(settings) as archive:
        newest = max(read_backlog(archive.engine, now).newest.values(), default=now)
    ahead = newest - now
    if ahead < _AHEAD:
        return True, "ساعت از زمان تازه‌ترین خبر عقب نیست"
    return False, f"ساعت {_number(int(ahead.total_seconds()) // 60)} دقیقه از زمان تازه‌ترین خبر بایگانی عقب است"


def _mail(settings: Settings) -> tuple[bool, str]:
    with opened(settings) as archive:
        letters = len(archive.people.subscriptions())
    if not letters:
        return True, "هیچ خبرنامه‌ای نیست"
    if not settings.smtp_url:
        return False, f"{_number(letters)} خبرنامه هست و کارساز نامه نیست: نامه‌ها فقط در پوشهٔ outbox نوشته می‌شوند"
    return True, f"{_number(letters)} خبرنامه، فرستنده {settings.mail_from}"


def _sending(settings: Settings) -> tuple[bool, str]:
    from store.backlog import read_backlog

    with opened(settings) as archive:
        waiting = read_backlog(archive.engine, utc_now())
        failed = archive.webhooks.backlog().get("failed", 0)
    letters = waiting.stages["digest_letters"] + waiting.stages["alert_letters"]
    late = (utc_now() - waiting.oldest_letter).total_seconds() / 60 if waiting.oldest_letter else 0.0
    found = f"{_number(letters)} نامه در راه، کهنه‌ترین {_number(int(late))} دقیقه؛ {_number(failed)} پیام وب‌هوک برای همیشه ناموفق"
    return late < _LATE_MINUTES and not failed, found


def _outlets(settings: Settings) -> tuple[bool, str]:
    outlets = load_known_outlets(settings)
    enabled = sum(outlet.enabled for outlet in outlets.values())
    return enabled > 0, f"{_number(len(outlets))} رسانه در {settings.outlets_file}، {_number(enabled)} فعال"


def _archive(settings: Settings) -> tuple[bool, str]:
    with opened(settings) as archive:
        return True, f"{_number(archive.articles.count())} خبر، تازه‌ترین تغییر {_number(archive.articles.newest_seq())}"


def _index(settings: Settings) -> tuple[bool, str]:
    from store.doctor import compare

    with opened(settings) as archive:
        behind = archive.articles.newest_seq() - archive.search.seq()
        differences = compare(archive)
    if differences:
        shown = "؛ ".join(
            f"{one.day} {one.outlet}: {_number(one.in_sql)} در بایگانی، {_number(one.in_index)} در نمایه" for one in differences[:_SHOWN]
        )
        return False, f"{_number(len(differences))} روز و رسانه فرق دارد: {shown}" + " …" * (len(differences) > _SHOWN)
    return behind == 0, f"بایگانی و نمایه در هر روز و رسانه یکی است؛ {_number(behind)} تغییر در راه"


def _quiet(settings: Settings) -> tuple[bool, str]:
    from store.doctor import quiet_outlets

    yesterday = tehran_day(utc_now()) - timedelta(days=1)
    with opened(settings) as archive:
        quiet = quiet_outlets(archive.engine, yesterday)
    day = jalali_numeric(yesterday)
    if not quiet:
        return True, f"هیچ رسانه‌ای در {day} بسیار کمتر از همیشه خبر نداشت"
    shown = "، ".join(f"{one.outlet} {_number(one.found)} به جای {persian_digits(f'{one.usual:g}')}" for one in quiet[:_SHOWN])
    return False, f"{_number(len(quiet))} رسانه در {day} بسیار کمتر از همیشه خبر داشت: {shown}" + " …" * (len(quiet) > _SHOWN)


def _tagged(settings: Settings) -> tuple[bool, str]:
    from nlp.annotate import version_with

    version = version_with(settings.tone_model, settings.tone_labels, settings.own_model)
    with opened(settings) as archive:
        waiting = len(archive.articles.untagged(version, 1000))
    return waiting == 0, f"{'بیش از ' if waiting == 1000 else ''}{_number(waiting)} خبر در انتظار برچسب"


def _model(settings: Settings) -> tuple[bool, str]:
    from nlp.annotate import Annotator, Text

    annotator = Annotator.load(settings.config, settings.tone_model, settings.tone_labels, settings.own_model)
    label = annotator.annotate([Text(headline="", body="شهرداری مشهد از افتتاح یک بوستان تازه خبر داد.", published_at=utc_now())])[0]
    return True, f"نسخهٔ {annotator.version} پاسخ می‌دهد: {label.tone.label}"


def _number(count: int) -> str:
    return persian_digits(str(count))


Look = Callable[[Settings], tuple[bool, str]]
_CHECKS: tuple[tuple[str, str, Look, str], ...] = (
    ("data folder", "پوشهٔ داده", _folder, "پوشهٔ داده نوشتنی نیست؛ مالکیت و فضای دیسک را بررسی کنید یا RASAD_DATA را تغییر دهید."),
    ("outlets", "رسانه‌ها", _outlets, "فهرست رسانه‌ها را در config/outlets.toml درست کنید؛ دست‌کم یک رسانه باید فعال باشد."),
    ("archive", "بایگانی", _archive, "پایگاه داده باز نشد؛ RASAD_DATABASE_URL و فضای دیسک را بررسی کنید."),
    ("space", "جا برای نوشتن", _space, "فضای دیسک را باز کنید یا پوشهٔ داده را نوشتنی کنید؛ کار خودبه‌خود از سر گرفته می‌شود."),
    ("users", "کاربران", _users, "فرمان rasad user add NAME --role admin نخستین مدیر را می‌سازد؛ rasad serve هم پیوندی یک‌باره چاپ می‌کند."),
    ("clock", "ساعت", _clock, "ساعت دستگاه را با NTP میزان کنید؛ هیچ نامه‌ای دوباره فرستاده نمی‌شود."),
    ("index", "نمایه", _index, "فرمان rasad tag نمایه را به‌روز می‌کند؛ اگر کافی نبود rasad reindex آن را از نو می‌سازد."),
    (
        "quiet outlets",
        "رسانه‌های خاموش",
        _quiet,
        "فرمان rasad outlets check می‌گوید سایت این رسانه‌ها چه پاسخ می‌دهد؛ شاید قالب یا نشانی خوراک عوض شده باشد.",
    ),
    ("annotation", "برچسب‌ها", _tagged, "فرمان rasad tag خبرهای مانده را برچسب می‌زند."),
    ("mail", "خبرنامه", _mail, "کارساز نامه را در RASAD_SMTP_URL و فرستنده را در RASAD_MAIL_FROM بنویسید."),
    (
        "sending",
        "فرستادن",
        _sending,
        "RASAD_SMTP_URL و کارساز نامه را ببینید؛ پیام‌های ناموفق وب‌هوک را می‌توان در تنظیمات میز کار دوباره فرستاد.",
    ),
    ("model", "مدل", _model, "پرونده‌های nlp/model کامل نیست؛ مخزن را دوباره دریافت کنید یا RASAD_TONE_MODEL را بررسی کنید."),
)
