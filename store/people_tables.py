"""The tables of people's wishes: saved searches, subscriptions with their addresses, and every digest with each of its sendings."""

import sqlalchemy as sa

from store.tables import UtcTime, metadata

saved_searches = sa.Table(
    "saved_searches",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("user", sa.Text, nullable=False, server_default=""),
    sa.Column("cadence", sa.Text, nullable=False, server_default=""),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.UniqueConstraint("user", "name"),
)

subscriptions = sa.Table(
    "subscriptions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("at", sa.String(5), nullable=False),
    sa.Column("days", sa.Text, nullable=False),
    sa.Column("when_empty", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("removed_at", UtcTime),
)

search_looks = sa.Table(
    "search_looks",
    metadata,
    sa.Column("search_id", sa.Integer, sa.ForeignKey("saved_searches.id"), primary_key=True),
    sa.Column("user", sa.Text, primary_key=True),
    sa.Column("looked_at", UtcTime, nullable=False),
)

search_letters = sa.Table(
    "search_letters",
    metadata,
    sa.Column("search_id", sa.Integer, sa.ForeignKey("saved_searches.id"), primary_key=True),
    sa.Column("subscription_id", sa.Integer, sa.ForeignKey("subscriptions.id"), nullable=False, unique=True),
)

subscription_addresses = sa.Table(
    "subscription_addresses",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("subscription_id", sa.Integer, sa.ForeignKey("subscriptions.id"), nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("token", sa.Text, nullable=False, unique=True),
    sa.Column("added_at", UtcTime, nullable=False),
    sa.Column("unsubscribed_at", UtcTime),
    sa.Column("bad_at", UtcTime),
    sa.Column("bad_reason", sa.Text, nullable=False, server_default=""),
    sa.UniqueConstraint("subscription_id", "address"),
)

digests = sa.Table(
    "digests",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("subscription_id", sa.Integer, sa.ForeignKey("subscriptions.id"), nullable=False),
    sa.Column("window_at", UtcTime, nullable=False),
    sa.Column("composed_at", UtcTime, nullable=False),
    sa.Column("articles", sa.Integer, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("html", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("chart", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("subscription_id", "window_at"),
)

sendings = sa.Table(
    "sendings",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("digest_id", sa.Integer, sa.ForeignKey("digests.id"), nullable=False),
    sa.Column("subscription_id", sa.Integer, sa.ForeignKey("subscriptions.id"), nullable=False),
    sa.Column("window_at", UtcTime, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("due_at", UtcTime, nullable=False),
    sa.Column("claimed_by", sa.Text, nullable=False, server_default=""),
    sa.Column("claimed_until", UtcTime),
    sa.Column("sent_at", UtcTime),
    sa.Column("error", sa.Text, nullable=False, server_default=""),
    sa.UniqueConstraint("subscription_id", "window_at", "address"),
    sa.Index(None, "digest_id"),
    sa.Index(
        "ix_sendings_open",
        "due_at",
        sqlite_where=sa.text("state IN ('composed', 'sending')"),
        postgresql_where=sa.text("state IN ('composed', 'sending')"),
    ),
)
