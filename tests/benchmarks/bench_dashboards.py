"""The pages of `nms dashboard` in headless Chromium, beside plain Voila with the same notebooks. By hand:

    python tests/benchmarks/bench_dashboards.py [--home FOLDER] [--times 5] [--viewers 20]

Not among the tests: it measures. FOLDER is a project after `nms run` (this checkout unless told), with the system amur. Cold is the
first visit once our server says its address, or plain Voila answers at all, in a browser that has seen nothing; warm are later visits in the same browser. A
chart counts from when it has a width; nothing outside the machine can be reached. Memory is PSS of the server's tree: Linux only.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

import psutil
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHECKOUT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"]
SECONDS, REST, LEVERS, MORE = 60.0, 3.0, 15, 5
PAGES = {"/": "situation", "/scenarios": "scenarios"}
WHOLE, MODELLED = "?system=amur", "?system=amur&indicator=routed_share"
# Notes when the first chart of the page is there, in milliseconds of the machine's clock.
FIRST = """() => {
    const watch = new MutationObserver(() => {
        if (!document.querySelector('.nms-page svg')?.getBoundingClientRect().width) return;
        window.firstChart = performance.timeOrigin + performance.now();
        watch.disconnect();
    });
    watch.observe(document, { childList: true, subtree: true });
}"""
# A lever takes another value: when the answer first changes, and when no chance is being worked out any more.
LEVER = """([number, limit]) => new Promise((done, fail) => {
    const lever = document.querySelector('#lever-methodists'), answer = document.querySelector('#part-answer');
    let picture = null;
    const begun = performance.now(), watch = new MutationObserver(() => {
        if (picture === null) picture = performance.now() - begun;
        if (/считаю/i.test(answer.textContent)) return;
        watch.disconnect();
        done([picture, performance.now() - begun]);
    });
    setTimeout(() => fail(new Error('no answer to the lever')), limit);
    watch.observe(answer, { childList: true });
    lever.value = Number(lever.dataset.usual) + (1 + number % 6) * Number(lever.step);
    lever.dispatchEvent(new Event('input', { bubbles: true }));
})"""
# The heat map by another column: until rows stand in their new order and the page is laid out.
SORT = """number => {
    const buttons = document.querySelectorAll('.heat [data-sort]'), begun = performance.now();
    buttons[number % buttons.length].click();
    document.querySelector('.heat').getBoundingClientRect();
    return performance.now() - begun;
}"""


def told(what: str, ours: str, plain: str = "", aim: str = "", met: bool | None = None) -> None:
    """A line of the table."""
    print(f"{what:34}{ours:>10}{plain:>14}  {aim:16}{({None: '', True: 'met', False: 'MISSED'})[met]}".rstrip(), flush=True)


@contextmanager
def served(home: Path, *words: str, says: str = "") -> Iterator[tuple[str, psutil.Process]]:
    """A server until the block ends, with all that it has started; where it listens. ``says``: what it prints when it is ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", *(word.format(port=port) for word in words)]
    heard = tempfile.TemporaryFile()  # noqa: SIM115
    variables = os.environ | {"NMS_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, cwd=home, env=variables, stdout=heard, stderr=-3)
    tree = psutil.Process(process.pid)
    try:
        end = time.monotonic() + SECONDS
        while not (says.encode() in os.pread(heard.fileno(), 1 << 16, 0) if says else answers(port)):
            if process.poll() is not None or time.monotonic() > end:
                sys.exit(f"the server has not started: {' '.join(command)}")
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}", tree
    finally:
        children = tree.children(recursive=True) if process.poll() is None else []
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        for one in (tree, *children):
            with suppress(psutil.Error):
                one.kill()
        process.wait(10)


def answers(port: int) -> bool:
    """Whether the server speaks already: a port may be open long before."""
    with suppress(OSError):
        asked = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
        asked.request("GET", "/nothing")
        return bool(asked.getresponse().status)
    return False


def ours(home: Path, viewers: int):
    return served(home, "nmslib", "dashboard", "--no-browser", "--port", "{port}", "--viewers", str(viewers), says="Ctrl+C")


def plain(home: Path, notebook: str):
    return served(
        home, "voila", f"{CHECKOUT}/notebooks/dashboards/{notebook}.ipynb", "--no-browser", "--template=lab", "--port={port}"
    )


def context(browser: Browser) -> BrowserContext:
    """A browser that has seen nothing yet."""
    new = browser.new_context(viewport={"width": 1280, "height": 900})
    new.set_default_timeout(SECONDS * 1000)
    new.add_init_script(f"({FIRST})()")
    return new


def charted(page: Page, begun: float) -> float | None:
    """Seconds from ``begun`` (the machine's clock) to the first chart; None when there is none in time."""
    while time.time() - begun < SECONDS:
        with suppress(Exception):  # between two documents there is nothing to ask
            if found := page.evaluate("window.firstChart"):
                return found / 1000 - begun
        time.sleep(0.02)
    return None


def visited(seen: BrowserContext, address: str) -> tuple[float, Page]:
    """Seconds to the first chart, and the page, open still."""
    page, begun = seen.new_page(), time.time()
    page.goto(address, wait_until="commit")
    return charted(page, begun) or float("nan"), page


