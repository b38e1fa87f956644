"""The demo: sample outlets on loopback, read, tagged, indexed, shown and mailed by the same parts as the real ones."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from app.commands.tagging import settle_with_notes
from app.serving import check_port, serve_forever
from app.terminal import notes, put
from app.wiring import opened
from core.dates import jalali_numeric, tehran_day, utc_now
from core.errors import RasadError, SettingError
from core.outcomes import READ, Outcome
from core.records import Subscription
from core.settings import Settings
from digest.outbox import open_outbox
from digest.run import send_now
from render.words import TONE_NAMES, TOPIC_NAMES
from samples.sites import SampleSites
from store.archive import Archive
from store.index import SearchRequest
from store.query import parse_query

SAMPLE_DAYS = 15
MARKER = ".made-by-rasad-demo"


def run_demo(settings: Settings, *, once: bool) -> None:
    """Does the whole main job and prints the summary; then serves until interrupted unless ``once``."""
    if not once:
        check_port(settings.host, settings.port)
    _empty(settings.data)
    sites = SampleSites()
    sites.start(utc_now())
    try:
        settings = _with_samples(settings, sites)
        rows = _crawl("reading the sample outlets")
        settle_with_notes(settings, tag=True)
        sites.edit(utc_now())
        again = _crawl("reading them again: one article was edited")
        settle_with_notes(settings, tag=True)
        with opened(settings) as archive:
            mail = send_now(archive, open_outbox(settings), settings, _subscription(archive), utc_now())
            _summary(archive, settings, rows, again, mail)
        if not once:
            put(f"\nدرگاه: {settings.public_url}   (پایان با Ctrl-C)")
            serve_forever(settings)
    finally:
        sites.stop()


def _empty(data: Path) -> None:
    """Makes the demo's folder anew. A folder that the demo did not make is never deleted."""
    if data.exists() and any(data.iterdir()) and not (data / MARKER).exists():
        raise SettingError("RASAD_DATA", str(data), "is not a folder of the demo, and the demo would delete it; name another")
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    (data / MARKER).touch()


def _with_samples(settings: Settings, sites: SampleSites) -> Settings:
    """The settings with the sample outlets as the only ones, for this process and the crawl processes."""
    outlets = settings.data / "outlets.toml"
    sites.outlets_file(outlets)
    os.environ |= {"RASAD_DATA": str(settings.data), "RASAD_OUTLETS": str(outlets), "RASAD_ALLOW_ADDRESSES": "127.0.0.0/8"}
    return Settings.load(port=settings.port, open=settings.open)


def _crawl(what: str) -> list[dict[str, Any]]:
    """One crawl in a process of its own with a progress line; the rows of its summary."""
    since = jalali_numeric(tehran_day(utc_now() - timedelta(days=SAMPLE_DAYS)))
    command = [sys.executable, "-m", "app.cli", "crawl", "--json", "--since", since]
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    rows: list[dict[str, Any]] = []
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "RASAD_LOG_LEVEL": "WARNING"}) as child,
        Progress(*columns, console=notes) as bar,
    ):
        line = bar.add_task(what, total=None)
        for raw in child.stdout or ():
            event = json.loads(raw)
            if "summary" in event:
                rows = event["summary"]
            else:
                bar.advance(line)
    if child.returncode:
        raise RasadError(f"the crawl ended with status {child.returncode}; see the lines above")
    return rows


def _subscription(archive: Archive) -> Subscription:
    return archive.people.add_subscription("خبرهای شهر (نمونه)", "", ("pr-office@example.org",))


def _summary(archive: Archive, settings: Settings, rows: list[dict[str, Any]], again: list[dict[str, Any]], mail: Path | None) -> None:
    put("\n== رسانه‌ها (outlets) ==")
    for row in rows:
        outcomes = Counter({Outcome(key): number for key, number in row["outcomes"].items()})
        stored = outcomes[Outcome.STORED]
        skipped = {key: number for key, number in outcomes.items() if key not in READ}
        why = "، ".join(f"{key.persian} ({key}) {number}" for key, number in sorted(skipped.items())) or "—"
        put(f"{row['outlet']}: known {row['known']}, fetched {row['fetched']}, stored {stored}, skipped {sum(skipped.values())}: {why}")
    edited = sum(row["outcomes"].get(Outcome.EDITED, 0) for row in again)
    put(f"second reading: {edited} edited")
    page = archive.search.search(SearchRequest(parse_query("", now=utc_now()), facets=("topic", "tone", "city_tone")))
    for name, words in (("topic", TOPIC_NAMES), ("tone", TONE_NAMES), ("city_tone", TONE_NAMES)):
        put(f"\n== {name} ==")
        put("، ".join(f"{words.get(value, value)} ({value}) {number}" for value, number in page.facets.get(name, ())))
    put(f"\n{page.total} articles searchable in {settings.data}")
    put(f"today's digest: {mail or 'none'}")
