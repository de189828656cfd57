"""Trainings with a planned share of their own in Amur's roadmap, items 2.1.1–2.1.9 and 2.2.3."""

import polars as pl

from nmslib.indicators.definitions.bases import HARD, organisations, rows, staff, within
from nmslib.indicators.rows import Counted, Question, Rows, among
from nmslib.registries import Frames

TOPICS = {
    "fgos": "обновлённые ФГОС",
    "digital": "цифровая образовательная среда",
    "literacy": "функциональная грамотность",
    "preschool": "качество дошкольного образования",
    "talents": "способности и таланты",
    "career": "профориентация",
    "upbringing": "воспитание",
    "assessment": "оценка качества образования",
    "vocational": "профессиональное образование",
}


def _in_register(frames: Frames) -> Rows:
    return rows(frames, "completions").only("программа из ФР ДПП", pl.col("in_register") == "yes")


def _on(courses: Rows, topic: str) -> Rows:
    return courses.only(f"тема «{TOPICS[topic]}»", pl.col("topic") == topic)


def _by_diagnostics(courses: Rows) -> Rows:
    return courses.only("подобрана по диагностике", pl.col("by_diagnostics") == "yes")


def _trained(frames: Frames, asked: Question, courses: Rows, places: Rows | None = None) -> Counted:
    people = staff(frames, asked, ("teacher",), places)
    return among(people, within(courses, "completed_on", asked), "person", "completed_on")


def trained_fgos_share(frames: Frames, asked: Question) -> Counted:
    """Teachers trained on the renewed federal standards by programmes of the federal register within the period.

    Columns: completions person, topic, in_register, completed_on. Percent of people. Undefined without teachers.
    Norm: card trained_fgos_share (Amur, roadmap, item 2.1.1).
    """
    return _trained(frames, asked, _on(_in_register(frames), "fgos"))


def trained_digital_share(frames: Frames, asked: Question) -> Counted:
    """Teachers trained on the digital environment by register programmes chosen by diagnostics within the period.

    Columns: completions person, topic, in_register, by_diagnostics, completed_on. Percent of people. Undefined without teachers.
    Norm: card trained_digital_share (Amur, roadmap, item 2.1.2).
    """
    return _trained(frames, asked, _by_diagnostics(_on(_in_register(frames), "digital")))


def trained_literacy_share(frames: Frames, asked: Question) -> Counted:
    """Teachers trained on functional literacy by register programmes chosen by diagnostics within the period.

    Columns: completions person, topic, in_register, by_diagnostics, completed_on. Percent of people. Undefined without teachers.
    Norm: card trained_literacy_share (Amur, roadmap, item 2.1.3).
    """
    return _trained(frames, asked, _by_diagnostics(_on(_in_register(frames), "literacy")))


def trained_preschool_share(frames: Frames, asked: Question) -> Counted:
    """Teachers of preschools trained on its quality by register programmes chosen by diagnostics within the period.

    Columns: organisations type; completions person, topic, in_register, by_diagnostics, completed_on. Percent of people.
    Undefined without teachers of preschools.
    Norm: card trained_preschool_share (Amur, roadmap, item 2.1.4).
    """
    places = organisations(frames, asked).only("дошкольная", pl.col("type") == "preschool")
    return _trained(frames, asked, _by_diagnostics(_on(_in_register(frames), "preschool")), places)


def trained_low_results_share(frames: Frames, asked: Question) -> Counted:
    """Teachers of schools with low results or in hard conditions, trained by register programmes chosen by diagnostics.

    Columns: organisations low_results, hard_conditions; completions person, in_register, by_diagnostics, completed_on. Percent of
    people. Undefined without teachers in such schools.
    Norm: card trained_low_results_share (Amur, roadmap, item 2.1.5).
    """
    return _trained(
        frames, asked, _by_diagnostics(_in_register(frames)), organisations(frames, asked).only("ШНОР или ШНСУ", HARD)
    )


def trained_talents_share(frames: Frames, asked: Question) -> Counted:
    """Teachers trained on pupils' abilities and talents by programmes of the federal register within the period.

    Columns: completions person, topic, in_register, completed_on. Percent of people. Undefined without teachers.
    Norm: card trained_talents_share (Amur, roadmap, item 2.1.6).
    """
    return _trained(frames, asked, _on(_in_register(frames), "talents"))


def trained_career_share(frames: Frames, asked: Question) -> Counted:
    """Teachers trained on career guidance by programmes of the federal register within the period.

    Columns: completions person, topic, in_register, completed_on. Percent of people. Undefined without teachers.
    Norm: card trained_career_share (Amur, roadmap, item 2.1.7).
    """
    return _trained(frames, asked, _on(_in_register(frames), "career"))


def trained_upbringing_share(frames: Frames, asked: Question) -> Counted:
    """Teachers trained on upbringing by programmes of the federal register within the period.

    Columns: completions person, topic, in_register, completed_on. Percent of people. Undefined without teachers.
    Norm: card trained_upbringing_share (Amur, roadmap, item 2.1.8).
    """
    return _trained(frames, asked, _on(_in_register(frames), "upbringing"))


def trained_assessment_share(frames: Frames, asked: Question) -> Counted:
    """Teachers trained on assessing the quality of education by programmes of the federal register within the period.

    Columns: completions person, topic, in_register, completed_on. Percent of people. Undefined without teachers.
    Norm: card trained_assessment_share (Amur, roadmap, item 2.1.9).
    """
    return _trained(frames, asked, _on(_in_register(frames), "assessment"))


def vocational_trained_share(frames: Frames, asked: Question) -> Counted:
    """Teachers and masters of professional organisations trained in new methods of teaching within the period.

    Columns: organisations type; completions person, topic, completed_on. Percent of people. Undefined without such people.
    Norm: card vocational_trained_share (Amur, roadmap, item 2.2.3).
    """
    places = organisations(frames, asked).only("профессиональная образовательная организация", pl.col("type") == "vocational")
    return _trained(frames, asked, _on(rows(frames, "completions"), "vocational"), places)
