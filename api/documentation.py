"""``/docs``: the API's description to read and try, served whole from our own host."""

from pathlib import Path

import swagger_ui_bundle  # type: ignore[import-untyped]
from fastapi import APIRouter
from starlette.responses import FileResponse

from core.errors import NotFound

_OWN = Path(__file__).parent / "static"
_PACKAGED = next((Path(swagger_ui_bundle.__file__).parent / "vendor").iterdir())
_FILES = {
    "docs.js": _OWN / "docs.js",
    "swagger-ui.css": _PACKAGED / "swagger-ui.css",
    "swagger-ui-bundle.js": _PACKAGED / "swagger-ui-bundle.js",
    "favicon-32x32.png": _PACKAGED / "favicon-32x32.png",
}


def build_router() -> APIRouter:
    """The page and its files: Swagger UI as the package brings it, and a script of our own that starts it (no inline script)."""
    router = APIRouter(include_in_schema=False)

    @router.get("/docs")
    def page() -> FileResponse:
        return FileResponse(_OWN / "docs.html")

    @router.get("/docs/{name}")
    def file(name: str) -> FileResponse:
        if name not in _FILES:
            raise NotFound("file", name)
        return FileResponse(_FILES[name])

    return router
