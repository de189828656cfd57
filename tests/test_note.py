"""The analytical note: its sections and sentences, its formal side, what the analyst wrote in it, what is read back."""

import base64
import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import docx
import pandas as pd
import pytest
from docx.oxml import parse_xml
from docx.shared import Mm, Pt

from nmslib import charts, indicators, wording
from nmslib.advice import OUTCOMES
from nmslib.documents import note as notes
from nmslib.documents.note import analysis, decisions, sentences
from nmslib.documents.note.markup import NAMESPACES
from nmslib.documents.note.paper import LONGEST_NAME, Paper
from nmslib.indicators.by_organisation import by_organisation
from nmslib.indicators.portrait import portrait
from nmslib.model import REGION, Card, System
from nmslib.paths import Project
from nmslib.problems import UserError
from nmslib.registries import Registries
from nmslib.situation import Situation

GOLDEN = Path(__file__).parent / "golden"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==")
DAY = date(2024, 9, 30)
CHANGES = ["municipality", "indicator", "figure", "before", "after", "why", "noticed_on"]
SECTIONS = [
    "1. Введение",
    "2. Нормативные основания и показатели",
    "3. Характеристика муниципального образования",
    "4. Результаты мониторинга",
    "5. Анализ причин",
    "6. Выводы",
    "7. Адресные рекомендации",
    "8. Проекты управленческих решений",
    "9. Эффективность мер прошлого периода",
    "Приложение 1. Свод показателей",
    "Приложение 2. Показатели по организациям",
    "Приложение 3. Источники и даты выгрузки",
    "Приложение 4. Замечания к качеству данных",
    "Приложение 5. Методика",
]


def _staff(count: int) -> list[dict]:
    """Teachers of two schools, the last two of them managers, the first two young."""
    return [
        {
            "person": f"Р{n}",
            "organisation": "О1" if n <= count * 2 // 3 else "О2",
            "role": "manager" if n > count - 2 else "teacher",
            "employment": "main",
            "rate": 1,
            "hired_on": "2023-09-01",
            "birth_on": "2000-01-01" if n <= 2 else "1980-01-01",
            "profession_since": "2023-09-01" if n <= 2 else "2005-09-01",
            "category": "first",
        }
        for n in range(1, count + 1)
    ]


def _sheets(staff: int = 40, diagnosed: int = 3) -> dict[str, list[dict]]:
    """Registries of two schools: so many staff, so many of them diagnosed, one with a route, none trained."""
    schools = [
        {"organisation": code, "name": f"Школа {code}", "type": "general", "settlement": "urban", "opened_on": "2001-09-01"}
        for code in ("О1", "О2")
    ]
    return {
        "organisations": schools,
        "staff": _staff(staff),
        "diagnostics": [
            {"person": f"Р{n}", "diagnosed_on": "2024-03-01", "place": "centre", "level": "low"} for n in range(1, diagnosed + 1)
        ],
        "routes": [{"person": "Р1", "drawn_up_on": "2024-04-01", "grounds": "centre"}],
        "completions": [],
        "management_teams": [{"organisation": "О1", "members": 3, "completed_on": "2024-02-01"}],
        "young_support": [{"person": "Р1", "form": "mentoring", "started_on": "2024-02-01"}],
        "mentor_pairs": [],
    }


@pytest.fixture
def situation(workshop: Project) -> Callable[..., Situation]:
    """A situation of these registries: the day before tells nothing, nothing was recommended then."""

    def make(received: Registries, system: str = "seversk", municipality: str = "seversk", day: date = DAY) -> Situation:
        now = Situation(system, municipality, day, workshop)
        vars(now).update(received=received)
        own = list(now.names) if municipality == REGION else [municipality]
        vars(now).update(
            series=_series(now, received, day),
            outcomes=pd.DataFrame(columns=list(OUTCOMES)),
            last_monitoring=None,
            organisations=by_organisation(now.facts, now.cards, received, own, day),
            portrait=portrait(now.facts, received, own, day),
        )
        return now

    return make


def _series(now: Situation, received: Registries, day: date) -> pd.DataFrame:
    earlier = [(one, received) for one in (date(day.year, 3, 31), day)]
    return indicators.series(now.facts, now.cards, earlier, [now.municipality])


