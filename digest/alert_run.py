"""Watches the saved searches that have an alert rule: counts, fires, writes down once, tells by letter and webhook. And the back-test."""

import logging
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Literal

from core.errors import BadQuery, Unavailable
from core.records import Article
from core.settings import Settings
from digest.alert_mail import ArticleLine, alert_message_id, compose_alert, spike_words, story_words
from digest.alerts import (
    STORY_OUTLETS,
    STORY_WITHIN,
    Count,
    Rising,
    Spike,
    find_spike,
    is_story_told,
    is_told,
    quiet_until,
)
from digest.gather import outlet_names
from digest.links import RELEVANT, Links
from digest.mail import Envelope, Mail, make_message
from digest.outbox import AddressRefused, Outbox
from digest.signing import sign
from digest.windows import Window
from render.shapes import Json, moment, reprint_json
from store.alerts import AlertLetter, AlertRecord, AlertRule
from store.archive import Archive
from store.arrivals import arrivals_of
from store.index import SearchRequest
from store.index import moment as moment_of
from store.query import EVERYTHING, Query, all_of, in_field, parse_query, within
from store.work import process_owner

SHOWN = 6
FIRST_RETRY, LONGEST_RETRY, MOST_ATTEMPTS = timedelta(minutes=1), timedelta(hours=1), 30
SPIKES: tuple[Literal["volume", "negative"], ...] = ("volume", "negative")
log = logging.getLogger("rasad.alerts")


@dataclass(frozen=True, slots=True)
class _Watch:
    archive: Archive
    settings: Settings
    rule: AlertRule
    query: Query
    now: datetime


def watch(archive: Archive, settings: Settings, now: datetime) -> int:
    """Judges every rule at this moment; how many alerts fired that were not told before. Two workers tell each one once."""
    fired = 0
    for rule in archive.alerts.rules():
        try:
            query = relevant(parse_query(rule.query, now=now, words=archive.words()), now)
        except BadQuery as error:
            log.warning("alert rule %d: its search cannot be read: %s", rule.id, error)
            continue
        fired += _judge(_Watch(archive, settings, rule, query, now))
    return fired


def relevant(query: Query, now: datetime) -> Query:
    """The articles of a query that nobody marked irrelevant."""
    return all_of(query, parse_query(RELEVANT, now=now))


def send_letters(archive: Archive, outbox: Outbox, settings: Settings, now: datetime) -> int:
    """Hands over the letters that are due; how many were taken. A refusal for good is written down, anything else tried again."""
    sent, owner = 0, process_owner()
    while archive.alerts.is_any_due(now) and (letter := archive.alerts.claim(owner, now)):
        sent += _send(archive, outbox, settings, (letter, owner, now))
    return sent


def backtest(archive: Archive, text: str, since: datetime, now: datetime) -> Iterator[Spike]:
    """When a rule of this search would have fired from ``since`` on, hour by hour, with what the archive knows today."""
    query = relevant(parse_query(text, now=now, words=archive.words()), now)
    count, begin = _counted(archive, query, now)
    told: dict[str, datetime] = {}
    at = since.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    while at <= now:
        for kind in SPIKES:
            spike = find_spike(kind, at, count, begin)
            if spike and not is_told(spike, told):
                told[spike.key] = spike.until
                yield spike
        at += timedelta(hours=1)


def _judge(watching: _Watch) -> int:
    archive, rule, now = watching.archive, watching.rule, watching.now
    told, fired = archive.alerts.told(rule.id), 0
    begin = _begin(archive)
    for kind in SPIKES:
        spike = find_spike(kind, now, _live(watching), begin) if kind in rule.kinds and begin else None
        if spike and not is_told(spike, told):
            fired += _keep_spike(watching, spike)
    for rising in _rising(watching) if "story" in rule.kinds else ():
        if not is_story_told(rising, told):
            fired += _keep_story(watching, rising)
    return fired


def _live(watching: _Watch) -> Count:
    negative = parse_query("city_tone:negative", now=watching.now)

    def count(since: datetime, until: datetime, only_negative: bool) -> int:
        query = within(watching.query, since, until)
        query = all_of(query, negative) if only_negative else query
        return watching.archive.search.search(SearchRequest(query, limit=1, order="newest", fold=False)).total

    return count


def _counted(archive: Archive, query: Query, now: datetime) -> tuple[Count, datetime]:
    """The same counts from memory: every article's time, read once."""
    times = {False: _times(archive, query), True: _times(archive, all_of(query, parse_query("city_tone:negative", now=now)))}

    def count(since: datetime, until: datetime, only_negative: bool) -> int:
        found = times[only_negative]
        return bisect_left(found, until) - bisect_left(found, since)

    return count, _begin(archive) or now


def _times(archive: Archive, query: Query) -> list[datetime]:
    return [one.at for one in arrivals_of(archive.engine, list(archive.search.matching_ids(query)))]


def _begin(archive: Archive) -> datetime | None:
    hits = archive.search.search(SearchRequest(EVERYTHING, limit=1, order="oldest", fold=False)).hits
    return next((moment_of(article) for article in archive.articles.get_many([hit.id for hit in hits])), None)


def _rising(watching: _Watch) -> Iterator[Rising]:
    """The stories of the last two days that at least three outlets have taken up."""
    archive = watching.archive
    recent = within(watching.query, watching.now - STORY_WITHIN, None)
    outlets: dict[int, set[str]] = {}
    for number, outlet in archive.search.counts(recent, ("group", "outlet")):
        outlets.setdefault(int(number), set()).add(outlet)
    stories: dict[int, set[str]] = {}
    for group, story in archive.stories.stories_of(list(outlets)).items():
        stories.setdefault(story, set()).update(outlets[group])
    for story in sorted(story for story, names in stories.items() if len(names) >= STORY_OUTLETS):
        yield rising_of(archive, story)


