"""What of the uncertain matters: the part of each lever in how a value varies, and one rule for when plans are missed."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from babel.dates import format_date
from numpy.typing import NDArray

from nmslib import wording
from nmslib.model import REGION, LeverCard
from nmslib.scenarios.draws import Drawn

COLUMNS = ("lever", "share", "direction")
# A rule of more than two conditions is no rule of thumb; one that fewer draws keep to tells of chance.
DEPTH, LEAF = 2, 0.05
# Steps of a bound across the draws of a lever: a bound is rounded no coarser.
STEPS = 20
START = "start_delay"
Draws = NDArray[np.bool_]


def importance(drawn: Drawn, indicator: str, municipality: str) -> pd.DataFrame:
    """The share of each drawn lever in how an indicator ends its last planned period: lever, share (of 1), direction.

    Where nothing is planned, its last period. Greatest first; ``direction``: 1 when more of the lever goes with more of the
    indicator, else -1. Squared rank correlations divided by their sum: inputs are drawn independently and the value moves one way
    with each, so that these add up to what they explain together (Iman R. L., Conover W. J. The Use of the Rank Transform in
    Regression // Technometrics. 1979. Vol. 21, No. 4. P. 499–509; Saltelli A. et al. Global Sensitivity Analysis: The Primer.
    2008. Ch. 1). Empty when nothing varies.
    """
    values = pd.Series((drawn.planned(municipality, indicator) or drawn.finals[municipality, indicator][-1]).values)
    inputs = drawn.inputs[municipality].assign(**{"": values}).dropna()
    ranks = inputs.loc[:, inputs.nunique() > 1].rank()
    if "" not in ranks:
        return pd.DataFrame({"lever": [], "share": [], "direction": []})
    found = ranks.drop(columns="").corrwith(ranks[""])
    share = (found**2 / (found**2).sum()).rename_axis("lever").rename("share").sort_values(ascending=False, kind="stable")
    return share.reset_index().assign(direction=np.sign(found[share.index]).astype(int).to_numpy())[list(COLUMNS)]


@dataclass(frozen=True)
class Condition:
    """One bound of a lever: at least ``bound`` when ``above``, else below it."""

    lever: str
    above: bool
    bound: float

    def holds(self, inputs: pd.DataFrame) -> Draws:
        """In which draws."""
        values = inputs[self.lever].to_numpy(float)
        return values >= self.bound if self.above else values < self.bound


@dataclass(frozen=True)
class Rule:
    """When plans are missed. ``coverage``: the part of all misses within ``conditions``; ``density``: the part of misses there.

    The two measures of scenario discovery: Bryant B. P., Lempert R. J. // Technological Forecasting and Social Change. 2010.
    Vol. 77. P. 34–49. ``failing``: the part of misses in all draws; ``words``: all of it in a sentence.
    """

    conditions: tuple[Condition, ...]
    coverage: float
    density: float
    failing: float
    words: str


def failure_rule(drawn: Drawn, municipality: str, indicators: Sequence[str] | None = None) -> Rule | None:
    """The rule that tells best when a plan of ``indicators`` (None: of all) is missed at the end of the last period.

    Of the conditions on the way to every node of a shallow tree (CART: Breiman L. et al. Classification and Regression Trees.
    1984), those with the greatest weighted relative accuracy: how many more misses they hold than as many draws by chance
    (Lavrač N., Flach P., Zupan B. // Inductive Logic Programming. 1999. P. 174–185). None when plans are nearly always or nearly
    never missed, or nothing that was drawn tells when: ``failure_words`` says which.
    """
    chosen = drawn.indicators if indicators is None else indicators
    missed = drawn.missed(municipality, chosen)
    if missed is None or not LEAF <= missed.mean() <= 1 - LEAF:
        return None
    inputs, failing = drawn.inputs[municipality], float(missed.mean())
    candidates = [tuple(_rounded(one, inputs, drawn.levers[one.lever]) for one in way) for way in _ways(inputs, missed)]
    gains = [_gain(conditions, inputs, missed) for conditions in candidates]
    # What the best of many conditions gains by chance is a few standard errors; this is the greatest that one can have.
    if max(gains, default=0.0) < 3 * math.sqrt(failing * (1 - failing) / len(missed)) / 2:
        return None
    best = candidates[int(np.argmax(gains))]
    held = _held(best, inputs)
    coverage, density = float(held[missed].mean()), float(missed[held].mean())
    told = " и ".join(_told(one, drawn, municipality) for one in best)
    which, plans = _plans(drawn, municipality, chosen)
    within = f"так в {_percent(coverage)} случаев срыва; в этих условиях {plans} в {_percent(density)} случаев"
    return Rule(best, coverage, density, failing, wording.sentences(f"{which}, если {told}: {within}"))


def failure_words(drawn: Drawn, municipality: str, indicators: Sequence[str] | None = None) -> str:
    """The rule in a sentence, or why there is none."""
    chosen = drawn.indicators if indicators is None else indicators
    rule, missed = failure_rule(drawn, municipality, chosen), drawn.missed(municipality, chosen)
    if rule is not None:
        return rule.words
    if missed is None:
        return "Планов на эти месяцы нет: срываться нечему."
    which, plans = _plans(drawn, municipality, chosen)
    told = _percent(float(missed.mean()))
    if missed.mean() > 1 - LEAF:
        return f"{which} почти неизбежен: в {told} случаев."
    if missed.mean() < LEAF:
        return f"{which} почти исключён: в {told} случаев."
    return f"В {told} случаев {plans}; простого условия, при котором это бывает чаще, нет."


def _plans(drawn: Drawn, municipality: str, indicators: Sequence[str]) -> tuple[str, str]:
    """How one plan, or any of several, is missed, in words."""
    if sum(drawn.planned(municipality, name) is not None for name in indicators) == 1:
        return "Срыв", "план срывается"
    return "Срыв хотя бы одного плана", "хотя бы один план срывается"


def _ways(inputs: pd.DataFrame, missed: Draws) -> Iterator[tuple[Condition, ...]]:
    """Conditions on the way to each node of the tree but its root."""
    # Takes most of a second to import, and only who asks for a rule needs it.
    from sklearn.tree import DecisionTreeClassifier

    if inputs.empty:
        return
    tree = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=LEAF, random_state=0).fit(inputs.to_numpy(), missed).tree_
    pending: list[tuple[int, tuple[Condition, ...]]] = [(0, ())]
    while pending:
        node, way = pending.pop(0)
        if way:
            yield way
        if tree.children_left[node] >= 0:
            lever, bound = str(inputs.columns[tree.feature[node]]), float(tree.threshold[node])
            pending += [
                (int(child), _narrowed(way, Condition(lever, above, bound)))
                for child, above in ((tree.children_left[node], False), (tree.children_right[node], True))
            ]


def _narrowed(way: tuple[Condition, ...], one: Condition) -> tuple[Condition, ...]:
    """With a further condition, which replaces a wider one of the same lever and side: the tree only narrows."""
    return (*(other for other in way if (other.lever, other.above) != (one.lever, one.above)), one)


def _rounded(one: Condition, inputs: pd.DataFrame, card: LeverCard) -> Condition:
    """With a bound that people say: whole for whole numbers, else with the decimals of the card, more where draws lie closer."""
    values = inputs[one.lever].to_numpy(float)
    if (values == np.rint(values)).all():
        return Condition(one.lever, one.above, math.ceil(one.bound))
    return Condition(one.lever, one.above, round(one.bound, _decimals(one, inputs, card)))


def _decimals(one: Condition, inputs: pd.DataFrame, card: LeverCard) -> int:
    spread = float(inputs[one.lever].max() - inputs[one.lever].min())
    return max(card.decimals, math.ceil(math.log10(STEPS / spread)))


def _held(conditions: tuple[Condition, ...], inputs: pd.DataFrame) -> Draws:
    return np.logical_and.reduce([one.holds(inputs) for one in conditions])


def _gain(conditions: tuple[Condition, ...], inputs: pd.DataFrame, missed: Draws) -> float:
    """Weighted relative accuracy; 0 for what too few draws keep to."""
    held = _held(conditions, inputs)
    return float(held.mean() * (missed[held].mean() - missed.mean())) if held.mean() >= LEAF else 0.0


def _told(one: Condition, drawn: Drawn, municipality: str) -> str:
    """«методисты — меньше 2 чел.», «старт позже марта 2024 г.»."""
    card, inputs = drawn.levers[one.lever], drawn.inputs[municipality]
    whole = one.bound == int(one.bound) and bool((inputs[one.lever] % 1 == 0).all())
    if one.lever == START and whole:
        last = drawn.ends[min(int(one.bound), len(drawn.ends)) - 1]
        return f"старт {'позже' if one.above else 'не позже'} {_of_month(last)}"
    title = within_sentence(card.title)
    unit = "" if card.unit == "доля" else wording.NBSP + card.unit
    bound = wording.number(one.bound, 0 if whole else _decimals(one, inputs, card))
    mean = "в среднем " if municipality == REGION else ""
    return f"{title} — {mean}{'не меньше' if one.above else 'меньше'} {bound}{unit}"


def within_sentence(title: str) -> str:
    """«методисты», «ИОМ»: a title as it stands within a sentence."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _of_month(day: date) -> str:
    """«марта 2024 г.»."""
    return format_date(day, f"MMMM y{wording.NBSP}'г.'", locale=wording.RUSSIAN)


def _percent(part: float) -> str:
    """Whole percent, near all and nothing with a decimal; what is not quite all or nothing is never told as that."""
    near = not LEAF <= part <= 1 - LEAF and part not in (0, 1)
    return wording.percent(min(99.9, max(0.1, 100 * part)) if near else 100 * part, 1 if near else 0)
