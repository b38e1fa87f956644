"""The API together: ``/api/v1/…`` and the two health addresses."""

from collections.abc import Callable, Sequence
from datetime import datetime

from fastapi import APIRouter

from api import articles, changes, documentation, health, outlets, search
from core.dates import utc_now
from core.records import Outlet
from store.archive import Archive

PREFIX = "/api/"


def build_router(archive: Archive, known: Sequence[Outlet] = (), clock: Callable[[], datetime] = utc_now) -> APIRouter:
    """Every operation of the API."""
    version_1 = APIRouter(prefix="/api/v1")
    version_1.include_router(articles.build_router(archive))
    version_1.include_router(search.build_router(archive, clock))
    version_1.include_router(outlets.build_router(archive, {outlet.key: outlet for outlet in known}))
    version_1.include_router(changes.build_router(archive))
    router = APIRouter()
    router.include_router(version_1)
    router.include_router(health.build_router(archive))
    router.include_router(documentation.build_router())
    return router