@pytest.fixture
def small(gathered: Callable[..., Registries], situation: Callable[..., Situation]) -> Situation:
    return situation(gathered({"seversk": _sheets()}))


def _no_changes() -> pd.DataFrame:
    return pd.DataFrame(columns=CHANGES)


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Path]:
    """A note of a situation on disk."""

    def make(now: Situation, changes: pd.DataFrame | None = None, name: str = "note.docx", kept: dict | None = None) -> Path:
        path = tmp_path / name
        path.write_bytes(notes.note(now, _no_changes() if changes is None else changes, charts, lambda _: PNG, kept))
        return path

    return make


def _texts(path: Path) -> list[str]:
    """Paragraphs and rows of tables of a note, in order."""
    lines = []
    for block in docx.Document(path).element.body.iter(f"{W}p", f"{W}tr"):
        if block.tag == f"{W}tr":
            cells = ["".join(t.text or "" for t in cell.iter(f"{W}t")) for cell in block.iter(f"{W}tc")]
            lines.append(" | ".join(cells))
        elif not any(parent.tag == f"{W}tc" for parent in block.iterancestors()):
            lines.append("".join(t.text or "" for t in block.iter(f"{W}t")))
    return [line for line in lines if line.strip()]


def _headings(path: Path, level: int = 1) -> list[str]:
    return [one.text for one in docx.Document(path).paragraphs if one.style.style_id == f"Heading{level}"]


def _write(path: Path, tag: str, *blocks: str) -> None:
    """What an analyst does in Word: the placeholder gives way to paragraphs of their own."""
    document = docx.Document(path)
    (control,) = [one for one in document.element.body.iter(f"{W}sdt") if _tag(one) == tag]
    properties, content = control.find(f"{W}sdtPr"), control.find(f"{W}sdtContent")
    for shown in properties.findall(f"{W}showingPlcHdr"):
        properties.remove(shown)
    for child in list(content):
        content.remove(child)
    for block in blocks:
        content.append(parse_xml(block.replace(">", f" {NAMESPACES}>", 1)))
    document.save(path)


def _tag(control: object) -> str:
    tag = control.find(f"{W}sdtPr/{W}tag")  # type: ignore[attr-defined]
    return "" if tag is None else tag.get(f"{W}val")


def _row(card: Card, **given: object) -> pd.Series:
    """A row of the table of figures: 147 of 1,186 against a plan of 10 %."""
    usual = {
        **{"figure": "seversk/seversk/x/2024-09-30", "indicator": card.id, "as_of": pd.Timestamp(DAY), "numerator": 147},
        **{"denominator": 1186, "unit": card.unit, "lower": 10.6, "upper": 14.4, "target": 10.0, "comparator": ">="},
        **{"expected_now": 7.5, "people_missing": 0, "status": "reached", "ends_on": pd.Timestamp("2024-12-31")},
        **{"clause": "прил., п. 1", "target_clause": "прил., п. 2", "reason": "12,4 % (147 из 1 186); план 10 %, выполнен."},
    }
    row = usual | given
    whole = pd.isna(row["denominator"])
    share = 100 if card.unit == "percent" else 1
    value = row["numerator"] if whole else share * row["numerator"] / row["denominator"]
    return pd.Series({"value": value, **row}, dtype="object")


def test_the_text_of_a_small_note_stays_as_agreed(small: Situation, made: Callable[..., Path]):
    told = "\n".join(_texts(made(small))) + "\n"
    golden = GOLDEN / "note_seversk.txt"
    if os.environ.get("NMS_UPDATE_GOLDEN") == "1":
        golden.write_text(told, "utf-8")
    assert told == golden.read_text("utf-8"), "after reading the difference: NMS_UPDATE_GOLDEN=1 pytest tests/test_note.py"


def test_sections_stand_in_the_order_of_the_genre(small: Situation, made: Callable[..., Path]):
    path = made(small)
    assert _headings(path) == [*SECTIONS, "Приложение 6. Исполнение дорожной карты"]
    assert [one.split(".")[1] for one in _headings(path, 2)] == ["1", "2", "3", "4", "5", "6"]
    assert _texts(path)[1] == "Резюме для руководителя"


