"""Leases: one owner at a time, taken over when they run out."""

import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta

from store.archive import Archive
from store.work import process_owner
from tests.store.samples import NOW


def later(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def test_a_lease_has_one_owner_until_it_runs_out(archive: Archive) -> None:
    """Complaint 11: the job of a vanished worker must be taken up by another."""
    work = archive.work
    assert work.holder("index", NOW) is None
    assert work.claim("index", "one", NOW, 30)
    assert not work.claim("index", "two", NOW + later(29), 30)
    assert work.holder("index", NOW + later(29)) == "one"
    assert work.claim("index", "one", NOW + later(29), 30)
    assert not work.claim("index", "two", NOW + later(58), 30)
    assert work.claim("index", "two", NOW + later(59), 30)
    assert work.holder("index", NOW + later(60)) == "two"
    assert work.claim("other", "one", NOW, 30)


def test_only_the_holder_renews_and_releases(archive: Archive) -> None:
    work = archive.work
    work.claim("index", "one", NOW, 30)
    assert not work.renew("index", "two", NOW, 30)
    work.release("index", "two")
    assert work.holder("index", NOW) == "one"
    assert work.renew("index", "one", NOW + later(20), 30)
    assert work.holder("index", NOW + later(49)) == "one"
    assert not work.renew("index", "one", NOW + later(51), 30)
    work.claim("index", "one", NOW + later(60), 30)
    work.release("index", "one")
    assert work.holder("index", NOW + later(61)) is None
    work.release("index", "one")


def test_of_many_claimants_one_wins(open_again: Callable[[], Archive]) -> None:
    archives = [open_again() for _ in range(6)]
    together = threading.Barrier(6)
    winners: list[int] = []

    def claim(place: int) -> None:
        together.wait()
        if archives[place].work.claim("index", str(place), NOW, 30):
            winners.append(place)

    threads = [threading.Thread(target=claim, args=(place,)) for place in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(winners) == 1
    assert archives[0].work.holder("index", NOW) == str(winners[0])


def test_the_lease_of_a_killed_process_is_free_at_once(archive: Archive) -> None:
    """After a crash the service goes on; it does not wait for leases of the dead to run out."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = f"{socket.gethostname()}:{child.pid}:1"
    assert archive.work.claim("index", owner, NOW, 60)
    assert not archive.work.claim("index", process_owner(), NOW, 60)
    child.kill()
    child.communicate()
    assert archive.work.claim("index", process_owner(), NOW, 60)
    assert archive.work.holder("index", NOW) == process_owner()


def test_owners_of_other_machines_or_other_names_keep_their_lease(archive: Archive) -> None:
    for place, owner in enumerate(
        ("elsewhere.example:1:1", "officer", f"{socket.gethostname()}:x:1", f"{socket.gethostname()}:{10**30}:1")
    ):
        assert archive.work.claim(f"lease {place}", owner, NOW, 60)
        assert not archive.work.claim(f"lease {place}", "other", NOW, 60)
