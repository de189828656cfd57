"""Diagnosed, with a route, trained by diagnostics, supported: shares of staff that all documents name."""

import polars as pl

from nmslib.indicators.definitions.bases import PSYCHOLOGIST, rows, staff, within, young
from nmslib.indicators.rows import Counted, Question, among
from nmslib.registries import Frames


def _diagnosed(frames: Frames, asked: Question, roles: tuple[str, ...]) -> Counted:
    at_centre = rows(frames, "diagnostics").only("диагностика в ЦНППМ", pl.col("place") == "centre")
    return among(staff(frames, asked, roles), within(at_centre, "diagnosed_on", asked), "person", "diagnosed_on")


def diagnosed_share(frames: Frames, asked: Question) -> Counted:
    """Staff diagnosed at the centre (ЦНППМ) within the period, among teachers and managers.

    Columns: diagnostics person, diagnosed_on, place. Percent of people. Undefined without staff.
    Norm: card diagnosed_share (Seversk, app. to the regulation, item 1).
    """
    return _diagnosed(frames, asked, ("teacher", "manager"))


def teachers_diagnosed_share(frames: Frames, asked: Question) -> Counted:
    """Teachers diagnosed at the centre within the period, among teachers.

    Columns: diagnostics person, diagnosed_on, place. Percent of people. Undefined without teachers.
    Norm: card teachers_diagnosed_share (Amur, roadmap, item 2.3.1).
    """
    return _diagnosed(frames, asked, ("teacher",))


def managers_diagnosed_share(frames: Frames, asked: Question) -> Counted:
    """Managers diagnosed at the centre within the period, among managers.

    Columns: diagnostics person, diagnosed_on, place. Percent of people. Undefined without managers.
    Norm: card managers_diagnosed_share (Amur, roadmap, item 2.3.2).
    """
    return _diagnosed(frames, asked, ("manager",))


def routed_share(frames: Frames, asked: Question) -> Counted:
    """Staff for whom a route was drawn up on the centre's diagnostics within the period; completed or not.

    Columns: routes person, drawn_up_on, grounds. Percent of people. Undefined without staff.
    Norm: card routed_share (Seversk, app. to the regulation, item 2).
    """
    on_diagnostics = rows(frames, "routes").only("на основе диагностики в ЦНППМ", pl.col("grounds") == "centre")
    return among(staff(frames, asked), within(on_diagnostics, "drawn_up_on", asked), "person", "drawn_up_on")


def register_programmes_share(frames: Frames, asked: Question) -> Counted:
    """Teachers who completed a programme of the federal register chosen by diagnostics within the period; managers do not count.

    Columns: completions person, completed_on, in_register, by_diagnostics. Percent of people. Undefined without teachers.
    Norm: card register_programmes_share (Seversk, app. to the regulation, item 3).
    """
    chosen = (
        rows(frames, "completions")
        .only("программа из ФР ДПП", pl.col("in_register") == "yes")
        .only("подобрана по диагностике", pl.col("by_diagnostics") == "yes")
    )
    return among(staff(frames, asked, ("teacher",)), within(chosen, "completed_on", asked), "person", "completed_on")


def young_supported_share(frames: Frames, asked: Question) -> Counted:
    """Teachers under 35 in their first three years of work who took part in any form of support within the period.

    Columns: staff birth_on, profession_since; young_support person, started_on, ended_on. Age and service are taken at the
    as-of date. Support that began before the period and still goes on counts, dated with its own first day. Percent of people.
    Undefined without such teachers.
    Norm: card young_supported_share (Seversk, app. to the regulation, item 5).
    """
    support = rows(frames, "young_support").only("начата не позже отчётной даты", pl.col("started_on") <= asked.as_of)
    # Support with no end named goes on.
    unended = pl.col("ended_on").is_null() | (pl.col("ended_on") >= asked.start)
    return among(young(frames, asked), support.only("не закончена до начала периода", unended), "person", "started_on")


def psychologists_trained_share(frames: Frames, asked: Question) -> Counted:
    """Educational psychologists who completed a programme on preventing burnout within the period.

    Columns: staff position; completions person, topic, completed_on. Percent of people. Undefined without psychologists.
    Norm: card psychologists_trained_share (Amur, roadmap, item 2.5.3).
    """
    posts = pl.col("position").str.to_lowercase().str.contains(PSYCHOLOGIST, literal=True)
    people = staff(frames, asked, ("teacher",)).only("должность педагога-психолога", posts)
    courses = rows(frames, "completions").only("тема «профилактика выгорания»", pl.col("topic") == "burnout")
    return among(people, within(courses, "completed_on", asked), "person", "completed_on")
