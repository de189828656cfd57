"""Figures of past days: what tells of a day, what may change it afterwards, and the seams of a series."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from nmslib import demo, indicators, registries, roadmap
from nmslib.batch import checking, forms
from nmslib.paths import Project
from nmslib.problems import UserError
from nmslib.registries import snapshots
from nmslib.registries.snapshots import Snapshot

FIRST, SECOND = date(2024, 11, 13), date(2024, 12, 20)  # days of the data of two workbooks
SPRING, AUTUMN, WINTER, NEW_YEAR = date(2024, 6, 30), date(2024, 11, 14), date(2024, 12, 20), date(2024, 12, 21)
DAYS = (SPRING, FIRST, AUTUMN, WINTER, NEW_YEAR)
OLD_VERSION = "2023.1"
NBSP = "\N{NO-BREAK SPACE}"


# Which snapshot tells of a day


@pytest.fixture
def kept(tmp_path: Path) -> Callable[..., Project]:
    """A project where these days of data were accepted, in this order."""

    def make(*days: str) -> Project:
        project = Project(tmp_path)
        for number, day in enumerate(days, 1):
            snapshot = Snapshot(
                **{"system": "seversk", "municipality": "seversk", "number": number, "accepted_at": f"{day}T10:00:00"},
                **{"data_on": day, "sent_on": day, "version": "x", "schema_version": "x", "file": "seversk.xlsx"},
                **{"sha256": str(number), "synthetic": True, "registries": {}},
            )
            folder = snapshots.folder_of(snapshot, project)
            folder.mkdir(parents=True)
            (folder / snapshots.MANIFEST).write_text(json.dumps(asdict(snapshot)), "utf-8")
        return project

    return make


def telling(project: Project, day: str) -> int | None:
    found = snapshots.as_of("seversk", "seversk", date.fromisoformat(day), project)
    return found.number if found else None


@pytest.mark.parametrize(
    ("day", "number"),
    [("2023-06-30", 1), ("2023-11-13", 1), ("2023-11-14", 2), ("2024-11-13", 2), ("2024-11-14", 3), ("2024-12-20", 3)],
)
def test_the_first_data_that_are_not_older_than_a_day_tell_of_it(kept, day, number):
    assert telling(kept("2023-11-13", "2024-11-13", "2024-12-20"), day) == number


def test_day_after_all_data_is_told_of_by_the_newest(kept):
    assert telling(kept("2023-11-13", "2024-11-13"), "2024-11-14") == 2


def test_correction_of_a_workbook_tells_of_its_days_and_of_no_others(kept):
    project = kept("2023-11-13", "2023-11-13", "2024-11-13", "2024-11-13")
    assert [telling(project, day) for day in ("2023-06-30", "2023-11-14")] == [2, 4]


def test_nothing_accepted_tells_of_nothing(kept):
    assert telling(kept(), "2024-01-01") is None
    assert snapshots.in_force("seversk", "seversk", kept()) is None


def test_in_force_are_the_newest_data_in_their_last_revision(kept):
    project = kept("2024-11-13", "2024-11-13", "2024-11-12")
    assert snapshots.in_force("seversk", "seversk", project).number == 2


# Four workbooks of Seversk one after another: the first, its correction, a later one, and the later one's correction


@pytest.fixture(scope="module")
def told(module_workshop, seversk, cards, place, form, working_days) -> dict[str, pd.DataFrame]:
    """Figures at all days after each workbook: `first`, `corrected`, `later`, `later corrected`."""
    due = roadmap.schedule(seversk, working_days).dropna(subset=["due_on"])
    first, later = (demo.registries(place, seversk, form, due, day, seed=48) for day in (FIRST, SECOND))
    # Diagnostics of spring that nobody had sent: they stand in the correction of the first workbook alone.
    spring = first["diagnostics"]["diagnosed_on"].between(pd.Timestamp(2024, 1, 1), pd.Timestamp(SPRING))
    assert spring.any()
    steps = {
        "first": (first | {"diagnostics": first["diagnostics"][~spring]}, FIRST),
        "corrected": (first, FIRST),
        "later": (later | {"diagnostics": later["diagnostics"].head(0), "routes": later["routes"].head(5)}, SECOND),
        "later corrected": (later, SECOND),
    }
    found = {}
    for number, (step, (frames, day)) in enumerate(steps.items(), 1):
        about = demo.about(seversk, place, form.version, day, day, 48)
        registries.write_workbook(module_workshop.workbook("seversk", "seversk"), frames, about, form)
        now = datetime.combine(day, datetime.min.time()) + timedelta(days=number)
        (outcome,) = checking.check("seversk", None, module_workshop, now, lambda _: None)
        assert outcome.revision == number, outcome.accepted
        found[step] = pd.concat(figures_on(day, module_workshop, seversk, cards, form) for day in DAYS)
    return found


def figures_on(day: date, project: Project, seversk, cards, form) -> pd.DataFrame:
    known = registries.read_system("seversk", {"seversk": form}, project, day)
    return indicators.figures(seversk, cards, known, ["seversk"], day)


def at(table: pd.DataFrame, day: date) -> pd.DataFrame:
    return table[table["as_of"] == pd.Timestamp(day)].set_index("indicator")


@pytest.mark.parametrize("day", [SPRING, FIRST])
def test_value_of_a_past_day_is_not_changed_by_a_later_workbook_nor_by_its_correction(told, day):
    pd.testing.assert_frame_equal(at(told["corrected"], day), at(told["later"], day))
    pd.testing.assert_frame_equal(at(told["corrected"], day), at(told["later corrected"], day))


@pytest.mark.parametrize("day", [SPRING, FIRST])
def test_value_of_a_past_day_is_changed_by_a_correction_of_the_workbook_that_told_of_it(told, day):
    before, after = at(told["first"], day), at(told["corrected"], day)
    assert before.loc["diagnosed_share", "numerator"] < after.loc["diagnosed_share", "numerator"]
    assert (before.loc["diagnosed_share", "revision"], after.loc["diagnosed_share", "revision"]) == (1, 2)
    same = before.index.difference(["diagnosed_share"])
    told_differently = ["revision", "source"]
    pd.testing.assert_frame_equal(before.loc[same].drop(columns=told_differently), after.loc[same].drop(columns=told_differently))


def test_day_after_the_data_is_not_computed_until_later_data_come(told):
    for step in ("first", "corrected"):
        found = at(told[step], AUTUMN)
        assert (found["status"] == "not_computable").all()
        assert found["value"].isna().all()
        assert found["reason"].str.contains("данные на 13.11.2024, отчётная дата 14.11.2024 позже").all()
    assert at(told["later corrected"], AUTUMN)["value"].notna().all()


def test_days_between_two_workbooks_are_told_of_by_the_later_one(told):
    for day, revision, data_on in ((FIRST, 2, FIRST), (AUTUMN, 4, SECOND), (WINTER, 4, SECOND)):
        found = at(told["later corrected"], day)
        assert set(found["revision"]) == {revision}
        assert set(found["data_on"]) == {pd.Timestamp(data_on)}


def test_correction_of_the_later_workbook_changes_its_own_days(told):
    before, after = (at(told[step], WINTER) for step in ("later", "later corrected"))
    assert before.loc["diagnosed_share", "status"] == "not_computable"  # a sheet without rows is no «0»
    assert after.loc["diagnosed_share", "value"] > 0
    assert before.loc["routed_share", "numerator"] < after.loc["routed_share", "numerator"]


def test_day_after_all_data_says_so(told):
    assert (at(told["later corrected"], NEW_YEAR)["status"] == "not_computable").all()


def test_hash_beside_a_figure_is_that_of_its_own_workbook(told, module_workshop):
    past = {one.number: one.sha256 for one in snapshots.history("seversk", "seversk", module_workshop)}
    assert len(set(past.values())) == 4
    table = told["later corrected"]
    assert (table["source"] == table["revision"].map(past)).all()


def test_without_a_day_the_newest_data_are_read(told, module_workshop, form):
    received = registries.read_system("seversk", {"seversk": form}, module_workshop)
    assert set(received.arrivals["data_on"]) == {"2024-12-20"}


# Another version of the schema


def aged(project: Project, *numbers: int) -> None:
    """Marks revisions as kept by an older version of the schema."""
    for number in numbers:
        path = project.snapshots("seversk", "seversk") / f"{number:04d}" / snapshots.MANIFEST
        manifest = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps(manifest | {"schema_version": OLD_VERSION}, ensure_ascii=False), "utf-8")


def check(project: Project, now: datetime = datetime(2024, 11, 20)):
    return checking.check("seversk", None, project, now, lambda _: None)


def test_snapshot_of_another_version_is_refused_with_the_command(workshop, accepted, form):
    aged(workshop, 1)
    for day in (None, SPRING):
        with pytest.raises(UserError) as refused:
            registries.read_system("seversk", {"seversk": form}, workshop, day)
        told = str(refused.value)
        assert f"по другой версии реестров, чем {form.version}: seversk (ревизия 1)" in told
        assert told.endswith("nms check seversk")


def test_snapshot_without_a_version_is_refused_too(workshop, accepted, form):
    path = workshop.snapshots("seversk", "seversk") / "0001" / snapshots.MANIFEST
    manifest = json.loads(path.read_text("utf-8"))
    del manifest["schema_version"]
    path.write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(UserError, match="nms check seversk"):
        registries.read_system("seversk", {"seversk": form}, workshop)


def test_same_workbook_after_a_change_of_version_is_a_new_revision_that_is_read(workshop, accepted, seversk, cards, form):
    before = figures_on(SPRING, workshop, seversk, cards, form)
    aged(workshop, 1)
    (outcome,) = check(workshop)
    assert (outcome.revision, outcome.new) == (2, True)
    assert snapshots.in_force("seversk", "seversk", workshop).schema_version == form.version
    after = figures_on(SPRING, workshop, seversk, cards, form)
    pd.testing.assert_frame_equal(before.drop(columns="revision"), after.drop(columns="revision"))
    assert set(after["revision"]) == {2}
    assert check(workshop)[0].accepted == "без изменений, ревизия 2"


def test_workbook_filled_in_on_an_older_form_is_kept_by_todays_schema(workshop, accepted, form):
    book = openpyxl.load_workbook(accepted)
    about = {row[0].value: row for row in book["О файле"].iter_rows()}
    about["Версия формы"][1].value = OLD_VERSION
    book.save(accepted)
    aged(workshop, 1)
    check(workshop)
    snapshot = snapshots.in_force("seversk", "seversk", workshop)
    assert (snapshot.version, snapshot.schema_version) == (OLD_VERSION, form.version)
    assert registries.read_system("seversk", {"seversk": form}, workshop).arrivals["received"].any()


def test_earlier_monitoring_is_taken_over_to_the_new_version_as_well(workshop, seversk, cards, form):
    """The message asks to accept the same workbooks again: after that every day of the trend must be told again."""
    list(forms.write_demo(["seversk"], 48, False, workshop))
    assert [outcome.revision for outcome in check(workshop)] == [1, 2]
    before = figures_on(date(2023, 6, 30), workshop, seversk, cards, form)
    aged(workshop, 1, 2)
    outcomes = check(workshop)
    assert [outcome.new for outcome in outcomes] == [True, True], [outcome.accepted for outcome in outcomes]
    after = figures_on(date(2023, 6, 30), workshop, seversk, cards, form)
    pd.testing.assert_frame_equal(before.drop(columns="revision"), after.drop(columns="revision"))


# Series


SCHOOL = [{"organisation": "О1", "name": "Школа", "type": "general"}, {"organisation": "О2", "name": "Сад", "type": "preschool"}]
JOB = {"role": "teacher", "employment": "main", "hired_on": "2010-09-01"}
STAFF = [JOB | {"person": f"Р{number}", "organisation": "О1" if number < 10 else "О2"} for number in range(20)]
DONE = [{"person": f"Р{number}", "diagnosed_on": "2023-02-01", "place": "centre"} for number in (0, 10, 11)]
QUARTERS = [date(2023, 3, 31), date(2023, 6, 30), date(2023, 9, 30), date(2023, 12, 31)]


@pytest.fixture
def series(cards, received):
    """Diagnostics of one school and one kindergarten at the ends of quarters of 2023, as a document asks for it."""
    known = received(organisations=SCHOOL, staff=STAFF, diagnostics=DONE)

    def made(system, days: list[date] = QUARTERS) -> pd.DataFrame:
        table = indicators.series(system, cards, ((day, known) for day in days), ["demo"])
        return table[table["indicator"] == "diagnosed_share"].reset_index(drop=True)

    return made


def redefined(system, since: date, organisations: str = "all"):
    newer = replace(system.indicators[0], organisations=organisations, in_force=since, clause="приказ № 7, п. 2")
    return replace(system, indicators=(*system.indicators, newer))


def test_series_has_a_row_a_day_with_the_columns_of_figures(series, seversk):
    found = series(seversk)
    assert found["as_of"].dt.date.tolist() == QUARTERS
    assert found.columns.tolist() == [*indicators.COLUMNS, "variant"]
    assert (found["variant"] == "").all()
    assert found["numerator"].tolist() == [1, 1, 1, 1]


def test_first_day_after_a_change_of_definition_shows_both_values(series, seversk):
    found = series(redefined(seversk, date(2023, 5, 1)))
    assert found["as_of"].dt.date.tolist() == [QUARTERS[0], QUARTERS[1], QUARTERS[1], *QUARTERS[2:]]
    assert found["variant"].tolist() == ["", "", "прежнее определение", "", ""]
    assert found["value"].tolist() == [10, 15, 10, 15, 15]
    assert found["clause"].tolist()[1:3] == ["приказ № 7, п. 2", "прил. к Положению, п. 1"]


@pytest.mark.parametrize(("since", "seam"), [("2023-06-30", 1), ("2023-07-01", 2), ("2023-01-01", None), ("2024-01-01", None)])
def test_seam_stands_at_the_first_day_of_the_series_that_the_new_definition_holds_on(series, seversk, since, seam):
    found = series(redefined(seversk, date.fromisoformat(since)))
    seams = found[found["variant"] != ""]["as_of"].dt.date.tolist()
    assert seams == ([QUARTERS[seam]] if seam is not None else [])


def test_two_changes_have_two_seams(series, seversk):
    twice = redefined(redefined(seversk, date(2023, 5, 1)), date(2023, 8, 1), "general")
    found = series(twice)
    assert found["variant"].tolist() == ["", "", "прежнее определение", "", "прежнее определение", ""]
    assert found["value"].tolist() == [10, 15, 10, 10, 15, 10]


def test_other_indicators_have_no_second_row_at_the_seam(cards, received, seversk):
    known = received(organisations=SCHOOL, staff=STAFF, diagnostics=DONE)
    table = indicators.series(redefined(seversk, date(2023, 5, 1)), cards, [(QUARTERS[1], known)], ["demo"])
    assert len(table) == 6
    assert table.loc[table["variant"] != "", "indicator"].tolist() == ["diagnosed_share"]


def test_flow_begins_anew_with_each_year(series, seversk):
    found = series(seversk, [date(2023, 12, 31), date(2024, 1, 1)])
    assert found["numerator"].tolist() == [1, 0]
    assert found["period"].tolist() == ["2023", "2024"]


def test_series_of_no_days_is_empty_with_its_columns(cards, seversk):
    found = indicators.series(seversk, cards, [], ["demo"])
    assert found.empty
    assert found.columns.tolist() == [*indicators.COLUMNS, "variant"]


def test_each_day_is_told_by_the_registries_as_of_that_day(cards, received, seversk):
    spring = received(organisations=SCHOOL, staff=STAFF, diagnostics=DONE[:1])
    winter = received(organisations=SCHOOL, staff=STAFF, diagnostics=[*DONE, DONE[0] | {"person": "Р1"}])
    table = indicators.series(seversk, cards, [(QUARTERS[1], spring), (QUARTERS[3], winter)], ["demo"])
    assert table[table["indicator"] == "diagnosed_share"]["numerator"].tolist() == [1, 2]


# Days of a trend


@pytest.mark.parametrize(
    ("day", "days"),
    [
        ("2023-03-30", ["2023-03-30"]),
        ("2023-03-31", ["2023-03-31"]),
        ("2023-07-01", ["2023-03-31", "2023-06-30", "2023-07-01"]),
        ("2024-02-01", ["2023-03-31", "2023-06-30", "2023-09-30", "2023-12-31", "2024-02-01"]),
    ],
)
def test_trend_is_the_ends_of_quarters_since_the_document_began_and_the_day_itself(seversk, day, days):
    found = indicators.trend_days(seversk, date.fromisoformat(day))
    assert [one.isoformat() for one in found] == days


def test_trend_begins_with_the_document_not_before_it(amur):
    assert indicators.trend_days(amur, date(2023, 7, 1))[0] == date(2023, 6, 30)


def test_trend_goes_back_to_the_year_before_the_last_at_most(seversk):
    period = replace(seversk.act.period, start=date(2010, 1, 1))
    old = replace(seversk, act=replace(seversk.act, period=period))
    found = indicators.trend_days(old, date(2024, 12, 1))
    assert (found[0], len(found)) == (date(2022, 3, 31), 12)


def test_trend_of_a_document_without_a_beginning_starts_with_the_year_before(seversk):
    period = replace(seversk.act.period, start=None)
    undated = replace(seversk, act=replace(seversk.act, period=period))
    assert indicators.trend_days(undated, date(2024, 5, 1))[0] == date(2023, 3, 31)
