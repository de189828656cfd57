"""What moved since the run before is told with its reason: who sent what, a new day, a new plan; nothing else is."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from nmslib import catalogue, completeness, demo, registries, roadmap, tables
from nmslib.batch import checking, portals, tabling
from nmslib.paths import Project

DATA_DAY, SENT, DAY = date(2024, 11, 13), datetime(2024, 11, 15, 10), date(2023, 12, 1)
NOW = datetime(2024, 12, 1, 12, tzinfo=UTC)
DIAGNOSED = "seversk/seversk/diagnosed_share/2023-12-01"


@dataclass
class Story:
    """A system whose tables are worked out again and again; each time a day later."""

    project: Project
    system: str
    days: dict[str, date]
    runs: int = 0

    def run(self, **days: date) -> pd.DataFrame:
        """Changes as the next run leaves them."""
        self.runs += 1
        self.days |= days
        tabling.keep(self.system, self.days, NOW + timedelta(days=self.runs), self.project)
        return tables.whole(self.system, self.project).table("changes")

    def fresh(self, changes: pd.DataFrame) -> pd.DataFrame:
        """Those that the last run noticed."""
        noticed = (NOW + timedelta(days=self.runs)).replace(tzinfo=None)
        return changes[changes["noticed_on"] == noticed]


def send(project, system, name, frames, sent):
    facts, cards = catalogue.load_system(system, project), catalogue.load_cards(project)
    sender = catalogue.find_sender(facts, name, project)
    form = completeness.form(facts, cards, catalogue.load_registry_schema(project), sender)
    about = demo.about(facts, sender, form.version, DATA_DAY, sent.date(), 48)
    registries.write_workbook(project.workbook(system, name), frames, about, form)
    (outcome,) = checking.check(system, None, project, sent, lambda _: None)
    assert outcome.revision, outcome.accepted
    project.workbook(system, name).unlink()


@pytest.fixture(scope="module")
def first(module_workshop, demo_frames):
    """Seversk after its first run: what it left, and the story that goes on."""
    send(module_workshop, "seversk", "seversk", demo_frames, SENT)
    story = Story(module_workshop, "seversk", {"seversk": DAY})
    changes = story.run()
    return story, changes, tables.whole("seversk", module_workshop).since


def corrected(frames):
    """The same workbook in which ten of those diagnosed by the day are gone, and others were diagnosed elsewhere."""
    diagnostics = frames["diagnostics"]
    early = diagnostics[diagnostics["diagnosed_on"] < "2023-12-01"].index
    changed = diagnostics.drop(early[:10])
    return frames | {"diagnostics": changed}


@pytest.fixture(scope="module")
def revised(first, demo_frames):
    """After a revision of the workbook: the changes, and the figure as it was and is."""
    story = first[0]
    was = tables.whole("seversk", story.project).table("figures").set_index("figure")
    send(story.project, "seversk", "seversk", corrected(demo_frames), SENT + timedelta(days=2))
    changes = story.run()
    return story, changes, was, tables.whole("seversk", story.project).table("figures").set_index("figure")


def test_first_workbook_of_who_sent_nothing_before_is_told_as_a_new_one(workshop, demo_frames):
    story = Story(workshop, "seversk", {"seversk": DAY})
    story.run()
    send(workshop, "seversk", "seversk", demo_frames, SENT)
    row = story.run().set_index("figure").loc[DIAGNOSED]
    assert row["before"].startswith("не рассчитан")
    assert "Новая книга: ЗАТО Северск" in row["why"]


def test_first_run_has_nothing_to_compare_with(first):
    _, changes, since = first
    assert changes.empty
    assert since is None


def test_revision_is_told_with_sender_file_days_and_rows(revised):
    _, changes, was, is_now = revised
    row = changes.set_index("figure").loc[DIAGNOSED]
    assert (is_now.loc[DIAGNOSED, "numerator"] < was.loc[DIAGNOSED, "numerator"]).all()
    for words in (
        "исправленная книга (ревизия 2)",
        "ЗАТО Северск",
        "seversk.xlsx",
        "13.11.2024",
        "принята 17.11.2024",
        "убрано 10\N{NO-BREAK SPACE}строк",
    ):
        assert words.lower() in row["why"].lower(), words
    numerator = was.loc[DIAGNOSED, "numerator"]
    assert f"{int(numerator)} из" in row["before"].replace("\N{NO-BREAK SPACE}", " ")


def test_figure_that_did_not_move_is_not_told(revised):
    _, changes, was, is_now = revised
    same = [name for name in was.index if name.endswith("2023-12-01") and was.loc[name, "value"] == is_now.loc[name, "value"]]
    still = [name for name in same if was.loc[name, "numerator"] == is_now.loc[name, "numerator"]]
    assert still
    assert not set(changes["figure"]) & set(still)


def test_run_in_which_nothing_moved_leaves_the_last_change_in_sight(revised):
    story, changes, *_ = revised
    again = story.run()
    assert story.fresh(again).empty
    assert again.to_dict("records") == changes.to_dict("records")


def test_change_of_the_program_alone_with_the_same_figures_is_no_change(revised):
    story, *_ = revised
    path = story.project.outputs("seversk") / tables.MANIFEST
    told = json.loads(path.read_text("utf-8"))
    told["made_of"] |= {"program": "0" * 64, "libraries": "0" * 64}
    path.write_text(json.dumps(told), "utf-8")
    assert story.fresh(story.run()).empty


def test_figure_moved_by_the_program_alone_says_so(revised):
    """As if an earlier version of the program had counted one person less."""
    story, *_ = revised
    folder = story.project.outputs("seversk")
    figures = pd.read_parquet(folder / "figures.parquet")
    figures.loc[figures["figure"] == DIAGNOSED, "numerator"] -= 1
    figures.to_parquet(folder / "figures.parquet", index=False)
    told = json.loads((folder / tables.MANIFEST).read_text("utf-8"))
    told["files"]["figures"] = registries.sha256_of(folder / "figures.parquet")
    told["made_of"]["program"] = "0" * 64
    (folder / tables.MANIFEST).write_text(json.dumps(told), "utf-8")
    (row,) = story.fresh(story.run()).to_dict("records")
    assert (row["figure"], row["why"].rstrip(".")) == (DIAGNOSED, "Изменилась программа расчёта")


def test_changed_plan_is_told_and_shown_beside_the_value(revised):
    story, *_ = revised
    path = story.project.system("seversk") / "targets.csv"
    before = path.read_text("utf-8")
    path.write_text(before.replace(">=,7,", ">=,8,"), "utf-8")
    try:
        fresh = story.fresh(story.run())
    finally:
        path.write_text(before, "utf-8")
        back = story.fresh(story.run())
    assert len(fresh) == len(back) == 1
    told = fresh.iloc[0]
    assert "изменились факты документа" in told["why"].lower()
    assert "план 7" in told["before"]
    assert "план 8" in told["after"]


def test_new_day_of_the_report_is_told(revised):
    story, *_ = revised
    fresh = story.fresh(story.run(seversk=date(2023, 12, 15)))
    assert set(fresh["why"].str.partition(" вместо ")[0]) == {"Отчётная дата 15.12.2023"}
    assert fresh["figure"].str.endswith("/2023-12-15").all()
    story.run(seversk=DAY)


def test_portal_shows_changes_before_everything_else(revised):
    story, *_ = revised
    path = story.project.outputs("seversk") / "figures.parquet"
    story.run(seversk=date(2023, 12, 15))
    fresh = story.fresh(story.run(seversk=DAY))
    portals.write("seversk", [], NOW + timedelta(days=story.runs), story.project)
    html = (path.parent / "index.html").read_text("utf-8")
    told = fresh.iloc[0]["why"].rstrip(".")
    assert 0 < html.index(told) < html.index("Показатели:")


def test_cut_off_tables_before_are_no_ground_to_compare(revised):
    story, *_ = revised
    (story.project.outputs("seversk") / "figures.parquet").write_bytes(b"")
    assert story.run().empty


@pytest.fixture(scope="module")
def neighbours(module_workshop):
    """An oblast of two municipalities: both send, then Tynda corrects; the region counts both."""
    project = module_workshop
    rows = project.municipalities.read_text("utf-8").splitlines(keepends=True)
    kept = [row for row in rows if not row.startswith("amur,") or row.startswith(("amur,tynda,", "amur,zeya,"))]
    project.municipalities.write_text("".join(kept), "utf-8")
    facts = catalogue.load_system("amur", project)
    cards, schema = catalogue.load_cards(project), catalogue.load_registry_schema(project)
    due = roadmap.schedule(facts, roadmap.WorkingDays(catalogue.load_working_years(project))).dropna(subset=["due_on"])
    sent = {}
    for name in ("tynda", "zeya"):
        sender = catalogue.find_sender(facts, name, project)
        form = completeness.form(facts, cards, schema, sender)
        sent[name] = demo.registries(sender, facts, form, due, DATA_DAY, 48, ["tynda", "zeya"])
        send(project, "amur", name, sent[name], SENT)
    day = date(2023, 12, 31)
    story = Story(project, "amur", {"tynda": day, "zeya": day, "region": day})
    story.run()
    before = {name: tables.whole("amur", project).table(name) for name in tables.NAMES}
    send(project, "amur", "tynda", corrected(sent["tynda"]), SENT + timedelta(days=1))
    return story, story.run(), before


def test_workbook_of_one_sender_moves_figures_of_that_place_and_the_region_alone(neighbours):
    _, changes, _ = neighbours
    assert set(changes["municipality"]) == {"tynda", "region"}


def test_workbook_of_one_sender_touches_a_neighbour_only_where_they_are_compared(neighbours):
    story, _, before = neighbours
    kept = tables.whole("amur", story.project)
    for name in set(tables.NAMES) - {"outcomes"}:
        was, is_now = (
            table[table["municipality"] == "zeya"].reset_index(drop=True) for table in (before[name], kept.table(name))
        )
        pd.testing.assert_frame_equal(was, is_now)


def test_region_names_whose_workbooks_are_new(neighbours):
    _, changes, _ = neighbours
    of_region = changes[changes["municipality"] == "region"]
    assert set(of_region["why"].str.rstrip(".")) == {"Новые книги: г. Тында"}


def test_place_that_did_not_move_keeps_its_last_change(neighbours):
    story, changes, _ = neighbours
    after = story.run(zeya=date(2023, 9, 30))
    kept = after[after["municipality"] == "tynda"]
    assert kept.to_dict("records") == changes[changes["municipality"] == "tynda"].to_dict("records")
    assert set(story.fresh(after)["municipality"]) == {"zeya"}