def test_the_page_for_the_head_tells_first_what_changed(small: Situation, made: Callable[..., Path]):
    figure = small.figures.iloc[0]
    told = indicators.told(figure, small.cards["diagnosed_share"])
    moved = ["seversk", "diagnosed_share", figure["figure"], "5,0 % (2 из 40)", told, "ЗАТО Северск: версия 2 книги", DAY]
    lines = _texts(made(small, pd.DataFrame([moved], columns=CHANGES)))
    at = lines.index("Что изменилось с прошлого выпуска")
    assert at < lines.index("Где мы относительно плана")
    assert lines[at + 1] == f"Диагностика: было 5,0 % (2 из 40), стало {told}. ЗАТО Северск: версия 2 книги."


def test_without_a_run_before_nothing_is_said_to_be_unchanged(small: Situation, tmp_path: Path):
    path = tmp_path / "first.docx"
    path.write_bytes(notes.note(small, None, charts, lambda _: PNG))
    lines = _texts(path)
    at = lines.index("Что изменилось с прошлого выпуска")
    assert lines[at + 1] == "Предыдущего выпуска нет: сравнивать не с чем."
    assert lines[at + 2] == "Где мы относительно плана"


def test_the_head_reads_of_missed_plans_the_farthest_first_and_of_none_that_is_on_pace(
    small: Situation, made: Callable[..., Path]
):
    lines = _texts(made(small))
    at = lines.index("Не выполнены планы:")
    assert [one.split(":")[0] for one in lines[at + 1 : at + 3]] == ["■ Программы ФР ДПП", "◆ ИОМ"]
    assert lines[at + 3] == "Просроченные меры дорожной карты"


@pytest.fixture
def tynda(gathered: Callable[..., Registries], situation: Callable[..., Situation]) -> Situation:
    """A municipality whose roadmap has numbers."""
    return situation(gathered({"tynda": _sheets(), "region": {"programmes": []}}), "amur", "tynda")


def test_conclusions_count_the_numbers_of_the_roadmap_and_name_the_farthest(tynda: Situation, made: Callable[..., Path]):
    lines = _texts(made(tynda))
    told = next(one for one in lines if one.startswith("2. Чисел дорожной карты")).replace(wording.NBSP, " ")
    assert told.startswith(f"2. Чисел дорожной карты — {(tynda.figures['kind'] == 'measure').sum()}: ")
    assert "Дальше всего от плана «Обновлённые ФГОС»: 0,0 % (0 из 38), план 100 %, не хватает 38 человек" in told
    assert any("Определения чисел дорожной карты" in one for one in lines)


def test_a_measure_done_by_its_paper_whose_number_is_not_reached_is_told_as_that(tynda: Situation, made: Callable[..., Path]):
    assert not [one for one in _texts(made(tynda)) if "расходятся" in one]
    measures = tynda.measures.copy()
    measures.loc[measures["measure"] == "2.1.1", "state"] = "done"
    vars(tynda).update(measures=measures)
    lines = _texts(made(tynda))
    assert "Состояние меры указано по документу исполнителя, число — по реестрам; расходятся у меры 2.1.1." in lines


def test_the_chart_of_dynamics_has_at_most_four_panels_and_says_so(tynda: Situation, made: Callable[..., Path]):
    lines = _texts(made(tynda))
    own = (tynda.figures["kind"] == "indicator").sum()
    assert own > 4 and any(f"На рисунке 4{wording.NBSP}показателя из {own}: " in one for one in lines)


def test_the_reading_of_a_doubtful_term_stands_beside_it(small: Situation, made: Callable[..., Path]):
    doubts = small.measures["doubt"].dropna()
    text = "\n".join(_texts(made(small)))
    assert len(doubts) and all(sentences.capital(one) in text for one in doubts)


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ([5, 4, 2, 1], "А — 5, Б — 4 и ещё 2 организации (менее 3 человек в каждой)"),
        ([2], "1 организация (менее 3 человек)"),
        ([6, 5, 4, 3, 1], "А — 6, Б — 5, В — 4 и ещё 2 организации"),
        ([], ""),
    ],
)
def test_organisations_where_fewer_than_three_people_are_meant_are_not_named(counts: list[int], told: str):
    rows = pd.DataFrame({"name": list("АБВГД")[: len(counts)], "count": counts})
    assert analysis._organisations(rows, people=True).replace(wording.NBSP, " ") == told


