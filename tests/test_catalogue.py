"""Broken facts are reported with file, row and column, all at once; nothing half-read gets through."""

import csv
import shutil
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from nmslib import batch, catalogue, lint
from nmslib.batch import checking, forms
from nmslib.paths import Project
from nmslib.problems import DataProblems, UserError


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def problems_of(workshop: Project, system: str = "seversk") -> list[str]:
    with pytest.raises(DataProblems) as caught:
        catalogue.load_system(system, workshop)
    return [str(problem) for problem in caught.value.problems]


def change_rows(path: Path, change: Callable[[list[dict[str, str]]], object]) -> None:
    """Lets ``change`` edit the rows of a CSV file; columns that a row names for the first time are added to the file."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)), restval="")
        writer.writeheader()
        writer.writerows(rows)


def change_target(workshop: Project, counted: str, **cells: str) -> None:
    """Changes cells of the number of Amur whose words begin so."""

    def change(rows: list[dict[str, str]]) -> None:
        (row,) = (row for row in rows if row["counted"].startswith(counted))
        row.update(cells)

    change_rows(workshop.system("amur") / "targets.csv", change)


def test_missing_clause_names_file_and_row(workshop):
    edit(workshop.system("seversk") / "targets.csv", '10,percent,2023,"прил. к Положению, п. 1"', "10,percent,2023,")
    assert problems_of(workshop) == ["seversk/targets.csv, строка 2, столбец «clause»: пусто; нужен пункт документа"]


def test_unknown_column_is_named(workshop):
    edit(workshop.system("seversk") / "tasks.csv", "n,task,", "n,tasc,")
    assert problems_of(workshop) == [
        "seversk/tasks.csv, строка 1: стоит «tasc»; неизвестный столбец",
        "seversk/tasks.csv, строка 1: нет столбца «task»",
    ]


def test_unknown_key_of_the_act_is_named(workshop):
    edit(workshop.system("seversk") / "act.yaml", "issuing_body:", "isuing_body:")
    found = problems_of(workshop)
    assert any("ключ «isuing_body»" in line and "неизвестный ключ" in line for line in found)
    assert any("ключ «issuing_body»" in line and "нет обязательного ключа" in line for line in found)


def test_doubled_code_names_both_rows(workshop):
    edit(workshop.system("seversk") / "measures.csv", "\n3,,,", "\n2,,,")
    assert problems_of(workshop) == ["seversk/measures.csv, строка 4, столбец «code»: стоит «2»; уже есть в строке 3"]


def test_dangling_references_are_named(workshop):
    edit(workshop.system("seversk") / "functions.csv", "\ntpmpk,1,", "\nnobody,1,")
    edit(workshop.system("seversk") / "targets.csv", "\nrouted_share,", "\nrouted,")
    assert problems_of(workshop) == [
        "seversk/functions.csv, строка 26, столбец «subject»: стоит «nobody»; нет такого участника в subjects.csv",
        "seversk/targets.csv, строка 4, столбец «applies_to»: стоит «routed»; "
        "нет такого показателя в indicators.csv и такой меры в measures.csv",
    ]


def test_wrong_number_and_unknown_level_are_reported_together(workshop):
    edit(workshop.system("seversk") / "targets.csv", ">=,7,percent", ">=,семь,percent")
    edit(workshop.system("seversk") / "subjects.csv", "uo,municipal", "uo,city")
    found = problems_of(workshop)
    assert "seversk/targets.csv, строка 6, столбец «value»: стоит «семь»; нужно число с десятичной точкой" in found
    assert any(
        line.startswith("seversk/subjects.csv, строка 2, столбец «level»: стоит «city»; нужно одно из: federal") for line in found
    )


def test_file_saved_by_excel_with_semicolons_is_recognised(workshop):
    path = workshop.system("seversk") / "basis.csv"
    path.write_text(path.read_text("utf-8").replace("act,clause", "act;clause"), "utf-8")
    assert problems_of(workshop) == [
        "seversk/basis.csv, строка 1: стоит «act;clause»; столбцы разделены точкой с запятой; нужна запятая"
    ]


def test_file_in_windows_encoding_is_recognised(workshop):
    path = workshop.system("seversk") / "basis.csv"
    path.write_bytes(path.read_text("utf-8").encode("cp1251", errors="replace"))
    assert problems_of(workshop) == ["seversk/basis.csv: файл не в кодировке UTF-8; сохраните как «CSV UTF-8»"]


def test_byte_order_mark_of_excel_does_no_harm(workshop):
    path = workshop.system("seversk") / "subjects.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(catalogue.load_system("seversk", workshop).subjects) == 16


def test_comma_without_quotes_is_explained(workshop):
    edit(workshop.system("seversk") / "registries.csv", ",ЦНППМ,,", ",ЦНППМ, ТОИПКРО,,")
    assert problems_of(workshop) == [
        "seversk/registries.csv, строка 2: в строке ячеек: 6, а столбцов: 5; текст с запятой берут в кавычки"
    ]


def test_absent_file_is_named(workshop):
    (workshop.system("seversk") / "events.csv").unlink()
    assert problems_of(workshop)[0].startswith("seversk/events.csv: файла нет")


def test_unreadable_yaml_names_its_line(workshop):
    (workshop.system("seversk") / "act.yaml").write_text("title: [\n", "utf-8")
    assert "seversk/act.yaml, строка 2" in problems_of(workshop)[0]


def test_unknown_system_suggests_the_nearest(project):
    with pytest.raises(UserError, match="Ближайшие: seversk"):
        catalogue.load_system("sewersk", project)


def test_unknown_municipality_suggests_ids_by_russian_name(project):
    with pytest.raises(UserError, match=r"tynda \(г. Тында\)"):
        catalogue.find_municipality("amur", "Тында", project)


def test_card_with_unknown_key_is_named(workshop):
    edit(workshop.cards, "  better: higher", "  beter: higher")
    with pytest.raises(DataProblems, match="карточка 1, ключ «beter»"):
        catalogue.load_cards(workshop)


def test_federal_function_that_does_not_exist_is_named(workshop):
    path = workshop.system("seversk") / "measures.csv"
    rows = list(csv.reader(path.open(encoding="utf-8")))
    rows[1][rows[0].index("federal")] = "ufs.99"
    csv.writer(path.open("w", encoding="utf-8", newline=""), lineterminator="\n").writerows(rows)
    assert problems_of(workshop) == [
        "seversk/measures.csv, строка 2, столбец «federal»: стоит «ufs.99»; нет такой функции в федеральной модели"
    ]


def test_a_sixth_system_needs_a_folder_and_no_code(workshop, schema, monkeypatch):
    """An invented town: facts, a line in the list of municipalities, a parameter file; the rest follows."""
    monkeypatch.setenv("NMS_HOME", str(workshop.root))
    shutil.copytree(workshop.system("seversk"), workshop.system("invented"))
    edit(workshop.system("invented") / "act.yaml", "jurisdiction: ЗАТО Северск", "jurisdiction: город Вымышленный")
    with workshop.municipalities.open("a", encoding="utf-8") as file:
        file.write("invented,town,город Вымышленный,городской округ,00000000,no,20000,,,,,\n")
    parameters = workshop.parameters("invented", "town")
    parameters.parent.mkdir()
    parameters.write_text('system: invented\nmunicipality: town\nas_of: "2024-06-30"\n', "utf-8")

    system = catalogue.load_system("invented", workshop)
    list(forms.write_demo(["invented"], 1, False, workshop))
    outcomes = checking.check("invented", None, workshop, datetime(2024, 12, 1), lambda _: None)
    assert [outcome.revision for outcome in outcomes] == [1, 2]
    assert forms.write_template("invented", "town", workshop).exists()
    (result,) = batch.run(batch.plan(["invented"], workshop), workshop)
    assert result.error is None
    assert lint.lint(system, schema)
    assert "город Вымышленный" in batch.compare("invented", workshop).read_text("utf-8")
    assert batch.passport("invented", workshop).exists()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (">=,7,percent,2023", ">=,700,percent,2023", "столбец «value»: стоит «700»; нужно число от 0, процент до 100"),
        (">=,7,percent,2023", ">=,nan,percent,2023", "столбец «value»: стоит «nan»; нужно число от 0, процент до 100"),
        (">=,7,percent,2023", ">=,7,percent,2023 год", "столбец «period»: стоит «2023 год»; нужен год, annual"),
    ],
)
def test_planned_value_outside_its_scale_is_named(workshop, old, new, words):
    edit(workshop.system("seversk") / "targets.csv", old, new)
    (problem,) = problems_of(workshop)
    assert words in problem


AGREEMENTS, SESSIONS, STANDARDS, MENTORS = (
    "соглашения",
    "стратегические сессии",
    "педагогические работники, обученные по программам ФРДПП по введению",
    "педагогические работники, обученные по ДПП",
)


@pytest.mark.parametrize(
    ("counted", "cells", "words"),
    [
        (AGREEMENTS, {"indicator": ""}, "строка 2, столбец «indicator»: пусто; нужна карточка"),
        (AGREEMENTS, {"indicator": "agreements"}, "строка 2, столбец «indicator»: стоит «agreements»; нет такой карточки"),
        (AGREEMENTS, {"municipality": "sergeevka"}, "столбец «municipality»: стоит «sergeevka»; нет такого муниципалитета"),
        (AGREEMENTS, {"municipality": "seversk"}, "столбец «municipality»: стоит «seversk»; нет такого муниципалитета"),
        (AGREEMENTS, {"unit": "percent"}, "столбец «unit»: стоит «percent»; нужно название того, что считают"),
        (STANDARDS, {"unit": "человек"}, "столбец «unit»: стоит «человек»; нужно percent: в карточке «trained_fgos_share»"),
        (AGREEMENTS, {"by": "01.09.2024"}, "столбец «by»: стоит «01.09.2024»; нужна дата ГГГГ-ММ-ДД"),
        (AGREEMENTS, {"by": "2024"}, "столбец «by»: стоит «2024»; нужна дата ГГГГ-ММ-ДД"),
        (AGREEMENTS, {"by": "2023-09-01"}, "столбец «by»: стоит «2023-09-01»; нужен день 2024 года"),
        (AGREEMENTS, {"in_force": "2024-09-02"}, "столбец «by»: стоит «2024-09-01»; нужен день не раньше in_force (2024-09-02)"),
        (
            STANDARDS,
            {"counted_from": "2024-02-01", "by": "2024-01-31"},
            "столбец «by»: стоит «2024-01-31»; нужен день не раньше counted_from (2024-02-01)",
        ),
        (SESSIONS, {"counted_from": "2022-09-01"}, "столбец «counted_from»: стоит «2022-09-01»; нужно пусто: в карточке"),
    ],
)
def test_number_that_cannot_be_so_is_named_with_its_column(workshop, counted, cells, words):
    change_target(workshop, counted, **cells)
    (problem,) = problems_of(workshop, "amur")
    assert problem.startswith("amur/targets.csv, строка ")
    assert words in problem


def test_last_days_that_a_number_may_have_are_accepted(workshop):
    change_target(workshop, AGREEMENTS, in_force="2024-09-01", municipality="tynda", act="приказ от 01.02.2024 № 1")
    change_target(workshop, STANDARDS, counted_from="2024-01-31", by="2024-01-31")
    first, *_ = catalogue.load_system("amur", workshop).targets
    assert (first.by, first.in_force, first.municipality) == (date(2024, 9, 1), date(2024, 9, 1), "tynda")
    assert first.source == "приказ от 01.02.2024 № 1, Комплекс мер, п. 1.1.4"


def test_number_may_stand_again_for_one_municipality_or_from_a_later_day_only(workshop):
    path = workshop.system("amur") / "targets.csv"
    change_rows(path, lambda rows: rows.append(rows[0] | {"municipality": "tynda"}))
    change_rows(path, lambda rows: rows.append(rows[0] | {"in_force": "2024-03-01"}))
    assert len(catalogue.load_system("amur", workshop).targets) == 29 + 2
    change_rows(path, lambda rows: rows.append(rows[0] | {"in_force": "2024-03-01", "value": "30"}))
    (problem,) = problems_of(workshop, "amur")
    assert problem.startswith("amur/targets.csv, строка 33, столбец «applies_to»: стоит «1.1.4, соглашения")
    assert problem.endswith("2024-03-01»; уже есть в строке 32")


def test_indicator_may_be_defined_again_from_a_later_day_only(workshop):
    path = workshop.system("seversk") / "indicators.csv"
    change_rows(path, lambda rows: rows.append(rows[0] | {"organisations": "all", "in_force": "2024-03-01"}))
    twice = [one for one in catalogue.load_system("seversk", workshop).indicators if one.indicator == "diagnosed_share"]
    assert [(one.organisations, one.in_force) for one in twice] == [("general", None), ("all", date(2024, 3, 1))]
    change_rows(path, lambda rows: rows.append(dict(rows[-1])))
    assert problems_of(workshop) == [
        "seversk/indicators.csv, строка 8, столбец «indicator»: стоит «diagnosed_share, 2024-03-01»; уже есть в строке 7"
    ]


def test_broken_list_of_municipalities_matters_only_where_a_number_names_one(workshop):
    edit(workshop.municipalities, "system,municipality,", "system,place,")
    assert len(catalogue.load_system("amur", workshop).targets) == 29
    change_target(workshop, AGREEMENTS, municipality="tynda")
    assert "data/municipalities.csv, строка 1: нет столбца «municipality»" in problems_of(workshop, "amur")


def test_card_counted_within_an_unknown_period_is_named(workshop):
    edit(workshop.cards, "  period: month", "  period: week")
    with pytest.raises(DataProblems, match="карточка 17, ключ «period»: стоит «week»; нужно одно из: calendar_year"):
        catalogue.load_cards(workshop)


def test_broken_federal_model_is_blamed_on_its_own_file(workshop):
    edit(workshop.system("federal") / "functions.csv", "ufs,1,", "ufs,один,")
    assert problems_of(workshop) == ["federal/functions.csv, строка 2, столбец «n»: стоит «один»; нужно целое число"]


@pytest.mark.parametrize(
    ("system", "printed", "body"),
    [
        ("amur", "Министерство образования и науки области", "Минобрнауки Амурской области"),
        ("amur", "Министерство образования и науки Амурской области", "Минобрнауки Амурской области"),
        ("leningrad", "ГАОУ ДПО «ЛОИРО» (по согласованию)", "ГАОУ ДПО «ЛОИРО»"),
        ("amur", "ГАУ ДПО «АмРИО»", "ГАУ ДПО «АмРИО»"),
    ],
)
def test_body_under_several_names_is_one_and_a_stranger_keeps_its_own(project, system, printed, body):
    assert catalogue.load_system(system, project).body(printed) == body


def test_every_role_is_filled_by_a_subject_whose_function_stands_in_the_clause(project):
    for name in catalogue.systems(project):
        system = catalogue.load_system(name, project)
        clauses = {(function.subject, function.clause) for function in system.functions}
        assert not [one for one in system.addressees if (one.subject, one.clause) not in clauses]
        assert len(system.addressees) in range(6, 8) or name == "federal"


def test_role_of_nobody_and_role_filled_twice_are_named(workshop):
    path = workshop.system("seversk") / "addressees.csv"
    edit(path, "service,rco,", "service,resource_centre,")
    assert problems_of(workshop) == [
        "seversk/addressees.csv, строка 3, столбец «subject»: стоит «resource_centre»; нет такого участника в subjects.csv"
    ]
    edit(path, "region,", "authority,")
    assert problems_of(workshop) == ["seversk/addressees.csv, строка 8, столбец «role»: стоит «authority»; уже есть в строке 2"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "states: [unreachable, recoverable, on_pace, reached]",
            "states: [lost]",
            "«states»: стоит «lost»; нет такого состояния",
        ),
        ("indicators: [young_supported_share]", "indicators: [young]", "«indicators»: стоит «young»; нет такой карточки"),
        ("cause: methodists_overloaded", "cause: overloaded", "«cause»: стоит «overloaded»; нет такой причины в разделе causes"),
        ("ещё {count}", "ещё {counts}", "«action»: стоит «counts»; в правиле такого вида есть: count, do, short_name, target"),
        ("days: 14", "days: 0", "«days»: стоит «0»; нужно не меньше одного дня"),
        ("days: 14", "days: soon", "days»: стоит «soon»; нужно целое число"),
        ("effect: cause", "least: 2", "«effect»: нужен effect или слова в result"),
        ("cause: young_without_mentor", "least: 1", "«cause»: при effect: cause нужна причина"),
        ("- id: programmes_for_routed", "- id: routes_for_diagnosed", "правило 2, ключ «id»: стоит «routes_for_diagnosed»"),
        ("addressee: issuer", "addressee: minister", "addressee»: стоит «minister»; нужно одно из: authority"),
        ("  preschool_teams_share: [", "  diagnosed_share: [teachers_diagnosed_share]\n  preschool_teams_share: [", "по кругу"),
        ("  preschool_teams_share: [", "  teams_share: [", "ключ «counted_in»: стоит «teams_share»; нет такой карточки"),
    ],
)
def test_rule_of_recommendations_that_cannot_work_is_named(workshop, cards, old, new, words):
    edit(workshop.advice, old, new)
    with pytest.raises(DataProblems) as caught:
        catalogue.load_advice(workshop, cards)
    assert words in str(caught.value)
