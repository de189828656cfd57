"""Systems side by side, with the federal model as the yardstick. Pure: facts in, frames out."""

import networkx as nx
import pandas as pd

from nmslib import wording
from nmslib.model import LEVELS, PROCESSES, Card, Function, System, Target

FEDERAL_GROUPS = {
    "regional_service": "Задачи региональной методической службы",
    "fmc": "Задачи федерального методического центра (регионам не предписаны)",
}
FEDERAL_OWN = "fmc"
# More names than this do not fit side by side: every second one stands lower.
CROWDED_ROW, CROWDED_DROP = 7, 0.34
PERIODS = {"annual": "ежегодно", "monthly": "ежемесячно", "quarterly": "ежеквартально"}


def federal_heading(function: Function) -> str:
    """Under which heading of the slides a federal function stands: a key process, or whose task it is."""
    return FEDERAL_GROUPS.get(function.subject) or f"Ключевые процессы: {PROCESSES[function.processes[0]].lower()}"


def coverage(federal: System, systems: list[System]) -> pd.DataFrame:
    """What serves each federal function in each system: one row per function or measure that names it.

    Columns: federal (id), system, kind (function, measure), code, title, deadline, responsible, clause.
    """
    rows = []
    for system in systems:
        bodies = {subject.id: subject.short_name for subject in system.subjects}
        for function in system.functions:
            common: dict[str, object] = {
                "system": system.id,
                "kind": "function",
                "code": function.id,
                "title": function.function,
                "deadline": None,
            }
            common |= {"responsible": bodies[function.subject], "clause": function.clause}
            rows += [{"federal": federal_id} | common for federal_id in function.federal]
        for measure in system.measures:
            common = {"system": system.id, "kind": "measure", "code": measure.code, "title": measure.title}
            common |= {"deadline": measure.deadline, "responsible": "; ".join(measure.responsible), "clause": measure.clause}
            rows += [{"federal": federal_id} | common for federal_id in measure.federal]
    columns = ["federal", "system", "kind", "code", "title", "deadline", "responsible", "clause"]
    known = {function.id for function in federal.functions}
    frame = pd.DataFrame(rows, columns=columns)
    return frame[frame["federal"].isin(known)].reset_index(drop=True)


def matrix(federal: System, covered: pd.DataFrame, systems: list[System]) -> pd.DataFrame:
    """Federal functions × systems: how many functions and measures serve each.

    Columns: federal, heading, function, expected (false for tasks of the federal centre itself), then a pair (functions,
    measures) of whole numbers per system, named «id/functions» and «id/measures»; zero and zero is a gap where expected.
    """
    counts = covered.groupby(["federal", "system", "kind"]).size()
    rows = []
    for function in federal.functions:
        row: dict[str, object] = {"federal": function.id, "heading": federal_heading(function), "function": function.function}
        row["expected"] = function.subject != FEDERAL_OWN
        for system in systems:
            for kind in ("function", "measure"):
                row[f"{system.id}/{kind}s"] = int(counts.get((function.id, system.id, kind), 0))
        rows.append(row)
    return pd.DataFrame(rows)


def number_in_words(target: Target) -> str:
    """A binding number with its comparator, unit and period: «не менее 10 % (2023)», «29 соглашений (не позднее 01.09.2024)»."""
    word = {">=": "не менее ", "<=": "не более ", "=": ""}[target.comparator]
    unit = "" if target.unit == "percent" else f" {target.unit}"
    when = f"не позднее {wording.day(target.by)}" if target.by else PERIODS.get(target.period or "", target.period)
    since = target.in_force and f"действует с {wording.day(target.in_force)}"
    place = target.municipality and f"только для муниципалитета {target.municipality}"
    notes = "; ".join(note for note in (when, since, place) if note)
    return f"{word}{wording.plan(target.value, target.unit)}{unit}" + (f" ({notes})" if notes else "")


def crosswalk(systems: list[System], cards: dict[str, Card]) -> pd.DataFrame:
    """Which system has which indicator with which plan: one row per card and system that has it.

    Columns: indicator, name, system, number, plan (words; «без планового значения» where none is set), clause. Several
    definitions of one indicator, each from its own day, share a row.
    """
    rows = []
    for card in cards.values():
        for system in systems:
            if defined := [indicator for indicator in system.indicators if indicator.indicator == card.id]:
                numbers = [_planned_number(target, card) for target in system.targets if target.plans == card.id]
                about = {"indicator": card.id, "name": card.short_name, "system": system.id}
                about["number"] = "; ".join(dict.fromkeys(indicator.number for indicator in defined))
                about["clause"] = "; ".join(dict.fromkeys(indicator.clause for indicator in defined))
                rows.append(about | {"plan": "; ".join(numbers) or "без планового значения"})
    return pd.DataFrame(rows, columns=["indicator", "name", "system", "number", "plan", "clause"])


