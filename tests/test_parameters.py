"""What we chose for each report: every sender has a file, which names its own place and a day that the document or its data know."""

from datetime import date

import pytest
import yaml

from nmslib import catalogue, demo
from nmslib.batch.parameters import check_parameters, declared_parameters
from nmslib.batch.units import OVERVIEW, REPORTS, Unit
from nmslib.model import System
from nmslib.paths import Project

READINGS = "readings"


@pytest.fixture(scope="module")
def systems(project: Project) -> dict[str, System]:
    """Systems that have senders, by id."""
    return {system.id: system for system in catalogue.load_all(project) if catalogue.senders(system, project)}


@pytest.fixture(scope="module")
def given(systems: dict[str, System], project: Project) -> dict[tuple[str, str], dict]:
    """What stands in the file of every sender, by system and municipality (the region's is «region»)."""
    senders = [(system.id, one.municipality) for system in systems.values() for one in catalogue.senders(system, project)]
    return {sender: yaml.safe_load(project.parameters(*sender).read_text("utf-8")) for sender in senders}


def test_every_municipality_and_region_has_a_file_that_names_its_own_place(given):
    assert len(given) == 51
    assert {(one["system"], one["municipality"]) for one in given.values()} == set(given)
    assert all((one["system"], one["municipality"]) == sender for sender, one in given.items())


def test_no_file_is_of_a_place_that_there_is_not(given, systems, project):
    files = {(system, path.stem) for system in systems for path in (project.root / "parameters" / system).glob("*.yaml")}
    assert {sender for sender in files if sender[1] != READINGS} == set(given)


def test_as_of_is_a_day_in_quotes_within_the_documents_period_or_its_data(given, systems):
    for (system, municipality), one in given.items():
        start, end = demo.period(systems[system])
        assert isinstance(one["as_of"], str), f"{system}/{municipality}"
        assert start <= date.fromisoformat(one["as_of"]) <= end, f"{system}/{municipality}"


def test_municipalities_of_a_system_and_its_region_are_reported_as_of_one_day(given, systems):
    for system in systems:
        assert len({one["as_of"] for (mine, _), one in given.items() if mine == system}) == 1, system


def test_every_parameter_is_known_to_a_notebook_of_its_place(given, project):
    known = {report: declared_parameters(project.report(report)) for report in (*REPORTS, *OVERVIEW)}
    for sender, one in given.items():
        declared = {name: kind for report in Unit(*sender, one).reports for name, kind in known[report].items()}
        check_parameters(one, declared, "/".join(sender))


@pytest.mark.parametrize("system", ["amur", "leningrad", "novoshakhtinsk", "seversk"])
def test_comment_says_where_the_day_comes_from(system, given, project):
    for mine, municipality in given:
        if mine == system:
            line = project.parameters(system, municipality).read_text("utf-8").splitlines()[-1]
            assert line.startswith('as_of: "') and "(" in line.partition("#")[2], municipality
