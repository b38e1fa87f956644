"""When somebody looked at a saved search, and the digest that is sent in its rhythm."""

import sqlalchemy as sa
from alembic import op

from store.tables import UtcTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the two tables. A cadence by the hour, which never drove anything, becomes one by the day."""
    op.create_table(
        "search_looks",
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("looked_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["search_id"], ["saved_searches.id"], name=op.f("fk_search_looks_search_id")),
        sa.PrimaryKeyConstraint("search_id", "user", name=op.f("pk_search_looks")),
    )
    op.create_table(
        "search_letters",
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["search_id"], ["saved_searches.id"], name=op.f("fk_search_letters_search_id")),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], name=op.f("fk_search_letters_subscription_id")),
        sa.PrimaryKeyConstraint("search_id", name=op.f("pk_search_letters")),
        sa.UniqueConstraint("subscription_id", name=op.f("uq_search_letters_subscription_id")),
    )
    op.execute("UPDATE saved_searches SET cadence = 'daily' WHERE cadence = 'hourly'")
