"""Synthetic registries: seeded, plausible, without a defect, and marked as synthetic."""

from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import openpyxl
import pandas as pd
import pytest

from nmslib import catalogue, completeness, demo, phrases, registries, roadmap
from nmslib.model import REGION, Municipality, RegistrySchema, System

SEED = 48
PLACES = [
    "seversk/seversk",
    "amur/tsiolkovskiy",
    "amur/blagoveshchensk",
    "leningrad/vsevolozhskiy",
    "novoshakhtinsk/novoshakhtinsk",
]
ALL = [*PLACES, "amur/region", "leningrad/region"]
DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class Sent:
    """What a sender sent at the previous monitoring and now."""

    system: System
    sender: Municipality
    form: RegistrySchema
    due: pd.DataFrame
    municipalities: list[str]
    before: date
    now: date

    def frames(self, until: date, seed: int = SEED) -> dict[str, pd.DataFrame]:
        return demo.registries(self.sender, self.system, self.form, self.due, until, seed, municipalities=self.municipalities)


def last_terms(system: System) -> list[date]:
    """The last due date within the plan of each readable term of updating registers."""
    start, end = demo.period(system)
    found = []
    for update in {one.update for one in system.registries if one.update}:
        try:
            days = [one.due_on for one in roadmap.resolve(phrases.read(update), start, end).chosen.occurrences]
        except phrases.PhraseNotRead:
            continue
        found += [day for day in days if start <= day <= end][-1:]
    return found


@pytest.fixture(scope="session")
def sent(project, cards, schema, working_days):
    """``sent("amur/tynda")``: the sender with its form and days."""

    @cache
    def of_system(name: str):
        system = catalogue.load_system(name, project)
        senders = {one.municipality: one for one in catalogue.senders(system, project)}
        return system, senders, roadmap.schedule(system, working_days).dropna(subset=["due_on"]), last_terms(system)

    @cache
    def make(name: str) -> Sent:
        system, senders, due, terms = of_system(name.split("/")[0])
        sender = senders[name.split("/")[1]]
        form = completeness.form(system, cards, schema, sender)
        places = [one for one in senders if one != REGION]
        return Sent(system, sender, form, due, places, demo.history_day(system, terms), demo.data_day(system, terms))

    return make


@pytest.fixture(scope="session")
def drawn(sent):
    """``drawn("amur/tynda")``: the sender's frames of now, ``drawn("amur/tynda", "before")`` of the previous monitoring."""

    @cache
    def frames(name: str, when: str = "now") -> dict[str, pd.DataFrame]:
        return sent(name).frames(getattr(sent(name), when))

    return frames


def people(frames):
    """One row a person: at the main place, or the only one."""
    staff = frames["staff"]
    return staff.sort_values("employment", key=lambda kind: kind != "main", kind="stable").drop_duplicates("person")


def employed(frames, registry, on, person="person"):
    """The rows of a registry with the person's job; every one of them is at work on the day."""
    rows = (
        frames[registry]
        .dropna(subset=[on, person])
        .merge(people(frames), left_on=person, right_on="person", suffixes=("", "_job"))
    )
    assert len(rows) == frames[registry][[on, person]].dropna().shape[0]
    return ((rows["hired_on"] <= rows[on]) & (rows["left_on"].isna() | (rows[on] < rows["left_on"]))).all()


# Days


@pytest.mark.parametrize(
    ("system", "newest", "previous"),
    [
        ("amur", date(2024, 11, 24), date(2023, 11, 24)),
        ("seversk", date(2024, 11, 13), date(2023, 11, 13)),
        ("leningrad", date(2021, 12, 31), date(2021, 9, 30)),
        ("novoshakhtinsk", date(2024, 12, 31), date(2023, 12, 31)),
    ],
)
def test_data_are_as_of_a_week_before_the_earliest_last_term_of_registers_or_the_end_of_the_plan(
    system, newest, previous, project
):
    facts = catalogue.load_system(system, project)
    terms = last_terms(facts)
    assert (demo.data_day(facts, terms), demo.history_day(facts, terms)) == (newest, previous)


def test_most_workbooks_come_by_the_due_day_and_none_before_its_data(project):
    until, due_day = date(2024, 12, 1), date(2024, 12, 20)
    days = [demo.sent_on(one, until, due_day, SEED) for one in catalogue.municipalities_of("amur", project)]
    assert all(until <= day for day in days)
    late = sum(day > due_day for day in days)
    assert 1 <= late <= len(days) / 3
    assert demo.sent_on(catalogue.municipalities_of("amur", project)[0], until, None, SEED) >= until


