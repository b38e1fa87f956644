"""Who reads this page: for the pages that ask, and for the menu of every page."""

from contextvars import ContextVar

from fastapi import Request

from store.accounts import User, checked

# Set by the middleware of app/web.py for each request: templates know no request.
signed_in: ContextVar[User | None] = ContextVar("signed_in", default=None)


def require(request: Request, role: str) -> User:
    """The user of the request, whose role reaches as far as ``role``. Raises Unauthorized, Forbidden."""
    return checked(getattr(request.state, "user", None), role)
