"""The synthetic set of a country: what is in it, that it appears whole, and that figures are computed from it as from snapshots."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import polars as pl
import pytest
from click.testing import CliRunner

from nmslib import indicators
from nmslib.__main__ import main
from nmslib.demo import scale
from nmslib.model import REGION, RegistrySchema
from nmslib.problems import UserError
from nmslib.registries import national, snapshots

PLACES, SEED = 12, 48
AS_OF = date(2024, 10, 1)
REGISTRIES = {
    *("organisations", "staff", "diagnostics", "routes", "completions"),
    *("management_teams", "young_support", "mentoring_organisations"),
}


def made(schema: RegistrySchema, places: int = PLACES) -> national.Made:
    return national.Made(places, SEED, scale.DATA_DAY.isoformat(), schema.version)


@pytest.fixture(scope="module")
def country(tmp_path_factory, schema) -> Path:
    """A set of twelve municipalities."""
    folder = tmp_path_factory.mktemp("data") / "scale"
    national.write_set(made(schema), scale.country(PLACES, SEED), schema, folder)
    return folder


@pytest.fixture(scope="module")
def rows(country) -> dict[str, pl.DataFrame]:
    return {path.stem: pl.read_parquet(path) for path in country.glob("*.parquet")}


@pytest.fixture(scope="module")
def table(country, schema, seversk, cards) -> pd.DataFrame:
    """Figures of the set by the document of Seversk, asked about all organisations."""
    registries = national.read_set(country, schema)
    system = replace(seversk, indicators=tuple(replace(one, organisations="all") for one in seversk.indicators))
    places = [*dict.fromkeys(registries.arrivals["municipality"]), REGION]
    return indicators.figures(system, cards, registries, places, AS_OF)


# What is in it


def test_set_has_a_file_for_each_registry_and_a_manifest(country):
    assert {path.name for path in country.iterdir()} == {f"{name}.parquet" for name in REGISTRIES} | {"manifest.json"}


@pytest.mark.parametrize("registry", sorted(REGISTRIES))
def test_file_has_the_columns_and_types_of_snapshots_after_place_and_row(registry, rows, schema):
    kept = snapshots.arrow_schema(schema.sheet(registry))
    assert rows[registry].columns == ["municipality", "excel_row", *(name for name in kept.names[1:] if name != "identity")]
    expected = pl.from_arrow(kept.empty_table()).schema
    for name in rows[registry].columns[1:]:
        assert rows[registry].schema[name] == expected[name], name


@pytest.mark.parametrize("registry", sorted(REGISTRIES))
def test_required_cells_are_filled_choices_are_known_and_keys_stand_once(registry, rows, schema):
    sheet = schema.sheet(registry)
    for column in sheet.columns:
        if not snapshots.is_name(column):
            values = rows[registry][column.id]
            assert not (column.required and values.null_count()), column.id
            assert not column.choices or set(values.drop_nulls()) <= set(column.choices), column.id
    assert not rows[registry].select("municipality", *sheet.key).is_duplicated().any()


@pytest.mark.parametrize("registry", sorted(REGISTRIES))
def test_rows_are_numbered_from_two_in_each_municipality(registry, rows):
    numbers = (
        rows[registry].group_by("municipality").agg(pl.col("excel_row").min().alias("first"), pl.col("excel_row").max(), pl.len())
    )
    assert (numbers["first"] == 2).all()
    assert (numbers["excel_row"] == numbers["len"] + 1).all()


def test_a_municipality_has_870_rows_of_staff_on_average(rows):
    assert len(rows["staff"]) / PLACES == pytest.approx(870, rel=0.02)
    assert rows["staff"]["municipality"].n_unique() == PLACES


def test_people_have_codes_like_pseudonyms_and_no_names(rows):
    assert rows["staff"]["person"].str.contains("^[0-9a-f]{16}$").all()
    assert "full_name" not in rows["staff"].columns


def test_some_people_have_a_second_job_and_a_few_two_main_ones(rows):
    jobs = rows["staff"].group_by("municipality", "person").agg(pl.len(), (pl.col("employment") == "main").sum())
    assert 0.03 < (jobs["len"] > 1).mean() < 0.06
    assert 0 < (jobs["employment"] > 1).mean() < 0.005


def test_people_of_other_registries_are_staff_of_the_same_municipality(rows):
    for registry in ("diagnostics", "routes", "completions", "young_support"):
        strangers = rows[registry].join(rows["staff"], on=["municipality", "person"], how="anti")
        assert strangers.is_empty(), registry


def test_nothing_is_later_than_the_day_of_the_data(rows, country):
    days = [frame[name].max() for frame in rows.values() for name, kind in frame.schema.items() if kind == pl.Datetime("ms")]
    assert max(day for day in days if day).date() <= scale.DATA_DAY
    assert json.loads((country / "manifest.json").read_text("utf-8"))["data_on"] == scale.DATA_DAY.isoformat()


def test_set_says_that_it_is_synthetic(country, schema):
    assert "СИНТЕТИЧЕСКИЕ ДАННЫЕ" in json.loads((country / "manifest.json").read_text("utf-8"))["about"]
    assert national.read_set(country, schema).synthetic


def test_same_seed_gives_the_same_rows_another_seed_others(rows):
    again = dict(scale.country(PLACES, SEED))
    assert again["staff"]["person"].equals(rows["staff"]["person"])
    assert all(len(again[registry]) == len(rows[registry]) for registry in REGISTRIES)
    assert not dict(scale.country(PLACES, SEED + 1))["staff"]["person"].equals(rows["staff"]["person"])


# How it appears


def few(places: int = 2) -> list[tuple[str, pl.DataFrame]]:
    return list(scale.country(places, SEED))


def test_new_set_takes_the_place_of_the_earlier_one(tmp_path, schema):
    for places in (2, 3):
        national.write_set(made(schema, places), few(places), schema, tmp_path / "scale")
    assert national.read_set(tmp_path / "scale", schema).arrivals["municipality"].nunique() == 3
    assert [path.name for path in tmp_path.iterdir()] == ["scale"]
    assert not (tmp_path / "scale" / "before").exists()


def test_interrupted_writing_leaves_the_earlier_set(tmp_path, schema):
    def broken():
        yield few()[0]
        raise KeyboardInterrupt

    national.write_set(made(schema, 2), few(), schema, tmp_path / "scale")
    with pytest.raises(KeyboardInterrupt):
        national.write_set(made(schema, 3), broken(), schema, tmp_path / "scale")
    assert national.read_set(tmp_path / "scale", schema).arrivals["municipality"].nunique() == 2
    assert [path.name for path in tmp_path.iterdir()] == ["scale"]


def test_folder_with_anything_else_is_not_replaced(tmp_path, schema):
    (tmp_path / "scale").mkdir()
    (tmp_path / "scale" / "заметки.txt").write_text("нужное", "utf-8")
    with pytest.raises(UserError, match="не набор"):
        national.write_set(made(schema, 2), few(), schema, tmp_path / "scale")
    assert (tmp_path / "scale" / "заметки.txt").read_text("utf-8") == "нужное"


# How it is read


def test_everybody_has_sent_every_registry_of_the_set(country, schema, rows):
    arrivals = national.read_set(country, schema).arrivals
    assert len(arrivals) == PLACES * len(REGISTRIES)
    assert arrivals["received"].all()
    assert arrivals.groupby("registry")["rows"].sum().to_dict() == {name: len(frame) for name, frame in rows.items()}


def test_who_has_no_rows_in_a_registry_has_sent_it_empty(tmp_path, schema):
    two = [(name, frame.filter(pl.col("municipality") != "m0002") if name == "routes" else frame) for name, frame in few()]
    national.write_set(made(schema, 2), two, schema, tmp_path / "scale")
    registries = national.read_set(tmp_path / "scale", schema)
    assert registries.received("m0002", "routes")
    assert registries.of("routes", "m0002").empty


def test_set_of_another_version_of_the_schema_is_refused_with_the_command_that_makes_it_anew(country, schema):
    with pytest.raises(UserError, match=f"nms demo --scale {PLACES} --seed {SEED}") as refused:
        national.read_set(country, replace(schema, version="2099.1"))
    assert schema.version in str(refused.value)
    assert "2099.1" in str(refused.value)


def test_absent_set_is_told_with_the_command_that_makes_it(tmp_path, schema):
    with pytest.raises(UserError, match="nms demo --scale"):
        national.read_set(tmp_path / "scale", schema)


# Figures


def test_table_has_a_row_for_each_municipality_and_the_whole(table, seversk):
    assert len(table) == len(seversk.indicators) * (PLACES + 1)
    assert table["value"].notna().all()
    assert set(table["status"]) <= {"reached", "on_pace", "recoverable", "unreachable"}


def test_the_whole_pools_the_people_of_all_municipalities(table):
    places = table[table["municipality"] != REGION].groupby("indicator")[["numerator", "denominator"]].sum()
    whole = table[table["municipality"] == REGION].set_index("indicator")[["numerator", "denominator"]]
    pd.testing.assert_frame_equal(whole, places, check_like=True, check_names=False)


def test_share_of_diagnosed_is_that_counted_by_hand_in_pandas(table, country):
    """The same definition written once more, in another library."""
    read = {name: pd.read_parquet(country / f"{name}.parquet") for name in ("organisations", "staff", "diagnostics")}
    day, start = pd.Timestamp(AS_OF), pd.Timestamp(AS_OF.year, 1, 1)
    # A methodical service is no educational organisation.
    educational = read["organisations"][read["organisations"]["type"] != "methodical"]
    open_ones = educational[~(educational["closed_on"] <= day)]
    staff = read["staff"][(read["staff"]["hired_on"] <= day) & ~(read["staff"]["left_on"] <= day)]
    staff = staff[staff["employment"] == "main"].merge(open_ones[["municipality", "organisation"]])
    people = staff.drop_duplicates(["municipality", "person"])
    events = read["diagnostics"]
    events = events[(events["place"] == "centre") & events["diagnosed_on"].between(start, day)]
    diagnosed = people.merge(events[["municipality", "person"]].drop_duplicates())
    found = table[(table["indicator"] == "diagnosed_share") & (table["municipality"] != REGION)].set_index("municipality")
    assert found["denominator"].to_dict() == people.groupby("municipality").size().to_dict()
    assert found["numerator"].to_dict() == diagnosed.groupby("municipality").size().to_dict()


def test_day_after_the_data_makes_the_figures_unknown(country, schema, seversk, cards):
    table = indicators.figures(seversk, cards, national.read_set(country, schema), ["m0001"], date(2025, 3, 1))
    assert set(table["status"]) == {"not_computable"}
    assert table["reason"].str.contains("данные на 31.12.2024").all()


# The command


def run(*arguments: str, home: Path):
    return CliRunner().invoke(main, ["demo", *arguments], env={"NMS_HOME": str(home)})


def test_command_writes_the_set_and_tells_how_many_rows(workshop, schema):
    done = run("--scale", "3", home=workshop.root)
    assert done.exit_code == 0, done.output
    assert "Создаю синтетический набор: 3\N{NO-BREAK SPACE}муниципалитета" in done.stderr
    assert "data/scale: 3\N{NO-BREAK SPACE}муниципалитета" in done.stdout
    assert "Работники 2" in done.stdout
    assert national.read_set(workshop.scale, schema).arrivals["municipality"].nunique() == 3


@pytest.mark.parametrize("other", [("--system", "seversk"), ("--defects",)])
def test_command_refuses_options_of_workbooks(other, workshop):
    done = run("--scale", "3", *other, home=workshop.root)
    assert done.exit_code == 1
    assert "уберите --system и --defects" in done.stderr
    assert not workshop.scale.exists()


def test_command_refuses_a_country_of_nobody(workshop):
    assert run("--scale", "0", home=workshop.root).exit_code == 2
