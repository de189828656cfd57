"""Steps of a scenario: where they begin and end, how many working days they have, what is not sure."""

from datetime import date

import holidays
import numpy as np
import pytest

from nmslib.roadmap import WorkingDays
from nmslib.scenarios.months import month_ends, months, months_past

# The production calendar of 2024: 248 working days.
DAYS_2024 = [17, 20, 20, 21, 20, 19, 23, 22, 21, 23, 21, 21]


def days(values: np.ndarray) -> list[date]:
    return values.tolist()


def test_first_step_is_what_is_left_of_the_month(working_days):
    found = months(date(2024, 11, 24), date(2025, 1, 31), working_days)
    assert days(found.starts) == [date(2024, 11, 25), date(2024, 12, 1), date(2025, 1, 1)]
    assert days(found.ends) == [date(2024, 11, 30), date(2024, 12, 31), date(2025, 1, 31)]
    assert found.days.tolist() == [5, 21, 17]


@pytest.mark.parametrize("as_of", [date(2024, 2, 29), date(2023, 12, 31), date(2024, 4, 30)])
def test_after_the_last_day_of_a_month_the_first_step_is_the_whole_next_one(as_of, working_days):
    found = months(as_of, date(2024, 12, 31), working_days)
    assert days(found.starts)[0].day == 1
    assert found.days.tolist() == DAYS_2024[-len(found.days) :]


def test_a_year_of_whole_months_weighs_twelve(working_days):
    found = months(date(2023, 12, 31), date(2025, 12, 31), working_days)
    assert found.weight[:12].tolist() == pytest.approx([12 * days / 248 for days in DAYS_2024])
    assert found.weight[:12].sum() == pytest.approx(12)
    assert found.weight[12:].sum() == pytest.approx(12)


def test_parts_of_a_month_are_together_as_long_as_the_month(working_days):
    whole = months(date(2024, 2, 29), date(2024, 3, 31), working_days)
    first = months(date(2024, 2, 29), date(2024, 3, 13), working_days)
    second = months(date(2024, 3, 13), date(2024, 3, 31), working_days)
    assert first.days[0] + second.days[0] == whole.days[0] == 20
    assert first.weight[0] + second.weight[0] == pytest.approx(whole.weight[0])


def test_leave_months_have_no_rhythm_but_their_working_days(working_days):
    found = months(date(2023, 12, 31), date(2024, 12, 31), working_days)
    assert found.rhythm[[6, 7]].tolist() == [0, 0]
    others = [number for number in range(12) if number not in (6, 7)]
    assert found.rhythm[others].tolist() == found.weight[others].tolist()
    assert found.hours[6] == pytest.approx(7.2 * 23)


@pytest.mark.parametrize(
    ("as_of", "new"),
    [(date(2024, 12, 31), [0, 12]), (date(2024, 12, 30), [1, 13]), (date(2025, 1, 1), [12]), (date(2025, 6, 30), [6])],
)
def test_new_year_begins_with_the_step_of_the_first_of_january(as_of, new, working_days):
    assert np.flatnonzero(months(as_of, date(2026, 1, 31), working_days).new_year).tolist() == new


def test_a_rest_of_a_month_without_working_days_weighs_nothing(working_days):
    assert months(date(2024, 12, 28), date(2024, 12, 31), working_days).weight.tolist() == [0]


def test_years_without_a_decree_are_counted_without_transfers_and_told(working_days):
    found = months(date(2025, 11, 30), date(2027, 12, 31), working_days)
    assert found.unsure == (2026, 2027)
    # 2026: 261 дней с понедельника по пятницу, из них праздники 1, 2, 5–8 января, 23 февраля, 1 мая, 12 июня, 4 ноября.
    assert found.days[1:13].sum() == 251
    assert found.days[1] == 16
    told = "Рабочие дни 2026 и 2027 годов посчитаны без переносов выходных: постановления о переносе на эти годы в рабочей тетради нет."
    assert found.doubt == told
    assert "2026 года" in months(date(2025, 11, 30), date(2026, 1, 31), working_days).doubt
    assert months(date(2024, 1, 10), date(2025, 12, 31), working_days).doubt == ""


def test_a_transfer_that_only_the_package_knows_is_not_used():
    """27 April 2024 is a working Saturday by decree No. 1314 and by the package; without the decree it is a Saturday."""
    assert holidays.country_holidays("RU").is_working_day(date(2024, 4, 27))
    nothing_known = months(date(2024, 3, 31), date(2024, 4, 30), WorkingDays(()))
    assert nothing_known.days.tolist() == [22]
    assert nothing_known.unsure == (2024,)


def test_an_end_that_is_not_ahead_is_refused(working_days):
    with pytest.raises(ValueError, match="not after"):
        months(date(2024, 5, 31), date(2024, 5, 31), working_days)


@pytest.mark.parametrize("as_of", [date(2024, 11, 24), date(2024, 11, 30), date(2024, 2, 28), date(2024, 12, 31)])
def test_ends_of_months_ahead_are_those_of_the_steps(as_of, working_days):
    ends = days(months(as_of, date(2025, 12, 31), working_days).ends)
    assert days(month_ends(as_of, len(ends))) == ends


def test_past_months_are_those_that_are_over(working_days):
    assert days(months_past(date(2024, 11, 24), 12, working_days).starts)[0::11] == [date(2023, 11, 1), date(2024, 10, 1)]
    whole = months_past(date(2024, 12, 31), 12, working_days)
    assert days(whole.ends)[0::11] == [date(2024, 1, 31), date(2024, 12, 31)]
    assert whole.days.tolist() == DAYS_2024
