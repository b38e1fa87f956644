"""Tells webhooks what has changed: composes messages from the change log and hands them over, signed, each until it is taken.

The convention is Standard Webhooks: ``webhook-id``, ``webhook-timestamp``, ``webhook-signature`` (HMAC-SHA256; two of them while a secret
is being changed). Redirects are not followed: the next address is one that nobody here has agreed to.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from standardwebhooks import Webhook as Signer

from core.addresses import AddressRules
from core.errors import BadInput, BadQuery, FetchRefused
from core.guarded_http import guarded_transport
from core.settings import Settings
from render.changed import changed_json
from render.shapes import Json, moment
from store.archive import Archive
from store.changed import Changed
from store.query import Query, all_of, parse_query
from store.query_tree import And, Is
from store.topic_matching import topics_of
from store.webhooks import ChangeMessage, Delivery, Webhook
from store.work import process_owner

BATCH = 20
ANSWER_SECONDS = 20.0
ROUND = 100
GONE = 410
log = logging.getLogger("rasad.webhooks")


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one delivery in this run."""

    webhook: int
    message_id: str
    delivered: bool
    status: int | None
    error: str = ""


def check_address(url: str, settings: Settings) -> str:
    """The address, if a webhook may have it; its number is checked again at every connection. Raises BadInput."""
    address = url.strip()
    try:
        AddressRules(settings.allow_addresses).check_url(address)
        parts = httpx.URL(address)
    except (FetchRefused, httpx.InvalidURL) as error:
        raise BadInput("url", address, f"may not be told: {error}", "به این نشانی نمی‌توان چیزی فرستاد.") from None
    if parts.userinfo or parts.fragment or not address.isprintable() or " " in address:
        raise BadInput("url", address, "no user name, password or fragment may stand in it", "نشانی نباید نام کاربر یا گذرواژه داشته باشد.")
    return address


def compose_due(archive: Archive, now: datetime) -> int:
    """Writes the messages of what has changed since down, for every webhook; how many. Never beyond what the index already knows."""
    known, written = archive.search.seq(), 0
    for hook in archive.webhooks.all(now):
        if "articles.changed" not in hook.events or hook.stopped_at:
            continue
        try:
            written += _compose(archive, hook, known, now)
        except BadQuery as error:
            log.warning("webhook %d: its search cannot be read: %s", hook.id, error)
    return written


def send_due(archive: Archive, settings: Settings, now: datetime) -> list[Told]:
    """Hands over what is due; may be called by several workers. An answer of 2xx settles a delivery, 410 stops its webhook."""
    if not archive.webhooks.is_any_due(now):
        return []
    owner, told, start = process_owner(), list[Told](), time.monotonic()
    with _client(settings) as client:
        while len(told) < ROUND:
            moment_now = now + timedelta(seconds=time.monotonic() - start)
            delivery = archive.webhooks.claim(owner, moment_now)
            if delivery is None:
                break
            told.append(_deliver(archive, client, (delivery, owner), moment_now))
    return told


def _deliver(archive: Archive, client: httpx.Client, claimed: tuple[Delivery, str], now: datetime) -> Told:
    delivery, owner = claimed
    hook = archive.webhooks.get(delivery.webhook_id, now)
    status, error = _post(client, hook, delivery, now)
    good = status is not None and 200 <= status < 300
    if good and status is not None:
        archive.webhooks.delivered(delivery.id, owner, status, now)
    else:
        archive.webhooks.undelivered(delivery, owner, (status, error), now)
    if status == GONE:
        archive.webhooks.stop(hook.id, now)
    return Told(hook.id, delivery.message_id, good, status, error)


def _client(settings: Settings) -> httpx.Client:
    transport = guarded_transport(AddressRules(settings.allow_addresses), seconds=ANSWER_SECONDS)
    return httpx.Client(transport=transport, timeout=ANSWER_SECONDS, trust_env=False, follow_redirects=False)


def _post(client: httpx.Client, hook: Webhook, delivery: Delivery, now: datetime) -> tuple[int | None, str]:
    """The status of the answer, None without one, and what went wrong in words. The answer's body is never read."""
    headers = {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "Rasad-Webhooks",
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Signer(secret).sign(delivery.message_id, now, delivery.body) for secret in hook.secrets),
    }
    try:
        with client.stream("POST", hook.url, content=delivery.body.encode(), headers=headers) as answer:
            return answer.status_code, "" if answer.is_success else f"answered {answer.status_code}"
    except FetchRefused as error:
        return None, f"refused by our own rule: {error.rule}"
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return None, f"{type(error).__name__}: {error}"[:300]


def _compose(archive: Archive, hook: Webhook, known: int, now: datetime) -> int:
    written = 0
    wanted = parse_query(hook.query, now=now, words=archive.words()) if hook.query else None
    while True:
        found = [one for one in archive.articles.changed_after(hook.seq, BATCH) if one.change.seq <= known]
        if not found:
            return written
        message = _message(archive, (hook, wanted), found, now)
        if not archive.webhooks.keep_changes(hook, message, now):
            return written
        written += message.body is not None
        hook = archive.webhooks.get(hook.id, now)


def _message(archive: Archive, told: tuple[Webhook, Query | None], found: list[Changed], now: datetime) -> ChangeMessage:
    """All that has changed; for a hook with a search what matches it, what did when it was last told, and what was withdrawn."""
    hook, wanted = told
    topics = topics_of(archive, found)
    rows = [changed_json(one, topics.get(one.change.article_id, ())) for one in found]
    upto = found[-1].change.seq
    if wanted is None:
        return ChangeMessage(upto, _body(rows, now))
    ids = [one.change.article_id for one in found]
    matching = _matching(archive, wanted, ids)
    left = archive.webhooks.held(hook.id, ids) - matching
    chosen = [
        row | ({"matches": True} if row["article_id"] in matching else {"matches": False, "article": None})
        for row in rows
        # What was withdrawn is told in any case: a receiver may hold it from before this was written down.
        if row["article_id"] in matching | left or row["kind"] == "withdrawn"
    ]
    return ChangeMessage(upto, _body(chosen, now) if chosen else None, matching, left)


def _body(rows: list[Json], now: datetime) -> Json:
    return {"type": "articles.changed", "timestamp": moment(now), "data": {"changes": rows}}


def _matching(archive: Archive, wanted: Query, ids: list[int]) -> set[int]:
    these = Query("", And((Is("id", tuple(str(id) for id in ids)),)))
    return set(archive.search.matching_ids(all_of(these, wanted)))
