"""A scenario from its file to the page, the workbook and the command: what is shown is what the model counted."""

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import openpyxl
import pytest

from nmslib import charts, documents, wording
from nmslib.compared import compared
from nmslib.paths import Project
from nmslib.problems import DataProblems, UserError
from nmslib.projection import Projection, projected

ROOT = Path(__file__).parent.parent
MORE = """\
title: Больше мест на программах
author: тест
reason: Хватит ли двойного числа мест.
system: seversk
as_of: "2023-12-31"
until: "2024-12-31"
draws: 400
overrides:
  programme_seats: {times: 2}
"""
HELPED = """\
title: И команды учатся
author: тест
reason: То же, и по одной команде в месяц.
system: seversk
base: more
overrides:
  team_places: 1
"""


@pytest.fixture(scope="module")
def office(module_workshop: Project, seversk_accepted: Path) -> Project:
    """Seversk after its workbook was accepted, with two scenarios of its own."""
    for name in ("data/registries", "data/snapshots"):
        shutil.copytree(seversk_accepted / name, module_workshop.root / name, dirs_exist_ok=True)
    module_workshop.scenarios.mkdir(exist_ok=True)
    for name, text in (("more", MORE), ("helped", HELPED)):
        (module_workshop.scenarios / f"{name}.yaml").write_text(text, encoding="utf-8")
    return module_workshop


@pytest.fixture(scope="module")
def more(office: Project) -> Projection:
    return projected("seversk", "seversk", "more", office)


def test_a_scenario_starts_from_the_figures_of_its_day(more: Projection):
    figures = more.now.figures.set_index("indicator")
    people = more.ground.people
    assert people.n.sum() == figures.loc["diagnosed_share", "denominator"]
    assert people.diagnosed.sum() == figures.loc["diagnosed_share", "numerator"]
    assert people.routed.sum() == figures.loc["routed_share", "numerator"]
    assert people.completed.sum() == figures.loc["register_programmes_share", "numerator"]


def test_more_seats_train_more_and_leave_diagnosis_alone(more: Projection):
    after, before = more.outcome, more.before
    at = {name: row for row, name in enumerate(more.plans.indicators)}
    assert (after.numerators[at["diagnosed_share"]] == before.numerators[at["diagnosed_share"]]).all()
    # Whoever completes is accompanied no longer, which frees hours for routes.
    assert (after.numerators[at["routed_share"]] >= before.numerators[at["routed_share"]]).all()
    assert after.numerators[at["register_programmes_share"], -1, 0] > before.numerators[at["register_programmes_share"], -1, 0]


def test_the_base_of_a_scenario_is_what_it_builds_on(office: Project):
    helped = projected("seversk", "seversk", "helped", office)
    assert helped.base.title == "Больше мест на программах"
    assert helped.before.cost("seversk") == projected("seversk", "seversk", "more", office).outcome.cost("seversk")
    assert set(helped.moves["lever"]) == {"team_places", "programme_seats"}


def test_the_same_file_gives_the_same_numbers_to_the_last_digit(more: Projection, office: Project):
    again = projected("seversk", "seversk", "more", office)
    assert more.drawn.bands.equals(again.drawn.bands)
    assert more.drawn.probability.equals(again.drawn.probability)
    assert more.outcome.table().equals(again.outcome.table())


def test_a_scenario_of_another_system_is_refused(office: Project):
    with pytest.raises(UserError, match="для системы «seversk», а не «amur»"):
        projected("amur", "region", "more", office)


def test_a_lever_out_of_bounds_is_named_with_its_range(office: Project):
    path = office.scenarios / "wrong.yaml"
    path.write_text(MORE.replace("programme_seats: {times: 2}", "diagnostic_places: {add: 5000}"), encoding="utf-8")
    with pytest.raises(DataProblems) as caught:
        projected("seversk", "seversk", "wrong", office).settings  # noqa: B018
    path.unlink()
    (problem,) = caught.value.problems
    assert "Места диагностики" in problem.place
    assert "нужно от 0 до 2\N{NO-BREAK SPACE}000" in problem.wanted


