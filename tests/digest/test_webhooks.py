"""Webhooks: each change told once, signed, tried again for three days, and never to a private address."""

import json
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from core.dates import utc_now
from core.errors import BadInput
from core.settings import Settings
from digest import webhooks
from digest.webhooks import check_address, compose_due, send_due
from store.archive import Archive
from store.webhooks import WAITS, Webhook
from tests.desk import add, open_filled, raw
from tests.digest.receiver import Receiver, receiving

ALLOWED = Settings(allow_addresses=("127.0.0.1",))  # type: ignore[call-arg]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened, _ = open_filled(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def hook_of(archive: Archive, url: str, query: str = "", now: datetime | None = None) -> Webhook:
    return archive.webhooks.add("آزمون", url, query=query, events=["articles.changed"], made_by="test", now=now or utc_now())


def told(receiver: Receiver) -> list[tuple[int, int]]:
    """(seq, article) of every change that came, in order."""
    messages = [json.loads(body) for _, _, body in receiver.got]
    return [(change["seq"], change["article_id"]) for message in messages for change in message["data"]["changes"]]


def test_each_change_is_told_once_and_signed(archive: Archive, receiver: Receiver) -> None:
    hook = hook_of(archive, receiver.url)
    before = archive.articles.newest_seq()
    ids = [add(archive, raw(number)).id for number in range(1, 46)]
    assert compose_due(archive, utc_now()) == 3
    assert compose_due(archive, utc_now()) == 0
    assert [one.delivered for one in send_due(archive, ALLOWED, utc_now())] == [True] * 3
    assert send_due(archive, ALLOWED, utc_now()) == []
    assert told(receiver) == [(before + place, id) for place, id in enumerate(ids, start=1)]
    for _, headers, body in receiver.got:
        Verifier(hook.secrets[0]).verify(body, headers)
    path, headers, body = receiver.got[0]
    with pytest.raises(WebhookVerificationError):
        Verifier(hook.secrets[0]).verify(body.replace(b"seq", b"Seq"), headers)
    assert path == "/hook"


def test_a_webhooks_search_narrows_what_it_is_told(archive: Archive, receiver: Receiver) -> None:
    hook_of(archive, receiver.url, query="بوستان")
    add(archive, raw(1, headline="خبر دیگر", body="چیزی دیگر"))
    park = add(archive, raw(2, headline="بوستان تازه"))
    compose_due(archive, utc_now())
    send_due(archive, ALLOWED, utc_now())
    assert [id for _, id in told(receiver)] == [park.id]


def test_an_article_that_leaves_a_webhooks_search_is_told_once_without_its_content(archive: Archive, receiver: Receiver) -> None:
    hook_of(archive, receiver.url, query="بوستان")
    steps = []
    for headline in ("بوستان تازه", "باغ تازه", "باغی دیگر", "باز هم بوستان"):
        add(archive, raw(1, headline=headline, body="متن خبر"))
        compose_due(archive, utc_now())
        send_due(archive, ALLOWED, utc_now())
        steps.append([change for _, _, body in receiver.got for change in json.loads(body)["data"]["changes"]])
        receiver.got.clear()
    said = [[(one["matches"], one["article"] is None) for one in step] for step in steps]
    assert said == [[(True, False)], [(False, True)], [], [(True, False)]]


def test_while_a_secret_is_changed_both_sign(archive: Archive, receiver: Receiver) -> None:
    hook = hook_of(archive, receiver.url)
    new = archive.webhooks.rotate(hook.id, utc_now())
    add(archive, raw(1))
    compose_due(archive, utc_now())
    send_due(archive, ALLOWED, utc_now())
    _, headers, body = receiver.got[0]
    for secret in (hook.secrets[0], new):
        Verifier(secret).verify(body, headers)
    assert archive.webhooks.get(hook.id, utc_now() + timedelta(hours=25)).secrets == (new,)


def test_a_failing_receiver_is_tried_ten_times_in_three_days_and_then_by_hand(archive: Archive, receiver: Receiver) -> None:
    receiver.answer = lambda: (503, {})
    now = utc_now()
    hook = hook_of(archive, receiver.url, now=now)
    add(archive, raw(1))
    compose_due(archive, now)
    moment = now
    for wait in (*WAITS, None):
        assert [one.delivered for one in send_due(archive, ALLOWED, moment)] == [False]
        assert send_due(archive, ALLOWED, moment) == []
        moment += (wait or timedelta()) + timedelta(seconds=1)
    assert sum(WAITS, timedelta()) <= timedelta(days=3)
    assert sum(WAITS, timedelta()) > timedelta(days=2, hours=20)
    [failed] = archive.webhooks.deliveries(hook.id, state="failed")
    assert (failed.attempts, failed.status, failed.error) == (10, 503, "answered 503")
    assert send_due(archive, ALLOWED, moment + timedelta(days=9)) == []
    receiver.answer = lambda: (200, {})
    archive.webhooks.replay(hook.id, failed.id, moment)
    assert [one.delivered for one in send_due(archive, ALLOWED, moment)] == [True]
    assert len({headers["webhook-id"] for _, headers, _ in receiver.got}) == 1


