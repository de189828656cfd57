"""Broken facts are reported with file, row and column, all at once; nothing half-read gets through."""

from pathlib import Path

import pytest

from nmslib import catalogue
from nmslib.paths import Project
from nmslib.problems import DataProblems, UserError


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def problems_of(workshop: Project) -> list[str]:
    with pytest.raises(DataProblems) as caught:
        catalogue.load_system("seversk", workshop)
    return [str(problem) for problem in caught.value.problems]


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


def test_a_sixth_system_needs_a_folder_and_no_code(workshop):
    folder = workshop.system("invented")
    (workshop.system("seversk")).rename(folder)
    assert catalogue.load_system("invented", workshop).id == "invented"