def test_endings_say_value_plan_and_what_holds_back(more: Projection):
    told = str(documents.endings_table(more).data)
    row = more.endings.set_index("indicator").loc["diagnosed_share"]
    assert f"({int(row['numerator'])} из" in told
    assert "10\N{NO-BREAK SPACE}%" in told
    assert "места диагностики" in told
    assert "Синтетические данные" in str(documents.scenario_header(more).data)


def test_tables_of_a_page_have_no_english_and_no_empty_numbers(more: Projection):
    tables = (
        documents.scenario_header,
        documents.endings_table,
        documents.levers_table,
        documents.costs_and_capacities,
        documents.sureness,
        documents.decisions,
    )
    told = " ".join(str(table(more).data) for table in tables)
    body = told.split("</style>")[-1]
    for word in ("nan", "NaN", "None", "NaT", "inf", "_share", "&lt;"):
        assert f">{word}" not in body and f" {word} " not in body, word


def test_the_chart_names_plans_months_and_the_base(more: Projection):
    chart = charts.projection(more.months, more.cards, more.told_endings, more.finding, more.base.title, more.scenario.draws)
    made = charts.spec(chart)
    assert (
        "планов выполнено" in " ".join(made["title"]["text"])
        if isinstance(made["title"]["text"], list)
        else made["title"]["text"]
    )
    assert len(made["concat"]) == len(more.shown)
    assert "Диагностика" in made["description"]
    assert charts.svg(made).startswith("<svg")


