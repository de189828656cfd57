"""Specifications into pictures: in this process, or in one drawing process that many short-lived ones share.

The engine of vl-convert (V8) takes a third of a second to start, and each notebook is a process of its own. So a batch starts one
drawing process and announces it in the environment; who finds no such announcement, or nobody answering, draws himself, with the
same result. Standard library and vl-convert only: the drawing process runs this file alone, without pandas and Altair.
"""

import hashlib
import html
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

# JupyterLab and Voila carry Vega-Lite 5 and no later one; a version 6 chart would ask a CDN for its renderer.
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.21.0.json"
FONTS = Path(__file__).with_name("fonts.conf")
ADDRESS, KEY = "NMS_DRAWER", "NMS_DRAWER_KEY"
# Every chart of a municipality is asked for as a picture of its notebook and again for Word.
KEPT = 64
ANSWER_SECONDS, END_SECONDS = 60, 5
PNG_HEAD = 8
TAG, ARIA, FINE = re.compile("<[^>]*>"), re.compile(r' (?:aria-[a-z]+|role)="[^"]*"'), re.compile(r"(\.\d\d)\d+")
READY = "ready\n"
WARMING = '{"data": {"values": [{"a": "я"}]}, "mark": "text", "encoding": {"text": {"field": "a", "type": "nominal"}}}'

_STARTING = threading.Lock()


def version_5(spec: dict[str, Any]) -> dict[str, Any]:
    """The spec for a Vega-Lite 5 renderer; our charts use only what both versions share (tests hold that)."""
    return spec | {"$schema": SCHEMA}


def _canonical(spec: dict[str, Any]) -> str:
    """The spec as it is drawn: a notebook file keeps keys in their order, and the chart it holds is to be known again."""
    return json.dumps(version_5(spec), sort_keys=True)


def svg(spec: dict[str, Any]) -> str:
    """The chart as SVG with ids of its own, so that several charts can stand in one page; ValueError when it cannot be drawn."""
    text = _canonical(spec)
    drawn = _asked(text, None)
    return drawn.decode() if drawn else _svg(text)


def png(spec: dict[str, Any], ppi: int = 100) -> bytes:
    """The chart as PNG with ``ppi`` dots per inch, where a pixel of the spec is 1/72 inch; ValueError when it cannot be drawn.

    Our widest charts are 900 pixels: across a sheet of A4 that makes 180 dots per printed inch.
    """
    text = _canonical(spec)
    return _asked(text, ppi) or _png(text, ppi)


def _engine() -> Any:
    """vl_convert that sees no fonts of this machine, started once.

    It opens a system's font file once per letter, a tenth of a millisecond each, and the same chart would be measured differently
    on two machines.
    """
    with _STARTING:
        return _started()


@cache
def _started() -> Any:
    """The engine reads the variable at its first drawing; programs that we start later need their fonts, so it is put back."""
    before = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(FONTS)
    try:
        import vl_convert

        vl_convert.svg_to_png(vl_convert.vegalite_to_svg(WARMING, vl_version="5.21"))
    finally:
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before
    return vl_convert


@lru_cache(maxsize=KEPT)
def _svg(text: str) -> str:
    """Drawn anew only when it is not among the last ``KEPT``; with its own ids and what it shows in words."""
    drawn: str = _engine().vegalite_to_svg(text, vl_version="5.21")
    mark = "c" + hashlib.sha256(text.encode()).hexdigest()[:8]
    for kind in ("clip", "gradient"):
        drawn = drawn.replace(f'id="{kind}', f'id="{mark}{kind}').replace(f"url(#{kind}", f"url(#{mark}{kind}")
    # Readers for the blind get the description in place of hundreds of marks by the names of their columns; the eye does not see
    # thousandths of a pixel.
    drawn = TAG.sub(lambda tag: FINE.sub(r"\1", ARIA.sub("", tag[0])), drawn)
    told = html.escape(json.loads(text).get("description", ""))
    return drawn.replace("<svg ", f'<svg role="img" aria-label="{told}" ', 1)


def _png(text: str, ppi: int) -> bytes:
    return _packed(_engine().svg_to_png(_svg(text), ppi=ppi))


