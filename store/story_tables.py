"""The tables of stories: which original belongs to which, and how far followers of the change log have read."""

import sqlalchemy as sa

from store.tables import UtcTime, metadata

stories = sa.Table(
    "stories",
    metadata,
    sa.Column("article_id", sa.Integer, sa.ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    sa.Column("story_id", sa.Integer, nullable=False, index=True),
    sa.Column("at", UtcTime, nullable=False, index=True),
    sa.Column("traits", sa.LargeBinary, nullable=False),
)

followers = sa.Table(
    "followers",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
)
