"""What stands before the sections: the page for the head, the title, the contents."""

import pandas as pd

from nmslib import indicators, wording
from nmslib.advice.words import MEASURES
from nmslib.documents.note import markup
from nmslib.documents.note.decisions import proposed
from nmslib.documents.note.markup import Inline
from nmslib.documents.note.matter import NO_PLANS, OVERDUE, Matter, distance, listed
from nmslib.documents.note.paper import Paper
from nmslib.documents.note.sentences import Sentence, capital, short
from nmslib.model import MeasureState

SYNTHETIC = "Синтетические данные. Реестры вымышлены для показа; выводы не относятся к настоящим людям и организациям."
GAPS, OWN_GAPS, CHANGES, LATE, DECISIONS = 5, 4, 4, 4, 5
SUBJECT = "системы научно-методического сопровождения педагогических работников и управленческих кадров"


def summary(paper: Paper, matter: Matter) -> None:
    """One page for the head: what changed, where we stand, the largest gaps, what is overdue, what to decide."""
    now = matter.now
    if now.synthetic:
        paper.text(SYNTHETIC, style="Mark")
    paper.text("Резюме для руководителя", style="Title")
    paper.text(f"{now.place.name}, по состоянию на {wording.day_in_text(now.day)}", style="Centred")
    paper.text("Что изменилось с прошлого выпуска", style="BriefHead")
    _changes(paper, matter)
    paper.text("Где мы относительно плана", style="BriefHead")
    _standing(paper, matter)
    if len(now.measures):
        paper.text("Просроченные меры дорожной карты", style="BriefHead")
        _overdue(paper, matter)
    steps = proposed(matter).head(DECISIONS)
    if len(steps):
        paper.text("Что предлагается решить", style="BriefHead")
    for number, (_, step) in enumerate(steps.iterrows(), 1):
        paper.text(f"{number}. {step['addressee']}: {step['action']} — до {wording.day(step['until'])}.", style="Brief")
    paper.page()


def _changes(paper: Paper, matter: Matter) -> None:
    if matter.changes is None:
        paper.text("Предыдущего выпуска нет: сравнивать не с чем.", style="Brief")
        return
    mine = matter.changes[matter.changes["municipality"] == matter.now.municipality]
    today = {row["figure"]: row for row in matter.figures}
    for _, change in mine.head(CHANGES).iterrows():
        row = today.get(change["figure"])
        name = matter.now.cards[change["indicator"]].short_name
        told = f"{name}: было {change['before']}, стало {change['after']}"
        # Only a sentence that holds today's value may bear its number.
        same = row is not None and indicators.told(row, matter.card(row)) in str(change["after"])
        paper.told([Sentence(told, change["figure"] if same else None), Sentence(str(change["why"]))], style="Brief")
    if len(mine) > CHANGES:
        paper.text(f"Всего изменений: {wording.number(len(mine))}.", style="Brief")
    if mine.empty:
        paper.text("Изменений показателей с прошлого выпуска не отмечено.", style="Brief")


def _standing(paper: Paper, matter: Matter) -> None:
    if not matter.indicators:
        paper.text("Показатели документом не установлены.", style="Brief")
        return
    pieces: list[Inline] = [f"Показателей документа — {len(matter.indicators)}: "]
    for state, count in matter.states.items():
        pieces += [markup.state(state, f" — {count}"), "; "]
    paper.text(*pieces[:-1], ".", style="Brief")
    if matter.behind:
        paper.text("Не выполнены планы:", style="Brief", keep=True)
    own = [row for row in matter.behind if row["kind"] == "indicator"][:OWN_GAPS]
    numbers = [row for row in matter.behind if row["kind"] != "indicator"][: GAPS - len(own)]
    for row in sorted([*own, *numbers], key=distance):
        paper.told([short(row, matter.card(row))], _shape(matter, row), style="Brief")
    rest = len(matter.behind) - len(own) - len(numbers)
    if rest > 0:
        paper.text(f"Ещё не выполнено планов: {rest} (приложение 1).", style="Brief")
    if not matter.behind:
        unknown = any(pd.isna(row["value"]) for row in matter.indicators)
        told = "Отстающих от плана нет." if matter.planned else f"{capital(NO_PLANS)}: сравнивать не с чем."
        paper.text("Есть показатели, о которых судить нельзя." if unknown else told, style="Brief")


def _shape(matter: Matter, row: pd.Series) -> Inline:
    state = matter.state(row)
    return markup.inline(markup.run(state.shape, colour=state.colour), " ")


def _overdue(paper: Paper, matter: Matter) -> None:
    late = matter.measures_in(MeasureState.OVERDUE.id)
    for _, row in late.head(LATE).iterrows():
        days = wording.counted(int(row["days_overdue"]), wording.DAYS)
        shape = markup.run(MeasureState.OVERDUE.shape, colour=MeasureState.OVERDUE.colour)
        told = f" {row['measure']} «{row['title']}»: на {days}; отвечает {row['bodies']}."
        paper.text(shape, told, style="Brief")
    rest = len(late) - LATE
    if rest > 0:
        paper.text(f"Ещё {wording.noun(rest, OVERDUE)} {wording.counted(rest, MEASURES)} (приложение 6).", style="Brief")
    untold = int((matter.now.measures["state"] == MeasureState.UNKNOWN.id).sum())
    if untold:
        paper.text(f"Нет сведений об исполнении: {wording.counted(untold, MEASURES)}.", style="Brief")
    elif late.empty:
        paper.text("Просроченных мер нет.", style="Brief")


def title(paper: Paper, matter: Matter) -> None:
    """The name of the note, the place, the day, the act it rests on, and the contents."""
    now, act = matter.now, matter.now.facts.act
    paper.text("АНАЛИТИЧЕСКАЯ СПРАВКА", style="Title")
    paper.text(f"по результатам мониторинга {SUBJECT}", style="Centred")
    paper.place_name(now.place.name, "Centred")
    paper.text(f"по состоянию на {wording.day_in_text(now.day)}", style="Centred")
    paper.text(f"Основание: {basis(matter)} ({act.issuing_body}).", style="Centred")
    paper.contents()


def basis(matter: Matter) -> str:
    """The act with number, date, title, and the clause on monitoring."""
    act = matter.now.facts.act
    # A title that begins with the kind of the act («Концепция …») says it already.
    named = act.title if act.title.lower().startswith(act.kind.lower()) else f"{act.name} «{act.title}»"
    return f"{named}, {act.monitoring.clause}" if act.monitoring.clause else named


def absent(matter: Matter) -> str:
    """Registries that were not sent or not accepted, in words; empty when all are there."""
    lost = matter.arrivals[~matter.arrivals["received"].astype(bool)]
    if lost.empty:
        return ""
    if matter.whole:
        senders = [matter.now.names.get(name, name) for name in lost["municipality"].unique()]
        return capital(
            f"реестры представлены или приняты не полностью: {listed(senders, 6, ('отправитель', 'отправителя', 'отправителей'))}"
        )
    titles = [f"«{title}»" for title in lost["title"]]
    return capital(f"не представлены или не приняты реестры: {listed(titles, 8, ('реестр', 'реестра', 'реестров'))}")
