"""RFC 9457 problem documents: a Persian title, an English detail, the field and the value that were wrong."""

import json
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from core.errors import BadInput, BadQuery, Forbidden, NotFound, RasadError, TooMany, Unauthorized, Unavailable

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """What every failed request answers. ``title`` may be shown to a user, ``detail`` is for the developer who calls."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "about:blank",
                "title": "مقدار «limit» درست نیست.",
                "status": 422,
                "detail": "limit: Input should be less than or equal to 200",
                "field": "limit",
                "value": "5000",
            }
        }
    )

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    field: str | None = Field(None, description="the parameter that was wrong")
    value: str | None = Field(None, description="what stood there, shortened")
    position: int | None = Field(None, description="where in `q` the mistake stands, in code points from 0")
    last_good: str | None = Field(None, description="the longest part of `q` that can be read")


def problem(status: int, title: str, detail: str, **more: Any) -> Response:
    """One problem document; members that are None are left out."""
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    shown = {key: value for key, value in document.items() if value is not None}
    return Response(json.dumps(shown, ensure_ascii=False).encode("utf-8", "backslashreplace"), status, media_type=MEDIA_TYPE)


def problem_of(error: RasadError) -> Response:
    """The document for one of our own errors."""
    if isinstance(error, BadQuery):
        return problem(
            400, error.persian, str(error), field="q", value=_short(error.value), position=error.position, last_good=error.last_good or None
        )
    if isinstance(error, BadInput):
        return problem(400, error.persian, str(error), field=error.field, value=_short(error.value))
    if isinstance(error, NotFound):
        return problem(404, "چنین چیزی در بایگانی نیست.", str(error))
    if isinstance(error, Unauthorized):
        response = problem(401, "برای این درخواست کلید یا ورود لازم است.", str(error))
        response.headers["WWW-Authenticate"] = "Bearer"
        return response
    if isinstance(error, Forbidden):
        return problem(403, "این درخواست از این کلید یا کاربر پذیرفته نیست.", str(error))
    if isinstance(error, TooMany):
        response = problem(429, error.persian or "درخواست‌ها از اندازه گذشت.", str(error))
        response.headers["Retry-After"] = str(error.seconds)
        return response
    if isinstance(error, Unavailable):
        response = problem(503, "بایگانی اکنون پاسخ نمی‌دهد.", "a part outside this process does not answer now")
        response.headers["Retry-After"] = "5"
        return response
    return problem(500, "کاری درست پیش نرفت.", "internal error; the log has the details")


def problem_of_validation(errors: Sequence[Any]) -> Response:
    """The document for parameters that have the wrong form; it tells of the first."""
    first = errors[0]
    field = str(first["loc"][-1])
    return problem(422, f"مقدار «{field}» درست نیست.", f"{field}: {first['msg']}", field=field, value=_short(first.get("input")))


def _short(value: object) -> str:
    return str(value)[:200]
