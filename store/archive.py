"""Opens, closes and holds the parts of the archive; it has no other method of its own."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from core.settings import Settings
from store.accounts import Accounts
from store.alerts import Alerts
from store.articles import Articles
from store.audit import Audit
from store.bulletins import Bulletins
from store.collections import Collections
from store.engine import close_connections, make_engine, migrate
from store.groups import Groups
from store.index import SearchIndex
from store.keys import Keys
from store.ledger import Ledger
from store.pages import Pages, pages_url
from store.people import People
from store.room import Room
from store.stories import Stories
from store.vocabulary import Vocabulary
from store.webhooks import Webhooks
from store.work import Work


@dataclass(frozen=True)
class Archive:
    """The records in SQL and the search index derived from them."""

    articles: Articles
    ledger: Ledger
    people: People
    work: Work
    search: SearchIndex
    groups: Groups
    stories: Stories
    engine: sa.Engine
    pages: Pages
    bulletins: Bulletins
    collections: Collections
    accounts: Accounts
    keys: Keys
    audit: Audit
    webhooks: Webhooks
    alerts: Alerts
    room: Room
    words: Callable[[], Vocabulary] = Vocabulary

    def close(self) -> None:
        """Lets go of the search index and of every connection."""
        self.search.close()
        self.pages.close()
        close_connections(self.engine)


def open_archive(settings: Settings, search: SearchIndex, words: Callable[[], Vocabulary] = Vocabulary) -> Archive:
    """Makes the data folder and the tables where they are missing, and opens the archive. The caller chooses the engine of the search.

    ``words`` tells at any time the names that searches may use: outlets and the user's own topics.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.database)
    migrate(engine)
    pages = Pages(engine if engine.dialect.name != "sqlite" else make_engine(pages_url(settings.database)))
    pages.make_tables()
    work = Work(engine)
    return Archive(
        articles=Articles(engine, pages),
        ledger=Ledger(engine),
        people=People(engine, words),
        work=work,
        search=search,
        groups=Groups(engine, work),
        stories=Stories(engine, work),
        engine=engine,
        pages=pages,
        bulletins=Bulletins(engine),
        collections=Collections(engine),
        accounts=Accounts(engine),
        keys=Keys(engine),
        audit=Audit(engine),
        webhooks=Webhooks(engine),
        alerts=Alerts(engine),
        room=Room(engine, settings.data),
        words=words,
    )
