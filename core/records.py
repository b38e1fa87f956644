"""One frozen record per stage: what the parts hand to each other. Times are aware UTC datetimes; text is the outlet's own."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Tone = Literal["negative", "neutral", "positive"]
CityTone = Literal["negative", "neutral", "positive", "none"]
Voice = Literal["management", "council", "government", "citizen", "expert", "organisation", "other"]
EntityKind = Literal["PER", "ORG", "LOC"]
BodyField = Literal["body", "headline"]

TONES: tuple[Tone, ...] = ("negative", "neutral", "positive")
CITY_TONES: tuple[CityTone, ...] = ("negative", "neutral", "positive", "none")
TOPICS = (
    "governance",
    "finance",
    "transport",
    "roads",
    "urban_services",
    "environment",
    "urban_planning",
    "culture",
    "social",
    "sport",
    "pilgrimage_tourism",
    "safety",
    "health",
    "economy",
    "education",
    "smart_city",
    "politics",
    "crime_justice",
    "other",
)


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of an article: its absolute address and caption ("" when it has none)."""

    url: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """A reader's comment, kept apart from the body. Votes are None where the page shows none."""

    text: str
    author: str = ""
    published_at: datetime | None = None
    votes_up: int | None = None
    votes_down: int | None = None


@dataclass(frozen=True, slots=True)
class RawArticle:
    """A page as fetched and its extracted fields, with no opinion. Absent text is "", absent time is None.

    ``body`` holds the paragraphs parted by one line end. ``outlet`` and ``news_id`` together are the identity.
    ``*_source`` says where a time came from: ``json_ld``, ``meta``, ``time_element``, ``date_text``, ``url``, ``feed``, ``given``.
    ``flags`` names what is missing or doubtful, e.g. ``lead_missing``, ``date_missing``, ``date_conflict``, ``body_fallback``.
    """

    outlet: str
    url: str
    canonical_url: str
    news_id: str
    headline: str
    body: str
    fetched_at: datetime
    kicker: str = ""
    lead: str = ""
    byline: str = ""
    agency: str = ""
    quoted_agency: str = ""
    place: str = ""
    section: str = ""
    keywords: tuple[str, ...] = ()
    news_code: str = ""
    short_url: str = ""
    published_at: datetime | None = None
    published_at_source: str = ""
    updated_at: datetime | None = None
    updated_at_source: str = ""
    images: tuple[Image, ...] = ()
    comments: tuple[Comment, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``start:end`` (code points) of the article's body, or of its headline where ``field`` says so."""

    start: int
    end: int
    field: BodyField = "body"


@dataclass(frozen=True, slots=True)
class ToneLabel:
    """A tone with its probabilities (they sum to 1), whether it is too unsure to rely on, and its evidence sentences."""

    label: str
    confidence: float
    probabilities: dict[str, float]
    unsure: bool = False
    evidence: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicLabel:
    """One of ``TOPICS`` with the confidence (0–1) that the article is about it."""

    id: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Mention:
    """One entity named in one article. ``entity_id`` is its key in the register, None when it is not in it."""

    text: str
    kind: EntityKind
    span: Span
    entity_id: str | None = None
    tone: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """Attributed words. ``mention`` is how the speaker is named at this place ("" when the subject is dropped)."""

    content: str
    span: Span
    cue: str
    mention: str
    speaker: str | None
    speaker_id: str | None
    role: str | None
    voice: Voice
    direct: bool


@dataclass(frozen=True, slots=True)
class Demand:
    """What people ask for or complain of: the sentence, where it stands and who asks ("" when nobody is named)."""

    text: str
    span: Span
    asker: str = ""


@dataclass(frozen=True, slots=True)
class Annotations:
    """All that NLP says about one article. ``fingerprint`` is the MinHash signature that finds reprints (bytes, little-endian uint32)."""

    nlp_version: str
    tone: ToneLabel
    city_tone: ToneLabel
    topics: tuple[TopicLabel, ...] = ()
    entities: tuple[Mention, ...] = ()
    quotes: tuple[Quote, ...] = ()
    demands: tuple[Demand, ...] = ()
    fingerprint: bytes = b""


@dataclass(frozen=True, slots=True)
class Article:
    """One published page of one outlet as the archive holds it.

    ``reprint_group`` is the id of the group's original, its own id when it stands alone. ``annotations`` is None until tagged.
    ``revision`` counts from 1; ``withdrawn_at`` is set when the outlet deleted the page. ``relevant`` is False when a person said that
    the article has nothing to do with the city. ``user_topics`` are (id, name) of topics of ``topics.toml``; empty where
    nobody asked for them.
    """

    id: int
    raw: RawArticle
    first_seen_at: datetime
    reprint_group: int
    revision: int = 1
    annotations: Annotations | None = None
    tagged_at: datetime | None = None
    withdrawn_at: datetime | None = None
    relevant: bool = True
    user_topics: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Revision:
    """One version of an article: number from 1, when it was fetched, and the fields as they stood then."""

    article_id: int
    number: int
    raw: RawArticle


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the change log: an article stands there at its newest ``seq`` only."""

    seq: int
    article_id: int
    kind: Literal["created", "edited", "annotated", "relabelled", "regrouped", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Outlet:
    """A medium that publishes, as a row of ``config/outlets.toml`` describes it. Its key names it everywhere."""

    key: str
    name: str
    family: str
    base_url: str
    aliases: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    selectors: dict[str, str] = field(default_factory=dict)
    delay: float = 4.0
    owner: Literal["city", "astan", "state", "private", ""] = ""
    collection: str = ""
    enabled: bool = True
    proxy: str = ""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A saved search sent to addresses at a time of the day (Tehran) on the given days (0 = Saturday … 6 = Friday)."""

    id: int
    name: str
    query: str
    addresses: tuple[str, ...]
    at: str = "06:30"
    days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    when_empty: Literal["line", "nothing"] = "line"
    token: str = ""
