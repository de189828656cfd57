"""Style sheets, scripts and pictures of pages: files of one folder without subfolders, known by what they hold."""

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

NAME = re.compile(r"[a-z0-9_-]+\.(?P<kind>css|js|svg|png|woff2)")
TYPES = {
    "css": "text/css; charset=UTF-8",
    "js": "text/javascript; charset=UTF-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "woff2": "font/woff2",
}


@dataclass(frozen=True)
class Files:
    """The files of ``folder``, read again when they change."""

    folder: Path
    _held: dict[str, tuple[int, bytes, str]] = field(default_factory=dict)

    def find(self, name: str) -> tuple[bytes, str] | None:
        """What the file holds, and its version (twelve characters of its hash); None where there is none of that name."""
        path = self.folder / name
        if not NAME.fullmatch(name) or not path.is_file():
            return None
        changed = path.stat().st_mtime_ns
        if self._held.get(name, (None,))[0] != changed:
            held = path.read_bytes()
            self._held[name] = changed, held, hashlib.sha256(held).hexdigest()[:12]
        return self._held[name][1:]

    def version(self, name: str) -> str:
        """Twelve characters of the file's hash; nothing where there is no such file."""
        found = self.find(name)
        return found[1] if found else ""


def kind(name: str) -> str:
    """Content type of a file that was found."""
    named = NAME.fullmatch(name)
    return TYPES[named["kind"]] if named else "application/octet-stream"
