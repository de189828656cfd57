"""What is photographed: a copy of the project with demo data, its servers, a page of its Word note."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SYSTEMS = ("seversk", "amur")
RUN_SECONDS, START_SECONDS, PAPER_SECONDS = 1800, 60, 180


def made(folder: Path) -> None:
    """The project without anything that senders sent or a run made; then demo data, checked and run."""
    leave = shutil.ignore_patterns("*.xlsx", "__pycache__", ".ipynb_checkpoints")
    for name in ("data", "nmslib", "notebooks", "parameters"):
        shutil.copytree(ROOT / name, folder / name, ignore=leave)
    data = folder / "data"
    for sent in (*(data / "registries").glob("*/"), *(data / one for one in ("snapshots", "answers", "templates", "scale"))):
        shutil.rmtree(sent, ignore_errors=True)
    for system in SYSTEMS:
        _nms(folder, "demo", "--system", system)
        _nms(folder, "check", system)
    _nms(folder, "run", *SYSTEMS)


def _nms(folder: Path, *words: str) -> None:
    print("nms", *words, flush=True)
    command, quiet = [sys.executable, "-m", "nmslib", *words], subprocess.DEVNULL
    if subprocess.run(command, env=_own(folder), cwd=folder, timeout=RUN_SECONDS, stdout=quiet).returncode:
        sys.exit(f"Не удалось: nms {' '.join(words)}")


def _own(folder: Path) -> dict[str, str]:
    """The copy's program and data, and no settings of whoever makes the pictures."""
    jupyter = {f"JUPYTER_{name}_DIR": str(folder / ".jupyter" / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    settled = {f"JUPYTERLAB_{name}_DIR": str(folder / ".jupyter" / name) for name in ("SETTINGS", "WORKSPACES")}
    return os.environ | jupyter | settled | {"PYTHONPATH": str(folder), "NMS_HOME": str(folder), "NMS_SCOPE": ""}


@contextmanager
def served(folder: Path, *words: str) -> Iterator[str]:
    """A server of the copy (a module and its words, ``{port}`` among them) until the block ends; where it listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", *(word.format(port=port) for word in words)]
    with (folder / "server.log").open("a") as log:
        process = subprocess.Popen(command, env=_own(folder), cwd=folder, stdout=log, stderr=log)
    try:
        end = time.monotonic() + START_SECONDS
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > end:
                sys.exit(f"Сервер не открылся: {words[0]}. {(folder / 'server.log').read_text()[-2000:]}")
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


def _answers(port: int) -> bool:
    with socket.socket() as door:
        return door.connect_ex(("127.0.0.1", port)) == 0


def note_page(folder: Path) -> bytes | None:
    """The first page of a Word note as LibreOffice shows it (PNG); None where LibreOffice Writer or pdftoppm is not there."""
    office, painter = shutil.which("soffice") or shutil.which("libreoffice"), shutil.which("pdftoppm")
    if not (office and painter):
        return None
    note, profile = folder / "outputs/seversk/seversk/note.docx", f"-env:UserInstallation={(folder / '.office').as_uri()}"
    to_pdf = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(note)]
    subprocess.run(to_pdf, check=True, timeout=PAPER_SECONDS, capture_output=True)
    if not (folder / "note.pdf").exists():  # LibreOffice without Writer ends well and makes nothing
        return None
    to_png = [painter, "-r", "80", "-l", "1", "-png", str(folder / "note.pdf")]
    return subprocess.run(to_png, check=True, timeout=PAPER_SECONDS, stdout=subprocess.PIPE).stdout
