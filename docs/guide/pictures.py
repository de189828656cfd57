"""Makes the pictures of docs/guide.ru.md: `make guide`.

    python docs/guide/pictures.py [--made FOLDER] [NAME ...]

In a temporary copy, so that real registries come into no picture: invents registries of Seversk and Amur oblast, checks and runs
them, serves the pages and JupyterLab, photographs what shots.py lists. With --made the copy stays in FOLDER for the next time.
"""

import argparse
import base64
import secrets
import shutil
import struct
import sys
import tempfile
import time
import zlib
from contextlib import nullcontext
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright
from scipy.spatial import KDTree
from shots import OPEN, SHOTS, Deed, Shot
from stage import made, note_page, served

HERE = Path(__file__).resolve().parent
CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
VIEW, MARGIN = {"width": 1280, "height": 940}, 8
SECONDS, COLOURS, MOST, MOST_TOGETHER = 60, 160, 150_000, 1_500_000
WORKING = "text=/(считаю|ищу)[^.]*…/i"
SLIDE = "(lever, value) => { lever.value = value; lever.dispatchEvent(new Event('input', {bubbles: true})); }"
# The browser reads any picture for us: width, height and its pixels.
PIXELS = """async png => {
    const read = await createImageBitmap(await (await fetch('data:image/png;base64,' + png)).blob());
    const drawn = new OffscreenCanvas(read.width, read.height).getContext('2d');
    drawn.drawImage(read, 0, 0);
    const bytes = new Uint8Array(drawn.getImageData(0, 0, read.width, read.height).data.buffer);
    let text = '';
    for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return [read.width, read.height, btoa(text)];
}"""


def taken(folder: Path, wanted: set[str]) -> None:
    """Makes the pictures, or those that are wanted, of the copy of the project in the folder."""
    token = secrets.token_hex(16)
    servers = {
        "page": ("nmslib", "dashboard", "--no-browser", "--port", "{port}"),
        "lab": ("jupyterlab", "--no-browser", "--allow-root", "--port={port}", f"--IdentityProvider.token={token}"),
    }
    with (
        sync_playwright() as play,
        play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]) as browser,
    ):
        empty = browser.new_page()
        for kind in ("page", "lab", "file"):
            mine = [shot for shot in SHOTS if shot.kind == kind and (not wanted or shot.name in wanted)]
            if not mine:
                continue
            with served(folder, *servers[kind]) if kind in servers else nullcontext((folder / "outputs").as_uri()) as base:
                for shot in mine:
                    secret = f"?token={token}" if kind == "lab" else ""
                    kept(empty, shot.name, photographed(browser, base + shot.address + secret, shot))
        if not wanted or "note" in wanted:
            if (paper := note_page(folder)) is None:
                print("note.png остаётся прежним: нет LibreOffice Writer или pdftoppm")
            else:
                kept(empty, "note", paper)


def photographed(browser: Browser, address: str, shot: Shot) -> bytes:
    """The part of a page (PNG) after what a visitor does on it."""
    page = browser.new_page(viewport=VIEW, color_scheme="light", locale="ru-RU")  # type: ignore[arg-type]
    page.set_default_timeout(SECONDS * 1000)
    page.goto(address)
    for deed in (OPEN[shot.kind], *shot.deeds):
        done(page, deed)
        settled(page)
    boxes = [box for one in page.locator(shot.part).all() if (box := one.bounding_box())]
    if not boxes:
        sys.exit(f"{shot.name}: на странице нет «{shot.part}»: {page.locator('body').inner_text()[:500]}")
    left, top = (max(0, min(box[side] for box in boxes) - MARGIN) for side in ("x", "y"))
    width = min(VIEW["width"], max(box["x"] + box["width"] for box in boxes) + MARGIN) - left
    height = min(shot.tallest, max(box["y"] + box["height"] for box in boxes) + MARGIN - top)
    # What has a place of its own in the window (a dialog, a form that scrolls) is taken as the window shows it.
    whole = shot.kind != "lab" and not shot.part.startswith(".")
    clip = {"x": left, "y": top + (page.evaluate("scrollY") if whole else 0), "width": width, "height": height}
    picture = page.screenshot(full_page=whole, clip=clip)  # type: ignore[arg-type]
    page.close()
    return picture


def done(page: Page, deed: Deed) -> None:
    """What a visitor does: a method of Playwright's locator, or slide a lever."""
    what, where, *value = deed
    if what == "slide":
        page.locator(where).evaluate(SLIDE, value[0])
    else:
        getattr(page.locator(where).first, what)(*value)


def settled(page: Page) -> None:
    """Returns when the page works nothing out any more."""
    page.wait_for_timeout(700)
    end, busy = time.monotonic() + SECONDS, page.locator(WORKING).or_(page.locator(".nms-page[aria-busy=true]"))
    while busy.count() and time.monotonic() < end:
        page.wait_for_timeout(100)


def kept(empty: Page, name: str, png: bytes) -> None:
    """Writes the picture with few colours: half the most frequent, half the vivid ones; each pixel takes the nearest."""
    width, height, text = empty.evaluate(PIXELS, base64.b64encode(png).decode())
    pixels = np.frombuffer(base64.b64decode(text), np.uint8).reshape(-1, 4)[:, :3]
    colours, where, count = np.unique(pixels, axis=0, return_inverse=True, return_counts=True)
    orders = (np.argsort(-weight, kind="stable") for weight in (count, count * np.ptp(colours, axis=1).astype(int)))
    palette = colours[np.unique(np.concatenate([order[: COLOURS // 2] for order in orders]))]
    nearest = KDTree(palette).query(colours)[1].astype(np.uint8)[where.ravel()].reshape(height, width)
    lines = np.hstack([np.zeros((height, 1), np.uint8), nearest]).tobytes()
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"PLTE", palette.tobytes()), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    whole = b"".join(
        struct.pack(">I", len(held)) + kind + held + struct.pack(">I", zlib.crc32(kind + held)) for kind, held in chunks
    )
    (HERE / f"{name}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + whole)
    print(f"{name}.png {len(whole) / 1000:.0f} кБ", flush=True)


def main() -> None:
    """Makes the copy where there is none, takes the pictures, complains of large ones."""
    given = argparse.ArgumentParser(description="Рисунки руководства")
    given.add_argument("--made", type=Path, metavar="FOLDER")
    given.add_argument("names", nargs="*", metavar="NAME")
    asked = given.parse_args()
    if CHROMIUM is None:
        sys.exit("Рисунки снимают в браузере, а Chromium на этой машине не найден")
    with tempfile.TemporaryDirectory(prefix="nms-guide-") as own:
        folder = (asked.made or Path(own)).resolve()
        if not (folder / "outputs").exists():
            made(folder)
        taken(folder, set(asked.names))
    sizes = {path.name: path.stat().st_size for path in HERE.glob("*.png")}
    large = [name for name, size in sizes.items() if size > MOST]
    if large or sum(sizes.values()) > MOST_TOGETHER:
        sys.exit(f"Рисунки велики: вместе {sum(sizes.values()) / 1e6:.2f} МБ, больше 150 кБ: {', '.join(large) or 'нет'}")


if __name__ == "__main__":
    main()
