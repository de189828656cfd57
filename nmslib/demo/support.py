"""Support of the young, mentors and pairs, the mentoring model, management teams, experts, burnout, the methodical service."""

import numpy as np
import pandas as pd

from nmslib.demo import words
from nmslib.demo.scene import Draw, Scene, at_work, days_after, on_weekdays

# Yearly share of young teachers in some form of support: near Seversk's plans of 30 % in 2023 and 50 % in 2024.
SUPPORTED = 0.34
SUPPORTED_MORE_EACH_YEAR = 0.04
SUPPORT_FORMS = {"mentoring": 0.5, "school": 0.2, "internship": 0.1, "contest": 0.1, "consulting": 0.1}
YOUNG_YEARS, FIRST_YEARS = 35, 3
TEAMS_A_YEAR = 0.115
# The day of the previous monitoring is never so soon after the opening.
SOON = pd.Timedelta(days=180)
# The plan of Amur oblast for 2024 is every organisation (Комплекс мер, п. 2.8.2).
WITH_MENTORING_MODEL = 0.95
EXPERT_DIRECTIONS = {
    "programmes": 0.1,
    "final_exams": 0.3,
    "staff": 0.25,
    "contests": 0.15,
    "quality": 0.05,
    "materials": 0.08,
    "innovation": 0.02,
    "other": 0.05,
}


def _ended(started: pd.DatetimeIndex, low: int, high: int, ends: np.ndarray, jobs: pd.DataFrame, draw: Draw) -> pd.Series:
    """The last day of what began, for those that ``ends`` marks, and at the latest the day the person leaves."""
    days = on_weekdays(started + days_after(draw.whole(low, high, len(started))))
    left = pd.DatetimeIndex(jobs["left_on"])
    days = days.where(ends)
    return pd.Series(days.where(left.isna() | (days < left), left))


def _steady(people: pd.DataFrame, scene: Scene) -> pd.Series:
    """Who is at work long before the plan and stays."""
    return (people["hired_on"] < scene.opening - pd.Timedelta(days=800)) & people["left_on"].isna()


def mentors(scene: Scene, people: pd.DataFrame) -> pd.DataFrame:
    """The schema's columns of mentors: teachers with a category who work before the plan and stay; some also curate."""
    draw = scene.draw("mentors")
    known = _steady(people, scene) & (people["employment"] == "main") & (people["role"] == "teacher")
    able = people[known & people["category"].isin(["first", "highest"])]
    chosen = draw.part(able, 0.075)
    chosen = able.head(2) if len(chosen) < 2 else chosen
    count = len(chosen)
    before = draw.between(scene.opening - pd.Timedelta(days=700), scene.opening - pd.Timedelta(days=10), count)
    early = draw.chance(0.65, count) | (np.arange(count) < 2)
    rows = pd.DataFrame({"person": chosen["person"].to_numpy()})
    rows["function"] = np.where(np.arange(count) % 9 == 8, "curator", "mentor")
    rows["since"] = before.where(early, draw.between(scene.opening, scene.closing, count))
    until = on_weekdays(rows["since"] + days_after(draw.whole(200, 900, count)))
    rows["until"] = pd.Series(until).where(~early & draw.chance(0.2, count))
    trained = draw.between(scene.opening, scene.closing, count)
    went = draw.chance(0.4 * scene.effort("mentors trained"), count) & ~(rows["until"] <= trained)
    rows["trained_on"] = pd.Series(trained).where(went)
    return rows.sort_values(["person", "function"], ignore_index=True)


def _mentor_of(known: pd.DataFrame, count: int, scene: Scene, draw: Draw) -> np.ndarray:
    """Mentors appointed before the plan, so that they can lead on any of its days."""
    pool = known[(known["since"] < scene.opening) & (known["function"] == "mentor")]["person"]
    return draw.random.choice(pool.to_numpy(), count)