def test_a_picture_on_a_wide_page_leaves_room_for_its_heading_and_caption():
    paper = Paper("amur/tynda", "2024-11-24", {})
    paper.turn()
    paper.picture(PNG, "Сроки", "Сроки")
    (height,) = re.findall(r'<wp:extent cx="\d+" cy="(\d+)"', "".join(paper.parts))
    assert Mm(130) < int(height) <= Mm(150)


def test_the_contents_are_renewed_by_word_when_it_opens_the_note(small: Situation, made: Callable[..., Path]):
    document = docx.Document(made(small))
    begin = document.element.body.find(f".//{W}docPartObj/../..//{W}fldChar[@{W}fldCharType='begin']")
    assert begin.get(f"{W}dirty") == "true"
    assert document.settings.element.find(f"{W}updateFields").get(f"{W}val") == "true"


def test_the_paper_has_the_margins_letters_and_page_numbers_of_the_genre(small: Situation, made: Callable[..., Path]):
    document = docx.Document(made(small))
    page, wide = document.sections
    sides = (page.page_width, page.page_height, page.left_margin, page.right_margin, page.top_margin, page.bottom_margin)
    assert [round(side.mm) for side in sides] == [210, 297, 30, 15, 20, 20]
    assert round(wide.page_width.mm) == 297
    normal, table = document.styles["Normal"], document.styles["Table Text"]
    assert (normal.font.name, normal.font.size, table.font.size) == ("Times New Roman", Pt(14), Pt(10))
    assert normal.paragraph_format.line_spacing == 1.5
    assert abs(normal.paragraph_format.first_line_indent - Mm(12.5)) < Mm(0.1)
    assert page.different_first_page_header_footer and not wide.different_first_page_header_footer
    assert "PAGE" in page.header._element.xml and "PAGE" not in page.first_page_header._element.xml


def test_invented_data_are_called_so_on_every_page_and_first_of_all(small: Situation, made: Callable[..., Path]):
    path = made(small)
    page = docx.Document(path).sections[0]
    assert all("СИНТЕТИЧЕСКИЕ ДАННЫЕ" in part._element.xml for part in (page.header, page.first_page_header))
    assert _texts(path)[0].startswith("Синтетические данные.")
    vars(small).update(synthetic=False)
    assert "СИНТЕТИЧЕСКИЕ" not in docx.Document(made(small)).sections[0].header._element.xml


def test_every_figure_is_told_and_each_of_its_bookmarks_holds_its_value(small: Situation, made: Callable[..., Path]):
    path = made(small)
    told = notes.told_in(path)
    assert (told.place, told.identifier) == ("ЗАТО Северск", "seversk/seversk/2024-09-30")
    assert set(told.figures) == set(small.figures["figure"])
    for _, row in small.figures.iterrows():
        value = indicators.told(row, small.cards[row["indicator"]])
        texts = told.figures[row["figure"]]
        assert len(texts) >= 2 and all(value in text for text in texts), (row["figure"], value, texts)


def test_bookmarks_have_names_of_their_own_that_word_can_hold(small: Situation, made: Callable[..., Path]):
    names = [one.get(f"{W}name") for one in docx.Document(made(small)).element.body.iter(f"{W}bookmarkStart")]
    assert len(names) == len(set(names)) and max(map(len, names)) <= LONGEST_NAME
    assert max(len(f"f9999_{card}") for card in small.cards) <= LONGEST_NAME, "a cut name would lose its indicator"


def test_tables_repeat_their_head_and_keep_their_rows_whole(small: Situation, made: Callable[..., Path]):
    document = docx.Document(made(small))
    assert document.tables
    for table in document.tables:
        rows = table._tbl.findall(f"{W}tr")
        assert rows[0].find(f"{W}trPr/{W}tblHeader") is not None
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)


def test_tables_and_pictures_are_numbered_in_order_and_described(small: Situation, made: Callable[..., Path]):
    path = made(small)
    for word in ("Таблица", "Рисунок"):
        numbers = [int(found[1]) for line in _texts(path) if (found := re.match(rf"{word} (\d+) – .+", line))]
        assert numbers == list(range(1, len(numbers) + 1)) and numbers
    pictures = docx.Document(path).inline_shapes
    assert all("Показатели" in one._inline.docPr.get("descr") for one in list(pictures)[:2])


