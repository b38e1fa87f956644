"""How much a word weighs by where it stands: headline > lead > body."""

HEADLINE_BOOST = 1.5
LEAD_BOOST = 0.5
