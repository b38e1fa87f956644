"""The tables of the records. ``articles`` is narrow and holds the state of an article; its text lies in ``revisions``.

A current article is ``articles`` joined with its newest revision, so an edit copies nothing and a new label rewrites no text.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import Dialect

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcTime(sa.types.TypeDecorator[datetime]):
    """An aware UTC moment: ``timestamptz`` on PostgreSQL, text without zone that sorts by time on SQLite. A naive time is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment as the database keeps it; ValueError without a time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without zone cannot be stored: {value!r}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment, aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


articles = sa.Table(
    "articles",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("outlet", sa.Text, nullable=False),
    sa.Column("news_id", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("text_hash", sa.Text, nullable=False),
    sa.Column("first_seen_at", UtcTime, nullable=False),
    sa.Column("published_at", UtcTime),
    sa.Column("day", sa.String(10), nullable=False),
    sa.Column("reprint_group", sa.Integer, nullable=False),
    sa.Column("tagged_version", sa.Text, nullable=False, server_default=""),
    sa.Column("claimed_by", sa.Text, nullable=False, server_default=""),
    sa.Column("claimed_until", UtcTime),
    sa.Column("ungrouped", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("withdrawn_at", UtcTime),
    sa.UniqueConstraint("outlet", "news_id"),
    sa.Index(None, "tagged_version", "id"),
    sa.Index(None, "day", "outlet"),
    sa.Index(None, "reprint_group"),
    sa.Index("ix_articles_to_group", "id", sqlite_where=sa.text("ungrouped"), postgresql_where=sa.text("ungrouped")),
)

revisions = sa.Table(
    "revisions",
    metadata,
    sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("canonical_url", sa.Text, nullable=False),
    sa.Column("headline", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("fetched_at", UtcTime, nullable=False),
    sa.Column("kicker", sa.Text, nullable=False),
    sa.Column("lead", sa.Text, nullable=False),
    sa.Column("byline", sa.Text, nullable=False),
    sa.Column("agency", sa.Text, nullable=False),
    sa.Column("quoted_agency", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("section", sa.Text, nullable=False),
    sa.Column("keywords", sa.Text, nullable=False),
    sa.Column("news_code", sa.Text, nullable=False),
    sa.Column("short_url", sa.Text, nullable=False),
    sa.Column("published_at", UtcTime),
    sa.Column("published_at_source", sa.Text, nullable=False),
    sa.Column("updated_at", UtcTime),
    sa.Column("updated_at_source", sa.Text, nullable=False),
    sa.Column("images", sa.Text, nullable=False),
    sa.Column("comments", sa.Text, nullable=False),
    sa.Column("flags", sa.Text, nullable=False),
    sa.Column("page_key", sa.Text, nullable=False, server_default=""),
    sa.PrimaryKeyConstraint("article_id", "number"),
)

addresses = sa.Table(
    "addresses",
    metadata,
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), nullable=False),
    sa.PrimaryKeyConstraint("key", "article_id"),
    sqlite_with_rowid=False,
)

annotations = sa.Table(
    "annotations",
    metadata,
    sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("nlp_version", sa.Text, nullable=False),
    sa.Column("tagged_at", UtcTime, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
)

corrections = sa.Table(
    "corrections",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), nullable=False, index=True),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("user", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("undone_at", UtcTime),
)

changes = sa.Table(
    "changes",
    metadata,
    sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
)

bands = sa.Table(
    "bands",
    metadata,
    sa.Column("band", sa.BigInteger, nullable=False),
    sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), nullable=False),
    sa.PrimaryKeyConstraint("band", "article_id"),
    sa.Index(None, "article_id"),
    sqlite_with_rowid=False,
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
)
