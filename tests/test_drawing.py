"""Pictures are the same whoever draws them, and nobody is left without one when the drawing process ends."""

import os
import re
import stat
import struct
import subprocess
import sys
import textwrap
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from nmslib import charts, drawing
from nmslib.model import MeasureState

DAY = pd.Timestamp(2023, 12, 1)


def spec_of(title):
    """A chart of one measure that is overdue."""
    due = pd.Timestamp(2023, 11, 1)
    row = {"measure": "1", "title": title, "state": MeasureState.OVERDUE.id, "days_overdue": 30}
    days = {"starts_on": due - pd.Timedelta(days=30), "due_on": due, "moved_on": pd.NaT, "ends_on": due}
    return charts.spec(charts.gantt(pd.DataFrame([row | days]), DAY.date()))


@pytest.fixture
def spec():
    return spec_of("Стратегическая сессия")


@pytest.fixture
def drawer(monkeypatch):
    """A drawing process of its own; this process has drawn nothing that it could remember."""
    monkeypatch.delenv(drawing.ADDRESS, raising=False)
    drawing._svg.cache_clear()
    started = drawing.start()
    yield started
    started.stop()


def alone(spec, monkeypatch):
    """What this process draws with nobody announced."""
    with monkeypatch.context() as patch:
        patch.delenv(drawing.ADDRESS)
        return drawing.svg(spec), drawing.png(spec)


def drawn_here():
    return drawing._svg.cache_info().misses


def test_drawing_process_draws_what_everyone_would_draw_for_himself(drawer, spec, monkeypatch):
    drawn = drawing.svg(spec), drawing.png(spec)
    assert drawn_here() == 0
    assert drawn == alone(spec, monkeypatch)


def test_who_finds_the_drawing_process_dead_draws_himself(drawer, spec, monkeypatch):
    expected = drawing.svg(spec)
    drawer.process.kill()
    drawer.process.wait()
    assert drawing.ADDRESS in os.environ
    assert drawing.svg(spec) == expected
    assert drawn_here() == 1


def test_who_does_not_know_the_key_is_not_served_and_draws_himself(drawer, spec, monkeypatch):
    monkeypatch.setenv(drawing.KEY, "00" * 32)
    assert drawing.svg(spec).startswith("<svg")
    assert drawn_here() == 1
    monkeypatch.setenv(drawing.KEY, "not hexadecimal")
    assert drawing.svg(spec).startswith("<svg")


def test_what_cannot_be_drawn_is_the_same_error_with_and_without_the_drawing_process(drawer, monkeypatch):
    broken = {"mark": "no such mark", "data": {"values": [{"a": 1}]}}
    with pytest.raises(ValueError, match="conversion failed") as served:
        drawing.svg(broken)
    monkeypatch.delenv(drawing.ADDRESS)
    with pytest.raises(ValueError, match="conversion failed") as alone:
        drawing.svg(broken)
    assert str(served.value) == str(alone.value)


def test_several_may_ask_at_once(drawer, monkeypatch):
    specs = [spec_of(f"Мера {n}") for n in range(6)]
    with ThreadPoolExecutor(6) as asking:
        drawn = list(asking.map(drawing.svg, specs))
    assert drawn_here() == 0
    assert drawn == [alone(spec, monkeypatch)[0] for spec in specs]


def test_socket_is_in_a_folder_that_nobody_else_may_enter_and_is_gone_afterwards(drawer):
    folder = Path(os.environ[drawing.ADDRESS]).parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    drawer.stop()
    assert not folder.exists()
    assert drawing.ADDRESS not in os.environ
    assert drawing.KEY not in os.environ
    assert drawer.process.returncode is not None
    drawer.stop()


def test_serving_within_serving_shares_one_process(monkeypatch):
    monkeypatch.delenv(drawing.ADDRESS, raising=False)
    with drawing.serve():
        outer = os.environ[drawing.ADDRESS]
        with drawing.serve():
            assert os.environ[drawing.ADDRESS] == outer
        assert Path(outer).exists()
    assert drawing.ADDRESS not in os.environ


def test_drawing_process_ends_with_the_one_that_started_it_however_it_ended():
    script = """
    import os
    from nmslib import drawing
    print(drawing.start().process.pid, os.environ[drawing.ADDRESS], flush=True)
    os._exit(1)
    """
    run = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, timeout=60)
    number, address = run.stdout.split()
    ended = Path(f"/proc/{number}")
    for _ in range(100):
        if not ended.exists() or "\nState:\tZ" in (ended / "status").read_text():
            assert not Path(address).parent.exists()
            return
        subprocess.run(["sleep", "0.05"], check=True)
    pytest.fail("the drawing process is still there")


def test_drawing_process_loads_neither_pandas_nor_altair():
    script = f"import runpy, sys; runpy.run_path({drawing.__file__!r}); print({{'pandas', 'altair'}} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-P", "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"


def test_fonts_of_the_machine_are_hidden_from_the_engine_alone(spec, monkeypatch):
    monkeypatch.delenv(drawing.ADDRESS, raising=False)
    monkeypatch.setenv("FONTCONFIG_FILE", "/etc/fonts/fonts.conf")
    drawing._started.cache_clear()
    drawing.svg(spec)
    assert os.environ["FONTCONFIG_FILE"] == "/etc/fonts/fonts.conf"
    monkeypatch.delenv("FONTCONFIG_FILE")
    drawing._started.cache_clear()
    drawing._svg.cache_clear()
    drawing.svg(spec)
    assert "FONTCONFIG_FILE" not in os.environ


def pixels(picture):
    """Size, and the uncompressed rows of a PNG whose checksums hold."""
    place, found, size = 8, b"", None
    while place < len(picture):
        (length,) = struct.unpack(">I", picture[place : place + 4])
        body = picture[place + 4 : place + 8 + length]
        assert struct.unpack(">I", picture[place + 8 + length : place + 12 + length]) == (zlib.crc32(body),)
        size = struct.unpack(">II", body[4:12]) if body[:4] == b"IHDR" else size
        found += body[4:] if body[:4] == b"IDAT" else b""
        place += 12 + length
    return size, zlib.decompress(found)


def test_png_holds_the_pixels_that_were_painted_in_fewer_bytes(spec):
    svg = drawing.svg(spec)
    painted = drawing._engine().svg_to_png(svg, ppi=144)
    packed = drawing.png(spec, ppi=144)
    assert pixels(packed) == pixels(painted)
    assert len(packed) < len(painted) / 2
    width = float(re.search(r'width="([\d.]+)"', svg)[1])
    assert pixels(packed)[0][0] == pytest.approx(2 * width, abs=2)