# Seeds


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_file(tmp_path, sent):
    one, files = sent("seversk/seversk"), []
    for number, seed in enumerate((SEED, SEED, 7)):
        files.append(tmp_path / f"{number}.xlsx")
        about = demo.about(one.system, one.sender, one.form.version, one.now, one.now, SEED)
        registries.write_workbook(files[-1], one.frames(one.now, seed), about, one.form)
    first, again, other = (path.read_bytes() for path in files)
    assert first == again
    assert first != other


def test_a_registry_does_not_depend_on_what_else_is_drawn(sent, drawn):
    one = sent("amur/tsiolkovskiy")
    few = one.form.only(["staff", "completions", "mentor_pairs"])
    alone = demo.registries(one.sender, one.system, few, one.due, one.now, SEED)
    assert list(alone) == ["staff", "completions", "mentor_pairs"]
    for registry, frame in alone.items():
        pd.testing.assert_frame_equal(frame, drawn("amur/tsiolkovskiy")[registry])


# Rows known on a day


@pytest.mark.parametrize("name", ALL)
def test_every_sheet_of_the_form_is_there_with_the_columns_and_values_of_the_schema(name, sent, drawn):
    one, frames = sent(name), drawn(name)
    assert list(frames) == [sheet.id for sheet in one.form.sheets]
    for sheet in one.form.sheets:
        frame = frames[sheet.id]
        assert list(frame.columns) == [column.id for column in sheet.columns]
        # A document without a roadmap has no measures to report on.
        assert len(frame) or (sheet.id == "execution" and not one.system.measures), f"{sheet.id} has no row"
        for column in sheet.columns:
            values = frame[column.id].dropna()
            assert not column.required or len(values) == len(frame), f"{sheet.id}.{column.id} has gaps"
            assert not column.choices or set(values) <= set(column.choices), f"{sheet.id}.{column.id}"
            assert column.low is None or values.between(column.low, column.high).all(), f"{sheet.id}.{column.id}"
            if column.type == "date":
                assert frame[column.id].dtype == "datetime64[us]"


@pytest.mark.parametrize("name", ALL)
def test_no_date_is_after_the_day_of_the_data_but_due_dates_of_the_next_two_months(name, sent, drawn):
    one = sent(name)
    for when, until in (("before", one.before), ("now", one.now)):
        for sheet in one.form.sheets:
            frame = drawn(name, when)[sheet.id]
            for column in sheet.columns:
                if column.type == "date":
                    ahead = 60 if (sheet.id, column.id) == ("execution", "due_on") else 0
                    assert not (frame[column.id] > pd.Timestamp(until) + ahead * DAY).any(), f"{sheet.id}.{column.id}"


@pytest.mark.parametrize("name", ALL)
def test_rows_of_the_previous_monitoring_come_again_with_what_was_open_then(name, sent, drawn):
    one = sent(name)
    before, now = drawn(name, "before"), drawn(name)
    for sheet in one.form.sheets:
        old, new = before[sheet.id], now[sheet.id]
        joined = old.merge(new, on=sheet.key, how="left", suffixes=("", "_new"), indicator=True)
        assert len(joined) == len(old)
        assert (joined["_merge"] == "both").all(), f"{sheet.id}: rows vanished"
        if sheet.id == "execution":
            assert joined[joined["state"] == "done"].eval("state_new == 'done' and done_on_new == done_on").all()
            continue
        for column in sheet.columns:
            if column.key or (sheet.id, column.id) in [("management_teams", "programme"), ("programmes", "in_register")]:
                continue
            was, is_now = joined[column.id], joined[f"{column.id}_new"]
            same = (was == is_now) | (was.isna() & is_now.isna())
            if column.type == "date":
                same |= was.isna() & (is_now > pd.Timestamp(one.before))
            assert same.all(), f"{sheet.id}.{column.id}"


@pytest.mark.parametrize("seed", [SEED, 7, 11])
@pytest.mark.parametrize("system", ["amur", "leningrad", "novoshakhtinsk", "seversk"])
def test_no_sender_had_an_empty_sheet_at_the_previous_monitoring(system, seed, sent, project):
    # Rows of the previous monitoring come again, so that no sheet is empty now.
    facts = catalogue.load_system(system, project)
    for sender in catalogue.senders(facts, project):
        one = sent(f"{system}/{sender.municipality}")
        frames = one.frames(one.before, seed)
        empty = [name for name, frame in frames.items() if frame.empty and (name != "execution" or facts.measures)]
        assert not empty, f"{sender.municipality}: {empty}"