def young_support(scene: Scene, people: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """The schema's columns of young_support; ``known``: the mentors. More take part from year to year."""
    draw, effort, parts = scene.draw("young_support"), scene.effort("young"), []
    teachers = people[people["role"] == "teacher"]
    for number, year in enumerate(scene.years):
        opening, closing = pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)
        is_young = teachers["birth_on"] > opening - pd.DateOffset(years=YOUNG_YEARS)
        young = teachers[is_young & (teachers["profession_since"] > opening - pd.DateOffset(years=FIRST_YEARS))]
        young = young[young["hired_on"] < closing - pd.Timedelta(days=30)]
        chosen = draw.part(young, min(0.95, (SUPPORTED + SUPPORTED_MORE_EACH_YEAR * number) * effort))
        first = chosen["hired_on"].where(chosen["hired_on"] > opening, opening)
        # Support of a newcomer begins in the weeks after the arrival, of the others in the school rhythm.
        soon = on_weekdays(first + days_after(draw.whole(3, 28, len(chosen))))
        days = draw.days(len(chosen), year)
        days = days.where(days > pd.DatetimeIndex(first), soon)
        rows = pd.DataFrame({"person": chosen["person"].to_numpy(), "form": draw.one_of(SUPPORT_FORMS, len(chosen))})
        mentor = _mentor_of(known, len(rows), scene, draw)
        rows["mentor"] = pd.Series(mentor).where(rows["form"] == "mentoring")
        rows["started_on"] = days
        rows["ended_on"] = _ended(days, 60, 300, draw.chance(0.75, len(rows)), chosen, draw)
        parts.append(rows[at_work(chosen, days)])
    return pd.concat(parts).sort_values(["started_on", "person"], ignore_index=True)


