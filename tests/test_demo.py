"""Synthetic registries: seeded, plausible, and marked as synthetic."""

from datetime import date

import openpyxl
import pytest

from nmslib import demo, registries, roadmap


@pytest.fixture
def due(seversk, working_days):
    return roadmap.schedule(seversk, working_days).dropna(subset=["due_on"])


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_file(tmp_path, seversk, place, schema, due):
    files = []
    for number, seed in enumerate((48, 48, 7)):
        frames = demo.registries(place, due, date(2023, 1, 1), date(2024, 12, 31), seed)
        files.append(tmp_path / f"{number}.xlsx")
        registries.write_workbook(files[-1], frames, demo.about(seversk, place, schema.version, 48), schema)
    first, again, other = (path.read_bytes() for path in files)
    assert first == again
    assert first != other


def test_sizes_suit_a_closed_city_of_a_hundred_thousand(demo_frames, place):
    assert place.population == 108466
    general = demo_frames["organisations"].query("type == 'general'")
    main = demo_frames["staff"].query("employment == 'main'")
    teachers = main[main["organisation"].isin(general["organisation"]) & (main["role"] == "teacher")]
    assert 12 <= len(general) <= 20
    assert 800 <= len(teachers) <= 1300
    assert 40 <= (2023 - main["birth_on"].dt.year).mean() <= 50


def test_people_of_registries_are_in_the_staff_and_events_follow_each_other(demo_frames):
    known = set(demo_frames["staff"]["person"])
    for registry in ("diagnostics", "routes", "completions", "young_support"):
        assert set(demo_frames[registry]["person"]) <= known
    routes = demo_frames["routes"].merge(demo_frames["diagnostics"], on="person")
    assert (
        routes.groupby(["person", "drawn_up_on"])["diagnosed_on"].min().reset_index().eval("drawn_up_on > diagnosed_on")
    ).all()


def test_first_sheet_says_the_data_are_synthetic(tmp_path, seversk, place, schema, demo_frames):
    path = tmp_path / "x.xlsx"
    registries.write_workbook(path, demo_frames, demo.about(seversk, place, schema.version, 48), schema)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert sheet.title == "О файле"
    assert "СИНТЕТИЧЕСКИЕ ДАННЫЕ" in sheet["B2"].value


def test_second_jobs_and_outsiders_are_there_to_be_left_out(demo_frames):
    assert set(demo_frames["staff"]["employment"]) == {"main", "internal", "external", "contract"}
