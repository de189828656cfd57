"""The methodical active, mentors and the centre's staff: who is there, whom they accompany, who was trained."""

import polars as pl

from nmslib import wording
from nmslib.indicators.definitions.bases import active, rows, within
from nmslib.indicators.rows import PLACE, ROW, Counted, Question, part_of, plain
from nmslib.registries import Frames


def methodists_count(frames: Frames, asked: Question) -> Counted:
    """Regional methodists and tutors in the methodical active at the as-of date, by the municipality they serve.

    Columns: methodical_active person, served, since, until. People. Always defined.
    Norm: card methodists_count (Amur, regulation, section 5, item 7).
    """
    return plain(active(frames, asked), "person", "since")


def staff_per_methodist(frames: Frames, asked: Question) -> Counted:
    """Teachers accompanied by one member of the active, on average, at the as-of date; a member who told no number is left out.

    Columns: methodical_active person, served, accompanied, since, until. People per member. Undefined without members.
    Norm: card staff_per_methodist (Amur, regulation, section 5, item 8; roadmap, item 2.6, row 2: at most 250).
    """
    members = active(frames, asked).only("указано, скольких сопровождает", pl.col("accompanied").is_not_null())
    return Counted(members, members, "person", "since", weight="accompanied")


def free_places(frames: Frames, asked: Question, limit: float) -> dict[str, int | None]:
    """How many more teachers members of the active can accompany, by the municipality they serve; ``limit`` is for one member.

    Columns: methodical_active person, served, accompanied, since, until. None where a member told no number; a municipality that
    nobody serves is not in it.
    """
    free = (limit - pl.col("accompanied")).clip(lower_bound=0)
    known = pl.when(pl.col("accompanied").is_not_null().all()).then(free.sum().cast(pl.Int64))
    return dict(active(frames, asked).kept().group_by(PLACE).agg(known.alias("free")).collect().iter_rows())


def active_trained_share(frames: Frames, asked: Question) -> Counted:
    """Members of the methodical active who raised their competence within the period.

    Columns: methodical_active person, served, since, until, trained_on. Percent of members. Undefined without members.
    Norm: card active_trained_share (Amur, roadmap, item 1.4.2).
    """
    members = active(frames, asked)
    return part_of(members, within(members, "trained_on", asked), "person", "trained_on")


def active_network_trained_share(frames: Frames, asked: Question) -> Counted:
    """Members of the methodical active trained by the network programme within the period.

    Columns: methodical_active person, served, since, until, network_trained_on. Percent of members. Undefined without members.
    Norm: card active_network_trained_share (Amur, roadmap, item 2.4.1).
    """
    members = active(frames, asked)
    return part_of(members, within(members, "network_trained_on", asked), "person", "network_trained_on")


def routes_completed_count(frames: Frames, asked: Question) -> Counted:
    """Routes drawn up by methodists and completed within the period; a route drawn up is not a route completed.

    Columns: routes person, methodist, drawn_up_on, completed_on. Routes. Always defined.
    Norm: card routes_completed_count (Amur, roadmap, item 2.6, row 1).
    """
    named = rows(frames, "routes").only("назван методист", pl.col("methodist").is_not_null())
    return plain(within(named, "completed_on", asked), ROW, "completed_on")


def _mentoring(frames: Frames, asked: Question, function: str, words: str) -> Counted:
    chosen = rows(frames, "mentors").only(words, pl.col("function") == function)
    trained = within(chosen, "trained_on", asked).once("человек считается один раз", "person", "trained_on")
    return plain(trained, "person", "trained_on")


def mentors_trained_count(frames: Frames, asked: Question) -> Counted:
    """Mentors who completed the programme on tools of mentoring within the period.

    Columns: mentors person, function, trained_on. People. Always defined.
    Norm: card mentors_trained_count (Amur, roadmap, item 2.8.4).
    """
    return _mentoring(frames, asked, "mentor", "наставник")


def curators_trained_count(frames: Frames, asked: Question) -> Counted:
    """Curators of mentoring who completed the programme on tools of mentoring within the period.

    Columns: mentors person, function, trained_on. People. Always defined.
    Norm: card curators_trained_count (Amur, roadmap, item 2.8.4).
    """
    return _mentoring(frames, asked, "curator", "куратор наставничества")


def centre_staff_trained_share(frames: Frames, asked: Question) -> Counted:
    """Staff of the centre, planned posts included, trained at the federal Academy by the as-of date or the day it is due.

    Whoever is to begin later is planned staff too.

    Columns: centre_staff person, since, until, academy_trained_on. Percent of posts. Undefined without posts.
    Norm: card centre_staff_trained_share (Leningrad oblast, app. 2, item 3).
    """
    ended = pl.col("until").is_null() | (pl.col("until") > asked.as_of)
    posts = rows(frames, "centre_staff").only(f"не уволен по {wording.day(asked.as_of)} включительно", ended)
    day = wording.day(asked.as_of)
    trained = posts.only(f"обучен в Академии Минпросвещения России {day} или раньше", pl.col("academy_trained_on") <= asked.as_of)
    return part_of(posts, trained, "person", "academy_trained_on")