def _packed(picture: bytes) -> bytes:
    """The same PNG at a quarter of its size: vl-convert packs in haste, and a note with charts goes by e-mail."""
    kept, pixels, place = [], b"", PNG_HEAD
    while place < len(picture):
        (size,) = struct.unpack(">I", picture[place : place + 4])
        chunk = picture[place : place + size + 12]
        place += size + 12
        if chunk[4:8] == b"IDAT":
            pixels += chunk[8:-4]
        else:
            kept.append(chunk)
    body = b"IDAT" + zlib.compress(zlib.decompress(pixels), 4)
    packed = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return picture[:PNG_HEAD] + b"".join([*kept[:-1], packed, kept[-1]])


def _asked(text: str, ppi: int | None) -> bytes:
    """The picture from the drawing process that the environment announces; nothing where there is none or it does not answer."""
    if ADDRESS not in os.environ:
        return b""
    try:
        with Client(os.environ[ADDRESS], "AF_UNIX", bytes.fromhex(os.environ[KEY])) as pipe:
            pipe.send_bytes(json.dumps([text, ppi]).encode())
            return pipe.recv_bytes() if pipe.poll(ANSWER_SECONDS) else b""
    except (OSError, EOFError, AuthenticationError, KeyError, ValueError):
        return b""


def _answer(pipe: Connection) -> None:
    """One request; nothing in answer to what cannot be drawn, so that the asking process meets the error itself."""
    with pipe, suppress(OSError, EOFError):
        text, ppi = json.loads(pipe.recv_bytes())
        try:
            drawn = _svg(text).encode() if ppi is None else _png(text, ppi)
        except ValueError:
            drawn = b""
        pipe.send_bytes(drawn)


def _leave_with_the_caller() -> None:
    """The caller's end of standard input closes when it ends, however it ends; the socket and its folder then go too."""
    sys.stdin.read()
    address = Path(os.environ[ADDRESS])
    with suppress(OSError):
        address.unlink()
        address.parent.rmdir()
    os._exit(0)


def _serve() -> None:
    """The drawing process: a thread for each request, until the caller is gone."""
    threading.Thread(target=_leave_with_the_caller, daemon=True).start()
    with Listener(os.environ[ADDRESS], "AF_UNIX", backlog=64, authkey=bytes.fromhex(os.environ[KEY])) as listener:
        sys.stdout.write(READY)
        sys.stdout.close()
        threading.Thread(target=_engine, daemon=True).start()
        while True:
            with suppress(OSError, EOFError, AuthenticationError):
                threading.Thread(target=_answer, args=(listener.accept(),), daemon=True).start()


@dataclass(frozen=True)
class Drawer:
    """A running drawing process and the folder of its socket, which nobody else may enter."""

    process: subprocess.Popen[str]
    folder: Path

    def stop(self) -> None:
        """Ends the process, takes the announcement back and removes the socket; a second call does nothing."""
        if os.environ.get(ADDRESS) == str(self.folder / "socket"):
            del os.environ[ADDRESS], os.environ[KEY]
        self.process.kill()
        self.process.wait(END_SECONDS)
        if self.process.stdin:
            self.process.stdin.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def start() -> Drawer:
    """Starts a drawing process and announces it to this process and those it starts; OSError where it cannot run (Windows)."""
    if not hasattr(socket, "AF_UNIX"):
        raise OSError("на этой системе нет сокетов Unix")
    folder = Path(tempfile.mkdtemp(prefix="nms-"))
    announced = {ADDRESS: str(folder / "socket"), KEY: os.urandom(32).hex()}
    process = subprocess.Popen(
        [sys.executable, "-P", __file__],
        env=os.environ | announced,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    drawer = Drawer(process, folder)
    assert process.stdout is not None
    with process.stdout as said:
        if said.readline() != READY:
            drawer.stop()
            raise OSError("процесс рисования не начал работу")
    os.environ.update(announced)
    return drawer


@contextmanager
def serve() -> Iterator[None]:
    """One drawing process for all that is drawn meanwhile, the announced one if there is; where none runs, each draws alone."""
    drawer = None
    with suppress(OSError):
        drawer = None if ADDRESS in os.environ else start()
    try:
        yield
    finally:
        if drawer:
            drawer.stop()


if __name__ == "__main__":
    _serve()
