"""The tiles on top: indicators by state, overdue measures, completeness of data."""

from nmslib import wording
from nmslib.dashboards import markup
from nmslib.dashboards.situation.state import SituationState
from nmslib.model import MeasureState, State

COUNTED = (State.REACHED, State.ON_PACE, State.RECOVERABLE, State.UNREACHABLE, State.NOT_COMPUTABLE)
# State, number, words, address.
Tile = tuple[State | MeasureState | None, str, str, str]


def drawn(state: SituationState) -> str:
    """One tile a state that an indicator may be in, then measures, then data."""
    count = state.now.figures["status"].value_counts()
    tiles = [(one, wording.number(int(count.get(one.id, 0))), _words(one, state), "") for one in COUNTED]
    unplanned = int(count.get(State.NO_PLAN.id, 0)) + int(count.get(State.NOT_YET.id, 0))
    if unplanned:
        tiles.append((State.NO_PLAN, wording.number(unplanned), "без плана на эту дату", ""))
    return str(markup.macros("situation").tiles([*tiles, *_measures(state), *_data(state)]))


def _words(one: State, state: SituationState) -> str:
    many = int((state.now.figures["status"] == one.id).sum())
    words = {
        State.REACHED: wording.noun(many, ("достигнут", "достигнуты", "достигнуто")),
        State.ON_PACE: "в графике",
        State.RECOVERABLE: wording.noun(many, ("отстаёт, достижим", "отстают, достижимы", "отстают, достижимы")),
        State.UNREACHABLE: wording.noun(many, ("недостижим в этом году", "недостижимы в этом году", "недостижимы в этом году")),
        State.NOT_COMPUTABLE: "нет данных",
    }
    return words[one]


def _measures(state: SituationState) -> list[Tile]:
    measures = state.reported.measures
    if measures.empty:
        return [(None, "—", "дорожной карты в документе нет", "")]
    late = int((measures["state"] == MeasureState.OVERDUE.id).sum())
    told: list[Tile] = [
        (MeasureState.OVERDUE, f"{wording.number(late)} из {wording.number(len(measures))}", "просрочено мер", "#part-terms")
    ]
    unknown = int((measures["state"] == MeasureState.UNKNOWN.id).sum())
    if unknown:
        told.append((MeasureState.UNKNOWN, wording.number(unknown), "мер без сведений об исполнении", "#part-terms"))
    return told


def _data(state: SituationState) -> list[Tile]:
    arrivals = state.reported.arrivals
    if arrivals.empty:
        return [(None, "—", "сведений о реестрах нет", "#part-trust")]
    received = f"{wording.number(int(arrivals['received'].sum()))} из {wording.number(len(arrivals))}"
    tiles: list[Tile] = [(None, received, "реестров принято", "#part-trust")]
    if state.whole:
        full = arrivals.groupby("municipality")["received"].all()
        tiles.append((None, f"{wording.number(int(full.sum()))} из {wording.number(len(full))}", "прислали всё", "#part-trust"))
    return tiles
