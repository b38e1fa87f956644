"""Which articles a webhook with a search has told as matching, and which saved search an alert rule follows."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the two tables."""
    op.create_table(
        "webhook_articles",
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_webhook_articles_article_id")),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhooks.id"], name=op.f("fk_webhook_articles_webhook_id")),
        sa.PrimaryKeyConstraint("webhook_id", "article_id", name=op.f("pk_webhook_articles")),
    )
    op.create_table(
        "search_alerts",
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["rule_id"], ["alert_rules.id"], name=op.f("fk_search_alerts_rule_id")),
        sa.ForeignKeyConstraint(["search_id"], ["saved_searches.id"], name=op.f("fk_search_alerts_search_id")),
        sa.PrimaryKeyConstraint("rule_id", name=op.f("pk_search_alerts")),
    )
    op.create_index(op.f("ix_search_alerts_search_id"), "search_alerts", ["search_id"])
