"""A trace in words: from a figure to its clause, its filter and the rows of the workbooks, for a person and for programs."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from nmslib import indicators, wording
from nmslib.indicators import Side, Trace
from nmslib.model import State

SHOWN_KEYS = 40
WIDTH = 10_000
STATES = {state.id: state for state in State}
ORGANISATIONS = {"general": "общеобразовательные организации", "all": "все образовательные организации"}


def _reference(trace: Trace) -> list[str]:
    figure, card = trace.figure, trace.card
    lines = [f"Показатель: {trace.asked.number}. {card.name}", f"Основание: {figure['act']}, {figure['clause']}"]
    if pd.notna(figure["target"]):
        by = wording.day(figure["ends_on"])
        bound = {">=": "не меньше ", "<=": "не больше "}.get(figure["comparator"], "")
        when = "действует постоянно" if figure["comparator"] == "<=" else f"к {by}"
        lines.append(f"План: {bound}{wording.plan(figure['target'], card.unit)}, {when} ({figure['target_clause']})")
    lines += [f"Числитель: {card.numerator}", f"Знаменатель: {card.denominator}"]
    organisations = f"; {ORGANISATIONS[trace.asked.organisations]}" if "organisations" in card.columns else ""
    lines.append(f"Кто входит: {card.base}{organisations}")
    if card.reading:
        lines.append(f"Как прочитано: {card.reading}")
    return lines


def _side(name: str, side: Side, names: Mapping[int, str]) -> list[str]:
    rows = list(side.rows)
    lines = [
        "",
        f"{name}: {wording.counted(len(rows), ('строка', 'строки', 'строк'))}",
        f"  Книга: {side.sender}, файл {side.file}, ревизия {side.revision}, данные на {wording.day(side.data_on)}",
        f"  sha256: {side.sha256}",
        f"  Лист «{side.title}», отобраны строки, где: {'; '.join(side.conditions)}",
        f"  Строки Excel: {wording.ranges(rows, WIDTH) or 'нет'}",
    ]
    for row in rows[:SHOWN_KEYS]:
        known = f" {names[row]}" if row in names else ""
        lines.append(f"    строка {row}: {side.rows[row]}{known}")
    if len(rows) > SHOWN_KEYS:
        lines.append(f"    … и ещё {wording.number(len(rows) - SHOWN_KEYS)}; все — с параметром --json")
    if side.excluded:
        lines.append("  Не вошли (первое условие, которое строка не прошла):")
        lines += [f"    {words}: {wording.number(len(lost))} — {wording.ranges(lost)}" for words, lost in side.excluded.items()]
    return lines


def _members(trace: Trace) -> list[str]:
    rows = trace.members.sort_values("municipality")
    lines = ["", "Сложено из этих цифр (числители и знаменатели, а не доли) и своих строк региона, если они есть выше:"]
    for _, row in rows.iterrows():
        value = indicators.told(row, trace.card) if pd.notna(row["value"]) else row["reason"]
        lines.append(f"  {row['figure']}: {value}")
    return [*lines, "", "Строки каждого: nms trace и номер цифры из этого списка"]


def trace_text(trace: Trace, title: str, names: Mapping[str, Mapping[int, str]] | None = None) -> str:
    """The trace as lines for the terminal; ``names``: registry → Excel row → name, only for the analyst's own screen."""
    figure, state = trace.figure, STATES[trace.figure["status"]]
    lines = [str(figure["figure"]), f"{title}, {wording.day(figure['as_of'])}: {indicators.told(figure, trace.card)}"]
    lines += [
        f"Состояние: {state.shape} {state.word}. {figure['reason'][:1].upper()}{figure['reason'][1:]}",
        "",
        *_reference(trace),
    ]
    known = names or {}
    lines += ["Данные синтетические: люди, организации и документы вымышлены"] if trace.synthetic else []
    if trace.weight:
        lines += ["", f"Числитель — сумма столбца «{trace.weight}»: {wording.number(figure['numerator'])}"]
    if trace.numerator:
        lines += _side("Числитель", trace.numerator, known.get(trace.numerator.registry, {}))
    if trace.denominator:
        lines += _side("Знаменатель", trace.denominator, known.get(trace.denominator.registry, {}))
    if len(trace.members):
        lines += _members(trace)
    return "\n".join(lines)


def _side_data(side: Side | None) -> dict[str, Any] | None:
    if side is None:
        return None
    rows = [{"excel_row": row, "key": key} for row, key in side.rows.items()]
    return {**vars(side), "data_on": side.data_on.isoformat(), "rows": rows}


def trace_data(trace: Trace) -> dict[str, Any]:
    """The same as plain data: figure, numerator, denominator (rows with pseudonyms), members; no names."""
    figure = {key: None if pd.isna(value) else value for key, value in trace.figure.to_dict().items()}
    days = {key: value.date().isoformat() for key, value in figure.items() if isinstance(value, pd.Timestamp)}
    return {
        "figure": figure | days,
        "synthetic": trace.synthetic,
        "definition": {"name": trace.card.name, "numerator": trace.card.numerator, "denominator": trace.card.denominator},
        "numerator": _side_data(trace.numerator),
        "denominator": _side_data(trace.denominator),
        "members": trace.members["figure"].tolist() if len(trace.members) else [],
    }
