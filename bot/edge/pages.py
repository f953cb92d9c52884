"""The built pages and the API documentation, all from our own origin."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from bot.settings import PROJECT

DIST = PROJECT / "web" / "dist"
_PAGES = ("desk", "office", "unit", "console", "manage")
_HASHED = "public, max-age=31536000, immutable"
_FRESH = "no-cache"


def router() -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    async def chat() -> Response:
        return _file(DIST / "widget", "index.html")

    @routes.get("/docs")
    async def docs() -> Response:
        return _file(DIST / "docs", "index.html")

    @routes.get("/verify/{path:path}")
    async def verify(path: str) -> Response:
        """The one-time page under its token, which the page itself reads from the address."""
        return _file(DIST / "verify", path if path.startswith("assets/") else "index.html")

    @routes.get("/{page}")
    async def slash(page: str) -> Response:
        if page in _PAGES:
            return RedirectResponse(f"/{page}/", status_code=308)
        return _file(DIST / "widget", page)

    @routes.get("/{page}/{path:path}")
    async def asset(page: str, path: str) -> Response:
        if page in (*_PAGES, "docs"):
            return _file(DIST / page, path or "index.html")
        return _file(DIST / "widget", f"{page}/{path}")

    return routes


def _file(folder: Path, path: str) -> Response:
    try:
        target = (folder / path).resolve()
        found = target.is_relative_to(folder.resolve()) and target.is_file()
    except (OSError, ValueError):  # a name no file can have
        found = False
    if not found:
        raise HTTPException(404)
    hashed = "assets" in target.relative_to(folder.resolve()).parts
    return FileResponse(target, headers={"Cache-Control": _HASHED if hashed else _FRESH})
