"""The tables of what leaves by itself: webhooks with their deliveries, alert rules with what they told and to whom."""

import sqlalchemy as sa

from store.tables import UtcTime, metadata

webhooks = sa.Table(
    "webhooks",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("events", sa.Text, nullable=False),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("old_secret", sa.Text, nullable=False, server_default=""),
    sa.Column("old_secret_until", UtcTime),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("stopped_at", UtcTime),
    sa.Column("removed_at", UtcTime),
)

webhook_deliveries = sa.Table(
    "webhook_deliveries",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("webhook_id", sa.Integer, sa.ForeignKey("webhooks.id"), nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("message_id", sa.Text, nullable=False, unique=True),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("due_at", UtcTime, nullable=False),
    sa.Column("claimed_by", sa.Text, nullable=False, server_default=""),
    sa.Column("claimed_until", UtcTime),
    sa.Column("delivered_at", UtcTime),
    sa.Column("status", sa.Integer),
    sa.Column("error", sa.Text, nullable=False, server_default=""),
    sa.UniqueConstraint("webhook_id", "key"),
    sa.Index(
        "ix_webhook_deliveries_waiting", "due_at", sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'")
    ),
)

# What a webhook with a search has told as matching: its receiver must learn when that ends.
webhook_articles = sa.Table(
    "webhook_articles",
    metadata,
    sa.Column("webhook_id", sa.Integer, sa.ForeignKey("webhooks.id"), primary_key=True),
    sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), primary_key=True),
)

alert_rules = sa.Table(
    "alert_rules",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("kinds", sa.Text, nullable=False),
    sa.Column("quiet_from", sa.String(5), nullable=False, server_default=""),
    sa.Column("quiet_to", sa.String(5), nullable=False, server_default=""),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("removed_at", UtcTime),
)

# A rule made of a saved search watches for what that search says now.
search_alerts = sa.Table(
    "search_alerts",
    metadata,
    sa.Column("rule_id", sa.Integer, sa.ForeignKey("alert_rules.id"), primary_key=True),
    sa.Column("search_id", sa.Integer, sa.ForeignKey("saved_searches.id"), nullable=False, index=True),
)

alert_addresses = sa.Table(
    "alert_addresses",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("rule_id", sa.Integer, sa.ForeignKey("alert_rules.id"), nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("token", sa.Text, nullable=False, unique=True),
    sa.Column("added_at", UtcTime, nullable=False),
    sa.Column("unsubscribed_at", UtcTime),
    sa.Column("bad_at", UtcTime),
    sa.Column("bad_reason", sa.Text, nullable=False, server_default=""),
    sa.UniqueConstraint("rule_id", "address"),
)

alerts = sa.Table(
    "alerts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("rule_id", sa.Integer, sa.ForeignKey("alert_rules.id"), nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("fired_at", UtcTime, nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("html", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.UniqueConstraint("rule_id", "key"),
)

alert_letters = sa.Table(
    "alert_letters",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("alert_id", sa.Integer, sa.ForeignKey("alerts.id"), nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("due_at", UtcTime, nullable=False),
    sa.Column("claimed_by", sa.Text, nullable=False, server_default=""),
    sa.Column("claimed_until", UtcTime),
    sa.Column("sent_at", UtcTime),
    sa.Column("error", sa.Text, nullable=False, server_default=""),
    sa.UniqueConstraint("alert_id", "address"),
)
