"""Webhooks and alerts on both databases: written down once, handed to one worker, settled by its holder alone."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from store.alerts import AlertRecord, AlertRule, Alerts
from store.archive import Archive
from store.backlog import read_backlog
from store.engine import MIGRATIONS, make_engine, migrate, writing
from store.webhooks import ChangeMessage, Webhook
from tests.store.samples import raw

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def _hook(archive: Archive) -> Webhook:
    return archive.webhooks.add("x", "https://system.example/", query="", events=["articles.changed", "alert.fired"], made_by="x", now=NOW)


def _rule(archive: Archive) -> AlertRule:
    to = ["a@example.org", "b@example.org"]
    return archive.alerts.add("آب", "آب", kinds=("volume",), addresses=to, quiet=("22:00", "07:00"), made_by="x", now=NOW)


def test_a_batch_of_changes_is_one_message_whoever_writes_it(archive: Archive) -> None:
    archive.articles.save(raw(1))
    hook = _hook(archive)
    assert hook.seq == archive.articles.newest_seq() > 0
    written: list[bool] = []

    def write() -> None:
        written.append(archive.webhooks.keep_changes(hook, ChangeMessage(hook.seq + 5, {"type": "articles.changed"}), NOW))

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(written) == [False, False, False, True]
    assert len(archive.webhooks.deliveries(hook.id)) == 1
    assert archive.webhooks.get(hook.id, NOW).seq == hook.seq + 5


def test_a_delivery_is_handed_to_one_and_settled_by_its_holder(archive: Archive) -> None:
    hook = _hook(archive)
    assert archive.webhooks.enqueue("alert.fired", "alert:1:x", {"a": "ب"}, NOW) == 1
    assert archive.webhooks.enqueue("alert.fired", "alert:1:x", {"a": "ب"}, NOW) == 0
    taken = archive.webhooks.claim("one", NOW)
    assert taken is not None
    assert archive.webhooks.claim("two", NOW) is None
    assert not archive.webhooks.delivered(taken.id, "two", 200, NOW)
    assert archive.webhooks.undelivered(taken, "one", (503, "answered 503"), NOW)
    assert not archive.webhooks.is_any_due(NOW + timedelta(seconds=4))
    again = archive.webhooks.claim("two", NOW + timedelta(seconds=5))
    assert again is not None
    assert (again.message_id, again.attempts) == (taken.message_id, 2)
    assert archive.webhooks.delivered(again.id, "two", 204, NOW)
    assert archive.webhooks.backlog() == {"delivered": 1}
    archive.webhooks.stop(hook.id, NOW)
    archive.webhooks.replay(hook.id, again.id, NOW)
    assert archive.webhooks.claim("one", NOW) is None, "a stopped webhook is told nothing"
    archive.webhooks.stop(hook.id, None)
    assert archive.webhooks.claim("one", NOW) is not None


def test_an_alert_is_kept_once_with_its_letters(archive: Archive) -> None:
    rule = _rule(archive)
    alert = AlertRecord(rule.id, "volume:2026-11-24", "volume", NOW, {"count": 12}, "هشدار", "<p>هشدار</p>", "هشدار")
    id = archive.alerts.keep(alert, rule.addresses, NOW + timedelta(hours=1))
    assert id is not None
    assert archive.alerts.keep(alert, rule.addresses, NOW) is None
    assert archive.alerts.told(rule.id) == {"volume:2026-11-24": NOW}
    assert archive.alerts.get(id).document == {"count": 12}
    assert not archive.alerts.is_any_due(NOW)
    assert read_backlog(archive.engine, NOW + timedelta(hours=1)).stages["alert_letters"] == 2
    later = NOW + timedelta(hours=1)
    one, two = archive.alerts.claim("one", later), archive.alerts.claim("two", later)
    assert one is not None
    assert two is not None
    assert {one.address, two.address} == set(rule.addresses)
    assert archive.alerts.claim("three", later) is None
    assert archive.alerts.settle(one.id, "one", state="sent", sent_at=later)
    assert not archive.alerts.settle(one.id, "one", state="failed")
    assert not archive.alerts.is_held(two.id, "one")
    assert archive.alerts.settle(two.id, "two", due_at=later + timedelta(minutes=1), error="451")
    assert [letter.state for letter in archive.alerts.letters(id)] == ["sent", "waiting"]


def test_what_dead_taggers_had_claimed_is_handed_out_again(archive: Archive) -> None:
    import os
    import socket

    archive.articles.save(raw(1))
    host = socket.gethostname()
    assert archive.articles.claim_untagged(f"{host}:999999999:1", "v1", 5, NOW)
    assert archive.articles.claim_untagged("other", "v1", 5, NOW) == []
    assert archive.articles.release_dead("", NOW) == 1
    [article] = archive.articles.claim_untagged(f"{host}:{os.getpid()}:1", "v1", 5, NOW)
    assert archive.articles.release_dead("", NOW) == 0, "a living process keeps what it claimed"
    assert archive.articles.release_dead(f"{host}:{os.getpid()}:2", NOW) == 1, "a former process of this name is gone"
    assert archive.articles.claim_untagged("other", "v1", 5, NOW) == [article]


def test_addresses_of_rules_made_before_move_to_their_own_table(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'old.sqlite'}")
    with writing(engine) as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, "0008")
        row = "(1, 'آب', '', 'volume', '[\"a@example.org\", \"b@example.org\"]', 'x', '2026-11-24 09:00:00.000000')"
        connection.execute(sa.text(f"INSERT INTO alert_rules (id, name, query, kinds, addresses, made_by, created_at) VALUES {row}"))
    migrate(engine)
    alerts = Alerts(engine)
    assert [rule.addresses for rule in alerts.rules()] == [("a@example.org", "b@example.org")]
    moved = alerts.addresses.of_rule(1)
    assert [(one.address, one.state, one.since) for one in moved] == [("a@example.org", "active", NOW), ("b@example.org", "active", NOW)]
    assert len({one.token for one in moved} - {""}) == 2
    engine.dispose()
