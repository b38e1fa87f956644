"""Addresses of alert rules in a table of their own: each can leave by its own link, and one that a mail server refuses is marked."""

import json
import secrets

import sqlalchemy as sa
from alembic import op

from store.tables import UtcTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table and moves the addresses of the rules into it."""
    moved = op.create_table(
        "alert_addresses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("added_at", UtcTime(), nullable=False),
        sa.Column("unsubscribed_at", UtcTime(), nullable=True),
        sa.Column("bad_at", UtcTime(), nullable=True),
        sa.Column("bad_reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["rule_id"], ["alert_rules.id"], name=op.f("fk_alert_addresses_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_addresses")),
        sa.UniqueConstraint("rule_id", "address", name=op.f("uq_alert_addresses_rule_id_address")),
        sa.UniqueConstraint("token", name=op.f("uq_alert_addresses_token")),
    )
    rules = sa.table("alert_rules", sa.column("id"), sa.column("addresses"), sa.column("created_at", UtcTime()))
    rows = [
        {"rule_id": rule.id, "address": address, "token": secrets.token_urlsafe(24), "added_at": rule.created_at}
        for rule in op.get_bind().execute(sa.select(rules))
        for address in dict.fromkeys(json.loads(rule.addresses))
    ]
    op.bulk_insert(moved, rows)
    op.drop_column("alert_rules", "addresses")