def test_the_workbook_holds_numbers_as_numbers(more: Projection, tmp_path: Path):
    path = tmp_path / "scenario.xlsx"
    documents.scenario_book(more, path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Итог", "По месяцам", "Рычаги", "Мощности", "Затраты", "Сценарий"]
    rows = list(book["Итог"].iter_rows(values_only=True))
    head = next(row for row in rows if row[0] == "Показатель")
    diagnosed = dict(zip(head, next(row for row in rows if row[0] == "Диагностика"), strict=True))
    ending = more.endings.set_index("indicator").loc["diagnosed_share"]
    assert diagnosed["Сценарий: числитель"] == ending["numerator"]
    assert diagnosed["Сценарий"] == pytest.approx(ending["value"] / 100)
    assert rows[0][0].startswith("СИНТЕТИЧЕСКИЕ")


def test_side_by_side_the_first_day_holds_for_all(office: Project):
    sides = compared("seversk", "seversk", "more, helped", office)
    told = str(documents.compared_table(sides).data)
    assert "Больше мест на программах" in told and "И команды учатся" in told and "Без изменений" in told
    words = " ".join(dict(sides.differences)["И команды учатся"])
    assert "Управленческие команды" in words and "тыс." in words
    assert "Сценарии" in str(charts.spec(charts.compared(sides.months, sides.cards, sides.finding))["description"])


@pytest.mark.parametrize("names", ["", "more, more", "a, b, c, d, e"])
def test_side_by_side_are_one_to_four_different_scenarios(office: Project, names: str):
    with pytest.raises(UserError, match="от одного до четырёх разных"):
        compared("seversk", "seversk", names, office)


def test_decisions_say_when_plans_are_met_when_to_start_and_what_is_proven(office: Project):
    asks = "solve: {targets: [diagnosed_share], levers: [diagnostic_places], limits: {diagnostic_places: 100}"
    for name, more in (("sure", "}\n"), ("likely", ", probability: 0.8}\n")):
        text = MORE.replace("overrides:\n  programme_seats: {times: 2}\n", asks + more).replace("draws: 400", "draws: 100")
        (office.scenarios / f"{name}.yaml").write_text(text, encoding="utf-8")
    sure, likely = (projected("seversk", "seversk", name, office) for name in ("sure", "likely"))
    row, told = sure.least.table.iloc[0], str(documents.decisions(sure).data)
    assert row["state"] == "reached" and row["proven"]
    assert "доказано: дешевле нельзя" in told and f"к {row['reached_on']:%d.%m.%Y}" in told
    assert row["enough_today"] and "не обязательно: хватает и нынешнего" in told
    assert "проверено, но не доказано" in str(documents.decisions(likely).data)
    for name in ("sure", "likely"):
        (office.scenarios / f"{name}.yaml").unlink()


def test_the_last_month_to_start_is_told_with_that_of_levers_at_their_limits(office: Project):
    asks = "solve: {targets: [management_teams_share], levers: [team_places], limits: {team_places: 5}}\n"
    (office.scenarios / "late.yaml").write_text(MORE + asks, encoding="utf-8")
    late = projected("seversk", "seversk", "late", office)
    (office.scenarios / "late.yaml").unlink()
    row, told = late.least.table.iloc[0], str(documents.decisions(late).data)
    assert wording.month_in_text(row["start_by"]) in told
    if row["start_by_limits"] > row["start_by"]:
        assert f"с рычагами на пределе — {wording.month_in_text(row['start_by_limits'])}" in told


def test_a_budget_that_does_not_pay_the_methodists_is_told_with_both_sums(office: Project, more: Projection):
    (office.scenarios / "poor.yaml").write_text(MORE + "  budget: 10\n  methodists: 3\n", encoding="utf-8")
    poor = projected("seversk", "seversk", "poor", office)
    ((year, place, pay, budget),) = poor.overpaid
    assert (year, place, budget) == (2024, "seversk", 10) and pay == poor.outcome.spent["methodists"][:, 0].sum()
    told = str(documents.costs_and_capacities(poor).data)
    assert "2024 год: одни методисты стоят" in told and "бюджет — 10,0" in told and "не урезана" in told
    assert more.overpaid == [] and "одни методисты" not in str(documents.costs_and_capacities(more).data)
    (office.scenarios / "poor.yaml").unlink()


REGIONAL = """\
title: Вся область
author: тест
reason: Прислали двое из всех.
system: amur
as_of: "2024-09-30"
until: "2024-12-31"
draws: 100
overrides:
  diagnostic_places: {times: 2}
"""


def test_a_region_of_which_few_sent_anything_tells_no_share_and_says_why(amur_accepted: tuple[Project, dict], tmp_path: Path):
    project, _ = amur_accepted
    project.scenarios.mkdir(exist_ok=True)
    (project.scenarios / "regional.yaml").write_text(REGIONAL, encoding="utf-8")
    shown = projected("amur", "region", "regional", project)
    header, table = (str(one(shown).data) for one in (documents.scenario_header, documents.endings_table))
    assert "27\N{NO-BREAK SPACE}муниципалитетов без данных" in header and "и ещё 22" in header
    assert "не посчитать: численность известна не везде; по остальным" in table and "нет данных" in table
    assert "зависит: " in shown.finding and shown.months["value"].isna().any()
    documents.scenario_book(shown, tmp_path / "scenario.xlsx")
    assert "Границы — там" in str(openpyxl.load_workbook(tmp_path / "scenario.xlsx")["Итог"]["A4"].value)


def nms(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"NMS_HOME": str(project.root), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    call = [sys.executable, "-m", "nmslib", "scenario", *arguments]
    return subprocess.run(call, capture_output=True, text=True, env=environment, cwd=project.root, check=False)


def test_the_command_writes_table_chart_and_page(office: Project):
    done = nms(office, "more")
    assert done.returncode == 0, done.stderr
    folder = office.outputs("seversk") / "scenarios" / "more"
    assert {path.name for path in folder.iterdir()} == {"scenario.ipynb", "scenario.html", "scenario.xlsx", "scenario.png"}
    assert "Больше мест на программах" in (folder / "scenario.html").read_text("utf-8")
    notebook = nbformat.read(folder / "scenario.ipynb", as_version=4)
    injected = next(cell for cell in notebook.cells if "injected-parameters" in cell.metadata.get("tags", []))
    assert 'scenario = "more"' in injected.source
    assert (folder / "scenario.png").read_bytes().startswith(b"\x89PNG")
    assert "Синтетические данные" in done.stdout and "Диагностика: к 31.12.2024" in done.stdout


def test_the_command_puts_several_side_by_side_and_says_how_they_differ(office: Project):
    done = nms(office, "more", "helped")
    assert done.returncode == 0, done.stderr
    assert "«И команды учатся» против «Больше мест на программах»" in done.stdout
    assert (office.outputs("seversk") / "scenarios" / "more+helped" / "comparison.html").exists()


def test_the_command_names_the_known_scenarios_when_there_is_none(office: Project):
    done = nms(office, "mroe")
    assert done.returncode == 1
    assert "more" in done.stderr and "Traceback" not in done.stderr