# No defect


@pytest.mark.parametrize("name", ALL)
def test_keys_are_unique_and_references_resolve(name, sent, drawn):
    frames = drawn(name)
    for sheet in sent(name).form.sheets:
        assert not frames[sheet.id].duplicated(sheet.key).any(), sheet.id
        for column in sheet.columns:
            if column.refers_to:
                registry, target = column.refers_to.split(".")
                assert set(frames[sheet.id][column.id].dropna()) <= set(frames[registry][target]), f"{sheet.id}.{column.id}"


@pytest.mark.parametrize("name", PLACES)
def test_a_person_has_one_code_one_name_one_birth_date_and_at_most_one_main_place(name, drawn):
    staff = drawn(name)["staff"]
    assert (staff.groupby("person")[["full_name", "birth_on"]].nunique() == 1).all(axis=None)
    assert not staff[staff["employment"] == "main"].duplicated("person").any()
    persons = staff.drop_duplicates("person")
    assert not persons.duplicated("full_name").any()
    assert not persons.duplicated("birth_on").any()


@pytest.mark.parametrize("name", PLACES)
def test_dates_of_a_job_follow_each_other_within_the_life_of_the_organisation(name, drawn):
    frames = drawn(name)
    jobs = frames["staff"].merge(frames["organisations"], on="organisation")
    assert ((jobs["hired_on"] - jobs["birth_on"]).dt.days >= 17 * 365.25).all()
    assert ((jobs["profession_since"] - jobs["birth_on"]).dt.days >= 17 * 365.25).all()
    assert (jobs["profession_since"] <= jobs["hired_on"]).all()
    assert not (jobs["left_on"] <= jobs["hired_on"]).any()
    assert not (jobs["hired_on"] < jobs["opened_on"]).any()
    closed = jobs[jobs["closed_on"].notna()]
    assert (closed["left_on"] <= closed["closed_on"]).all()


@pytest.mark.parametrize("name", PLACES)
def test_what_people_do_happens_while_they_are_employed(name, drawn):
    frames = drawn(name)
    days = {
        "diagnostics": ["diagnosed_on"],
        "routes": ["drawn_up_on", "completed_on"],
        "completions": ["started_on", "completed_on"],
    }
    days |= {
        "young_support": ["started_on"],
        "mentors": ["since", "trained_on"],
        "experts": ["since"],
        "burnout": ["monitored_on"],
    }
    for registry in days.keys() & frames.keys():
        assert all(employed(frames, registry, on) for on in days[registry]), registry
    assert employed(frames, "young_support", "started_on", "mentor")
    if "mentor_pairs" in frames:
        assert employed(frames, "mentor_pairs", "started_on", "mentor")
        assert employed(frames, "mentor_pairs", "started_on", "mentee")


@pytest.mark.parametrize("name", PLACES)
def test_nothing_ends_before_it_begins(name, drawn):
    frames = drawn(name)
    spans = {
        "routes": ("drawn_up_on", "completed_on"),
        "completions": ("started_on", "completed_on"),
        "young_support": ("started_on", "ended_on"),
        "mentors": ("since", "until"),
        "mentor_pairs": ("started_on", "ended_on"),
        "experts": ("since", "until"),
        "mentoring_organisations": ("since", "until"),
        "communities": ("founded_on", "closed_on"),
        "internship_sites": ("opened_on", "closed_on"),
        "methodical_service": ("since", "until"),
    }
    for registry, (begins, ends) in spans.items():
        if registry in frames:
            assert not (frames[registry][ends] <= frames[registry][begins]).any(), registry


@pytest.mark.parametrize("name", PLACES)
def test_a_route_and_a_programme_on_the_centres_diagnostics_come_after_it(name, drawn):
    frames = drawn(name)
    centre = frames["diagnostics"].query("place == 'centre'").groupby("person")["diagnosed_on"].min()
    routes = frames["routes"].query("grounds == 'centre'")
    assert (routes["drawn_up_on"] > routes["person"].map(centre)).all()
    chosen = frames["completions"].query("by_diagnostics == 'yes'")
    assert (chosen["started_on"] > chosen["person"].map(centre)).all()
    assert len(chosen) > 10


