"""The region's methodical active, centre and agreements; and which methodists a municipality's routes may name."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import pandas as pd

from nmslib.demo import words
from nmslib.demo.people import full_names
from nmslib.demo.scene import Scene, days_after, on_weekdays

# About 90 methodists and tutors for the 29 municipalities of Amur oblast; at most 250 teachers each (Комплекс мер, п. 2.6).
ON_AVERAGE = 3.1
# The first two of a municipality are in the active before the plan begins, so that any route may name them.
SINCE_BEFORE = 2
# Leningrad's centre (прил. 2, п. 3, 6): half of its staff, the planned ones too, are trained by mid-August, before it opens.
TRAINED_BETWEEN = (pd.Timestamp(2021, 7, 14), pd.Timestamp(2021, 8, 13))
CENTRE_OPENS = pd.Timestamp(2021, 9, 1)
TRAINED_IN_TIME = 0.6
PLANNED_POSTS = 2


def _code(municipality: str, number: int) -> str:
    """The same code in the region's workbook and in the municipality's, which do not see each other."""
    return f"М{crc32(municipality.encode()) % 1_000_000:06d}{number}"


def routing_methodists(scene: Scene) -> list[str]:
    """Codes of methodists who accompany routes of the municipality; none where the system counts no methodists."""
    if not any(one.indicator == "staff_per_methodist" for one in scene.system.indicators):
        return []
    return [_code(scene.sender.municipality, number) for number in range(1, SINCE_BEFORE + 1)]


def methodical_active(scene: Scene, municipalities: Sequence[str]) -> pd.DataFrame:
    """The schema's columns of methodical_active: two to five people of each municipality."""
    draw = scene.draw("methodical_active")
    size = SINCE_BEFORE + draw.random.binomial(3, (ON_AVERAGE - SINCE_BEFORE) / 3, len(municipalities))
    number = np.concatenate([np.arange(1, one + 1) for one in size]) if len(size) else np.array([], dtype=int)
    municipality, count = np.repeat(np.array(municipalities, dtype="object"), size), len(number)
    before = draw.between(scene.opening - pd.Timedelta(days=600), scene.opening - pd.Timedelta(days=20), count)
    since = before.where(number <= SINCE_BEFORE, draw.between(scene.opening, scene.closing - pd.Timedelta(days=150), count))
    until = since + days_after(draw.whole(120, 500, count))
    until = until.where((number > SINCE_BEFORE) & draw.chance(0.15, count))
    trained = draw.days(count, scene.years[0]).where(draw.chance(0.47, count), draw.days(count, scene.years[-1]))
    network = draw.between(scene.opening, scene.closing, count)
    while_in = [
        pd.Series(day).where(sent & (day > since) & (until.isna() | (day < until)))
        for day, sent in ((trained, draw.chance(0.93, count)), (network, draw.chance(0.6, count)))
    ]
    return pd.DataFrame(
        {
            "person": [_code(place, one) for place, one in zip(municipality, number, strict=True)],
            "full_name": full_names(count, draw),
            "served": municipality,
            "function": draw.one_of({"methodist": 0.6, "tutor": 0.25, "both": 0.15}, count),
            "engagement": draw.one_of({"school": 0.75, "centre": 0.25}, count),
            "accompanied": np.clip(draw.random.normal(135, 60, count), 15, 310).astype(int),
            "since": since,
            "until": until,
            "trained_on": while_in[0],
            "network_trained_on": while_in[1],
        }
    )


def centre_staff(scene: Scene) -> pd.DataFrame:
    """The schema's columns of centre_staff: most come on the opening day, some later; a few posts wait for somebody."""
    draw = scene.draw("centre_staff")
    count = int(draw.whole(14, 18, 1)[0])
    number, order = np.arange(count), draw.random.permutation(count)
    in_time = order < round(TRAINED_IN_TIME * count)
    last = scene.closing - pd.Timedelta(days=20)
    early, late = draw.between(*TRAINED_BETWEEN, count), draw.between(CENTRE_OPENS + pd.Timedelta(days=10), last, count)
    comes_later = draw.between(CENTRE_OPENS + pd.Timedelta(days=5), scene.closing - pd.Timedelta(days=40), count)
    at_opening = draw.chance(0.75, count) | (number == 0)
    since = comes_later.where(~at_opening, CENTRE_OPENS)
    people = pd.DataFrame(
        {
            "person": [f"Ц{one:03d}" for one in range(1, count + 1)],
            "full_name": full_names(count, draw),
            "position": np.where(number == 0, words.CENTRE_HEAD, draw.one_of(words.CENTRE_POSTS, count)),
            "since": since,
            # One who was not trained leaves after ten weeks.
            "until": on_weekdays(since + pd.Timedelta(days=70)).where((order == count - 1) & (number > 0)),
            "academy_trained_on": early.where(in_time, late.where(order < round(0.8 * count))),
        }
    )
    posts = {"person": [f"план-{one:02d}" for one in range(1, PLANNED_POSTS + 1)], "position": "методист"}
    return pd.concat([people, pd.DataFrame(posts)], ignore_index=True)


def agreements(scene: Scene, municipalities: Sequence[str]) -> pd.DataFrame:
    """The schema's columns of agreements: one with each municipality's education authority and a few with others."""
    draw = scene.draw("agreements")
    others = {"Педагогический университет (вымышленный)": "subject", "Ассоциация педагогов (вымышленная)": "subject"}
    others["Издательство учебной литературы (вымышленное)"] = "other"
    partners = {f"ОМСУ {one} (вымышленное соглашение)": "municipality" for one in municipalities} | others
    early = draw.between(scene.opening + pd.Timedelta(days=60), scene.opening + pd.Timedelta(days=330), len(partners))
    late = draw.between(scene.opening + pd.Timedelta(days=330), scene.closing, len(partners))
    rows = pd.DataFrame({"partner": list(partners), "kind": list(partners.values())})
    rows["signed_on"] = early.where(draw.chance(0.7, len(rows)), late)
    rows = rows.sort_values(["signed_on", "partner"], ignore_index=True)
    rows["number"] = [f"{number}/С" for number in range(1, len(rows) + 1)]
    # An agreement for a year or two; it is in force until a day that is still ahead in most workbooks, and so empty there.
    return rows.assign(until=rows["signed_on"] + pd.DateOffset(years=2))
