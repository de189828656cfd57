"""Due dates and states of measures, on both sides of every border."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml

from nmslib import catalogue, phrases, roadmap
from nmslib.model import FixedReading
from nmslib.paths import Project
from nmslib.problems import UserError

ROOT = Path(__file__).parents[1]
WORKING_DAYS = roadmap.WorkingDays(catalogue.load_working_years(Project(ROOT)))
CASES = yaml.safe_load((Path(__file__).parent / "cases" / "deadline_phrases.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['phrase']} {case['why']}")
def test_terms_of_the_table_fall_on_their_dates(case):
    if case.get("refused"):
        with pytest.raises(phrases.PhraseNotRead):
            phrases.read(case["phrase"])
        return
    found = roadmap.resolve(phrases.read(case["phrase"]), *case["plan"])
    assert [occurrence.due_on for occurrence in found.chosen.occurrences] == case["dates"]
    assert found.kind == case.get("kind", found.kind)


def state_on(as_of: date, done_on: str | None = None, *, sent: bool = True, reported: str | None = None) -> str:
    """State of a measure due on 20.11.2023."""
    plan = pd.DataFrame(
        [
            {
                "measure": "5",
                "title": "Мера",
                "deadline": "до 20 ноября 2023 года",
                "kind": "once",
                "due_on": pd.Timestamp("2023-11-20"),
                "moved_on": pd.NaT,
            }
        ]
    )
    rows = pd.DataFrame([{"measure": "5", "due_on": "2023-11-20", "done_on": done_on, "document": "письмо", "state": reported}])
    rows = rows.assign(due_on=pd.to_datetime(rows["due_on"]), done_on=pd.to_datetime(rows["done_on"]))
    return roadmap.states(plan, rows if sent else None, "demo", as_of, WORKING_DAYS)["state"].iloc[0]


@pytest.mark.parametrize(
    ("as_of", "state"),
    [
        (date(2023, 10, 20), "later"),
        (date(2023, 10, 21), "due"),
        (date(2023, 11, 20), "due"),
        (date(2023, 11, 21), "overdue"),
    ],
)
def test_measure_is_due_for_thirty_days_and_overdue_from_the_next_day(as_of, state):
    assert state_on(as_of) == state


def test_deed_on_the_last_day_is_in_time_and_on_the_next_is_late():
    assert state_on(date(2023, 12, 1), "2023-11-20") == "done"
    assert state_on(date(2023, 12, 1), "2023-11-21") == "done_late"


def test_deed_after_the_as_of_date_has_not_happened_yet():
    assert state_on(date(2023, 11, 25), "2023-11-26") == "overdue"
    assert state_on(date(2023, 11, 26), "2023-11-26") == "done_late"


def test_past_term_is_unknown_not_overdue_when_the_registry_was_not_sent():
    assert state_on(date(2023, 12, 1), sent=False) == "unknown"
    assert state_on(date(2023, 11, 20), sent=False) == "due"


def test_days_overdue_count_from_the_day_after_the_term():
    plan = pd.DataFrame(
        [{"measure": "5", "deadline": "x", "kind": "once", "due_on": pd.Timestamp("2023-11-20"), "moved_on": pd.NaT}]
    )
    nothing = pd.DataFrame({"measure": [], "due_on": [], "done_on": pd.to_datetime([]), "document": [], "state": []})
    nothing["due_on"] = pd.to_datetime(nothing["due_on"])
    late = roadmap.states(plan, nothing, "demo", date(2023, 12, 1), WORKING_DAYS).iloc[0]
    assert late["days_overdue"] == 11
    assert late["working_days_overdue"] == 9


def test_working_days_overdue_are_missing_where_no_calendar_of_the_year_is_known():
    plan = pd.DataFrame(
        [{"measure": "5", "deadline": "x", "kind": "once", "due_on": pd.Timestamp("2030-11-20"), "moved_on": pd.NaT}]
    )
    nothing = pd.DataFrame(
        {"measure": [], "due_on": pd.to_datetime([]), "done_on": pd.to_datetime([]), "document": [], "state": []}
    )
    late = roadmap.states(plan, nothing, "demo", date(2030, 12, 1), WORKING_DAYS).iloc[0]
    assert late["days_overdue"] == 11
    assert pd.isna(late["working_days_overdue"])


def test_measure_without_a_readable_term_is_kept_and_says_so(workshop, project, working_days):
    path = workshop.system("seversk") / "measures.csv"
    path.write_text(
        path.read_text("utf-8").replace("до 20 марта 2023 года", "как получится").replace(",ежегодно,", ",,"), "utf-8"
    )

    plan = roadmap.schedule(catalogue.load_system("seversk", workshop), working_days)
    states = roadmap.states(plan, None, "seversk", date(2023, 12, 1), working_days).set_index("measure")
    assert set(plan["measure"]) == {str(number) for number in range(1, 10)}
    assert states.loc["4", "state"] == "unread"
    assert "не разобран" in states.loc["4", "doubt"]
    assert states.loc["2", "state"] == "no_schedule"


def test_schedule_of_seversk_shows_the_reading_and_the_doubt(seversk, working_days):
    plan = roadmap.schedule(seversk, working_days).set_index("measure")
    assert plan.loc["4", "reading"] == "один раз, не позднее 20\N{NO-BREAK SPACE}марта 2023\N{NO-BREAK SPACE}г."
    assert "день не назван" in plan.loc["2", "doubt"].iloc[0]
    assert plan.loc["5", "doubt"].isna().all()


def test_current_shows_overdue_first_then_this_year_then_the_next():
    days = {
        "late": ["2023-02-01", "2024-02-01"],
        "done": ["2023-03-01", "2024-03-01"],
        "ahead": ["2025-01-10"],
        "behind": ["2021-05-05"],
    }
    states = {"late": ["overdue", "later"], "done": ["done", "later"], "ahead": ["later"], "behind": ["done"]}
    rows = [
        {"measure": name, "due_on": pd.Timestamp(day), "state": state}
        for name in days
        for day, state in zip(days[name], states[name], strict=True)
    ]
    chosen = roadmap.current(pd.DataFrame(rows), date(2023, 12, 1))
    assert chosen["due_on"].dt.date.astype(str).tolist() == ["2023-02-01", "2023-03-01", "2025-01-10", "2021-05-05"]


def test_overdue_date_that_a_later_deed_has_followed_is_told_beside_it():
    rows = [("1", "2023-02-01", "overdue"), ("1", "2024-02-01", "done"), ("2", "2024-02-01", "overdue")]
    frame = pd.DataFrame([{"measure": m, "due_on": pd.Timestamp(day), "state": state} for m, day, state in rows])
    chosen = roadmap.current(frame, date(2024, 10, 1)).set_index("measure")
    assert chosen.loc["1", "state"] == "done"
    assert chosen.loc["1", "open_before"] == "01.02.2023"
    assert chosen.loc["2", "state"] == "overdue"
    assert pd.isna(chosen.loc["2", "open_before"])


def test_later_term_tells_what_the_municipality_reported():
    assert state_on(date(2023, 10, 1), reported="going") == "going"
    assert state_on(date(2023, 10, 1), reported="waiting") == "not_started"
    assert state_on(date(2023, 11, 1), reported="going") == "due"


@pytest.mark.parametrize(("as_of", "state"), [(date(2024, 5, 30), "continuous"), (date(2024, 6, 1), "silent")])
def test_continuous_measure_is_alive_for_a_year_after_its_last_evidence(as_of, state):
    empty = {"due_on": pd.NaT, "moved_on": pd.NaT}
    plan = pd.DataFrame([{"measure": "1", "deadline": "постоянно", "kind": "continuous", "reading": "постоянно"} | empty])
    deed = pd.DataFrame(
        [{"measure": "1", "due_on": pd.NaT, "done_on": pd.Timestamp("2023-06-01"), "document": "x", "state": "done"}]
    )
    assert roadmap.states(plan, deed, "demo", as_of, WORKING_DAYS)["state"].item() == state


def test_chosen_reading_stands_first_and_says_who_chose_it(project, working_days):
    amur = catalogue.load_system("amur", project)
    chosen = FixedReading(phrase="до 2024 года", alternative=1, author="И. Иванова", reason="письмо министерства")
    plan = roadmap.schedule(amur, working_days, [chosen]).set_index("measure")
    assert plan.loc["2.8.1", "due_on"] == pd.Timestamp(2023, 12, 31)
    assert "прочтение выбрано: И. Иванова, письмо министерства" in plan.loc["2.8.1", "doubt"]


def test_reading_of_one_measure_leaves_the_same_words_elsewhere_alone(project, working_days):
    amur = catalogue.load_system("amur", project)
    chosen = FixedReading(measure="2.8.1", alternative=1, author="И. Иванова", reason="письмо")
    plan = roadmap.schedule(amur, working_days, [chosen]).set_index("measure")
    same = [measure.code for measure in amur.measures if measure.deadline == "до 2024 года" and measure.code != "2.8.1"]
    assert plan.loc["2.8.1", "due_on"] == pd.Timestamp(2023, 12, 31)
    assert (plan.loc[same, "due_on"] == pd.Timestamp(2024, 12, 31)).all()


def test_reading_that_a_term_does_not_have_is_refused(seversk, working_days):
    with pytest.raises(UserError, match="других прочтений: 0, а выбрано 1"):
        roadmap.schedule(seversk, working_days, [FixedReading(measure="4", alternative=1, author="х", reason="х")])


def test_binding_numbers_of_a_measure_are_named_beside_its_term(project, working_days):
    plan = roadmap.schedule(catalogue.load_system("amur", project), working_days).set_index("measure")
    assert plan.loc["2.6.1", "affects"].startswith("ИОМ")


def test_measure_of_bodies_of_the_region_alone_is_the_regions(amur, leningrad, seversk):
    mine = roadmap.of_region(amur)
    assert "1.1.1" in mine  # the ministry
    assert "2.7.2" in mine  # the institute; carried out by the association of young teachers
    assert "2.4.2" not in mine  # municipal methodical services take part
    assert "1.3.2" not in mine  # all subjects of the system do
    assert set(roadmap.of_region(leningrad)) < {measure.code for measure in leningrad.measures}
    assert roadmap.of_region(seversk) == []
