"""What the sections of the note tell of: a situation split into the parts that they share. Computes no figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import pandas as pd

from nmslib import indicators, wording
from nmslib.model import REGION, Card, MeasureState, State
from nmslib.situation import Situation

STATES = {state.id: state for state in State}
MEASURE_STATES = {state.id: state for state in MeasureState}
BEHIND = (State.UNREACHABLE.id, State.RECOVERABLE.id)
LATE = (MeasureState.OVERDUE.id, MeasureState.DUE.id)
NO_PLANS = "плановых значений на отчётную дату документ не устанавливает"
INTERNAL = "Справка — для внутреннего пользования."
OVERDUE = ("просрочена", "просрочено", "просрочено")
ROADMAP = "Дорожная карта"
OTHER = "Другие показатели"
# Subsections of the results in the order of the genre; an indicator that none of them names stands under OTHER.
TOPICS: dict[str, tuple[str, ...]] = {
    "Диагностика профессиональных дефицитов": ("diagnosed_share",),
    "Индивидуальные образовательные маршруты": ("routed_share",),
    "Повышение квалификации по программам Федерального реестра": (
        "register_programmes_share",
        "register_listed_share",
        "network_programmes_count",
        "innovation_programmes_share",
    ),
    "Наставничество и поддержка молодых педагогов": ("mentoring_model_share", "young_supported_share"),
    "Методический актив, площадки и мероприятия": (
        "methodists_count",
        "staff_per_methodist",
        "internship_sites_share",
        "events_count",
    ),
    "Управленческие кадры": ("management_teams_share",),
}


class Charts(Protocol):
    """The charts that the note draws, as ``nmslib.charts`` has them; each answers with an object that has ``to_dict``."""

    def bullets(self, figures: pd.DataFrame, cards: dict[str, Card]) -> Any:
        """Figures against their plans."""

    def trend(self, series: pd.DataFrame, cards: dict[str, Card]) -> Any:
        """Figures at the days of monitoring."""

    def gantt(self, measures: pd.DataFrame, as_of: Any) -> Any:
        """Measures against the calendar."""


@dataclass(frozen=True)
class Matter:
    """A situation and what moved since the run before (columns: ``note``; None: there was none)."""

    now: Situation
    changes: pd.DataFrame | None

    @property
    def whole(self) -> bool:
        """Whether the note is of all municipalities together."""
        return self.now.municipality == REGION

    @cached_property
    def figures(self) -> list[pd.Series]:
        """Rows of figures in the order of the document."""
        return [row for _, row in self.now.figures.iterrows()]

    @cached_property
    def indicators(self) -> list[pd.Series]:
        """Figures of indicators of the document."""
        return [row for row in self.figures if row["kind"] == "indicator"]

    @cached_property
    def numbers(self) -> list[pd.Series]:
        """Figures of numbers that bind inside measures."""
        return [row for row in self.figures if row["kind"] == "measure"]

    @cached_property
    def behind(self) -> list[pd.Series]:
        """Figures that miss their plan and are not on pace to it, the farthest first (``distance``)."""
        found = [row for row in self.figures if row["status"] in BEHIND and pd.notna(row["people_missing"])]
        return sorted(found, key=distance)

    @property
    def planned(self) -> bool:
        """Whether the document sets a plan for any figure of the day."""
        return any(pd.notna(row["target"]) for row in self.figures)

    def card(self, row: pd.Series) -> Card:
        """The card of a row's indicator."""
        return self.now.cards[row["indicator"]]

    @staticmethod
    def state(row: pd.Series) -> State:
        """The state of a row."""
        return STATES[row["status"]]

    def name(self, row: pd.Series) -> str:
        """The indicator as the document prints it, else as its card does."""
        printed = {one.indicator: one.name for one in self.now.facts.indicators}
        return printed.get(row["indicator"], self.card(row).name)

    @cached_property
    def subsections(self) -> dict[str, str]:
        """Topic → its number in the results: those that the document has indicators for, then the roadmap."""
        mine = {row["indicator"] for row in self.indicators}
        named = {one for topic in TOPICS.values() for one in topic}
        found = [topic for topic, names in TOPICS.items() if mine & set(names)]
        found += [OTHER] if mine - named else []
        found += [ROADMAP] if self.numbers or len(self.now.measures) else []
        return {topic: f"4.{number}" for number, topic in enumerate(found, 1)}

    def topic(self, indicator: str) -> str:
        """The subsection of an indicator; what is no indicator of the document stands under the roadmap."""
        if indicator not in {row["indicator"] for row in self.indicators}:
            return ROADMAP
        return next((topic for topic, names in TOPICS.items() if indicator in names), OTHER)

    def place_of(self, indicator: str) -> str:
        """«п. 4.2»: where the results tell of an indicator."""
        return f"п.{wording.NBSP}{self.subsections[self.topic(indicator)]}"

    @cached_property
    def states(self) -> dict[State, int]:
        """How many indicators of the document stand in each state."""
        count = pd.Series([row["status"] for row in self.indicators], dtype="object").value_counts()
        return {state: int(count[state.id]) for state in State if state.id in count}

    @cached_property
    def arrivals(self) -> pd.DataFrame:
        """Registries that the place should send; for the whole, everybody's."""
        rows = self.now.received.arrivals
        return rows if self.whole else rows[rows["municipality"] == self.now.municipality]

    def measures_in(self, *states: str) -> pd.DataFrame:
        """Measures in these states, the longest overdue first, then by their day."""
        rows = self.now.measures
        return rows[rows["state"].isin(states)].sort_values(["days_overdue", "ends_on"], ascending=[False, True], kind="stable")

    def portrait(self, table: str) -> pd.DataFrame:
        """Rows of a table of the portrait for the place; none where its registry was not sent."""
        rows = self.now.portrait
        return rows[(rows["municipality"] == self.now.municipality) & (rows["table"] == table)]

    @cached_property
    def _series(self) -> dict[str, pd.DataFrame]:
        """The series by indicator: the columns that notes tell, of plain types, since each is looked into many times."""
        rows = self.now.series[["indicator", "as_of", "period", "variant", "numerator", "denominator", "value"]]
        plain = rows.astype({name: "object" for name in rows.columns if name not in ("as_of", "value")})
        return dict(list(plain.sort_values("as_of", kind="stable").groupby("indicator", sort=False)))

    def series(self, indicator: str) -> pd.DataFrame:
        """The series of an indicator by day; columns as_of, period, variant, numerator, denominator, value."""
        return self._series.get(indicator, self.now.series.head(0))

    @cached_property
    def earlier(self) -> list[tuple[pd.Series, pd.Series]]:
        """Stocks of the document with their row of the monitoring day before, within the same period and definition.

        What is counted from the start of a period cannot but grow within it.
        """
        found = []
        for row in (one for one in self.indicators if self.card(one).counts == "stock"):
            rows = self.series(row["indicator"])
            same = rows[(rows["variant"] == "") & (rows["period"] == row["period"]) & (rows["as_of"] < row["as_of"])]
            same = same[same["value"].notna()]
            if len(same) and pd.notna(row["value"]):
                found.append((row, same.iloc[-1]))
        return found

    def value_then(self, row: pd.Series, numerator: Any, denominator: Any, value: Any) -> str:
        """The value of another day in the same words as that of today."""
        return indicators.told({"numerator": numerator, "denominator": denominator, "value": value}, self.card(row))


