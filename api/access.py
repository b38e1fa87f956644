"""Who asks: a user's session, or a program with a key."""

from fastapi import Request

from core.errors import Forbidden
from store.accounts import User, checked


def require(request: Request, role: str) -> User:
    """The user of the request, whose role reaches as far as ``role``; a key has the role of its scopes. Raises Unauthorized, Forbidden."""
    return checked(getattr(request.state, "user", None), role)


def require_scope(request: Request, scope: str) -> User:
    """The user of the request; when a key asks, it must have this scope. Raises Unauthorized, Forbidden."""
    user = require(request, "viewer")
    key = getattr(request.state, "key", None)
    if key is not None and scope not in key.scopes and "admin" not in key.scopes:
        raise Forbidden(f"a key with the scope {scope}")
    return user