def _first_pair(scene: Scene, people: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """One pair from before the plan that goes on, so that the registry of a small place is never empty."""
    mentor = known[known["function"] == "mentor"].sort_values("since", kind="stable").iloc[[0]]
    others = people[_steady(people, scene) & (people["role"] == "teacher") & ~people["person"].isin(known["person"])]
    mentee = others.sort_values("category", key=lambda category: category != "none", kind="stable")["person"].iloc[[0]]
    rows = pd.DataFrame({"mentor": mentor["person"].to_numpy(), "mentee": mentee.to_numpy()})
    return rows.assign(started_on=on_weekdays(mentor["since"] + pd.Timedelta(days=3)), ended_on=pd.NaT)


def mentor_pairs(scene: Scene, people: pd.DataFrame, known: pd.DataFrame, young: pd.DataFrame) -> pd.DataFrame:
    """The schema's columns of mentor_pairs: the mentoring of the young, and pairs with teachers who have no category."""
    draw = scene.draw("mentor_pairs")
    of_young = young[young["form"] == "mentoring"].rename(columns={"person": "mentee"})
    others = people[(people["category"] == "none") & (people["role"] == "teacher") & ~people["person"].isin(young["person"])]
    chosen = draw.part(others, 0.03)
    started = draw.between(scene.opening, scene.closing, len(chosen))
    rows = pd.DataFrame({"mentor": _mentor_of(known, len(chosen), scene, draw), "mentee": chosen["person"].to_numpy()})
    rows["started_on"] = started
    rows["ended_on"] = _ended(started, 90, 360, draw.chance(0.7, len(rows)), chosen, draw)
    columns = ["mentor", "mentee", "started_on", "ended_on"]
    rows = pd.concat([of_young[columns], rows[at_work(chosen, started)]], ignore_index=True)
    if not (rows["started_on"] < scene.opening + SOON).any():
        rows = pd.concat([_first_pair(scene, people, known), rows], ignore_index=True)
    return rows.drop_duplicates(columns[:3]).sort_values(columns[2::-1], ignore_index=True)


def mentoring_organisations(scene: Scene, places: pd.DataFrame) -> pd.DataFrame:
    """The schema's columns of mentoring_organisations: the model comes to more and more organisations, not to all everywhere."""
    draw = scene.draw("mentoring_organisations")
    share = min(1.0, WITH_MENTORING_MODEL * (1 + 0.6 * (scene.effort("mentoring model") - 1)))
    chosen = draw.part(places, share)
    last = scene.closing - pd.Timedelta(days=10)
    since = draw.between(scene.opening - pd.Timedelta(days=300), last, len(chosen))
    closed = pd.DatetimeIndex(chosen["closed_on"])
    rows = pd.DataFrame({"organisation": chosen["organisation"].to_numpy(), "since": since, "until": closed})
    numbers = draw.whole(1, 300, len(rows))
    rows["document"] = [
        f"приказ от {day:%d.%m.%Y} № {number} (вымышленный документ)" for day, number in zip(since, numbers, strict=True)
    ]
    return rows[(closed.isna() | (closed > since))].reset_index(drop=True)


def management_teams(scene: Scene, places: pd.DataFrame) -> pd.DataFrame:
    """The schema's columns of management_teams: a row an organisation, trained once in the years of the plan or not yet."""
    draw = scene.draw("management_teams")
    count = len(places)
    share = TEAMS_A_YEAR * scene.effort("teams")
    # Ranks within a kind, so that schools alone get their share too (Seversk counts schools only).
    luck = draw.random.random(count)
    rank = pd.Series(luck).groupby(places["type"].to_numpy()).rank().to_numpy() - draw.random.random()
    total = places.groupby("type")["type"].transform("size").to_numpy()
    turn = np.floor(rank / total / share)
    rows = places[["organisation"]].assign(members=draw.whole(3, 6, count), programme=None, completed_on=pd.NaT)
    rows["completed_on"] = pd.to_datetime(rows["completed_on"])
    for number, year in enumerate(scene.years):
        days = draw.days(count, year)
        open_then = places["closed_on"].isna() | (days < pd.DatetimeIndex(places["closed_on"]))
        trained = (turn == number) & open_then.to_numpy()
        rows["completed_on"] = rows["completed_on"].where(~trained, days)
    rows["programme"] = pd.Series(words.TEAM_PROGRAMME, index=rows.index).where(rows["completed_on"].notna())
    return rows


def experts(scene: Scene, people: pd.DataFrame) -> pd.DataFrame:
    """The schema's columns of experts: mostly people of the highest category."""
    draw = scene.draw("experts")
    able = people[(people["category"] == "highest") & (people["employment"] == "main")]
    chosen = draw.part(able[able["hired_on"] < scene.opening - pd.Timedelta(days=400)], 0.06)
    since = draw.between(scene.opening - pd.Timedelta(days=370), scene.closing, len(chosen))
    if not (at_work(chosen, since) & (since < scene.opening + SOON)).any():
        # A small place has at least one expert, from before the plan.
        first = people[_steady(people, scene) & (people["employment"] == "main")]
        first = first.sort_values("category", key=lambda category: category != "highest", kind="stable").iloc[[0]]
        chosen = pd.concat([first, chosen[chosen["person"] != first["person"].iloc[0]]])
        since = draw.between(scene.opening - pd.Timedelta(days=370), scene.opening - pd.Timedelta(days=10), 1).append(
            draw.between(scene.opening, scene.closing, len(chosen) - 1)
        )
    rows = pd.DataFrame({"person": chosen["person"].to_numpy(), "direction": draw.one_of(EXPERT_DIRECTIONS, len(chosen))})
    rows["since"] = since
    rows["until"] = _ended(since, 300, 800, draw.chance(0.25, len(rows)), chosen, draw)
    return rows[at_work(chosen, since)].sort_values(["person", "direction"], ignore_index=True)


def burnout(scene: Scene, people: pd.DataFrame) -> pd.DataFrame:
    """The schema's columns of burnout: a part of the staff is asked each year."""
    draw, parts = scene.draw("burnout"), []
    for year in scene.years:
        chosen = draw.part(people, min(0.8, 0.22 * scene.effort("burnout")))
        days = draw.days(len(chosen), year)
        rows = pd.DataFrame({"person": chosen["person"].to_numpy(), "monitored_on": days})
        rows["risk"] = draw.one_of({"low": 0.55, "middle": 0.33, "high": 0.12}, len(rows))
        parts.append(rows[at_work(chosen, days)])
    return pd.concat(parts).sort_values(["monitored_on", "person"], ignore_index=True)


def methodical_service(scene: Scene, people: pd.DataFrame) -> pd.DataFrame:
    """The schema's columns of methodical_service: the staff of the municipality's methodical centre."""
    draw = scene.draw("methodical_service")
    own = people[(people["type"] == "methodical") & (people["employment"] == "main")].reset_index(drop=True)
    trained = draw.between(scene.opening, scene.closing, len(own))
    went = draw.chance(0.6 * scene.effort("service trained"), len(own)) & at_work(own, trained)
    rows = own[["person", "full_name", "position", "rate"]].assign(since=own["hired_on"], until=own["left_on"])
    return rows.assign(trained_on=pd.Series(trained).where(went))
