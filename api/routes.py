"""The API together: ``/api/v1/…``, feeds, the two health addresses and the description to read."""

from collections.abc import Callable, Sequence
from datetime import datetime

from fastapi import APIRouter

from api import (
    alerts,
    articles,
    changes,
    corrections,
    documentation,
    exporting,
    feeds,
    figures,
    health,
    outlets,
    quotes,
    saved_searches,
    search,
    stories,
    webhooks,
)
from core.records import Outlet
from core.settings import Settings
from store.archive import Archive

PREFIX = "/api/"


def build_router(
    archive: Archive,
    settings: Settings,
    known: Sequence[Outlet],
    clock: Callable[[], datetime],
    check_address: Callable[[str], str],
) -> APIRouter:
    """Every operation of the API. ``check_address`` judges the address of a new webhook."""
    by_key = {outlet.key: outlet for outlet in known}
    version_1 = APIRouter(prefix="/api/v1")
    version_1.include_router(articles.build_router(archive))
    version_1.include_router(changes.build_router(archive))
    version_1.include_router(outlets.build_router(archive, by_key, clock))
    for part in (search, figures, stories, quotes, exporting, corrections, saved_searches, alerts):
        version_1.include_router(part.build_router(archive, clock))
    version_1.include_router(webhooks.build_router(archive, check_address, clock))
    router = APIRouter()
    router.include_router(version_1)
    router.include_router(feeds.build_router(feeds.Feeds(archive, settings, by_key, clock)))
    router.include_router(health.build_router(archive))
    router.include_router(documentation.build_router())
    return router
