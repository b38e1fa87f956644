"""The checks of ``rasad doctor``: each says what it found and, when that is bad, what to do (in Persian)."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from app.wiring import load_known_outlets, opened
from core.dates import tehran_day, utc_now
from core.errors import RasadError
from core.settings import Settings

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, whether all is well, what was found, and the remedy."""

    name: str
    good: bool
    found: str
    remedy: str


def checks(settings: Settings) -> Iterator[Check]:
    """Runs every check in order; one that breaks is a failed check, never an exception."""
    for name, look, remedy in _CHECKS:
        try:
            good, found = look(settings)
        except (RasadError, OSError, sqlite3.Error, ValueError) as error:
            good, found = False, str(error)
        yield Check(name, good, found, remedy)


def _folder(settings: Settings) -> tuple[bool, str]:
    settings.data.mkdir(parents=True, exist_ok=True)
    probe = settings.data / ".doctor"
    probe.write_text("ok", encoding="utf-8")
    probe.unlink()
    return True, f"{settings.data} can be written"


def _space(settings: Settings) -> tuple[bool, str]:
    from app.pausing import pause_reason

    reason = pause_reason(settings.data)
    return not reason, reason or "there is space, and the folder can be written"


def _sending(settings: Settings) -> tuple[bool, str]:
    from store.backlog import read_backlog

    with opened(settings) as archive:
        waiting = read_backlog(archive.engine, utc_now())
        failed = archive.webhooks.backlog().get("failed", 0)
    letters = waiting.stages["digest_letters"] + waiting.stages["alert_letters"]
    late = (utc_now() - waiting.oldest_letter).total_seconds() / 60 if waiting.oldest_letter else 0.0
    found = f"{letters} letters wait, the oldest for {late:.0f} minutes; {failed} webhook messages failed for good"
    return late < 30 and not failed, found


def _outlets(settings: Settings) -> tuple[bool, str]:
    outlets = load_known_outlets(settings)
    enabled = sum(outlet.enabled for outlet in outlets.values())
    return enabled > 0, f"{len(outlets)} outlets in {settings.outlets_file}, {enabled} enabled"


def _archive(settings: Settings) -> tuple[bool, str]:
    with opened(settings) as archive:
        return True, f"{archive.articles.count()} articles, newest change {archive.articles.newest_seq()}"


def _index(settings: Settings) -> tuple[bool, str]:
    from store.doctor import compare

    with opened(settings) as archive:
        behind = archive.articles.newest_seq() - archive.search.seq()
        differences = compare(archive)
    if differences:
        shown = "; ".join(
            f"{one.day} {one.outlet}: {one.in_sql} in the records, {one.in_index} in the index" for one in differences[:_SHOWN]
        )
        return False, f"{len(differences)} days and outlets differ: {shown}" + " …" * (len(differences) > _SHOWN)
    return behind == 0, f"records and index agree on every day and outlet, {behind} changes waiting"


def _quiet(settings: Settings) -> tuple[bool, str]:
    from store.doctor import quiet_outlets

    yesterday = tehran_day(utc_now()) - timedelta(days=1)
    with opened(settings) as archive:
        quiet = quiet_outlets(archive.engine, yesterday)
    if not quiet:
        return True, f"no outlet had far less articles than usual on {yesterday}"
    shown = ", ".join(f"{one.outlet} {one.found} instead of {one.usual:g}" for one in quiet[:_SHOWN])
    return False, f"{len(quiet)} outlets had far less articles than usual on {yesterday}: {shown}" + " …" * (len(quiet) > _SHOWN)


def _tagged(settings: Settings) -> tuple[bool, str]:
    from nlp.annotate import version_with

    version = version_with(settings.tone_model, settings.tone_labels, settings.own_model)
    with opened(settings) as archive:
        waiting = len(archive.articles.untagged(version, 1000))
    return waiting == 0, f"{waiting if waiting < 1000 else 'over 1000'} articles wait for annotation"


def _model(settings: Settings) -> tuple[bool, str]:
    from nlp.annotate import Annotator, Text

    annotator = Annotator.load(settings.config, settings.tone_model, settings.tone_labels, settings.own_model)
    label = annotator.annotate([Text(headline="", body="شهرداری مشهد از افتتاح یک بوستان تازه خبر داد.", published_at=utc_now())])[0]
    return True, f"version {annotator.version} answers: tone {label.tone.label}"


_CHECKS: tuple[tuple[str, Callable[[Settings], tuple[bool, str]], str], ...] = (
    ("data folder", _folder, "پوشهٔ داده نوشتنی نیست؛ مالکیت و فضای دیسک را بررسی کنید یا RASAD_DATA را تغییر دهید."),
    ("space", _space, "فضای دیسک را باز کنید یا پوشهٔ داده را نوشتنی کنید؛ کار خودبه‌خود از سر گرفته می‌شود."),
    ("outlets", _outlets, "فهرست رسانه‌ها را در config/outlets.toml درست کنید؛ دست‌کم یک رسانه باید فعال باشد."),
    ("archive", _archive, "پایگاه داده باز نشد؛ RASAD_DATABASE_URL و فضای دیسک را بررسی کنید."),
    ("index", _index, "فرمان rasad tag نمایه را به‌روز می‌کند؛ اگر کافی نبود rasad reindex آن را از نو می‌سازد."),
    (
        "quiet outlets",
        _quiet,
        "فرمان rasad outlets check می‌گوید سایت این رسانه‌ها چه پاسخ می‌دهد؛ شاید قالب یا نشانی خوراک عوض شده باشد.",
    ),
    ("annotation", _tagged, "فرمان rasad tag خبرهای مانده را برچسب می‌زند."),
    ("sending", _sending, "RASAD_SMTP_URL و کارساز نامه را ببینید؛ پیام‌های ناموفق وب‌هوک را می‌توان از راه API دوباره فرستاد."),
    ("model", _model, "پرونده‌های nlp/model کامل نیست؛ مخزن را دوباره دریافت کنید یا RASAD_TONE_MODEL را بررسی کنید."),
)
