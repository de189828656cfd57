"""What a run keeps of a system is what would be worked out anew, and is not used once anything it rests on has changed."""

import json
from datetime import UTC, date, datetime

import pandas as pd
import pytest

from nmslib import registries, tables
from nmslib.batch import checking, tabling
from nmslib.situation import Situation

DAY, SENT = date(2024, 11, 24), datetime(2024, 11, 25, 9)
DAYS = {"tynda": DAY, "zeya": date(2024, 9, 30), "region": DAY}
NOW = datetime(2024, 12, 1, 12, tzinfo=UTC)
PARTS = ("figures", "series", "causes", "terms", "measures", "recommendations", "outcomes", "organisations", "portrait")


@pytest.fixture(scope="module")
def kept(module_workshop, sent_by):
    """Tables of Amur oblast, to which two municipalities and the region sent workbooks; Zeya reports of an earlier day."""
    project = module_workshop
    sent_by(project, DAYS, DAY, SENT.date())
    checking.check("amur", None, project, SENT, lambda _: None)
    tabling.keep("amur", DAYS, NOW, project)
    return project


@pytest.fixture
def again(kept):
    """The same; what a test changes of the accepted, of facts, or of the tables is put back."""
    watched = [kept.advice, *kept.outputs("amur").iterdir(), *kept.system("amur").iterdir()]
    before = {path: path.read_bytes() for path in watched}
    yield kept
    for path, content in before.items():
        path.write_bytes(content)


def same(left, anew):
    """Parquet knows no whole seconds: moments come back in thousandths."""
    told = [frame.astype(dict.fromkeys(frame.select_dtypes("datetime").columns, "datetime64[s]")) for frame in (left, anew)]
    left, anew = (frame.reset_index(drop=True) for frame in told)
    pd.testing.assert_frame_equal(left, anew, check_dtype=False)


@pytest.mark.parametrize("name", DAYS)
@pytest.mark.parametrize("part", PARTS)
def test_what_is_read_from_tables_is_what_is_worked_out_anew(kept, name, part):
    left = getattr(Situation("amur", name, DAYS[name], kept), part)
    anew = getattr(Situation("amur", name, DAYS[name], kept, anew=True), part)
    assert len(anew) or (part, name) in {("portrait", "region"), ("outcomes", "zeya")}, "nothing is compared"
    same(left, anew)


def test_figures_of_all_places_are_those_worked_out_anew(kept):
    left, anew = (Situation("amur", "region", DAY, kept, anew=how).everywhere for how in (False, True))
    assert left["municipality"].nunique() == 30
    same(left, anew)


def test_tables_are_read_instead_of_snapshots(again):
    """Figures of the table alone: rows are changed in it, with its hash, and the situation shows them."""
    figures = tables.whole("amur", again).table("figures").assign(people_missing=777)
    path = again.outputs("amur") / "figures.parquet"
    figures.to_parquet(path, index=False)
    manifest = again.outputs("amur") / tables.MANIFEST
    told = json.loads(manifest.read_text("utf-8"))
    told["files"]["figures"] = registries.sha256_of(path)
    manifest.write_text(json.dumps(told), "utf-8")
    assert set(Situation("amur", "tynda", DAY, again).figures["people_missing"]) == {777}
    assert set(Situation("amur", "tynda", DAY, again, anew=True).figures["people_missing"]) != {777}
    assert set(Situation("amur", "tynda", date(2024, 10, 1), again).figures["people_missing"]) != {777}, "another day"


def test_table_that_another_run_is_overwriting_is_not_used(again):
    figures = tables.whole("amur", again).table("figures")
    figures.assign(people_missing=777).to_parquet(again.outputs("amur") / "figures.parquet", index=False)
    kept = tables.in_step("amur", again)
    assert kept is not None
    assert kept.table("figures") is None
    assert not kept.is_whole()
    assert set(Situation("amur", "tynda", DAY, again).figures["people_missing"]) != {777}


def test_tables_are_in_step_until_a_fact_changes(again):
    assert tables.in_step("amur", again)
    path = again.system("amur") / "targets.csv"
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    assert tables.in_step("amur", again) is None


