"""The rules of recommendations, read and checked: states, cards, causes and words to fill in that they name must exist."""

import string
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from nmslib import model
from nmslib.catalogue.tables import read_yaml, validated, with_lists_as_tuples
from nmslib.paths import Project
from nmslib.problems import DataProblem, DataProblems

STATES = {"indicator": model.State, "data": model.State, "measure": model.MeasureState}
FILLED_IN = {
    "indicator": {"count", "do", "short_name", "target"},
    "measure": {"code", "title", "late", "codes", "count"},
    "data": {"registries", "day", "figures", "count"},
}


def load_advice(project: Project, cards: dict[str, model.Card]) -> model.AdviceRules:
    """The rules of recommendations; DataProblems with everything wrong in the file at once."""
    file = project.advice.name
    raw, problems = read_yaml(project.advice, file)
    rules = None
    if raw is not None:
        rules, problems = validated(model.AdviceRules, with_lists_as_tuples(raw), file, "ключ «{}»")
    if rules is not None:
        found = [*_repeated(rules), *_in_rules(rules, cards), *_in_overlaps(rules, cards)]
        problems = [DataProblem(file, place, given, wanted) for place, given, wanted in found]
    if problems or rules is None:
        raise DataProblems(problems)
    return rules


def _repeated(rules: model.AdviceRules) -> Iterator[tuple[str, str, str]]:
    seen: set[str] = set()
    for number, rule in enumerate(rules.rules, 1):
        if rule.id in seen:
            yield f"правило {number}, ключ «id»", rule.id, "такое правило уже есть"
        seen.add(rule.id)


def _in_rules(rules: model.AdviceRules, cards: dict[str, model.Card]) -> Iterator[tuple[str, str, str]]:
    for rule in rules.rules:
        known = {state.id for state in STATES[rule.kind]}
        fields = [name for template in (rule.action, rule.result or "") for name in _fields(template)]
        about = "в правиле такого вида есть: " + ", ".join(sorted(FILLED_IN[rule.kind]))
        checks = [
            ("states", [one for one in rule.states if one not in known], "нет такого состояния"),
            ("indicators", [one for one in rule.indicators if one not in cards], "нет такой карточки в data/indicators.yaml"),
            (
                "cause",
                [rule.cause] if rule.cause and rule.cause not in rules.causes else [],
                "нет такой причины в разделе causes",
            ),
            ("action", [one for one in fields if one not in FILLED_IN[rule.kind]], about),
            ("days", [str(rule.days)] if rule.days < 1 else [], "нужно не меньше одного дня"),
            ("effect", [""] if rule.effect is None and rule.result is None else [], "нужен effect или слова в result"),
            ("cause", [""] if rule.effect == "cause" and rule.cause is None else [], "при effect: cause нужна причина"),
        ]
        for key, given, wanted in checks:
            yield from ((f"правило «{rule.id}», ключ «{key}»", one, wanted) for one in given)


def _fields(template: str) -> Iterator[str]:
    return (name for _, name, _, _ in string.Formatter().parse(template) if name is not None)


def _in_overlaps(rules: model.AdviceRules, cards: dict[str, model.Card]) -> Iterator[tuple[str, str, str]]:
    named = {*rules.counted_in, *(one for wholes in rules.counted_in.values() for one in wholes)}
    yield from (("ключ «counted_in»", one, "нет такой карточки в data/indicators.yaml") for one in sorted(named - set(cards)))
    try:
        TopologicalSorter(rules.counted_in).prepare()
    except CycleError:
        yield "ключ «counted_in»", "", "карточки входят друг в друга по кругу"
