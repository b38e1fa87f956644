"""JSON replies with an ETag, and how an operation's answers are described."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from pydantic import BaseModel
from pydantic_core import PydanticSerializationError, to_json
from starlette.responses import Response

from api import examples
from api.coding import coded
from api.problems import Problem

_PROBLEMS = {
    400: "The request cannot be read: see `field`.",
    401: "Nobody is signed in, or the key is not valid.",
    403: "The key lacks a scope, or the user a role.",
    404: "Nothing has that key.",
    413: "The body is too large.",
    422: "A parameter has the wrong form: see `field`.",
    429: "Too many requests: ask again after `Retry-After` seconds.",
    503: "A part outside this process does not answer now; try again.",
}


_ALWAYS = (401, 403, 413, 422, 429, 503)


def reply(request: Request, document: Any, status: int = 200) -> Response:
    """The document as JSON; 304 without a body where the caller's If-None-Match names exactly it."""
    body = _written(document)
    if status != 200:
        return Response(body, status, media_type="application/json")
    return reply_bytes(request, body, "application/json")


def _written(document: Any) -> bytes:
    """The JSON in UTF-8: 2.5 MB of articles in 13 ms (27 by the standard library, which writes what has half a character in it)."""
    try:
        return to_json(document)
    except PydanticSerializationError:
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def reply_bytes(request: Request, body: bytes, media_type: str) -> Response:
    """A file with its ETag; 304 without a body where the caller has exactly it."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    known = [part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")]
    if tag in known:
        return Response(status_code=304, headers=headers)
    sent, coding = coded(body, request.headers.get("accept-encoding", ""))
    if coding:
        headers |= {"Content-Encoding": coding, "Vary": "Accept-Encoding"}
    return Response(sent, media_type=media_type, headers=headers)


Answers = dict[int | str, dict[str, Any]]


def described(model: type[BaseModel], example: str, *problems: int, status: int = 200) -> Answers:
    """The ``responses`` of an operation: its answer with the named one of ``api.examples``, 304, and the problems that may come."""
    answers: Answers = {status: {"model": model, "content": {"application/json": {"example": example}}}}
    return answers | _unchanged(status) | _problems(*problems)


def file_described(types: Mapping[str, str], example: str, *problems: int) -> Answers:
    """The ``responses`` of an operation that gives a file in one of several forms; each form's example is ``EXAMPLE_FORM``."""
    content = {
        media.partition(";")[0]: {
            "schema": {"type": "object" if media.endswith("+json") else "string"},
            "example": f"{example}_{form.upper()}",
        }
        for form, media in types.items()
    }
    return {200: {"description": "The file.", "content": content}} | _unchanged(200) | _problems(*problems)


def nothing_described(*problems: int) -> Answers:
    """The ``responses`` of an operation that answers without a body."""
    return {204: {"description": "Done."}} | _problems(*problems)


def _unchanged(status: int) -> Answers:
    return {304: {"description": "Nothing has changed since the ETag that you sent."}} if status == 200 else {}


def _problems(*codes: int) -> Answers:
    return {code: {"model": Problem, "description": _PROBLEMS[code]} for code in (*_ALWAYS, *codes)}


def finish_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI description with every failure under the media type of problem documents, its examples in full, and how to sign in.

    (FastAPI leaves out members that are null, so examples are named in the routes and put in here.)
    """
    for path, methods in schema["paths"].items():
        for operation in methods.values():
            for code, answer in operation["responses"].items():
                _finish_answer(code, answer.get("content", {}))
            if path.startswith("/api/"):
                operation["security"] = [{"key": []}, {"session": []}]
    schemes = schema.setdefault("components", {}).setdefault("securitySchemes", {})
    schemes["key"] = {"type": "http", "scheme": "bearer", "description": "an API key, made under «کلیدها» by an administrator"}
    schemes["session"] = {"type": "apiKey", "in": "cookie", "name": "rasad", "description": "the session of a user of the desk"}
    return schema


def _finish_answer(code: str, content: dict[str, Any]) -> None:
    for form in content.values():
        if isinstance(form.get("example"), str) and form["example"].isupper():
            form["example"] = getattr(examples, form["example"])
    if code >= "400" and "application/json" in content:
        content["application/problem+json"] = content.pop("application/json")
