"""The portal of a system as one HTML file: what changed, what failed, who stands where, every file. Opens no output itself."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup

from nmslib import wording
from nmslib.documents import templates
from nmslib.documents.portal.places import ABSENT, COUNTED, UNKNOWN, columns_of, in_retrospect, row_of, values_of
from nmslib.documents.portal.view import Made, Portal, RunFacts
from nmslib.model import REGION, MeasureState, State, System

FIGURES = ("цифра", "цифры", "цифр")
ROWS_AT_ONCE, SHOWN_CHANGES = 10, 200
# A picture of several hundred places would outweigh the page; its table of values stays.
HEAVIEST_PICTURE = 600_000
# What Vega writes for every mark: its words are English, and the table below says the same to whoever cannot see.
OF_MARKS = re.compile(r' (?:aria-[a-z]+|role)="[^"]*"')
LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")


def portal(view: Portal) -> str:
    """The page outputs/<system>/index.html: one file that asks for no other, and shows everything without scripts too."""
    by_place = dict(list(view.figures.groupby("municipality", sort=False)))
    made = {one.municipality: one for one in view.made}
    planned = bool(view.figures.loc[view.figures["municipality"] != REGION, "target"].notna().any())
    columns = columns_of(view, planned)
    rows = [row_of(view, name, by_place.get(name, view.figures.head(0)), made.get(name), planned) for name in view.names]
    places = [row for row in rows if row["id"] != REGION]
    own = made[REGION].files if REGION in made else ()
    text = templates.macros("portal").portal(
        view=view,
        on=wording.day_in_text(view.day),
        retrospect=_retrospect(view, len(places)),
        word=_words(view.system, len(places)),
        style=_style(),
        script=_file("portal.js"),
        changes=_changes(view),
        failures=_failures(view),
        tiles=_tiles(view, by_place),
        columns=columns,
        whole=[row for row in rows if row["id"] == REGION],
        places=places,
        picture=_picture(view.heat),
        values=values_of(view),
        legend=[state for state in State if state.id in set(view.figures["status"])],
        papers=[*view.files, *(one._replace(label=f"{view.names[REGION]}: {one.label}") for one in own)],
        sums=[(view.names.get(one.municipality, one.municipality), one) for one in view.made if one.files],
        took=_took(view.run),
        moment=_moment,
        path=quote,
        kilobytes=lambda size: wording.number(max(1, size / 1024)),
    )
    return f"<!DOCTYPE html>\n{text}"


def _failures(view: Portal) -> list[tuple[Made, str]]:
    places = [(one, view.names.get(one.municipality, one.municipality)) for one in view.made if one.failure]
    return places + [(one, f"Сценарий «{title}»") for title, one in view.scenarios if one.failure]


def _retrospect(view: Portal, count: int) -> str:
    """That what was sent is younger than the day of a report, and of how many of ``count`` places; empty where nothing is."""
    later = view.figures[in_retrospect(view.figures)]
    if later.empty:
        return ""
    places, newest = len(set(later["municipality"]) - {REGION}), wording.day(later["data_on"].max())
    book = "по книге с данными на" if count == 1 else "по книгам с данными на дни до"
    some = (
        f" для {wording.number(places)} из {wording.number(count)} {_words(view.system, count)['of']}"
        if 0 < places < count
        else ""
    )
    return f"Рассчитано ретроспективно{some}: {book} {newest}."


def _file(name: str) -> Markup:
    return Markup((templates.FOLDER / name).read_text(encoding="utf-8"))


def _style() -> Markup:
    """The style of the page; shapes, words and colours of states come from where all pages take them."""
    shown = (*State, MeasureState.OVERDUE)
    states = [f'.{one.id}::before{{content:"{one.shape} ";color:{one.colour}}}' for one in shown]
    states += [f'td.{state.id}::after{{content:"{state.word}"}}' for state in State]
    # Before a number a dash would read as a minus.
    states.append(f"td.{State.NO_PLAN.id}::before{{content:none}}")
    return _file("portal.css") + Markup("\n".join(states))


def _words(system: System, count: int) -> dict[str, str]:
    """What the page calls the places of a system, ``count`` of them."""
    if system.act.level == "federal":
        return {"one": "Система", "find": "Найти систему", "all": "Системы", "of": "систем"}
    several = "Муниципалитеты" if count > 1 else "Муниципалитет"
    return {"one": "Муниципалитет", "find": "Найти муниципалитет", "all": several, "of": "муниципалитетов"}


def _moment(value: datetime) -> str:
    """«20.12.2023 14:05», with the zone where the moment carries one."""
    zone = f" ({value.tzname()})" if value.tzinfo else ""
    return f"{value:%d.%m.%Y %H:%M}{zone}"


def _took(run: RunFacts) -> str:
    minutes, seconds = divmod(round((run.finished_at - run.started_at).total_seconds()), 60)
    told = f"{wording.number(minutes)}{wording.NBSP}мин " if minutes else ""
    return f"{told}{seconds}{wording.NBSP}с"


def _changes(view: Portal) -> dict[str, Any]:
    """Figures that this run moved, the first of them open, then what earlier runs moved; or a sentence why there are none."""
    if view.changes is None:
        return {"said": "Это первый запуск: сравнивать не с чем.", "open": [], "more": [], "before": []}
    began = pd.Timestamp(view.run.started_at).tz_localize(None).floor("s")
    fresh = view.changes[view.changes["noticed_on"] >= began]
    earlier = view.changes.drop(fresh.index).sort_values("noticed_on", ascending=False, kind="stable")
    rows = [_change(view, row) for _, row in fresh.head(SHOWN_CHANGES).iterrows()]
    before = [_change(view, row) for _, row in earlier.head(SHOWN_CHANGES).iterrows()]
    return {"said": _said(fresh, view.system), "open": rows[:ROWS_AT_ONCE], "more": rows[ROWS_AT_ONCE:], "before": before}


def _said(fresh: pd.DataFrame, system: System) -> str:
    if fresh.empty:
        return "С прошлого запуска ни одна цифра не изменилась."
    places = len(set(fresh["municipality"]) - {REGION})
    where = f"; затронуто {_words(system, places)['of']}: {wording.number(places)}" if places > 1 else ""
    shown = f" Показаны первые {SHOWN_CHANGES}; остальные — в справках." if len(fresh) > SHOWN_CHANGES else ""
    return f"Изменилось: {wording.counted(len(fresh), FIGURES)}{where}.{shown}"


def _change(view: Portal, row: pd.Series) -> dict[str, str]:
    known = {name: row[name] if pd.notna(row[name]) and row[name] else ABSENT for name in ("before", "after")}
    return known | {
        "name": view.names.get(row["municipality"], row["municipality"]),
        "indicator": view.cards[row["indicator"]].short_name if row["indicator"] in view.cards else row["indicator"],
        # A figure that is no longer counted is not in the table, so nothing can be held against it.
        "figure": row["figure"] if (view.figures["figure"] == row["figure"]).any() else "",
        "why": row["why"] if pd.notna(row["why"]) and row["why"] else "причина не записана",
        "noticed": wording.day(row["noticed_on"]) if pd.notna(row["noticed_on"]) else UNKNOWN,
    }


def _tiles(view: Portal, by_place: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """Where the whole stands: how many of its figures are in each state, what is overdue, how complete the data are."""
    alone = [name for name in view.names if name != REGION]
    whole = REGION if REGION in by_place else alone[0] if len(alone) == 1 else None
    mine = view.figures if whole is None else by_place.get(whole, view.figures.head(0))
    count = mine["status"].value_counts()
    shown = [state for state in State if count.get(state.id, 0) or (state in COUNTED and mine["target"].notna().any())]
    title = f"Показатели: {view.names[whole]}" if whole else "Показатели: все места вместе"
    empty = "" if shown else "Показателей на эту дату нет."
    tiles = [(state.id, wording.number(int(count.get(state.id, 0))), state.word) for state in shown]
    return {"title": title, "empty": empty, "shown": [*tiles, *_overdue_tiles(view), _complete_tile(view)]}


def _overdue_tiles(view: Portal) -> list[tuple[str, str, str]]:
    """Overdue measures of the whole, or of all places where it keeps none, and in how many places something is overdue."""
    if not view.overdue:
        return [("", "", "просрочка неизвестна" if view.system.measures else "дорожной карты в документе нет")]
    state, places = MeasureState.OVERDUE.id, [number for name, number in view.overdue.items() if name != REGION]
    whole = REGION in view.overdue
    total = wording.number(view.overdue[REGION] if whole else sum(places))
    tiles = [(state, total, "просрочено мер региона" if whole else "просрочено мер")]
    if len(places) > 1:
        late = f"{wording.number(sum(number > 0 for number in places))} из {wording.number(len(places))}"
        tiles.append((state, late, f"{_words(view.system, len(places))['of']} с просрочкой"))
    return tiles


def _complete_tile(view: Portal) -> tuple[str, str, str]:
    if not view.completeness:
        return ("", "", "сведений о полноте реестров нет")
    received, expected = (sum(pair[one] for pair in view.completeness.values()) for one in (0, 1))
    return ("", f"{wording.number(received)} из {wording.number(expected)}", "реестров принято")


def _picture(drawn: str) -> Markup:
    """The heat map without words for every mark and with short numbers; empty when even so it is too heavy for a page."""
    slim = LONG_NUMBER.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), OF_MARKS.sub("", drawn))
    return Markup(slim) if len(slim.encode()) <= HEAVIEST_PICTURE else Markup()
