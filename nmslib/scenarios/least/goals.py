"""Which plans are to be reached, by which month and by how many people; the least resources and their splitting ask them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from nmslib import wording
from nmslib.model import Card
from nmslib.problems import UserError
from nmslib.scenarios.ground import Ground
from nmslib.scenarios.levers import Settings
from nmslib.scenarios.plans import Plans
from nmslib.scenarios.results import counts

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]

WHOLE_PERCENT = 100


@dataclass(frozen=True)
class Goals:
    """Goals of every municipality, arrays of goals × municipalities.

    ``names``: the indicator of each goal (one may stand twice). ``months``: the month at whose end it is to be reached.
    ``target``: the plan in the indicator's unit, NaN where nothing is asked. ``extra``: people (or units) beyond the plan.
    ``nobody``: where a plan asks for nothing, as nobody is in the denominator. ``plans``, ``cards``: what people missing are
    counted with.
    """

    names: tuple[str, ...]
    months: Places
    target: Numbers
    extra: Numbers
    nobody: NDArray[np.bool_]
    plans: Plans
    cards: Mapping[str, Card]

    def ending(self, counted: Numbers, cells: Places) -> Numbers:
        """Of goals × months × cells, what stands at the month of each goal; ``cells``: the municipality of each cell."""
        return np.take_along_axis(counted, self.months[:, None, cells], axis=1)[:, 0]

    def missing(self, numerators: Numbers, denominators: Numbers, cells: Places) -> Numbers:
        """Whole people (or units) lacking to each goal, goals × cells; 0 where nothing is asked.

        ``numerators``, ``denominators``: at the months of the goals (``ending``).
        """
        asked = replace(self.plans, indicators=self.names, target=self.target[:, None, cells])
        # What lies above the plan counts towards what is asked beyond it.
        lacking = self._lacking(asked, numerators - self.extra[:, cells], denominators)
        return np.where(np.isnan(self.target[:, cells]), 0, lacking)

    def _lacking(self, asked: Plans, numerators: Numbers, denominators: Numbers) -> Numbers:
        return asked.missing(numerators[:, None], denominators[:, None], self.cards)[:, 0]

    def needed(self, denominators: Numbers, cells: Places) -> Numbers:
        """Whole people (or units) that reach each plan, ``extra`` apart; NaN where nothing is asked."""
        asked = replace(self.plans, indicators=self.names, target=self.target[:, None, cells])
        return self._lacking(asked, np.zeros_like(denominators), denominators)

    def one_percent_more(self) -> "Goals":
        """Every plan one percentage point higher, but no higher than 100 %; of plain numbers, by one percent in whole units."""
        percent = np.array([self.cards[name].unit == "percent" for name in self.names])[:, None]
        higher = np.where(
            percent, np.maximum(self.target, np.minimum(WHOLE_PERCENT, self.target + 1)), np.ceil(1.01 * self.target)
        )
        return replace(self, target=higher)

    def beyond(self, extra: Numbers) -> "Goals":
        """The same goals with so many more people, goals × municipalities."""
        return replace(self, extra=extra)

    def asked_of(self, place: int) -> bool:
        """Whether a municipality has any goal."""
        return bool(np.isfinite(self.target[:, place]).any())

    def due(self, goal: int, place: int) -> date:
        """The end of the month by which a goal is to be reached."""
        return self.plans.ends[self.months[goal, place]]


def goals(ground: Ground, settings: Settings, plans: Plans, indicators: Sequence[str], by: date | None = None) -> Goals:
    """Goals of the municipalities: plans of ``indicators`` at the last month that ends by ``by``.

    Without ``by``: at the last month of the horizon that ends a planned period (``Plans.last``), or, where none ends within it,
    at the last one with a plan. Nothing is asked where the document plans nothing, registries do not tell the figure, or
    ``settings`` leave nobody in its denominator (levers that are moved do not change who is there). Raises UserError
    for an indicator that the model has no plan for anywhere, for a ceiling, and for a day before the first month's end.
    """
    rows = [_row(name, plans, ground.cards) for name in indicators]
    months = [_month(row, plans, by, ground.cards) for row in rows]
    size = len(ground.municipalities)
    target = np.array([plans.target[row, month, :size] for row, month in zip(rows, months, strict=True)])
    for number, name in enumerate(indicators):
        unknown = ground.start.gaps.get(name, {})
        target[number, [place in unknown for place in ground.municipalities]] = np.nan
    course, given = ground.course(settings)
    denominators = counts(indicators, course, ground.people, given)[1][np.arange(len(indicators)), months]
    nobody = np.isfinite(target) & (denominators == 0)
    target[nobody] = np.nan
    return Goals(
        names=tuple(indicators),
        months=np.repeat(np.array(months, dtype=np.int64)[:, None], size, axis=1),
        target=target,
        extra=np.zeros_like(target),
        nobody=nobody,
        plans=plans,
        cards=ground.cards,
    )


def _row(name: str, plans: Plans, cards: Mapping[str, Card]) -> int:
    known = ", ".join(f"{one} ({cards[one].short_name})" for one in plans.indicators if one not in plans.ceilings)
    if name in plans.ceilings:
        told = f"показатель «{cards[name].short_name}» — предел, а не план: его держит рычаг «Предел сопровождаемых»"
        raise UserError(f"{told}. Можно взять: {known}")
    if name not in plans.indicators:
        raise UserError(f"Показателя «{name}» нет среди тех, которые считает модель и требует документ. Можно взять: {known}")
    return plans.indicators.index(name)


def _month(row: int, plans: Plans, by: date | None, cards: Mapping[str, Card]) -> int:
    ends = np.array(plans.ends, dtype="datetime64[D]")
    planned = np.isfinite(plans.target[row, :, :-1]).max(axis=1)
    if by is not None:
        if not (ends <= np.datetime64(by)).any():
            first = wording.day(plans.ends[0])
            raise UserError(f"До {wording.day(by)} не кончается ни один месяц сценария: первый кончается {first}")
        until = int((ends <= np.datetime64(by)).sum()) - 1
        found = [until] if planned[until] else []
    else:
        with_plan = [int(month) for month in np.flatnonzero(planned)]
        found = [month for month in with_plan if ends[month] == plans.last[row, month]][-1:] or with_plan[-1:]
    if not found:
        day = wording.day(by or plans.ends[-1])
        name = cards[plans.indicators[row]].short_name
        raise UserError(f"У показателя «{name}» на {day} нет планового значения муниципалитетов: задайте его в targets сценария")
    return found[0]