def test_a_receiver_that_is_gone_is_stopped_and_catches_up_when_started(archive: Archive, receiver: Receiver) -> None:
    receiver.answer = lambda: (410, {})
    hook = hook_of(archive, receiver.url)
    add(archive, raw(1))
    compose_due(archive, utc_now())
    send_due(archive, ALLOWED, utc_now())
    assert archive.webhooks.get(hook.id, utc_now()).stopped_at is not None
    late = add(archive, raw(2)).id
    assert compose_due(archive, utc_now()) == 0
    receiver.answer = lambda: (200, {})
    archive.webhooks.stop(hook.id, None)
    compose_due(archive, utc_now())
    send_due(archive, ALLOWED, utc_now() + timedelta(seconds=6))
    assert late in {id for _, id in told(receiver)}


def test_a_redirect_is_not_followed(archive: Archive, receiver: Receiver) -> None:
    """Complaint row 25: the hop after a redirect is an address that nobody agreed to."""
    receiver.answer = lambda: (307, {"location": f"http://127.0.0.1:{receiver.port}/inside"})
    hook = hook_of(archive, receiver.url)
    add(archive, raw(1))
    compose_due(archive, utc_now())
    [one] = send_due(archive, ALLOWED, utc_now())
    assert (one.delivered, one.status) == (False, 307)
    assert [path for path, _, _ in receiver.got] == ["/hook"]
    assert archive.webhooks.deliveries(hook.id)[0].state == "waiting"


def test_a_private_address_is_never_told(archive: Archive, receiver: Receiver) -> None:
    """Complaint row 25: also when it was allowed yesterday and the allow-list is gone today."""
    hook = hook_of(archive, receiver.url)
    add(archive, raw(1))
    compose_due(archive, utc_now())
    [one] = send_due(archive, Settings(), utc_now())  # type: ignore[call-arg]
    assert (one.status, receiver.got) == (None, [])
    assert "private address" in archive.webhooks.deliveries(hook.id)[0].error
    with pytest.raises(BadInput):
        check_address(receiver.url, Settings())  # type: ignore[call-arg]


@pytest.mark.parametrize("url", ["http://user:secret@system.example/", "https://system.example/#x", "ftp://system.example/", "nothing", ""])
def test_an_address_that_no_webhook_may_have_is_refused(url: str) -> None:
    with pytest.raises(BadInput):
        check_address(url, ALLOWED)


def test_an_answer_that_drips_does_not_hold_the_worker(archive: Archive, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "ANSWER_SECONDS", 0.6)
    receiver.drip = 0.1
    hook_of(archive, receiver.url)
    add(archive, raw(1))
    compose_due(archive, utc_now())
    start = utc_now()
    [one] = send_due(archive, ALLOWED, start)
    assert (one.delivered, one.status) == (False, None)
    assert utc_now() - start < timedelta(seconds=5)


def test_two_workers_tell_each_message_once(archive: Archive, receiver: Receiver) -> None:
    hook_of(archive, receiver.url)
    for number in range(1, 101):
        add(archive, raw(number))

    def work() -> None:
        compose_due(archive, utc_now())
        send_due(archive, ALLOWED, utc_now())

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    work()
    ids = [headers["webhook-id"] for _, headers, _ in receiver.got]
    assert len(ids) == len(set(ids))
    assert sorted(told(receiver)) == sorted(set(told(receiver)))
    assert len(told(receiver)) == 100


def test_a_worker_that_dies_leaves_its_delivery_to_the_next(archive: Archive, receiver: Receiver) -> None:
    now = utc_now()
    hook_of(archive, receiver.url, now=now)
    add(archive, raw(1))
    compose_due(archive, now)
    taken = archive.webhooks.claim("somebody who dies", now)
    assert taken is not None
    assert send_due(archive, ALLOWED, now) == []
    assert [one.message_id for one in send_due(archive, ALLOWED, now + timedelta(seconds=121))] == [taken.message_id]
    assert not archive.webhooks.delivered(taken.id, "somebody who dies", 200, now)


def test_settled_deliveries_are_forgotten_after_thirty_days_and_waiting_ones_never(archive: Archive, receiver: Receiver) -> None:
    now = utc_now()
    hook = hook_of(archive, receiver.url, now=now)
    add(archive, raw(1))
    compose_due(archive, now)
    send_due(archive, ALLOWED, now)
    add(archive, raw(2))
    compose_due(archive, now)
    assert archive.webhooks.forget(now + timedelta(days=29)) == 0
    assert archive.webhooks.forget(now + timedelta(days=31)) == 1
    assert [one.state for one in archive.webhooks.deliveries(hook.id)] == ["waiting"]
