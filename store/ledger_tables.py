"""The crawler's tables: every address ever discovered, every feed, and every fetch of an address with its one outcome."""

import sqlalchemy as sa

from store.tables import UtcTime, metadata

crawl_addresses = sa.Table(
    "crawl_addresses",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("outlet", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("discovered_at", UtcTime, nullable=False),
    sa.Column("modified_at", UtcTime),
    sa.Column("published_at", UtcTime),
    sa.Column("sections", sa.Text, nullable=False, server_default=""),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False, server_default=""),
    sa.Column("due_at", UtcTime),
    sa.Column("claimed_by", sa.Text, nullable=False, server_default=""),
    sa.Column("claimed_until", UtcTime),
    sa.Column("fetches", sa.Integer, nullable=False, server_default="0"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("misses", sa.Integer, nullable=False, server_default="0"),
    sa.Column("fetched_at", UtcTime),
    sa.Column("first_read_at", UtcTime),
    sa.Column("news_id", sa.Text, nullable=False, server_default=""),
    sa.Column("article_id", sa.Integer),
    sa.UniqueConstraint("outlet", "key"),
    sa.Index(None, "outlet", "due_at"),
    sa.Index(None, "outlet", "news_id"),
)

crawl_feeds = sa.Table(
    "crawl_feeds",
    metadata,
    sa.Column("outlet", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("parent", sa.Text, nullable=False, server_default=""),
    sa.Column("etag", sa.Text, nullable=False, server_default=""),
    sa.Column("last_modified", sa.Text, nullable=False, server_default=""),
    sa.Column("modified_at", UtcTime),
    sa.Column("read_since", UtcTime),
    sa.Column("outcome", sa.Text, nullable=False, server_default=""),
    sa.Column("detail", sa.Text, nullable=False, server_default=""),
    sa.Column("checked_at", UtcTime),
    sa.Column("read_at", UtcTime),
    sa.Column("due_at", UtcTime),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.PrimaryKeyConstraint("outlet", "url"),
)

crawl_fetches = sa.Table(
    "crawl_fetches",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("address_id", sa.Integer, sa.ForeignKey("crawl_addresses.id"), nullable=False, index=True),
    sa.Column("outlet", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False, server_default=""),
    sa.Column("page_bytes", sa.Integer, nullable=False, server_default="0"),
    sa.Column("body_chars", sa.Integer, nullable=False, server_default="0"),
    sa.Column("fields", sa.Text, nullable=False, server_default=""),
    sa.Index(None, "outlet", "at"),
)