def test_what_the_analyst_wrote_survives_the_next_run_with_its_look(small: Situation, made: Callable[..., Path]):
    path = made(small)
    bold = "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>Мониторинг провела комиссия.</w:t></w:r></w:p>"
    table = "<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w='900'/></w:tblGrid><w:tr><w:tc><w:p><w:r><w:t>Итог</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    _write(path, "free:introduction", bold, table)
    kept = notes.fields(path)
    assert list(kept) == ["free:introduction"]
    again = made(small, name="again.docx", kept=kept)
    assert notes.fields(again) == kept
    assert b"<w:b/>" in kept["free:introduction"][0] and "Мониторинг провела комиссия." in "\n".join(_texts(again))
    assert notes.outside_fields(again) == notes.outside_fields(path) == notes.outside_fields(made(small, name="new.docx"))


def test_links_and_pictures_of_a_field_leave_only_their_words(small: Situation, made: Callable[..., Path]):
    path = made(small)
    link = '<w:p><w:hyperlink r:id="rId77"><w:r><w:t>по ссылке</w:t></w:r></w:hyperlink><w:r><w:drawing/></w:r></w:p>'
    item = '<w:p><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr><w:r><w:t>пункт</w:t></w:r></w:p>'
    _write(path, "free:analysis", link, item)
    words, point = (one.decode() for one in notes.fields(path)["free:analysis"])
    assert "по ссылке" in words and "hyperlink" not in words and "drawing" not in words and "rId77" not in words
    assert "– пункт" in point and "numPr" not in point


def test_a_field_left_as_it_was_or_emptied_is_not_kept(small: Situation, made: Callable[..., Path]):
    path = made(small)
    assert notes.fields(path) == {}
    _write(path, "free:context", "<w:p><w:r><w:t> </w:t></w:r></w:p>")
    assert notes.fields(path) == {}


def test_what_was_written_in_libreoffice_is_kept_too(small: Situation, made: Callable[..., Path]):
    path = made(small)
    _write(path, "free:decisions", "<w:p><w:r><w:t>Провести совещание.</w:t></w:r></w:p>")
    document = docx.Document(path)
    for properties in document.element.body.iter(f"{W}sdtPr"):
        for dropped in ("tag", "showingPlcHdr"):
            for one in properties.findall(f"{W}{dropped}"):
                properties.remove(one)
    document.save(path)
    assert list(notes.fields(path)) == ["free:decisions"]


def test_a_change_outside_the_fields_is_seen(small: Situation, made: Callable[..., Path]):
    path = made(small)
    before = notes.outside_fields(path)
    document = docx.Document(path)
    next(one for one in document.paragraphs if one.text.startswith("Ограничения")).add_run(" Исправлено рукой.")
    document.save(path)
    assert notes.outside_fields(path) != before


def test_a_file_that_is_no_word_document_is_refused_in_words(tmp_path: Path):
    (tmp_path / "note.docx").write_text("не документ", "utf-8")
    with pytest.raises(UserError, match=r"note\.docx: файл не открывается"):
        notes.fields(tmp_path / "note.docx")


def test_the_same_situation_gives_the_same_bytes(small: Situation, made: Callable[..., Path]):
    assert made(small).read_bytes() == made(small, name="again.docx").read_bytes()


def test_the_file_tells_neither_the_clock_nor_who_made_the_template(small: Situation, made: Callable[..., Path]):
    path = made(small)
    with ZipFile(path) as file:
        assert {one.date_time for one in file.infolist()} == {(2024, 9, 30, 0, 0, 0)}
        assert not [name for name in file.namelist() if "thumbnail" in name or "theme" in name or "customXml" in name]
    about = docx.Document(path).core_properties
    assert (about.author, about.comments, about.created.date(), about.language) == ("", "", DAY, "ru-RU")


def test_a_picture_shown_twice_is_one_part_and_descriptions_stay_apart(small: Situation, made: Callable[..., Path]):
    path = made(small)
    shapes = [one._inline.docPr for one in docx.Document(path).inline_shapes]
    assert len(shapes) >= 2 and len({one.get("id") for one in shapes}) == len(shapes)
    with ZipFile(path) as file:
        assert len([name for name in file.namelist() if name.endswith(".png")]) == 1