def distance(row: pd.Series) -> tuple[bool, float]:
    """Sorts the farthest from the plan first: shares by points that are lacking, then counts by how many are."""
    share = row["unit"] == "percent"
    lacking = abs(row["target"] - row["value"]) if share else row["people_missing"]
    return not share, -float(lacking)


def listed(words: Sequence[str], most: int, of: tuple[str, str, str]) -> str:
    """«а, б и ещё 3 реестра»: the first of a list and how many more there are."""
    rest = len(words) - most
    return ", ".join(words[:most]) + (f" и ещё {wording.counted(rest, of)}" if rest > 0 else "")


def number(row: Mapping[str, Any]) -> str:
    """The number that the document gives an indicator; «—» where documents are put side by side and none is common."""
    return "—" if pd.isna(row["number"]) else str(row["number"])


def headed(row: Mapping[str, Any], name: str) -> str:
    """«5. Поддержка молодых»; the name alone where there is no number."""
    return name if pd.isna(row["number"]) else f"{row['number']}. {name}"


def targets(row: Mapping[str, Any]) -> str:
    """A planned value for tables: «10 %», «≤ 250», «—»."""
    if pd.isna(row["target"]):
        return "—"
    bound = "≤" + wording.NBSP if row["comparator"] == "<=" else ""
    return bound + wording.plan(row["target"], row["unit"])