def _planned_number(target: Target, card: Card) -> str:
    """A number of the indicator itself, or of a measure, which then is named with what it counts."""
    number = number_in_words(target)
    return number if target.applies_to == card.id else f"мера {target.applies_to}: {target.counted} — {number}"


def binding_numbers(systems: list[System], cards: dict[str, Card]) -> pd.DataFrame:
    """Every number that binds, of indicators and inside measures: system, applies_to, about, counted, number, clause."""
    rows = []
    for system in systems:
        titles = {measure.code: f"мера {measure.code}" for measure in system.measures}
        titles |= {indicator.indicator: cards[indicator.indicator].short_name for indicator in system.indicators}
        for target in system.targets:
            about = {"system": system.id, "applies_to": target.applies_to, "about": titles[target.applies_to]}
            rows.append(about | {"counted": target.counted, "number": number_in_words(target), "clause": target.source})
    return pd.DataFrame(rows, columns=["system", "applies_to", "about", "counted", "number", "clause"])


def actors(systems: list[System]) -> pd.DataFrame:
    """Listed subjects by level: level (Russian heading) × system id, cells with short names joined by «; »."""
    cells = {
        system.id: {
            heading: "; ".join(subject.short_name for subject in system.subjects if subject.listed and subject.level == level)
            for level, heading in LEVELS.items()
        }
        for system in systems
    }
    return pd.DataFrame(cells).rename_axis("level").reset_index()


def interactions(system: System) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Who gives what to whom, laid out for drawing: nodes and edges.

    Nodes: id, label, level, x, y. Edges: source, target, count, x, y, x2, y2. Subjects stand in rows by level, ordered so that
    partners are near; parallel interactions are one edge with their count.
    """
    graph = nx.DiGraph()
    for row in system.interactions:
        count = graph.get_edge_data(row.source, row.target, {"count": 0})["count"]
        if row.source != row.target:
            graph.add_edge(row.source, row.target, count=count + 1)
    about = {subject.id: subject for subject in system.subjects}
    levels = [level for level in LEVELS if any(about[node].level == level for node in graph)]
    place: dict[str, tuple[float, float]] = {}
    for height, level in enumerate(levels):
        row_nodes = [node for node in graph if about[node].level == level]
        row_nodes.sort(key=lambda node: _barycentre(graph, node, place))
        drop = CROWDED_DROP if len(row_nodes) > CROWDED_ROW else 0.0
        for number, node in enumerate(row_nodes):
            place[node] = ((number + 0.5) / len(row_nodes), -float(height) - drop * (number % 2))
    nodes = pd.DataFrame(
        [{"id": n, "label": about[n].short_name, "level": about[n].level, "x": place[n][0], "y": place[n][1]} for n in graph],
        columns=["id", "label", "level", "x", "y"],
    )
    edges = pd.DataFrame(
        [
            {
                "source": a,
                "target": b,
                "count": data["count"],
                "x": place[a][0],
                "y": place[a][1],
                "x2": place[b][0],
                "y2": place[b][1],
            }
            for a, b, data in graph.edges(data=True)
        ],
        columns=["source", "target", "count", "x", "y", "x2", "y2"],
    )
    return nodes, edges


def _barycentre(graph: nx.DiGraph, node: str, place: dict[str, tuple[float, float]]) -> float:
    partners = [place[other][0] for other in nx.all_neighbors(graph, node) if other in place]
    return sum(partners) / len(partners) if partners else 0.5


def gaps(system: System, federal: System, covered: pd.DataFrame, others: list[System]) -> pd.DataFrame:
    """Federal functions (not the centre's own) for which a system has no measure, and measures of others that would fill them.

    Systems of the same level come first, then in the given order. Columns: federal, heading, function, by_function (how many
    functions of the system name it), other (system id), code, title, deadline, responsible, clause; a gap that nobody fills
    keeps one row with an empty ``other``.
    """
    mine = covered[covered["system"] == system.id]
    measured = set(mine.loc[mine["kind"] == "measure", "federal"])
    rank = {other.id: (other.act.level != system.act.level, number) for number, other in enumerate(others)}
    measures = covered[(covered["kind"] == "measure") & covered["system"].isin(rank)]
    rows = []
    for function in federal.functions:
        if function.id in measured or function.subject == FEDERAL_OWN:
            continue
        common: dict[str, object] = {"federal": function.id, "heading": federal_heading(function), "function": function.function}
        common["by_function"] = int((mine["federal"] == function.id).sum())
        fills = measures[measures["federal"] == function.id].to_dict("records")
        fills.sort(key=lambda fill: rank[fill["system"]])
        rows += [common | {"other": fill["system"]} | fill for fill in fills] or [common | {"other": None}]
    columns = ["federal", "heading", "function", "by_function", "other", "code", "title", "deadline", "responsible", "clause"]
    return pd.DataFrame(rows, columns=columns)
