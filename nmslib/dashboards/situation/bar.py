"""The head of the page: which system, whose figures, on which day, how sure one can be of them at a glance, where to go."""

from nmslib import wording
from nmslib.dashboards import markup
from nmslib.dashboards.situation.state import SituationState


def drawn(state: SituationState) -> str:
    """Choices, dates and warnings."""
    run = state.run
    indicators = {name: run.cards[name].short_name for name in dict.fromkeys(state.now.figures["indicator"])}
    choices = [
        ("system", "Система", state.systems, state.system, "municipality as_of indicator"),
        ("municipality", "Муниципалитет" if run.facts.act.level != "federal" else "Место", state.names, state.municipality, ""),
        ("as_of", "На дату", state.days, state.day.isoformat(), ""),
        ("indicator", "Показатель", indicators, state.indicator, ""),
    ]
    return str(
        markup.macros("situation").bar(
            run.facts.act.short_title,
            [choice for choice in choices if len(choice[2]) > 0],
            wording.day(state.day),
            run.synthetic,
            _warnings(state),
            {
                "meeting": state.link(meeting=None if state.meeting else "1"),
                "in_meeting": state.meeting,
                "scenarios": "scenarios" + state.link(as_of=None),
            },
        )
    )


def _warnings(state: SituationState) -> list[str]:
    run, told = state.run, []
    if state.as_of:
        reported = wording.day(run.held.days[state.municipality])
        told.append(f"Показатели — на {wording.day(state.day)}; сроки, рекомендации и полнота данных — на {reported}.")
    if run.outdated:
        told.append(f"Цифры посчитаны другой версией программы. Обновить: nms run {state.system}")
    start, end = run.facts.act.period.start, run.facts.act.period.end
    if (start and state.day < start) or (end and state.day > end):
        told.append("Дата вне периода документа: плановых значений на неё нет.")
    return told
