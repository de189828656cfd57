"""Last year's forecast against what happened."""

from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from nmslib import catalogue, indicators
from nmslib.model import REGION
from nmslib.registries import Registries
from nmslib.scenarios.backtest import COLUMNS, backtest, backtest_words
from nmslib.scenarios.ground import ground
from nmslib.scenarios.levers import Settings

SPACE = "\N{NO-BREAK SPACE}"
SCHOOL_MONTHS = (1, 2, 3, 4, 5, 6, 9, 10, 11, 12)
DIAGNOSED = "diagnosed_share"


def staff(count: int = 200) -> list[dict]:
    row = {"organisation": "О1", "role": "teacher", "employment": "main", "hired_on": "2010-09-01"}
    return [row | {"person": f"Р{number}", "birth_on": "1980-05-05", "profession_since": "2005-09-01"} for number in range(count)]


def diagnosed(year: int, a_month: int) -> list[dict]:
    """So many people in each month of the year but July and August, nobody twice."""
    days = [f"{year}-{month:02d}-15" for month in SCHOOL_MONTHS for _ in range(a_month)]
    return [{"person": f"Р{number}", "diagnosed_on": day, "place": "centre"} for number, day in enumerate(days)]


@pytest.fixture
def town(gathered: Callable[..., Registries]) -> Callable[..., Registries]:
    """Seversk with 200 teachers in one school; ``town(2023=3, 2024=6)`` by year: how many are diagnosed a month."""

    def make(**a_month: int) -> Registries:
        rows = [row for year, count in a_month.items() for row in diagnosed(int(year.removeprefix("y")), count)]
        school = {"organisation": "О1", "name": "Школа 1", "type": "general", "settlement": "urban"}
        empty = {name: [] for name in ("routes", "completions", "management_teams", "young_support")}
        return gathered({"seversk": {"organisations": [school], "staff": staff(), "diagnostics": rows, **empty}})

    return make


@pytest.fixture
def tested(seversk, cards, project, working_days) -> Callable[..., pd.DataFrame]:
    """``tested(received_on, as_of)``: the forecast of Seversk against its figures."""

    def make(received_on, as_of: date, municipalities=("seversk",), draws: int = 200, system=seversk) -> pd.DataFrame:
        levers = catalogue.load_levers(project)
        return backtest(system, cards, levers, received_on, municipalities, as_of, working_days, 48, draws)

    return make


def row(frame: pd.DataFrame, indicator: str = DIAGNOSED, place: str = "seversk") -> pd.Series:
    (found,) = [one for _, one in frame.iterrows() if (one["indicator"], one["municipality"]) == (indicator, place)]
    return found


def test_an_even_pace_is_foretold_and_a_doubled_one_lies_above_the_band(town, tested) -> None:
    # 3 of 200 in each of ten months of 2023: 15 %; as many are foretold of 2024, where 6 a month came: 30 %.
    frame = tested(lambda day: town(y2023=3, y2024=6), date(2024, 12, 31))
    found = row(frame)
    assert (found["made_on"], found["on"]) == (pd.Timestamp("2023-12-31"), pd.Timestamp("2024-12-31"))
    assert found["forecast"] == pytest.approx(15, abs=0.6)
    assert found["low"] < found["forecast"] < found["high"]
    assert found["fact"] == 30
    assert not found["inside"]
    told = [part for part in backtest_words(frame, "seversk").removesuffix(".").split("; ") if "диагностика" in part]
    assert told[0].startswith("Прогноз от 31.12.2023 на 31.12.2024: диагностика 1")
    assert told[0].endswith(f", вышло 30,0{SPACE}% — выше полосы")


def test_an_even_pace_that_goes_on_lies_within_the_band(town, tested) -> None:
    found = row(tested(lambda day: town(y2023=3, y2024=3), date(2024, 12, 31)))
    assert found["fact"] == 15
    assert found["inside"]


def test_counters_of_a_forecast_across_new_year_hold_the_months_of_the_new_year_alone(town, tested) -> None:
    # From 30 June 2023 to 30 June 2024: three a month from January to June are 18 of 200, 9 %, not the 30 since June 2023.
    found = row(tested(lambda day: town(y2023=3, y2024=3), date(2024, 6, 30)))
    assert found["made_on"] == pd.Timestamp("2023-06-30")
    assert found["forecast"] == pytest.approx(9, abs=0.6)
    assert found["fact"] == 9


