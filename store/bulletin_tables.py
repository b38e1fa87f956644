"""The tables of press books and of named sets of outlets."""

import sqlalchemy as sa

from store.tables import UtcTime, metadata

collections = sa.Table(
    "collections",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("outlets", sa.Text, nullable=False),
    sa.Column("user", sa.Text, nullable=False, server_default=""),
    sa.Column("created_at", UtcTime, nullable=False),
)

bulletins = sa.Table(
    "bulletins",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("day", sa.String(10), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("user", sa.Text, nullable=False, server_default=""),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("published_at", UtcTime),
    sa.Column("document", sa.Text, nullable=False, server_default=""),
    sa.Index(None, "day"),
)

bulletin_entries = sa.Table(
    "bulletin_entries",
    metadata,
    sa.Column("bulletin_id", sa.Integer, sa.ForeignKey("bulletins.id"), nullable=False),
    sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), nullable=False),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("section", sa.Text, nullable=False, server_default=""),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("user", sa.Text, nullable=False, server_default=""),
    sa.Column("added_at", UtcTime, nullable=False),
    sa.PrimaryKeyConstraint("bulletin_id", "article_id"),
)
