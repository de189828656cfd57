"""What a region (or a municipality alone in its system) lists: programmes, sites, communities, practices, events."""

import numpy as np
import pandas as pd

from nmslib.demo import words
from nmslib.demo.scene import Draw, Scene, days_after, on_weekdays

# How many the region lists by the end of the plan, and how many a municipality.
PROGRAMMES = (66, 13)
INTERNSHIP_SITES = (26, 6)
INNOVATION_SITES = (31, 4)
COMMUNITIES = (22, 8)
PRACTICES = (70, 16)
EVENTS_A_YEAR = (40, 9)
YES_NO = ("yes", "no")


def _size(scene: Scene, sizes: tuple[int, int], draw: Draw) -> int:
    """About as many as the region or a municipality has."""
    typical = sizes[0] if scene.is_region else sizes[1]
    return max(2, round(typical * float(np.clip(draw.random.normal(1, 0.08 if scene.is_region else 0.25), 0.5, 1.6))))


def _codes(letter: str, count: int) -> list[str]:
    return [f"{letter}{number:03d}" for number in range(1, count + 1)]


def _yes(share: float, count: int, draw: Draw) -> np.ndarray:
    return np.where(draw.chance(share, count), *YES_NO)


def _in_order(days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Earliest first, so that codes are given as rows appear."""
    return pd.DatetimeIndex(days.sort_values())


def _schools(count: int, draw: Draw) -> list[str]:
    return [f"Школа № {number} {words.INVENTED_ORGANISATION}" for number in draw.whole(1, 40, count)]


def programmes(scene: Scene) -> pd.DataFrame:
    """The schema's columns of programmes: somewhat over half are in the federal register, months after they are developed."""
    draw = scene.draw("programmes")
    count = _size(scene, PROGRAMMES, draw)
    developed = _in_order(draw.between(scene.opening - pd.Timedelta(days=900), scene.closing, count))
    listed = draw.chance(0.62 * (1 + 0.4 * (scene.effort("register") - 1)), count)
    registered = on_weekdays(developed + days_after(draw.whole(20, 160, count)))
    begun = developed.where(developed > scene.opening, scene.opening)
    implemented = on_weekdays(begun + days_after(draw.whole(30, 420, count)))
    withdrawn = on_weekdays(implemented.where(implemented > registered, registered) + days_after(draw.whole(60, 300, count)))
    names = np.array(list(words.PROGRAMMES.values()), dtype="object")[draw.random.integers(0, len(words.PROGRAMMES), count)]
    return pd.DataFrame(
        {
            "programme": _codes("П", count),
            "name": [f"{name}, вариант {number} (вымышленная программа)" for number, name in enumerate(names, 1)],
            "provider": np.array(words.PROVIDERS, dtype="object")[draw.random.choice(3, count, p=[0.7, 0.2, 0.1])],
            "hours": draw.random.choice([16, 24, 36, 72, 108], count),
            "in_register": np.where(listed, *YES_NO),
            "registered_on": pd.Series(registered).where(listed),
            "network": _yes(0.2, count, draw),
            "from_innovation": _yes(0.14, count, draw),
            "at_internship_site": _yes(0.15, count, draw),
            "developed_on": developed,
            "implemented_on": pd.Series(implemented).where(draw.chance(0.85, count)),
            "withdrawn_on": pd.Series(withdrawn).where(draw.chance(0.08, count)),
        }
    )


def _sites(scene: Scene, letter: str, count: int, draw: Draw) -> pd.DataFrame:
    """site, organisation, opened_on, closed_on."""
    opened = _in_order(draw.between(scene.opening - pd.Timedelta(days=1300), scene.closing - pd.Timedelta(days=60), count))
    closed = opened + days_after(draw.whole(500, 1500, count))
    rows = pd.DataFrame({"site": _codes(letter, count), "organisation": _schools(count, draw), "opened_on": opened})
    return rows.assign(closed_on=pd.Series(closed).where(draw.chance(0.12, count)))


def internship_sites(scene: Scene) -> pd.DataFrame:
    """The schema's columns of internship_sites."""
    draw = scene.draw("internship_sites")
    rows = _sites(scene, "СП", _size(scene, INTERNSHIP_SITES, draw), draw)
    rows["national_project"] = _yes(0.45, len(rows), draw)
    rows["name"] = [f"Стажировочная площадка «{theme}» (вымышленная)" for theme in draw.random.choice(words.THEMES, len(rows))]
    return rows


def innovation_sites(scene: Scene) -> pd.DataFrame:
    """The schema's columns of innovation_sites."""
    draw = scene.draw("innovation_sites")
    rows = _sites(scene, "ИП", _size(scene, INNOVATION_SITES, draw), draw)
    rows["level"] = draw.one_of({"federal": 0.15, "regional": 0.6, "municipal": 0.25}, len(rows))
    rows["name"] = [f"{theme}: новые решения (вымышленная тема)" for theme in draw.random.choice(words.THEMES, len(rows))]
    return rows


def communities(scene: Scene) -> pd.DataFrame:
    """The schema's columns of communities."""
    draw = scene.draw("communities")
    count = _size(scene, COMMUNITIES, draw)
    kinds = {"association": "Ассоциация", "club": "Клуб", "union": "Методическое объединение", "network": "Сетевое сообщество"}
    kind = draw.one_of({"association": 0.2, "club": 0.15, "union": 0.45, "network": 0.2}, count)
    founded = _in_order(draw.between(scene.opening - pd.Timedelta(days=4000), scene.closing - pd.Timedelta(days=60), count))
    closed = founded + days_after(draw.whole(700, 3000, count))
    subjects = draw.random.choice(words.SUBJECTS, count)
    return pd.DataFrame(
        {
            "community": _codes("С", count),
            "name": [
                f"{kinds[one]} учителей {subject} № {number} (вымышленное сообщество)"
                for number, (one, subject) in enumerate(zip(kind, subjects, strict=True), 1)
            ],
            "kind": kind,
            "members": (draw.whole(8, 60, count) * (4 if scene.is_region else 1)).astype(int),
            "founded_on": founded,
            "closed_on": pd.Series(closed).where((closed > scene.opening) & draw.chance(0.1, count)),
        }
    )


def practices(scene: Scene) -> pd.DataFrame:
    """The schema's columns of practices."""
    draw = scene.draw("practices")
    count = _size(scene, PRACTICES, draw)
    published = _in_order(draw.between(scene.opening, scene.closing, count))
    sources = np.array(["конференция", "форум", "конкурс", "методический семинар", None], dtype="object")
    return pd.DataFrame(
        {
            "practice": _codes("М", count),
            "name": [
                f"{theme}: опыт № {number} (вымышленная практика)"
                for number, theme in enumerate(draw.random.choice(words.THEMES, count), 1)
            ],
            "kind": draw.one_of({"teaching": 0.55, "managing": 0.2, "material": 0.25}, count),
            "source": sources[draw.random.integers(0, len(sources), count)],
            "published_on": published,
        }
    )


def _regular_events(scene: Scene) -> pd.DataFrame:
    """The region's own: methodists meet every month, strategy is discussed twice a year (Amur, Комплекс мер, п. 1.4.5, 1.3.3)."""
    months = pd.date_range(scene.opening, scene.closing, freq="MS")
    months = months[(months.month != 7) & (months.month != 8)]
    meetings = pd.DataFrame({"kind": "methodists", "held_on": on_weekdays(months + pd.Timedelta(days=13))})
    twice = months[months.month.isin([4, 11])]
    sessions = pd.DataFrame({"kind": "strategy", "held_on": on_weekdays(twice + pd.Timedelta(days=9))})
    return pd.concat([meetings, sessions], ignore_index=True)


def events(scene: Scene) -> pd.DataFrame:
    """The schema's columns of events, in the school rhythm."""
    draw = scene.draw("events")
    shares = {"forum": 0.06, "conference": 0.14, "seminar": 0.34, "webinar": 0.22, "contest": 0.12, "other": 0.12}
    parts = [_regular_events(scene)] if scene.is_region else []
    for year in scene.years:
        count = _size(scene, EVENTS_A_YEAR, draw)
        parts.append(pd.DataFrame({"kind": draw.one_of(shares, count), "held_on": draw.days(count, year)}))
    rows = pd.concat(parts).sort_values(["held_on", "kind"], ignore_index=True)
    themes = draw.random.choice(words.THEMES, len(rows))
    rows["event"] = _codes("СБ", len(rows))
    rows["name"] = [f"«{theme}», встреча № {number} (вымышленное мероприятие)" for number, theme in enumerate(themes, 1)]
    rows["audience"] = draw.one_of({"teachers": 0.6, "managers": 0.2, "all": 0.2}, len(rows))
    return rows.assign(attended=draw.whole(12, 90, len(rows)) * (2 if scene.is_region else 1))
