"""Shares of organisations and of their management teams."""

import polars as pl

from nmslib.indicators.definitions.bases import HARD, in_force, organisations, rows, teams, within
from nmslib.indicators.rows import Counted, Question, Rows, among, part_of
from nmslib.registries import Frames


def _trained(asked: Question, chosen: Rows) -> Counted:
    return part_of(chosen, within(chosen, "completed_on", asked), "organisation", "completed_on")


def management_teams_share(frames: Frames, asked: Question) -> Counted:
    """Management teams whose training in managing the quality of education ended within the period; a team per organisation.

    Columns: management_teams organisation, completed_on. Percent of teams. Undefined without teams.
    Norm: card management_teams_share (Seversk, app. to the regulation, item 4).
    """
    return _trained(asked, teams(frames, asked, "организация", pl.lit(True)))


def preschool_teams_share(frames: Frames, asked: Question) -> Counted:
    """Management teams of preschools trained within the period.

    Columns: organisations type; management_teams organisation, completed_on. Percent of teams. Undefined without teams.
    Norm: card preschool_teams_share (Amur, roadmap, item 2.1.4).
    """
    return _trained(asked, teams(frames, asked, "дошкольная организация", pl.col("type") == "preschool"))


def low_results_teams_share(frames: Frames, asked: Question) -> Counted:
    """Schools with low results or in hard conditions whose management team was trained within the period.

    Columns: organisations low_results, hard_conditions; management_teams organisation, completed_on. Percent of schools: one
    that sent no row of its team counts as not trained. Undefined without such schools.
    Norm: card low_results_teams_share (Amur, roadmap, item 2.1.5).
    """
    schools = organisations(frames, asked).only("ШНОР или ШНСУ", HARD)
    teams_of_schools = rows(frames, "management_teams").matching("команда ШНОР или ШНСУ", schools, "organisation")
    trained = within(teams_of_schools, "completed_on", asked).once("одна команда на организацию", "organisation", "completed_on")
    return part_of(schools, trained, "organisation", "completed_on")


def assessment_teams_share(frames: Frames, asked: Question) -> Counted:
    """Management teams of general schools trained in assessing the quality of education within the period.

    Columns: organisations type; management_teams organisation, completed_on. Percent of teams. Undefined without teams.
    Norm: card assessment_teams_share (Amur, roadmap, item 2.1.9).
    """
    return _trained(asked, teams(frames, asked, "общеобразовательная организация", pl.col("type") == "general"))


def mentoring_model_share(frames: Frames, asked: Question) -> Counted:
    """Educational organisations that carry out the target model of mentoring at the as-of date.

    Columns: organisations type; mentoring_organisations organisation, since, until. Percent of organisations. Undefined without
    organisations.
    Norm: card mentoring_model_share (Amur, regulation, section 5, item 5).
    """
    model = rows(frames, "mentoring_organisations")
    carried_out = in_force(model, "since", "until", asked, "модель введена", "модель не прекращена по")
    return among(organisations(frames, asked), carried_out, "organisation", "since")
