"""Leases: who does a piece of work that only one may do at a time. A lease that is not renewed runs out by itself."""

import os
import socket
import threading
from datetime import datetime, timedelta

import sqlalchemy as sa

from store.engine import insert_into, reading, writing
from store.tables import leases


class Work:
    """The lease table. ``owner`` names a process, e.g. ``host:pid``; ``now`` is the caller's clock."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def claim(self, name: str, owner: str, now: datetime, seconds: float) -> bool:
        """Takes the lease ``name`` for ``seconds`` if it is free, run out or the owner's own; says whether the owner now holds it.

        A lease whose owner is a process of this machine that no longer lives (see ``process_owner``) is free at once.
        """
        until = now + timedelta(seconds=seconds)
        if self._take(name, owner, now, until):
            return True
        holder = self.holder(name, now)
        if holder is None or not has_died(holder):
            return False
        self.release(name, holder)
        return self._take(name, owner, now, until)

    def _take(self, name: str, owner: str, now: datetime, until: datetime) -> bool:
        with writing(self._engine) as connection:
            insert = insert_into(connection, leases).values(name=name, owner=owner, expires_at=until)
            free = (leases.c.expires_at <= now) | (leases.c.owner == owner)
            taken = insert.on_conflict_do_update(index_elements=["name"], set_={"owner": owner, "expires_at": until}, where=free).returning(
                leases.c.owner
            )
            return connection.execute(taken).first() is not None

    def renew(self, name: str, owner: str, now: datetime, seconds: float) -> bool:
        """Prolongs a lease that the owner still holds; False when it ran out or another took it: stop that work."""
        mine = (leases.c.name == name) & (leases.c.owner == owner) & (leases.c.expires_at > now)
        with writing(self._engine) as connection:
            result = connection.execute(sa.update(leases).where(mine).values(expires_at=now + timedelta(seconds=seconds)))
            return result.rowcount == 1

    def release(self, name: str, owner: str) -> None:
        """Gives the lease back; nothing happens when the owner does not hold it."""
        with writing(self._engine) as connection:
            connection.execute(sa.delete(leases).where(leases.c.name == name, leases.c.owner == owner))

    def holder(self, name: str, now: datetime) -> str | None:
        """Who holds the lease at ``now``; None when nobody does."""
        with reading(self._engine) as connection:
            return connection.scalar(sa.select(leases.c.owner).where(leases.c.name == name, leases.c.expires_at > now))


def is_holder(connection: sa.Connection, name: str, owner: str) -> bool:
    """Whether nobody has taken the lease over, also after it ran out; so it stays until the transaction ends."""
    return connection.scalar(sa.select(leases.c.owner).where(leases.c.name == name).with_for_update()) == owner


def process_owner() -> str:
    """A name for this process and thread as an owner: ``host:pid:thread``."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"


def has_died(owner: str) -> bool:
    """Whether ``host:pid:…`` names a process of this machine that is gone; other owners live until their lease runs out."""
    host, _, rest = owner.partition(":")
    pid = rest.partition(":")[0]
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False


def hand_back(engine: sa.Engine, table: sa.Table, mine: str, now: datetime) -> int:
    """Hands back the rows of ``table`` that nobody works on any more, though claimed for longer; how many.

    They are those of processes of this machine that are gone, those of threads of this process that are gone (in a container the process
    that comes after has the same host and number), and what ``mine``, who asks before it claims again, could not finish.
    """
    held = table.c.claimed_until > now
    with reading(engine) as connection:
        owners = connection.scalars(sa.select(table.c.claimed_by).where(held, table.c.claimed_by != "").distinct()).all()
    gone = [owner for owner in owners if owner == mine or has_died(owner) or _is_former_thread(owner)]
    if not gone:
        return 0
    with writing(engine) as connection:
        freed = sa.update(table).where(table.c.claimed_by.in_(gone)).values(claimed_by="", claimed_until=None)
        return connection.execute(freed).rowcount


def _is_former_thread(owner: str) -> bool:
    process, _, thread = owner.rpartition(":")
    return process == process_owner().rpartition(":")[0] and thread not in {str(one.ident) for one in threading.enumerate()}