@pytest.mark.parametrize("name", PLACES)
def test_mentors_have_a_category_and_lead_somebody_else(name, drawn):
    frames = drawn(name)
    category = people(frames).set_index("person")["category"]
    led = frames["young_support"].dropna(subset="mentor")
    assert (led["mentor"] != led["person"]).all()
    assert (frames["young_support"]["mentor"].notna() == (frames["young_support"]["form"] == "mentoring")).all()
    named = set(led["mentor"])
    if "mentor_pairs" in frames:
        assert (frames["mentor_pairs"]["mentor"] != frames["mentor_pairs"]["mentee"]).all()
        named |= set(frames["mentor_pairs"]["mentor"])
        assert named <= set(frames["mentors"]["person"])
    assert set(category[list(named)]) <= {"first", "highest"}


@pytest.mark.parametrize("name", PLACES)
def test_a_trained_management_team_names_its_programme(name, drawn):
    teams = drawn(name)["management_teams"]
    assert (teams["programme"].notna() == teams["completed_on"].notna()).all()


@pytest.mark.parametrize("name", ["seversk/seversk", "amur/tsiolkovskiy", "amur/region", "leningrad/region"])
def test_a_measure_is_done_exactly_when_it_has_a_day_and_a_document(name, sent, drawn):
    one = sent(name)
    for when, until in (("before", one.before), ("now", one.now)):
        rows = drawn(name, when)["execution"]
        done = rows["state"] == "done"
        assert (done == rows["done_on"].notna()).all()
        assert (done == rows["document"].notna()).all()
        due = one.due[one.due["due_on"] <= pd.Timestamp(until) + 60 * DAY][["measure", "due_on"]].drop_duplicates()
        assert len(rows.dropna(subset="due_on")) == len(due)
        assert set(rows["measure"]) <= {measure.code for measure in one.system.measures}


@pytest.mark.parametrize("name", ["amur/region", "leningrad/region", "novoshakhtinsk/novoshakhtinsk"])
def test_a_programme_enters_the_federal_register_after_it_is_developed_and_says_so(name, drawn):
    for when in ("before", "now"):
        rows = drawn(name, when)["programmes"]
        assert ((rows["in_register"] == "yes") == rows["registered_on"].notna()).all()
        assert not (rows["registered_on"] < rows["developed_on"]).any()
        assert not (rows["implemented_on"] < rows["developed_on"]).any()


def test_staff_hired_after_the_day_are_absent_and_leavers_of_later_days_still_at_work(sent, drawn):
    one = sent("amur/blagoveshchensk")
    before, now = drawn("amur/blagoveshchensk", "before")["staff"], drawn("amur/blagoveshchensk")["staff"]
    assert set(now["person"]) > set(before["person"])
    left = now[now["left_on"] > pd.Timestamp(one.before)]["person"]
    known = before[before["person"].isin(left) & (before["employment"] == "main")]
    assert len(known)
    assert known["left_on"].isna().all()


# Plausible


def school_teachers(frames, on) -> int:
    general = frames["organisations"].query("type == 'general'")["organisation"]
    main = frames["staff"].query("employment == 'main' and role == 'teacher'")
    at_work = main["left_on"].isna() | (main["left_on"] > pd.Timestamp(on))
    return int((main["organisation"].isin(general) & at_work).sum())


@pytest.mark.parametrize(("system", "teachers"), [("amur", 7604), ("leningrad", 11200)])
def test_school_teachers_of_a_region_add_up_to_the_published_number(system, teachers, sent, project):
    total, schools, marked = 0, 0, {"low_results": 0, "hard_conditions": 0}
    for place in catalogue.municipalities_of(system, project):
        one = sent(f"{system}/{place.municipality}")
        frames = demo.registries(one.sender, one.system, one.form.only(["organisations", "staff"]), one.due, one.now, SEED)
        total += school_teachers(frames, one.now)
        general = frames["organisations"].query("type == 'general'")
        schools += len(general)
        marked = {mark: count + (general[mark] == "yes").sum() for mark, count in marked.items()}
        assert (general[general["understaffed"] == "yes"]["settlement"] == "rural").all()
    assert abs(total / teachers - 1) < 0.15
    assert 0.04 <= marked["low_results"] / schools <= 0.13
    assert 0.02 <= marked["hard_conditions"] / schools <= 0.11