def test_rules_of_recommendations_are_facts_too(again):
    again.advice.write_text(again.advice.read_text("utf-8") + "\n# другое правило\n", "utf-8")
    assert tables.in_step("amur", again) is None


@pytest.mark.parametrize("part", ["document", "registries", "program", "libraries", "scenario_days"])
def test_tables_are_out_of_step_when_any_part_is_another(again, part):
    manifest = again.outputs("amur") / tables.MANIFEST
    told = json.loads(manifest.read_text("utf-8"))
    assert set(told["made_of"]) == {"document", "registries", "program", "libraries", "scenario_days"}
    told["made_of"][part] = "0" * 64
    manifest.write_text(json.dumps(told), "utf-8")
    assert tables.in_step("amur", again) is None


def test_tables_are_out_of_step_when_a_scenario_starts_from_another_day(again):
    path = again.scenarios / "another_day.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("system: amur\nas_of: '2024-05-31'\n", "utf-8")
    try:
        assert tables.in_step("amur", again) is None
    finally:
        path.unlink()
    assert tables.in_step("amur", again)


def test_tables_in_memory_stay_whole_while_another_run_writes(again):
    held = tables.whole("amur", again).held()
    (again.outputs("amur") / "figures.parquet").write_bytes(b"")
    assert len(held.of("figures", "tynda"))
    assert tables.whole("amur", again).held() is None


def test_starts_of_another_run_make_the_tables_not_whole(again):
    (again.outputs("amur") / "starts.json").write_text("{}", "utf-8")
    kept = tables.whole("amur", again)
    assert kept.held() is None
    assert not kept.is_whole()


def test_tables_are_out_of_step_after_another_workbook_was_accepted(again):
    folder = again.snapshots("amur", "zeya")
    (folder / "0002").mkdir()
    (folder / "0002" / "manifest.json").write_text((folder / "0001" / "manifest.json").read_text("utf-8"), "utf-8")
    try:
        assert tables.in_step("amur", again) is None
    finally:
        (folder / "0002" / "manifest.json").unlink()
        (folder / "0002").rmdir()


def test_figure_stands_once_though_two_reports_tell_of_its_day(kept):
    figures = pd.read_parquet(kept.outputs("amur") / "figures.parquet")
    assert figures["figure"].is_unique
    assert (figures["figure"] == "amur/zeya/diagnosed_share/2024-09-30").sum() == 1


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"days": {"tynda": "вчера"}}', '{"days": {}, "colour": "red"}'])
def test_list_of_tables_that_cannot_be_read_is_no_list(again, content):
    (again.outputs("amur") / tables.MANIFEST).write_text(content, "utf-8")
    assert tables.whole("amur", again) is None


def test_slice_of_a_place_changes_with_its_rows_alone(kept):
    left = tables.whole("amur", kept)
    frames = {name: left.table(name) for name in tables.NAMES}
    here = frames["figures"]["municipality"] == "zeya"
    changed = frames | {"figures": frames["figures"].assign(people_missing=frames["figures"]["people_missing"].mask(here, 777))}
    before, after = (tables._slices(these, DAYS) for these in (frames, changed))
    others = {name for name in DAYS if before[name] == after[name]}
    assert others == {"tynda"}, "the whole rests on all"


def test_failed_writing_leaves_the_tables_before(again):
    before = (again.outputs("amur") / "figures.parquet").read_bytes()
    left = tables.whole("amur", again)
    frames = {name: left.table(name) for name in tables.NAMES}
    blocked = again.outputs("amur") / "portrait.parquet"
    content = blocked.read_bytes()
    blocked.unlink()
    blocked.mkdir()
    try:
        with pytest.raises(OSError):
            tables.write(frames | {"figures": frames["figures"].head(1)}, "{}", DAYS, "amur", "2025-01-01T00:00:00", again)
    finally:
        blocked.rmdir()
        blocked.write_bytes(content)
    assert tables.whole("amur", again).made_at == left.made_at
    assert (again.outputs("amur") / "figures.parquet").read_bytes() == before
    assert not list(again.outputs("amur").glob(".*.part"))
