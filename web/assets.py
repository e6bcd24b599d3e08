"""Styles, fonts and scripts: read once, served under a name that changes with what they hold."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

STATIC = Path(__file__).resolve().parent / "static"
YEAR = "public, max-age=31536000, immutable"
_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True)
class Assets:
    """The files by name, and the digest of all of them, which is part of every address."""

    files: dict[str, bytes]
    digest: str

    def url(self, name: str) -> str:
        """Where a file is; KeyError for one that is not there."""
        self.files[name]
        return f"/static/{self.digest}/{name}"


@lru_cache
def assets(folder: Path = STATIC) -> Assets:
    """All of them; the style sheets of ``css/`` as one, in the order of their names."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.suffix in _KINDS and path.parent.name != "css"
    }
    sheets = sorted((folder / "css").glob("*.css"))
    files["style.css"] = b"\n".join(path.read_bytes() for path in sheets)
    whole = sha256()
    for name, content in sorted(files.items()):
        whole.update(name.encode() + b"\x00" + content + b"\x00")
    return Assets(files, whole.hexdigest()[:12])


def asset_routes(found: Assets) -> APIRouter:
    """The one route of all of them."""
    router = APIRouter(include_in_schema=False)

    @router.get("/static/{digest}/{name:path}")
    async def asset(digest: str, name: str) -> Response:
        if name not in found.files or digest != found.digest:
            raise HTTPException(404)
        kind = _KINDS[Path(name).suffix]
        return Response(found.files[name], media_type=kind, headers={"Cache-Control": YEAR})

    return router
