"""docs/indicators.md from the cards and the documents, so that it cannot fall behind them: ``make docs`` writes it."""

from collections.abc import Iterable

from nmslib import wording
from nmslib.model import Card, System, Target

HEAD = """# Indicators: definitions, bases and plans

Made by `make docs` from `data/indicators.yaml` and `data/systems/*/{indicators,targets}.csv`; a test holds it so. One card is one
definition, shared by all documents; where a document counts another base, its line says so. The functions of the same names are
in `nmslib/indicators/definitions/`, hand-computed cases in `tests/cases/indicators/`; states are in [states.md](states.md).
"""
ORGANISATIONS = {"general": "general-education schools only", "all": "all organisations"}


def indicator_docs(cards: dict[str, Card], systems: Iterable[System]) -> str:
    """The whole document (Markdown): every card with its definition and who asks for it, by which clause, with which plan."""
    known = list(systems)
    return HEAD + "\n" + "\n".join(_card(card, known) for card in cards.values())


def _card(card: Card, systems: list[System]) -> str:
    scale = f"{card.unit}; {card.counts}; {card.period}; {card.profile}; asked of each {card.level}"
    registries = ", ".join(f"`{name}` ({', '.join(columns)})" for name, columns in card.columns.items())
    lines = [
        f"## {card.name} (`{card.id}`)",
        "",
        f"{scale}. {'Less' if card.better == 'lower' else 'More'} is better.",
        "",
        f"- Числитель: {card.numerator}",
        f"- Знаменатель: {card.denominator}",
        f"- Кто входит: {card.base}",
        f"- Не рассчитан, когда: {card.undefined_when}",
        *([f"- Прочтение: {card.reading}"] if card.reading else []),
        f"- Реестры: {registries}",
        "",
        "| system | № | base | clause | plan |",
        "|---|---|---|---|---|",
        *(line for system in systems for line in _asked(card, system)),
        "",
    ]
    return "\n".join(lines)


def _asked(card: Card, system: System) -> list[str]:
    plans = "; ".join(_plan(target) for target in system.targets if target.plans == card.id)
    listed = [
        f"| {system.id} | {one.number} | {ORGANISATIONS[one.organisations]} | {one.clause} | {plans or '—'} |"
        for one in system.indicators
        if one.indicator == card.id
    ]
    if listed or not plans:
        return listed
    base = system.indicators[0].organisations if system.indicators else "all"
    number = ", ".join(dict.fromkeys(target.applies_to for target in system.targets if target.plans == card.id))
    clause = "; ".join(dict.fromkeys(target.source for target in system.targets if target.plans == card.id))
    return [f"| {system.id} | {number} | {ORGANISATIONS[base]} | {clause} | {plans} |"]


def _plan(target: Target) -> str:
    value = wording.plan(target.value, "percent" if target.unit == "percent" else "count").replace(wording.NBSP, " ")
    when = ", ".join(
        part
        for part in (
            target.period or "no year",
            f"counted from {target.counted_from}" if target.counted_from else "",
            f"by {target.by}" if target.by else "",
        )
        if part
    )
    return f"{target.comparator} {value} ({when}; {target.source})"
