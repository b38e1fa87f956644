"""JSON replies with an ETag, and how an operation's answers are described."""

import hashlib
import json
from typing import Any

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response

from api import examples
from api.problems import Problem

_PROBLEMS = {
    400: "The request cannot be read: see `field`.",
    404: "Nothing has that key.",
    422: "A parameter has the wrong form: see `field`.",
    503: "A part outside this process does not answer now; try again.",
}


def reply(request: Request, document: Any) -> Response:
    """The document as JSON; 304 without a body where the caller's If-None-Match names exactly it."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    known = [part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")]
    if tag in known:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def described(model: type[BaseModel], example: str, *problems: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of an operation: its answer with the named one of ``api.examples``, 304, and the problems that may come."""
    answers: dict[int | str, dict[str, Any]] = {
        200: {"model": model, "content": {"application/json": {"example": example}}},
        304: {"description": "Nothing has changed since the ETag that you sent."},
    }
    answers.update({code: {"model": Problem, "description": _PROBLEMS[code]} for code in (422, 503, *problems)})
    return answers


def finish_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI description with every failure under the media type of problem documents, and its examples in full.

    (FastAPI leaves out members that are null, so examples are named in the routes and put in here.)
    """
    for path in schema["paths"].values():
        for operation in path.values():
            for code, answer in operation["responses"].items():
                content = answer.get("content", {})
                name = content.get("application/json", {}).get("example")
                if isinstance(name, str):
                    content["application/json"]["example"] = getattr(examples, name)
                if code >= "400" and "application/json" in content:
                    content["application/problem+json"] = content.pop("application/json")
    return schema
