"""The crawler's ledger: addresses, feeds, fetches."""

import sqlalchemy as sa
from alembic import op

from store.tables import UtcTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the three tables of the ledger."""
    _make_addresses()
    _make_feeds()
    _make_fetches()


def _make_addresses() -> None:
    op.create_table(
        "crawl_addresses",
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
        sa.UniqueConstraint("outlet", "key", name="uq_crawl_addresses_outlet_key"),
    )
    op.create_index("ix_crawl_addresses_outlet_due_at", "crawl_addresses", ["outlet", "due_at"])
    op.create_index("ix_crawl_addresses_outlet_news_id", "crawl_addresses", ["outlet", "news_id"])


def _make_feeds() -> None:
    op.create_table(
        "crawl_feeds",
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
        sa.PrimaryKeyConstraint("outlet", "url", name="pk_crawl_feeds"),
    )


def _make_fetches() -> None:
    op.create_table(
        "crawl_fetches",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("address_id", sa.Integer, sa.ForeignKey("crawl_addresses.id", name="fk_crawl_fetches_address_id"), nullable=False),
        sa.Column("outlet", sa.Text, nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False, server_default=""),
        sa.Column("page_bytes", sa.Integer, nullable=False, server_default="0"),
        sa.Column("body_chars", sa.Integer, nullable=False, server_default="0"),
        sa.Column("fields", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("ix_crawl_fetches_address_id", "crawl_fetches", ["address_id"])
    op.create_index("ix_crawl_fetches_outlet_at", "crawl_fetches", ["outlet", "at"])