def test_styles_of_the_template_are_gone(small: Situation, made: Callable[..., Path]):
    document = docx.Document(made(small))
    used = {one.get(f"{W}val") for one in document.element.body.iter(f"{W}pStyle")}
    names = {one.style_id for one in document.styles}
    assert used <= names and "ListBullet" not in names


def test_recommendations_of_the_same_words_are_said_once():
    asked = "решить по показателю «{}»: выделить места (ещё {}), или перенести срок плана"
    people = f"4{wording.NBSP}081{wording.NBSP}человек"
    first, second = asked.format("ИОМ", f"1{wording.NBSP}человек"), asked.format("Воспитание", people)
    other = f"обучить (показатель «Методики СПО»): ещё {people}"
    told = decisions.shortened([("ИОМ", first), ("Воспитание", second), ("Методики СПО", other), ("", "исполнить меру 4")])
    assert told == [first, f"то же: «Воспитание», {people}", other, "исполнить меру 4"]


def test_result_of_a_recommendation_is_said_once_where_only_the_count_differs():
    actions = ["решить по показателю «ИОМ»", "то же: «Воспитание», 42 человека", "то же: «Методики», 2 человека", "обучить"]
    same = "До 09.12.2024: решение принято (до плана нужно ещё {})"
    results = [
        same.format(f"432{wording.NBSP}человека"),
        same.format(f"42{wording.NBSP}человека"),
        "До 24.12.2024: решение",
        "До 24.12.2024: решение",
    ]
    assert decisions.repeated(actions, results) == [results[0], "то же", *results[2:]]


def test_that_there_is_no_plan_is_said_by_the_state_alone(cards: dict[str, Card]):
    reason = "12,4 % (147 из 1 186); плановое значение на 2024 г. не установлено."
    row = _row(cards["diagnosed_share"], target=None, target_clause=None, people_missing=None, status="no_plan", reason=reason)
    (told,) = sentences.of_figure(row, cards["diagnosed_share"])
    assert str(told).replace(wording.NBSP, " ") == "Доля составила 12,4 % (147 из 1 186) (прил., п. 1)."


def test_nothing_received_is_said_and_never_shown_as_zero(
    gathered: Callable[..., Registries], situation: Callable[..., Situation], made: Callable[..., Path]
):
    lines = _texts(made(situation(gathered({"seversk": None}))))
    text = "\n".join(lines)
    assert set(SECTIONS) <= set(lines)
    assert "Реестры на отчётную дату не представлены: принято 0 из" in text
    assert "Показатель не рассчитан: нет данных реестров" in text
    assert "Сведений об исполнении нет, поэтому что просрочено, неизвестно." in text
    assert not re.search(r"\b0(,0)?\s?%", text)


def test_the_whole_tells_of_municipalities_in_place_of_organisations(
    gathered: Callable[..., Registries], situation: Callable[..., Situation], made: Callable[..., Path]
):
    received = gathered({"tynda": _sheets(), "zeya": None, "region": {"programmes": []}})
    now = situation(received, "amur", REGION)
    now_everywhere = indicators.figures(now.facts, now.cards, received, [REGION, "tynda", "zeya"], DAY)
    vars(now).update(everywhere=now_everywhere)
    lines = _texts(made(now))
    assert "Приложение 2. Показатели по муниципальным образованиям" in lines
    assert any(line.startswith("г. Зея | ○ не рассчитан") for line in lines)
    assert any(line.startswith("г. Тында | 7,5") for line in lines)


def test_a_document_without_a_roadmap_has_no_subsection_or_annex_of_it(
    gathered: Callable[..., Registries], situation: Callable[..., Situation], made: Callable[..., Path]
):
    now = situation(gathered({"novoshakhtinsk": _sheets()}), "novoshakhtinsk", "novoshakhtinsk")
    path = made(now)
    assert "Приложение 6. Исполнение дорожной карты" not in _headings(path)
    assert not [one for one in _headings(path, 2) if "Дорожная карта" in one]
    text = "\n".join(_texts(path))
    assert "дорожной карты в документе нет" in text
    assert "плановых значений на отчётную дату документ не устанавливает" in text and "отстающих" not in text


