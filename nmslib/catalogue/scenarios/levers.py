"""The cards of levers, read and checked: bounds, defaults, words and spreads must agree with each other."""

from collections.abc import Iterator
from itertools import pairwise

from nmslib import model
from nmslib.catalogue.scenarios.wanted import fits, is_number, shown, span
from nmslib.catalogue.tables import read_yaml, validated, with_lists_as_tuples
from nmslib.paths import Project
from nmslib.problems import DataProblem, DataProblems


def load_levers(project: Project) -> dict[str, model.LeverCard]:
    """Levers by id, in the order of the file; DataProblems with everything wrong in it at once."""
    file = project.levers.name
    raw, problems = read_yaml(project.levers, file)
    levers: dict[str, model.LeverCard] = {}
    for number, values in enumerate(raw or [], 1):
        card, found = validated(model.LeverCard, with_lists_as_tuples(values), file, f"рычаг {number}, ключ «{{}}»")
        problems += found
        if card is None:
            continue
        if card.id in levers:
            problems.append(DataProblem(file, f"рычаг {number}, ключ «id»", card.id, "такой рычаг уже есть"))
        levers[card.id] = card
        problems += [DataProblem(file, f"рычаг «{card.id}», ключ «{key}»", given, wanted) for key, given, wanted in _wrong(card)]
    if problems:
        raise DataProblems(problems)
    return levers


def _wrong(card: model.LeverCard) -> Iterator[tuple[str, str, str]]:
    numbers = [card.low, card.high, card.step, *card.named.values(), *(card.spread or ())]
    if not all(is_number(one) for one in (*numbers, card.default or 0)):
        yield "id", card.id, "числа рычага должны быть конечными"
        return
    if not card.low < card.high:
        yield "high", shown(card.high), f"нужно больше low ({shown(card.low)})"
    if not 0 < card.step <= card.high - card.low:
        yield "step", shown(card.step), "нужен шаг больше 0 и не больше расстояния от low до high"
    if card.decimals < 0:
        yield "decimals", str(card.decimals), "нужно число знаков от 0"
    if not card.source.strip():
        yield "source", "", "пусто; нужен акт с пунктом, реестр или слова «допущение рабочей тетради: …»"
    for key, value in [("default", card.default), *((f"named.{word}", value) for word, value in card.named.items())]:
        if value is not None and not fits(value, card):
            yield key, shown(value), f"нужно {span(card)}"
    if card.spread is not None:
        yield from _wrong_spread(card, card.spread)


def _wrong_spread(card: model.LeverCard, spread: tuple[float, float, float]) -> Iterator[tuple[str, str, str]]:
    told = "; ".join(shown(one) for one in spread)
    if spread[0] < 0 or any(one > other for one, other in pairwise(spread)) or spread[0] == spread[2]:
        yield "spread", told, "нужны множители по возрастанию: наименьший, вероятнейший, наибольший"
    elif card.default is not None and not all(fits(card.default * one, card) for one in spread):
        yield "spread", told, f"от значения по умолчанию {shown(card.default)} выходит за пределы: нужно {span(card)}"
