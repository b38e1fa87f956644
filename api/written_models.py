"""What the OpenAPI description says of what callers may write: corrections, saved searches, webhooks, alert rules."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

# What a caller may send: no letter that a database refuses.
Line = Annotated[str, Field(pattern=r"^[^\x00-\x1f]*$")]


class NewCorrection(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"field": "tone", "value": "negative"}})

    field: Literal["tone", "city_tone", "topics", "relevant"]
    value: bool | Line | list[Line] = Field(description="a tone, a list of topic ids, or for `relevant` true or false")


class Correction(BaseModel):
    field: Literal["tone", "city_tone", "topics", "relevant"]
    value: bool | str | list[str]
    user: str
    at: datetime


class CorrectionList(BaseModel):
    corrections: list[Correction]


class NewSavedSearch(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"name": "آسفالت", "query": "آسفالت لحن:منفی"}})

    name: Line = Field(min_length=1, max_length=200)
    query: Line = Field(max_length=2000)


class SavedSearch(BaseModel):
    id: int
    name: str
    query: str
    user: str
    created_at: datetime


class SavedSearchList(BaseModel):
    saved_searches: list[SavedSearch]


class NewWebhook(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"name": "سامانهٔ ۱۳۷", "url": "https://system.example/rasad", "query": "", "events": ["articles.changed"]}
        },
    )

    name: Line = Field(min_length=1, max_length=200)
    url: Line = Field(min_length=1, max_length=2000)
    query: Line = Field("", max_length=2000, description="only articles that match; empty: all")
    events: list[Literal["articles.changed", "alert.fired"]] = Field(["articles.changed"], min_length=1, max_length=2)


class Webhook(BaseModel):
    id: int
    name: str
    url: str
    query: str
    events: list[Literal["articles.changed", "alert.fired"]]
    state: Literal["active", "stopped"]
    seq: int = Field(description="the last change of the log that its messages told")
    made_by: str
    created_at: datetime


class WebhookWithSecret(Webhook):
    secret: str = Field(description="signs the messages (Standard Webhooks); shown only now")


class WebhookList(BaseModel):
    webhooks: list[Webhook]


class WebhookSecret(BaseModel):
    secret: str


class WebhookState(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"state": "stopped"}})

    state: Literal["active", "stopped"]


class Delivery(BaseModel):
    id: int
    message_id: str
    event: str
    state: Literal["waiting", "delivered", "failed"]
    attempts: int
    created_at: datetime
    due_at: datetime
    delivered_at: datetime | None
    status: int | None = Field(description="the receiver's last answer; null when there was none")
    error: str


class DeliveryPage(BaseModel):
    deliveries: list[Delivery]
    next_cursor: str | None


class NewAlertRule(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"name": "آب", "query": "قطع آب", "kinds": ["negative", "story"], "addresses": ["pr@example.org"]}},
    )

    name: Line = Field(min_length=1, max_length=200)
    query: Line = Field("", max_length=2000)
    search: int | None = Field(None, ge=1, le=2**31 - 1, description="a saved search to follow, in place of `query`")
    kinds: list[Literal["volume", "negative", "story"]] = Field(["volume", "negative", "story"], min_length=1, max_length=3)
    addresses: list[Line] = Field([], max_length=50)
    quiet_from: Line = Field("", max_length=5, description="HH:MM in Tehran; empty: no quiet hours")
    quiet_to: Line = Field("", max_length=5)


class AlertRule(BaseModel):
    id: int
    name: str
    query: str
    search: int | None = Field(description="the saved search that it follows: `query` changes with it")
    kinds: list[Literal["volume", "negative", "story"]]
    quiet_from: str
    quiet_to: str
    addresses: list[str]
    made_by: str
    created_at: datetime


class AlertRuleList(BaseModel):
    rules: list[AlertRule]


class Alert(BaseModel):
    id: int
    rule_id: int
    kind: Literal["volume", "negative", "story"]
    key: str = Field(description="names the alert within its rule for ever")
    fired_at: datetime
    headline: str
    document: dict[str, object] = Field(description="the numbers: `count`, `usual`, `limit` of a spike; `outlets`, `first` of a story")


class AlertPage(BaseModel):
    alerts: list[Alert]
    next_cursor: str | None
