"""The pages about who may come in: signing in, one's own account, users, keys, the audit."""

from fastapi import APIRouter

from dashboards import audit_page, keys_page, sign_in_page, users_page
from dashboards.desk import Desk


def build_router(desk: Desk, *, secure: bool, limit: int) -> APIRouter:
    """``secure``: browsers reach the service by https. ``limit``: requests that a key may make in a minute."""
    router = APIRouter(include_in_schema=False)
    router.include_router(sign_in_page.build_router(desk, secure=secure))
    router.include_router(users_page.build_router(desk))
    router.include_router(keys_page.build_router(desk, limit))
    router.include_router(audit_page.build_router(desk))
    return router
