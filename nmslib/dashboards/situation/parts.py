"""The parts of the page «Состояние» in their order: a state in, HTML by part out."""

from nmslib.dashboards.situation import bar, behind, decide, meeting, origin, pace, plan, terms, tiles, trust
from nmslib.dashboards.situation.state import SituationState

PARTS = {
    "tiles": tiles.drawn,
    "plan": plan.drawn,
    "behind": behind.drawn,
    "terms": terms.drawn,
    "pace": pace.drawn,
    "needs": pace.needs,
    "decide": decide.drawn,
    "trust": trust.drawn,
}


def drawn(state: SituationState) -> dict[str, str]:
    """Part → HTML; what is not shown now is empty."""
    open_ = {"bar": bar.drawn(state)}
    if state.meeting:
        return open_ | {"meeting": meeting.drawn(state)} | dict.fromkeys(PARTS, "") | {"origin": ""}
    shown = {name: draw(state) for name, draw in PARTS.items()}
    return open_ | {"meeting": ""} | shown | {"origin": origin.drawn(state) if state.figure else ""}


def late(state: SituationState) -> dict[str, str]:
    """The parts that show the months ahead."""
    return {} if state.meeting else {name: PARTS[name](state) for name in ("pace", "needs")}
