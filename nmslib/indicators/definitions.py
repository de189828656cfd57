"""What each indicator counts: one function an indicator, named by its card, returning rows. Knows no plan and no state."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

Frames = dict[str, pd.DataFrame]
KEYS = ["municipality", "key"]
YOUNG_YEARS = 35
FIRST_YEARS = 3


@dataclass(frozen=True)
class Question:
    """For which days an indicator is asked (both inclusive), and whose staff count: general schools or all organisations."""

    start: pd.Timestamp
    as_of: pd.Timestamp
    organisations: Literal["general", "all"]


@dataclass(frozen=True)
class Counted:
    """The rows behind a share: ``denominator`` (municipality, key, excel_row), ``numerator`` (the same and ``on``, the day).

    Both hold a key once per municipality; the numerator's keys are among the denominator's. ``outside`` counts numerator rows per
    municipality that fall outside the denominator (left, part-timers, other organisations).
    """

    denominator: pd.DataFrame
    numerator: pd.DataFrame
    outside: pd.Series


def _in_force(frame: pd.DataFrame, since: str, until: str, as_of: pd.Timestamp) -> pd.DataFrame:
    """Rows in force at the end of ``as_of``: begun (or with no beginning named) and not yet ended."""
    begun = frame[since].isna() | (frame[since] <= as_of)
    return frame[begun & (frame[until].isna() | (frame[until] > as_of))]


def organisations_at(frames: Frames, question: Question) -> pd.DataFrame:
    """Organisations that work at the as-of date and are of the asked kind."""
    working = _in_force(frames["organisations"], "opened_on", "closed_on", question.as_of)
    return working[working["type"] == "general"] if question.organisations == "general" else working


def staff_at(frames: Frames, question: Question, roles: tuple[str, ...] = ("teacher", "manager")) -> pd.DataFrame:
    """People employed at the as-of date at their main place in the asked organisations, one row a person.

    Outside part-timers and contract workers are not staff; a person with two jobs counts once, at the main place.
    """
    employed = _in_force(frames["staff"], "hired_on", "left_on", question.as_of)
    main = employed[(employed["employment"] == "main") & employed["role"].isin(roles)]
    places = organisations_at(frames, question)[["municipality", "organisation"]]
    return main.merge(places, on=["municipality", "organisation"]).drop_duplicates(["municipality", "person"])


def _within(frame: pd.DataFrame, on: str, question: Question) -> pd.DataFrame:
    """Rows dated within the asked days."""
    return frame[frame[on].between(question.start, question.as_of)]


def _counted(denominator: pd.DataFrame, events: pd.DataFrame, key: str, on: str) -> Counted:
    """Whom the events count among the denominator: each key once, on its first day."""
    base = denominator.rename(columns={key: "key"})[[*KEYS, "excel_row"]].dropna(subset="key")
    named = events.rename(columns={key: "key", on: "on"})[[*KEYS, "excel_row", "on"]].dropna(subset="key")
    named = named.sort_values("on", kind="stable")
    first = named.drop_duplicates(KEYS)
    inside = first.merge(base[KEYS], on=KEYS)
    outside = first.groupby("municipality").size().sub(inside.groupby("municipality").size(), fill_value=0).astype("int64")
    return Counted(base, inside, outside)


def diagnosed_share(frames: Frames, question: Question) -> Counted:
    """Staff diagnosed at the centre (ЦНППМ) within the period, among teachers and managers.

    Columns: diagnostics person, diagnosed_on, place. Percent of people. Undefined without staff.
    Norm: card diagnosed_share (Seversk, app. to the regulation, item 1).
    """
    rows = frames["diagnostics"]
    return _counted(
        staff_at(frames, question), _within(rows[rows["place"] == "centre"], "diagnosed_on", question), "person", "diagnosed_on"
    )


def routed_share(frames: Frames, question: Question) -> Counted:
    """Staff for whom a route was drawn up on the centre's diagnostics within the period; completed or not.

    Columns: routes person, drawn_up_on, grounds. Percent of people. Undefined without staff.
    Norm: card routed_share (Seversk, app. to the regulation, item 2).
    """
    rows = frames["routes"]
    return _counted(
        staff_at(frames, question), _within(rows[rows["grounds"] == "centre"], "drawn_up_on", question), "person", "drawn_up_on"
    )


def register_programmes_share(frames: Frames, question: Question) -> Counted:
    """Teachers who completed a programme of the federal register chosen by diagnostics within the period; managers do not count.

    Columns: completions person, completed_on, in_register, by_diagnostics. Percent of people. Undefined without teachers.
    Norm: card register_programmes_share (Seversk, app. to the regulation, item 3).
    """
    rows = frames["completions"]
    chosen = rows[(rows["in_register"] == "yes") & (rows["by_diagnostics"] == "yes")]
    return _counted(staff_at(frames, question, ("teacher",)), _within(chosen, "completed_on", question), "person", "completed_on")


def management_teams_share(frames: Frames, question: Question) -> Counted:
    """Management teams whose training in managing the quality of education ended within the period; a team per organisation.

    Columns: management_teams organisation, completed_on. Percent of teams. Undefined without teams.
    Norm: card management_teams_share (Seversk, app. to the regulation, item 4).
    """
    rows = frames["management_teams"]
    teams = rows.merge(organisations_at(frames, question)[["municipality", "organisation"]], on=["municipality", "organisation"])
    return _counted(
        teams.drop_duplicates(["municipality", "organisation"]),
        _within(teams, "completed_on", question),
        "organisation",
        "completed_on",
    )


def young_supported_share(frames: Frames, question: Question) -> Counted:
    """Teachers under 35 in their first three years of work who took part in any form of support within the period.

    Columns: staff birth_on, profession_since; young_support person, started_on, ended_on. Age and service are taken at the
    as-of date. Support that began before the period and still goes on counts, dated with its own first day. Percent of people.
    Undefined without such teachers.
    Norm: card young_supported_share (Seversk, app. to the regulation, item 5).
    """
    teachers = staff_at(frames, question, ("teacher",))
    young = teachers["birth_on"] > question.as_of - pd.DateOffset(years=YOUNG_YEARS)
    novice = teachers["profession_since"] > question.as_of - pd.DateOffset(years=FIRST_YEARS)
    support = frames["young_support"]
    going_on = support[(support["started_on"] <= question.as_of) & ~(support["ended_on"] < question.start)]
    return _counted(teachers[young & novice], going_on, "person", "started_on")


FUNCTIONS: dict[str, Callable[[Frames, Question], Counted]] = {
    function.__name__: function
    for function in (diagnosed_share, routed_share, register_programmes_share, management_teams_share, young_supported_share)
}