def test_sizes_suit_a_closed_city_of_a_hundred_thousand(sent, drawn):
    one, frames = sent("seversk/seversk"), drawn("seversk/seversk")
    assert one.sender.population == 108466
    assert 12 <= (frames["organisations"]["type"] == "general").sum() <= 20
    assert 800 <= school_teachers(frames, one.now) <= 1300
    assert set(frames["organisations"]["settlement"]) == {"urban"}


@pytest.mark.parametrize("name", ["seversk/seversk", "amur/blagoveshchensk", "leningrad/vsevolozhskiy"])
def test_teachers_are_forty_six_on_average_and_few_come_and_go_in_a_year(name, sent, drawn):
    one, main = sent(name), drawn(name)["staff"].query("employment == 'main'")
    age = (pd.Timestamp(one.now) - main["birth_on"]).dt.days / 365.25
    assert 44 <= age.mean() <= 48
    came = main["hired_on"].between(pd.Timestamp(one.now) - pd.DateOffset(years=1), pd.Timestamp(one.now))
    assert 0.015 <= came.mean() <= 0.05
    assert 0.01 <= main["left_on"].notna().mean() / len({*main["left_on"].dt.year.dropna()}) <= 0.06


def test_second_jobs_and_outsiders_are_there_to_be_left_out(drawn):
    for name in PLACES:
        assert set(drawn(name)["staff"]["employment"]) == {"main", "internal", "external", "contract"}


def test_diagnostics_follow_the_school_year(drawn):
    months = drawn("leningrad/vsevolozhskiy")["diagnostics"]["diagnosed_on"].dt.month.value_counts(normalize=True)
    assert months.get(7, 0) < 0.02 < 0.12 < months[10]


def test_municipalities_differ_and_are_not_good_or_bad_at_everything(sent, project):
    shares = []
    for place in catalogue.municipalities_of("amur", project):
        one = sent(f"amur/{place.municipality}")
        form = one.form.only(["organisations", "staff", "diagnostics", "routes", "mentoring_organisations"])
        frames = demo.registries(one.sender, one.system, form, one.due, one.now, SEED)
        main = frames["staff"].query("employment == 'main' and left_on.isna()")["person"]
        in_year = {"diagnostics": "diagnosed_on", "routes": "drawn_up_on"}
        grounds = {"diagnostics": "place", "routes": "grounds"}
        row = {}
        for registry, on in in_year.items():
            rows = frames[registry]
            counted = rows[(rows[on].dt.year == 2024) & (rows[grounds[registry]] == "centre")]["person"]
            row[registry] = main.isin(counted).mean()
        row["model"] = len(frames["mentoring_organisations"]) / len(frames["organisations"])
        shares.append(row)
    table = pd.DataFrame(shares)
    reached = table[["diagnostics", "routes"]] >= 0.1
    assert (reached.mean() > 0.15).all()
    assert (reached.mean() < 0.85).all()
    assert (reached["diagnostics"] & ~reached["routes"]).any()
    assert 0.05 < (table["model"] >= 1).mean() < 0.8


# The region


def test_the_region_knows_about_ninety_methodists_of_all_municipalities(sent, drawn):
    one, frames = sent("amur/region"), drawn("amur/region")
    active = frames["methodical_active"]
    assert set(active["served"]) == set(one.municipalities)
    assert 75 <= len(active) <= 105
    assert 0.9 <= (active["accompanied"] <= 250).mean() < 1
    assert set(frames["agreements"].query("kind == 'municipality'")["partner"]) <= {
        f"ОМСУ {place} (вымышленное соглашение)" for place in one.municipalities
    }


def test_routes_name_methodists_who_are_in_the_regions_active_on_that_day(drawn):
    active = drawn("amur/region")["methodical_active"].set_index("person")
    for name in ("amur/tsiolkovskiy", "amur/blagoveshchensk"):
        routes = drawn(name)["routes"].dropna(subset="methodist")
        mine = active.loc[routes["methodist"]]
        assert set(mine["served"]) == {name.split("/")[1]}
        assert (mine["since"].to_numpy() < routes["drawn_up_on"].to_numpy()).all()
        assert mine["until"].isna().all()
    assert drawn("seversk/seversk")["routes"]["methodist"].isna().all()