def rising_of(archive: Archive, story: int, until: datetime | None = None) -> Rising:
    """The story with its first article and its outlets in the order they joined; as it was at ``until``."""
    originals = archive.stories.members(story) or [story]
    ids = list(archive.search.matching_ids(in_field("group", *(str(one) for one in originals)), "oldest"))
    articles = sorted(archive.articles.get_many(ids), key=lambda one: (moment_of(one), one.id))
    articles = [one for one in articles if until is None or moment_of(one) <= until]
    outlets = tuple(dict.fromkeys(one.raw.outlet for one in articles))
    first = articles[0] if articles else archive.articles.get(story)
    return Rising(story, tuple(originals), first.id, outlets, len(articles), moment_of(first))


def _keep_spike(watching: _Watch, spike: Spike) -> bool:
    archive, rule = watching.archive, watching.rule
    query = within(watching.query, spike.since, spike.until)
    clauses = ["city_tone:negative"] if spike.kind == "negative" else []
    query = all_of(query, parse_query(clauses[0], now=watching.now)) if clauses else query
    found = archive.search.search(SearchRequest(query, limit=SHOWN, order="newest"))
    articles = archive.articles.get_many([hit.id for hit in found.hits])
    link = Links(watching.settings.public_url, rule.query, Window(spike.since, spike.until)).search(*clauses)
    numbers: Json = {"count": spike.count, "usual": spike.usual, "limit": spike.limit, "compared_days": spike.compared}
    numbers |= {"since": moment(spike.since), "until": moment(spike.until), "day_kind": spike.day_kind}
    return _keep(watching, (spike.kind, spike.key, link), spike_words(rule.name, spike), (articles, numbers))


def _keep_story(watching: _Watch, rising: Rising) -> bool:
    first = watching.archive.articles.get(rising.first)
    names = outlet_names(watching.settings)
    link = Links(watching.settings.public_url).article(rising.first)
    numbers: Json = {"story": rising.story, "outlets": list(rising.outlets), "articles": rising.articles}
    numbers |= {"began_at": moment(rising.began_at), "first": reprint_json(first)}
    words = story_words(rising, _line(watching, first), names)
    return _keep(watching, ("story", rising.key, link), words, ([first], numbers))


def _keep(watching: _Watch, named: tuple[str, str, str], words: tuple[str, list[str]], found: tuple[Sequence[Article], Json]) -> bool:
    kind, key, link = named
    articles, numbers = found
    rule, now, alerts = watching.rule, watching.now, watching.archive.alerts
    letter = compose_alert(rule.name, words, [_line(watching, one) for one in articles], link, now)
    document: Json = {"rule": rule.name, "query": rule.query, "kind": kind, "headline": words[0], "url": link, **numbers}
    body: Json = {"type": "alert.fired", "timestamp": moment(now), "data": document}
    # First the webhooks: if this worker dies in between, the alert is judged again and its key keeps the message one.
    watching.archive.webhooks.enqueue("alert.fired", f"alert:{rule.id}:{key}", body, now)
    record = AlertRecord(rule.id, key, kind, now, document, letter.subject, letter.html, letter.text)
    id = alerts.keep(record, rule.addresses, quiet_until(now, rule.quiet_from, rule.quiet_to))
    return id is not None


def _line(watching: _Watch, article: Article) -> ArticleLine:
    names, links = outlet_names(watching.settings), Links(watching.settings.public_url)
    outlet = names.get(article.raw.outlet, article.raw.outlet)
    return ArticleLine(article.raw.headline, outlet, links.article(article.id), moment_of(article))


def _send(archive: Archive, outbox: Outbox, settings: Settings, turn: tuple[AlertLetter, str, datetime]) -> bool:
    letter, owner, now = turn
    alerts, may_leave = archive.alerts, [False]
    message = sign(_message(archive, settings, letter), settings)

    def begin() -> bool:
        may_leave[0] = alerts.is_held(letter.id, owner)
        return may_leave[0]

    try:
        outbox.send(message, letter.address, begin)
    except AddressRefused as error:
        alerts.settle(letter.id, owner, state="failed", error=str(error)[:500])
        alerts.addresses.mark_bad(letter.address, str(error), now)
        return False
    except Unavailable as error:
        wait = min(FIRST_RETRY * 2 ** min(letter.attempts - 1, 10), LONGEST_RETRY)
        end: dict[str, object] = {"state": "failed"} if letter.attempts >= MOST_ATTEMPTS else {"due_at": now + wait}
        alerts.settle(letter.id, owner, **end, error=str(error)[:500])
        return False
    return may_leave[0] and alerts.settle(letter.id, owner, state="sent", sent_at=now, error="")


def _message(archive: Archive, settings: Settings, letter: AlertLetter) -> EmailMessage:
    alert = archive.alerts.get(letter.alert_id)
    sender = parseaddr(settings.mail_from)[1] or settings.mail_from
    tokens = {one.address: one.token for one in archive.alerts.addresses.of_rule(alert.rule_id)}
    link = f"{settings.public_url}/unsubscribe/{tokens[letter.address]}"
    name = alert_message_id(alert.rule_id, alert.key, sender)
    return make_message(Mail(alert.subject, alert.html, alert.text), Envelope(sender, letter.address, link, alert.fired_at, name))
