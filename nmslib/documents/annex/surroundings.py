"""The sheets around the figures: measures, recommendations, what arrived, and what everything rests on."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from nmslib import wording
from nmslib.documents.annex.sheets import COUNT, DAY, INVENTED, QUIET, Cell, Column, Row
from nmslib.indicators.by_organisation import LEAST
from nmslib.model import REGION, ArrivalState, MeasureState
from nmslib.situation import Situation

ROADMAP, STEPS, ARRIVALS, SOURCES = "Дорожная карта", "Рекомендации", "Полнота данных", "Источники"
PLACE, IDENTIFIER = "Территория", "Идентификатор"
MEASURE_STATES = {state.id: state for state in MeasureState}
NO_ROADMAP = "Дорожной карты в документе нет."
NO_STEPS = "Рекомендаций нет: отстающих показателей, просроченных мер и недостающих реестров не найдено."
ROADMAP_LINES = ("Срок — последний день исполнения по закону: выпавший на выходной перенесён на рабочий день (ст. 193 ГК РФ).",)
STEPS_LINES = ("Расчёт по правилам тетради; решение принимает адресат. Прибавка — наибольшая возможная, а не обещанная.",)
ROADMAP_COLUMNS = (
    Column("№", 9),
    Column("Мера", 54),
    Column("Ответственный", 32),
    Column("Срок в документе", 24),
    Column("Срок", 12, DAY),
    Column("Состояние", 25),
    Column("Исполнено", 12, DAY),
    Column("Подтверждение", 30),
    Column("Просрочено, дней", 12.5, COUNT),
    Column("Пункт документа", 22),
)
STEPS_COLUMNS = (
    Column("№", 6, COUNT),
    Column("Кому", 22),
    Column("Что сделать", 36),
    Column("Для кого, где", 36),
    Column("Сколько", 9, COUNT),
    Column("Кого, чего", 12),
    Column("До какого дня", 12, DAY),
    Column("Ожидаемый результат", 30),
    Column("На чём основано", 42),
    Column("Пункт документа", 18),
    Column("Номер цифры", 22, QUIET),
)
ARRIVALS_COLUMNS = (
    Column("Отправитель", 36),
    Column("Реестр", 30),
    Column("Состояние", 16),
    Column("Строк принято", 10, COUNT),
    Column("Строк не принято", 11, COUNT),
    Column("Строк с непрочитанным", 15, COUNT),
    Column("Ревизия", 10, COUNT),
    Column("Данные на", 12, DAY),
    Column("Отправлено", 12, DAY),
    Column("Файл", 24),
)
SOURCES_COLUMNS = (Column("Что", 36), Column("Значение", 128))


def present(value: Any) -> Any:
    """A cell of a frame as a workbook holds it: None for what is absent, days without time."""
    if pd.isna(value):
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value


def roadmap_rows(measures: pd.DataFrame) -> list[Row]:
    """One row a measure (``Situation.measures``), in the order of the document."""
    columns = ("measure", "title", "bodies", "deadline", "ends_on", "state", "done_on", "document", "days_overdue", "clause")
    rows = []
    for values in zip(*(measures[name] for name in columns), strict=True):
        code, title, bodies, deadline, ends_on, state, done_on, paper, late, clause = map(present, values)
        cells = [code, title, bodies, deadline, ends_on, MEASURE_STATES[state], done_on, paper, int(late) or None, clause]
        rows.append(Row(cells))
    return rows


def step_rows(recommendations: pd.DataFrame) -> list[Row]:
    """One row a recommendation (``Situation.recommendations``), in its order."""
    columns = ("addressee", "action", "where", "count", "noun", "until", "result", "rests_on", "clause", "figure")
    values = zip(*(recommendations[name] for name in columns), strict=True)
    return [Row([number, *map(present, row)]) for number, row in enumerate(values, 1)]


def arrival_rows(arrivals: pd.DataFrame, names: Mapping[str, str]) -> list[Row]:
    """One row a sender and registry (``Registries.arrivals``); what was not accepted has no numbers."""
    rows = []
    for one in arrivals.itertuples():
        about: list[Cell] = [names.get(one.municipality, one.municipality), one.title]
        if one.received:
            counts: list[Cell] = [int(one.rows), int(one.left_out), int(one.problems), int(one.revision)]
            told: list[Cell] = [*counts, date.fromisoformat(one.data_on), date.fromisoformat(one.sent_on), one.file]
            rows.append(Row([*about, "принят", *told]))
        else:
            rows.append(Row([*about, ArrivalState.MISSING, *[None] * 7]))
    return rows


def source_rows(now: Situation, place: str) -> list[Row]:
    """What the workbook is about (``place``: its name), what it was counted from, what is hidden and why, and how to read it."""
    act, period = now.facts.act, now.facts.act.period
    pairs = [
        (PLACE, place),
        (IDENTIFIER, identifier(now)),
        ("Отчётная дата", wording.day_in_text(now.day)),
        ("Система", act.short_title),
        ("Документ", f"{act.title}: {act.name}, {act.issuing_body}"),
        ("Период документа", period.printed or "не назван"),
        ("Данные", INVENTED if now.synthetic else "присланы муниципалитетами и регионом"),
        *_workbooks(now.received.arrivals, now.names),
        ("Что скрыто и почему", NOT_HIDDEN if now.municipality == REGION else HIDDEN),
        *READING,
    ]
    return [Row([name, told]) for name, told in pairs]


HIDDEN = (
    f"На листе «По организациям» организации, где в знаменателе меньше {LEAST} человек, показаны одной строкой; если такая "
    f"организация одна или людей в строке меньше {LEAST}, к ней присоединены следующие по численности: иначе сведения о немногих "
    "людях можно узнать вычитанием. Порог выбран для этой тетради. В рекомендациях организации названы: адресату нужно знать, "
    "где действовать. Имён и кодов работников в книге нет."
)
NOT_HIDDEN = "Итоги муниципалитетов показаны полностью, сведений по отдельным организациям и людям в таблицах показателей нет."
READING = (
    (
        "Как читать формулы",
        "Значение доли хранится частью от единицы и показано в процентах. Остаток — целые люди: доля плана от знаменателя, "
        "округлённая вверх, минус числитель. «Нет данных» — реестр не представлен или не прочитан; это не ноль.",
    ),
    ("Откуда цифра", "Номер цифры ведёт к пункту документа, условиям отбора и строкам реестров: команда nms trace НОМЕР."),
)


def _workbooks(arrivals: pd.DataFrame, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each accepted workbook: file, day of data, revision and hash; that none is there is said too."""
    known = arrivals[arrivals["received"]].drop_duplicates("municipality")
    told = []
    for one in known.itertuples():
        data_on = wording.day(date.fromisoformat(one.data_on))
        version = f"данные на {data_on}, ревизия {one.revision:.0f}, sha256 {one.sha256}"
        told.append((f"Книга: {names.get(one.municipality, one.municipality)}", f"{one.file}, {version}"))
    return told or [("Книги реестров", "не представлены или не приняты")]


def identifier(now: Situation) -> str:
    """«amur/tynda/2024-11-24»: what files about one place on one day are known by."""
    return f"{now.system}/{now.municipality}/{now.day.isoformat()}"