def test_small_groups_of_people_are_not_told_by_organisation(
    gathered: Callable[..., Registries], situation: Callable[..., Situation], made: Callable[..., Path]
):
    lines = _texts(made(situation(gathered({"seversk": _sheets(staff=24)}))))
    assert any(line.startswith("Малые организации вместе (2) | 3 | 24") for line in lines)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "Доля составила 12,4 % (147 из 1 186), что на 2,4 п.п. выше планового значения 10 % (прил., п. 2)."),
        (
            {"numerator": 100, "denominator": 1000},
            "Доля составила 10,0 % (100 из 1 000), что соответствует плановому значению 10 % (",
        ),
        (
            {"numerator": 90, "people_missing": 29, "status": "recoverable"},
            "Доля составила 7,6 % (90 из 1 186), что на 2,4 п.п. ниже планового значения 10 %: не хватает 29 человек",
        ),
        (
            {"numerator": 1185, "denominator": 11860, "people_missing": 1, "status": "on_pace"},
            "Доля составила 10,0 % (1 185 из 11 860), что ниже планового значения 10 % меньше чем на 0,1 п.п.: не хватает 1 человека",
        ),
        (
            {"target": None, "target_clause": None, "people_missing": None, "status": "no_plan"}
            | {"reason": "12,4 % (147 из 1 186); плановое значение на 2024 г. не установлено."},
            "Доля составила 12,4 % (147 из 1 186); плановое значение на 2024 г. не установлено (прил., п. 1).",
        ),
    ],
)
def test_a_value_stands_beside_its_plan_in_points_and_people(cards: dict[str, Card], given: dict, told: str):
    card = cards["diagnosed_share"]
    assert str(sentences.value(_row(card, **given), card)).replace(wording.NBSP, " ").startswith(told)


@pytest.mark.parametrize(("missing", "told"), [(1, "1 человека"), (2, "2 человек"), (5, "5 человек"), (21, "21 человека")])
def test_nouns_agree_with_their_numbers(cards: dict[str, Card], missing: int, told: str):
    card = cards["diagnosed_share"]
    row = _row(card, numerator=50, people_missing=missing, status="recoverable")
    assert f"не хватает {told} (" in str(sentences.value(row, card)).replace(wording.NBSP, " ")


def test_the_pace_is_told_with_what_was_expected_and_nothing_is_called_unreachable_that_is_not(cards: dict[str, Card]):
    why = "нужно 10 в месяц, лучший месяц — 12, до конца периода 3 месяца: достижимо в темпе лучшего месяца"
    reason = f"7,6 % (90 из 1 186); план 10 % — 119 человек, не хватает: 29; {why}."
    row = _row(cards["diagnosed_share"], numerator=90, people_missing=29, status="recoverable", reason=reason)
    told = str(sentences.pace(row)).replace(wording.NBSP, " ")
    assert told == f"К 30 сентября 2024 г. ожидалось 7,5 %; {why} (прил., п. 2)."
    assert sentences.pace(_row(cards["diagnosed_share"])) is None


def test_a_paragraph_names_each_clause_once(cards: dict[str, Card], made: Callable[..., Path], small: Situation):
    first, again, other = (
        sentences.Sentence(text, clause=clause) for text, clause in (("А", "п. 1"), ("Б", "п. 1"), ("В", "п. 2"))
    )
    assert [str(one) for one in sentences.clauses_once([first, again, other])] == ["А (п. 1).", "Б.", "В (п. 2)."]
    told = [line for line in _texts(made(small)) if "ожидалось" in line and " | " not in line]
    assert told and not [line for line in told if len(re.findall(r"\(прил\. к Положению, п\. \d\)", line)) > 1]


def test_few_people_get_their_interval_and_many_do_not(cards: dict[str, Card]):
    card = cards["diagnosed_share"]
    few = _row(card, numerator=2, denominator=24, lower=2.3, upper=25.8)
    assert str(sentences.doubt(few, card)).replace(wording.NBSP, " ") == (
        "Численность (в знаменателе 24) не позволяет считать отличие от плана значимым (доверительный интервал 2–26 %)."
    )
    sure = _row(card, numerator=20, denominator=24, lower=64.1, upper=93.3)
    assert str(sentences.doubt(sure, card)).startswith("Численность мала (в знаменателе 24): доверительный интервал 64–93")
    assert sentences.doubt(_row(card), card) is None