def first_charts(browser: Browser, server, address: str, times: int) -> tuple[float, float, float]:
    """Medians of cold and warm visits in seconds, and MB that a further idle page takes."""
    cold, warm = [], []
    for _ in range(times):
        with server() as (base, _tree):
            seen = context(browser)
            cold.append(visited(seen, base + address)[0])
            seen.close()
    with server() as (base, tree):
        seen = context(browser)
        visited(seen, base + address)
        for _ in range(times):
            time.sleep(REST)
            seconds, page = visited(seen, base + address)
            warm.append(seconds)
            page.close()
        memory = a_viewer(seen, base + address, tree)
        seen.close()
    return median(cold), median(warm), memory


def a_viewer(seen: BrowserContext, address: str, tree: psutil.Process) -> float:
    """MB by which the server grows for each of a few more pages that nobody touches; one is open already."""
    time.sleep(2 * REST)
    before = pss(tree)
    for _ in range(MORE):
        visited(seen, address)
    time.sleep(2 * REST)
    return (pss(tree) - before) / MORE


def pss(tree: psutil.Process) -> float:
    """MB of the tree of processes; what they share counts once."""
    found = 0
    for process in (tree, *tree.children(recursive=True)):
        with suppress(psutil.Error):
            found += process.memory_full_info().pss
    return found / 2**20


def levers(seen: BrowserContext, address: str) -> tuple[float, float]:
    """Medians in milliseconds: from a lever to another picture, and to another chance."""
    page = visited(seen, address)[1]
    page.wait_for_selector(".nms-page[data-ready]")
    time.sleep(REST)
    found = [page.evaluate(LEVER, [number, 1000 * SECONDS]) for number in range(LEVERS)]
    return median(one for one, _ in found), median(one for _, one in found)


def sorting(seen: BrowserContext, address: str) -> float:
    """Median in milliseconds of ordering the rows of the heat map anew, which no server is asked for."""
    page = visited(seen, address)[1]
    page.wait_for_selector(".heat tbody tr:last-child")
    return median(page.evaluate(SORT, number) for number in range(LEVERS))


def together(seen: BrowserContext, address: str, viewers: int) -> tuple[list[float], int, bool]:
    """Seconds to the first chart of pages opened at once, how many failed, and whether one more gets a card."""
    pages, broken, begun = [seen.new_page() for _ in range(viewers)], [], time.time()
    for page in pages:
        page.on("pageerror", lambda error: broken.append(error))
        page.evaluate("address => { setTimeout(() => { location.href = address; }) }", address)
    found = [seconds for page in pages if (seconds := charted(page, begun)) is not None]
    answer = (one_more := seen.new_page()).goto(address)
    card = answer is not None and answer.status == 503 and "слишком многие" in one_more.locator("h1").inner_text()
    return found, viewers - len(found) + len(broken), card


def measure(browser: Browser, home: Path, times: int, viewers: int) -> None:
    """Prints the table, each line as it becomes known."""
    told("", "nms", "plain Voila", "aim")
    for page, notebook in PAGES.items():
        mine = first_charts(browser, lambda: ours(home, viewers), page + WHOLE, times)
        other = first_charts(browser, lambda name=notebook: plain(home, name), "/" + WHOLE, times)
        cold, warm, more = ((one, two) for one, two in zip(mine, other, strict=True))
        told(f"{page} first chart, cold", *(f"{one:.2f} s" for one in cold), "at most a third", cold[0] <= cold[1] / 3)
        told(f"{page} first chart, warm", *(f"{one:.2f} s" for one in warm), "< 1.2 s", warm[0] < 1.2)
        told(f"{page} one more idle viewer", *(f"{one:.0f} MB" for one in more), "< 60 MB", more[0] < 60)
    with ours(home, viewers) as (base, _):
        seen = context(browser)
        for name, address in (("municipality", MODELLED + "&municipality=tynda"), ("region", MODELLED)):
            picture, chance = levers(seen, f"{base}/scenarios{address}")
            told(f"lever, {name}: picture", f"{picture:.0f} ms", "", "< 150 ms", picture < 150)
            told(f"lever, {name}: chance", f"{chance:.0f} ms")
        order = sorting(seen, f"{base}/{WHOLE}")
        told("heat map in another order", f"{order:.1f} ms", "", "< 50 ms", order < 50)
    with ours(home, viewers) as (base, _):
        seconds, failed, card = together(context(browser), f"{base}/{WHOLE}", viewers)
        slowest = max(seconds, default=float("inf"))
        told(f"{viewers} viewers at once: the last", f"{slowest:.1f} s", "", "< 10 s", slowest < 10)
        told(f"{viewers} viewers at once: median", f"{median(seconds or [slowest]):.1f} s")
        told(f"{viewers} viewers at once: failures", str(failed), "", "0", failed == 0)
        told("a page over the cap", "card" if card else "NO CARD", "", "card", card)


def main() -> None:
    given = argparse.ArgumentParser(description="pages of nms dashboard beside plain Voila")
    given.add_argument("--home", type=Path, default=CHECKOUT)
    given.add_argument("--times", type=int, default=5)
    given.add_argument("--viewers", type=int, default=20)
    asked = given.parse_args()
    if CHROMIUM is None:
        sys.exit("this needs Chromium")
    with sync_playwright() as play, play.chromium.launch(executable_path=CHROMIUM, args=FLAGS) as browser:
        measure(browser, asked.home.resolve(), asked.times, asked.viewers)


if __name__ == "__main__":
    main()
