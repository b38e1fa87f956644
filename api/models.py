"""What the OpenAPI description says of every answer; the answers themselves are made by ``render.shapes``."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

Tone = Literal["negative", "neutral", "positive"]
CityTone = Literal["negative", "neutral", "positive", "none"]
Voice = Literal["management", "council", "government", "citizen", "expert", "organisation", "other"]


class Span(BaseModel):
    start: int = Field(description="first character, in code points of `body`")
    end: int = Field(description="the character after the last")
    field: Literal["headline"] | None = Field(None, description="`headline` for the few that lie in the headline")


class ToneLabel(BaseModel):
    label: CityTone
    confidence: float
    probabilities: dict[str, float]
    unsure: bool
    evidence: list[Span]


class TopicLabel(BaseModel):
    id: str
    confidence: float


class Entity(Span):
    text: str
    kind: Literal["PER", "ORG", "LOC"]
    entity_id: str | None
    tone: Tone | None


class Speaker(BaseModel):
    name: str | None
    mention: str
    entity_id: str | None


class Quote(Span):
    content: str
    cue: str
    speaker: Speaker
    role: str | None
    voice: str
    direct: bool


class Demand(Span):
    text: str
    asker: str


class Annotations(BaseModel):
    tone: ToneLabel
    city_tone: ToneLabel
    topics: list[TopicLabel]
    entities: list[Entity]
    quotes: list[Quote]
    demands: list[Demand]
    nlp_version: str


class Image(BaseModel):
    url: str
    caption: str


class Comment(BaseModel):
    text: str
    author: str
    published_at: datetime | None
    votes_up: int | None
    votes_down: int | None


class PublishedParts(BaseModel):
    outlet: str
    url: str
    canonical_url: str
    news_id: str
    headline: str
    kicker: str
    lead: str
    body: str = Field(description="paragraphs parted by one line end, as published to the character")
    byline: str
    section: str
    keywords: list[str]
    published_at: datetime | None
    updated_at: datetime | None
    images: list[Image]
    comments: list[Comment]
    flags: list[str] = Field(description="what is missing or doubtful, such as `date_missing`")
    agency: str
    quoted_agency: str
    place: str
    news_code: str
    short_url: str
    published_at_source: str
    updated_at_source: str
    fetched_at: datetime | None


class UserTopic(BaseModel):
    id: str
    name: str


class Article(PublishedParts):
    id: int
    reprint_group: int = Field(description="id of the group's original; an article of its own stands in its own group")
    revision: int
    first_seen_at: datetime
    tagged_at: datetime | None
    withdrawn_at: datetime | None
    relevant: bool = Field(description="false where a person said that it has nothing to do with the city")
    user_topics: list[UserTopic] = Field(description="topics of topics.toml whose query finds the article")
    annotations: Annotations | None = Field(description="null until the article has been read by the machine")


class ArticlePage(BaseModel):
    articles: list[Article]
    next_cursor: str | None = Field(description="give it as `cursor` for the next page; null at the end")


class Revision(PublishedParts):
    article_id: int
    revision: int


class RevisionList(BaseModel):
    revisions: list[Revision]


class Reprint(BaseModel):
    id: int
    outlet: str
    url: str
    headline: str
    published_at: datetime | None


class Snippet(BaseModel):
    text: str
    marks: list[Span]


class Brief(BaseModel):
    id: int
    url: str
    headline: str
    kicker: str
    lead: str
    outlet: str
    section: str
    published_at: datetime | None
    reprint_group: int
    revision: int
    tone: Tone | None
    city_tone: CityTone | None
    topics: list[str]
    relevant: bool = Field(description="false where a person said that it has nothing to do with the city")
    user_topics: list[UserTopic]


class Hit(Brief):
    score: float
    partial: bool = Field(description="true when only some of the words are held")
    headline_marks: list[Span]
    snippet: Snippet
    reprints: list[Reprint]


class FacetValue(BaseModel):
    value: str
    count: int


class SearchAnswer(BaseModel):
    total: int = Field(description="articles that match, each member of a reprint group counted")
    partial_total: int
    hits: list[Hit]
    facets: dict[str, list[FacetValue]]
    notes: list[str] = Field(description="Persian remarks on how the words were read")
    next_cursor: str | None


class Stats(BaseModel):
    total: int
    by: list[str]
    counts: list[dict[str, str | int]] = Field(description="one object for each combination that occurs, with `count`")


class Clause(BaseModel):
    text: str = Field(description="the clause in the language of searches")
    means: str = Field(description="a Persian sentence")
    covers: list[str] = Field(description="the spellings that it finds, as they stand in the archive")
    total: int = Field(description="articles that meet this clause alone")


class Explanation(BaseModel):
    clauses: list[Clause]
    notes: list[str] = Field(description="Persian remarks on how the search was read")
    did_you_mean: str | None = Field(description="a search that is likely meant instead and finds something")


class QuoteRow(Quote):
    article: Reprint


class QuotePage(BaseModel):
    articles: int = Field(description="matching articles in all")
    quotes: list[QuoteRow]
    next_cursor: str | None


class DemandRow(Demand):
    article: Reprint


class DemandPage(BaseModel):
    articles: int = Field(description="matching articles in all")
    demands: list[DemandRow]
    next_cursor: str | None


class Point(BaseModel):
    day: str | None = None
    week: str | None = None
    month: str | None = None
    count: int
    values: dict[str, int]


class Series(BaseModel):
    step: Literal["day", "week", "month"]
    by: str
    total: int
    points: list[Point]


class Side(BaseModel):
    articles: int
    share: float
    tones: dict[str, int]


class TriangleRow(BaseModel):
    topic: str
    ask: Side
    say: Side
    write: Side


class Triangle(BaseModel):
    sums: dict[str, int]
    topics: list[TriangleRow]


class Story(BaseModel):
    id: int
    first: Brief | None = Field(description="the article that began it")
    originals: list[int] = Field(description="ids of the articles that are nobody's reprint, earliest first")
    article_count: int = Field(description="articles of the story, reprints included")
    outlets: list[str]
    first_at: datetime | None
    last_at: datetime | None


class StoryRow(Story):
    matching: int = Field(description="articles of the story that match")


class StoryPage(BaseModel):
    stories: list[StoryRow]
    next_cursor: str | None


class StoryDetail(Story):
    articles: list[Brief]


class FeedHealth(BaseModel):
    url: str
    kind: str
    outcome: str
    failures: int = Field(description="readings in a row that failed")
    read_at: datetime | None


class Outlet(BaseModel):
    key: str
    name: str
    base_url: str
    family: str
    owner: str
    collection: str
    enabled: bool
    articles: int
    addresses: dict[str, int] = Field(description="known addresses by their last outcome")
    week: int = Field(description="articles of the last seven days")
    newest_at: datetime | None
    state: Literal["off", "new", "failing", "quiet", "well"]
    feeds: list[FeedHealth]


class OutletList(BaseModel):
    outlets: list[Outlet]


class Change(BaseModel):
    seq: int
    article_id: int
    kind: Literal["created", "edited", "annotated", "relabelled", "regrouped", "withdrawn"]
    article: Article | None = Field(description="the article as it is now; null when it was withdrawn")


class ChangePage(BaseModel):
    changes: list[Change]
    next_after: int = Field(description="give it as `after` next time, also when nothing came")
    newest_seq: int = Field(description="the newest change of the archive: you are up to date when `next_after` equals it")


class Health(BaseModel):
    status: Literal["ok", "behind", "unavailable"]
    articles: int | None = None
    searchable: int | None = None
    changes_behind: int | None = None
    paused: Literal["missing", "read-only", "full", "database"] | None = None