def test_a_sentence_that_ends_with_a_year_keeps_its_stop_before_the_clause():
    told = str(sentences.Sentence("План будет выполнен к 5\u00a0декабря 2024\u00a0г.", clause="п. 1"))
    assert told.endswith("г. (п. 1).")


@pytest.mark.parametrize(
    ("supported", "missing", "told"),
    [
        (723, 1, "предел превышен у 1 члена актива"),
        (600, 0, "предел соблюдён"),
        (900, 2, "предел превышен; членов актива, которых нужно добавить или разгрузить, — 2"),
    ],
)
def test_of_a_ceiling_it_is_never_said_that_people_lack(cards: dict[str, Card], supported: int, missing: int, told: str):
    card = cards["staff_per_methodist"]
    given = {"numerator": supported, "denominator": 3, "target": 250.0, "comparator": "<=", "people_missing": missing}
    row = _row(card, **given, status="recoverable" if missing else "reached")
    short, whole = (str(one(row, card)).replace(wording.NBSP, " ") for one in (sentences.short, sentences.value))
    assert short.endswith(f"план не больше 250, {told}.") and sentences.bound(row).replace(wording.NBSP, " ") == told
    assert "не хватает" not in short + whole


def test_a_reason_that_ends_with_a_year_keeps_its_stop_before_the_clause(cards: dict[str, Card]):
    why = f"при сохранении темпа план будет выполнен к 31 декабря 2024{wording.NBSP}г."
    reason = f"7,6 % (90 из 1 186); план 10 % — 119 человек, не хватает: 29; {why}"
    row = _row(cards["diagnosed_share"], numerator=90, people_missing=29, status="on_pace", reason=reason)
    assert str(sentences.pace(row)).replace(wording.NBSP, " ").endswith("к 31 декабря 2024 г. (прил., п. 2).")


def test_a_ceiling_that_single_members_exceed_is_told_as_that(cards: dict[str, Card]):
    card = cards["staff_per_methodist"]
    given = {
        "numerator": 723,
        "denominator": 3,
        "target": 250.0,
        "comparator": "<=",
        "people_missing": 1,
        "status": "recoverable",
    }
    told = str(sentences.value(_row(card, **given), card)).replace(wording.NBSP, " ")
    assert told.startswith(
        "Количество составило 241,0 (723 на 3) при предельном плановом значении 250: в среднем предел соблюдён"
    )
    assert "превышен у 1 члена актива" in told


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (
            "показатель не рассчитан: нет данных реестра «Работники»: не представлены.",
            "Показатель не рассчитан: нет данных реестра",
        ),
        (
            "от 8,4 % до 9,0 %: сведения есть от 27 из 29, нет: г. Тында.",
            "Показатель не рассчитан точно, он находится в пределах от 8,4",
        ),
        ("не меньше 5 сессий: сведения есть от 1 из 2.", "Показатель не рассчитан точно, он не меньше 5 сессий"),
    ],
)
def test_what_is_not_known_is_not_given_a_value(cards: dict[str, Card], reason: str, told: str):
    row = _row(cards["diagnosed_share"], value=None, status="not_computable", people_missing=None, reason=reason)
    assert str(sentences.value(row, cards["diagnosed_share"])).startswith(told)


def test_a_changed_definition_is_told_and_commands_of_the_workbook_are_not(cards: dict[str, Card]):
    reason = (
        "12,4 % (147 из 1 186); план 10 %, выполнен. Вне знаменателя ещё 4 человека: кто и почему — nms trace. "
        "Определение изменено с 01.09.2024: по прежнему — 8,2 % (90 из 1 100)."
    )
    row = _row(cards["diagnosed_share"], reason=reason)
    (seam,) = sentences.seams(row)
    assert str(seam).endswith("8,2 % (90 из 1 100); значения до и после этого дня несопоставимы.")
    assert sentences.remarks(row) == ["Вне знаменателя ещё 4 человека: значатся в реестре, но в знаменатель не входят."]


def test_names_of_all_indicators_begin_with_a_word_whose_verb_is_known(cards: dict[str, Card], amur: System):
    assert {card.name.split()[0] for card in cards.values()} <= set(sentences.VERBS)