def test_within_a_year_what_stood_on_the_day_stays(town, tested) -> None:
    # Nine people until 31 March 2023, three months of three to come.
    found = row(tested(lambda day: town(y2023=3), date(2023, 6, 30)))
    assert found["made_on"] == pd.Timestamp("2023-03-31")
    assert found["forecast"] == pytest.approx(9, abs=0.6)


def test_the_forecast_looks_only_at_what_was_known_then(town, tested) -> None:
    def received_on(day: date) -> Registries:
        return town(y2023=3) if day == date(2023, 12, 31) else town(y2023=8, y2024=8)

    found = row(tested(received_on, date(2024, 12, 31)))
    assert found["forecast"] == pytest.approx(15, abs=0.6)
    assert found["fact"] == 40


# Registries of Seversk are kept since 1 January 2023.
@pytest.mark.parametrize(
    ("as_of", "made_on"),
    [
        (date(2023, 6, 29), None),
        (date(2023, 6, 30), date(2023, 3, 31)),
        (date(2024, 3, 30), date(2023, 3, 31)),
        (date(2024, 3, 31), date(2023, 3, 31)),
        (date(2024, 4, 1), date(2023, 4, 1)),
        (date(2024, 2, 29), date(2023, 3, 31)),
        (date(2024, 12, 1), date(2023, 12, 1)),
    ],
)
def test_is_made_a_year_before_or_at_the_first_quarter_that_is_known(town, tested, as_of: date, made_on: date | None) -> None:
    frame = tested(lambda day: town(y2023=3, y2024=3), as_of, draws=10)
    assert frame["made_on"].dt.date.drop_duplicates().tolist() == ([made_on] if made_on else [])


def test_nothing_to_compare_is_said_with_the_reason(town, tested, gathered) -> None:
    early = tested(lambda day: town(y2023=3), date(2023, 5, 1))
    assert early.empty
    assert list(early.columns) == list(COLUMNS)
    told = "Прошлый прогноз сверить не с чем: от конца первого квартала, о котором говорят реестры, до 01.05.2023 меньше трёх месяцев."
    assert backtest_words(early, "seversk") == told
    silent = tested(lambda day: gathered({"seversk": None}), date(2024, 12, 31))
    assert silent.empty
    assert "нет данных" in backtest_words(silent, "seversk")


def test_the_same_seed_gives_the_same_table(town, tested) -> None:
    one, other = (tested(lambda day: town(y2023=3, y2024=6), date(2024, 12, 31)) for _ in "ab")
    pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_of_a_region_municipalities_and_the_whole_stand_beside_their_figures(
    tested, amur_accepted, amur, cards, schema, working_days, project
) -> None:
    from nmslib import completeness
    from nmslib.registries import read_system

    workshop, _ = amur_accepted
    places, as_of, made_on = ("tynda", "zeya"), date(2024, 11, 24), date(2023, 11, 24)
    senders = [catalogue.find_sender(amur, name, workshop) for name in (*places, REGION)]
    forms = completeness.forms(amur, cards, schema, senders)
    frame = tested(lambda day: read_system("amur", forms, workshop, day), as_of, places, system=amur)
    assert set(frame["municipality"]) == {*places, REGION}
    assert set(frame["made_on"].dt.date) == {made_on}
    assert "methodists_count" not in set(frame["indicator"])
    table = indicators.figures(amur, cards, read_system("amur", forms, workshop, as_of), [*places, REGION], as_of)
    facts = table.set_index(["indicator", "municipality"])["value"]
    assert [facts[one, place] for one, place in zip(frame["indicator"], frame["municipality"], strict=True)] == frame[
        "fact"
    ].tolist()
    levers = catalogue.load_levers(project)
    then = ground(amur, cards, levers, read_system("amur", forms, workshop, made_on), places, made_on, as_of, working_days)
    values = then.outcome(Settings(then.facts.values, then.facts.values, {}), then.plans({})).table()
    ending = values[values["month"] == pd.Timestamp(as_of)].set_index(["indicator", "municipality"])["value"]
    assert [ending[one, place] for one, place in zip(frame["indicator"], frame["municipality"], strict=True)] == frame[
        "forecast"
    ].tolist()
    words = backtest_words(frame, REGION)
    assert words.startswith("Прогноз от 24.11.2023 на 24.11.2024: ")
    others = frame[frame["municipality"] != REGION]
    assert words.endswith(
        f"По муниципалитетам в полосе 80{SPACE}% расчётов — {others['inside'].sum()} из {len(others)} значений."
    )


def test_of_one_municipality_alone_there_is_no_whole(town, tested) -> None:
    assert set(tested(lambda day: town(y2023=3), date(2023, 12, 31))["municipality"]) == {"seversk"}