def test_regional_registers_are_of_a_plausible_size(drawn):
    frames = drawn("amur/region")
    sizes = {"programmes": (45, 80), "internship_sites": (18, 35), "innovation_sites": (22, 42), "events": (60, 150)}
    for registry, (low, high) in sizes.items():
        assert low <= len(frames[registry]) <= high, registry
    assert 0.4 <= (frames["programmes"]["in_register"] == "yes").mean() <= 0.75
    assert 20 <= (frames["agreements"]["kind"] == "municipality").sum() <= 29


@pytest.mark.parametrize("seed", [SEED, 7, 11])
def test_half_of_the_centres_staff_is_trained_at_the_academy_before_it_opens(seed, sent):
    one = sent("leningrad/region")
    before, now = (one.frames(until, seed)["centre_staff"] for until in (one.before, one.now))
    posts = now["person"].str.startswith("план-")
    assert 12 <= (~posts).sum() <= 20
    assert (now["full_name"].isna() == posts).all()
    assert posts.any() and now[posts][["since", "until", "academy_trained_on"]].isna().all(axis=None)
    in_time = now["academy_trained_on"].between("2021-07-14", "2021-08-15")
    assert 0.5 <= in_time.mean() < 0.7  # прил. 2, п. 3 counts planned posts too
    assert (now["academy_trained_on"] > "2021-08-15").any()
    assert (now["since"].dropna() >= "2021-09-01").all()  # прил. 2, п. 6: the centre opens
    assert now[~posts]["since"].notna().all()
    assert before["person"].tolist() == now["person"].tolist()
    assert now["person"].str.fullmatch(r"Ц\d{3}|план-\d{2}").all()  # unlike codes of any other registry


# Colleges


def test_only_the_larger_places_of_amur_have_a_college(sent, project):
    colleges = {}
    for system in ("amur", "leningrad", "novoshakhtinsk", "seversk"):
        for place in catalogue.municipalities_of(system, project):
            one = sent(f"{system}/{place.municipality}")
            frames = demo.registries(one.sender, one.system, one.form.only(["organisations"]), one.due, one.now, SEED)
            count = int((frames["organisations"]["type"] == "vocational").sum())
            colleges |= {place.municipality: (system, place.population or 0, count)} if count else {}
    assert {system for system, _, _ in colleges.values()} == {"amur"}
    assert 3 <= len(colleges) <= 8
    assert all(count == 1 and population >= 30_000 for _, population, count in colleges.values())


def test_teachers_and_masters_of_a_college_learn_what_nobody_else_does(drawn):
    frames = drawn("amur/blagoveshchensk")
    jobs = people(frames).merge(frames["organisations"][["organisation", "type", "settlement"]], on="organisation")
    college = jobs[jobs["type"] == "vocational"]
    assert set(college["settlement"]) == {"urban"}
    assert set(college.query("role == 'teacher'")["position"]) == {"преподаватель", "мастер производственного обучения"}
    assert 30 <= len(college) <= 70
    learned = frames["completions"].query("topic == 'vocational'")
    assert set(learned["person"]) <= set(college["person"])
    assert len(learned) >= 3
    assert set(drawn("amur/tsiolkovskiy")["completions"]["topic"]).isdisjoint({"vocational"})


# Marked


def test_first_sheet_says_the_data_are_synthetic(tmp_path, sent, drawn):
    one, path = sent("seversk/seversk"), tmp_path / "x.xlsx"
    about = demo.about(one.system, one.sender, one.form.version, one.now, date(2024, 11, 25), SEED)
    registries.write_workbook(path, drawn("seversk/seversk"), about, one.form)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert sheet.title == "О файле"
    assert sheet["B2"].value.startswith("СИНТЕТИЧЕСКИЕ ДАННЫЕ")
    shown = {row[0].value: row[1].value for row in sheet.iter_rows()}
    assert list(shown)[:10] == [
        *("Книга реестров", "Внимание", "Система", "Муниципалитет", "Документ", "Версия формы"),
        *("Данные на", "Отправлено", "Период", "Зерно генератора"),
    ]
    assert (shown["Данные на"], shown["Отправлено"]) == ("13.11.2024", "25.11.2024")


@pytest.mark.parametrize("name", ["amur/region", "seversk/seversk"])
def test_names_that_could_be_mistaken_for_real_ones_say_they_are_invented(name, drawn):
    for registry, frame in drawn(name).items():
        if "name" in frame:
            assert frame["name"].str.contains("вымышлен").all(), registry
    assert np.all(drawn(name)["execution"]["document"].dropna().str.contains("вымышлен"))
