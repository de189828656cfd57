"""Sections 5 and 6: causes that the rows confirm, and conclusions, each with the subsection it rests on."""

import pandas as pd

from nmslib import indicators, wording
from nmslib.advice.words import MEASURES, MUNICIPALITIES, ORGANISATIONS
from nmslib.documents.note.basis import INDICATORS
from nmslib.documents.note.matter import BEHIND, INTERNAL, NO_PLANS, OVERDUE, ROADMAP, Matter, distance, listed
from nmslib.documents.note.paper import Column, Paper, Row
from nmslib.documents.note.sentences import Sentence, capital, short
from nmslib.model import MeasureState, State

# That who is lacking is not counted explains nothing.
NOT_COUNTED = "not_counted"
NAMED, WORST, MOST_CONCLUSIONS = 3, 2, 8
# Organisations with fewer people behind a cause are not named: who they are could be guessed.
FEWEST_NAMED = 3


def analysis(paper: Paper, matter: Matter) -> None:
    """Section 5: for each cause found in the rows, how many and where; nothing is guessed beyond them."""
    paper.heading(1, "5. Анализ причин")
    rows = _causes(matter)
    if rows:
        paper.text("Названы только причины, которые подтверждаются строками реестров.")
        columns = [
            Column("Показатель", 33),
            Column("Причина", 42),
            Column("Сколько", 32, "center"),
            Column("Где больше всего", 58),
        ]
        paper.table("Причины, найденные в реестрах", columns, rows)
        if not matter.whole and any(_many("", "") in str(row.cells[-1]) for row in rows):
            paper.text(f"Организации названы для тех, кто устраняет причины. {INTERNAL}")
    elif any(pd.notna(row["value"]) for row in matter.indicators):
        paper.text("Причин отклонений в строках реестров не найдено.")
    else:
        paper.text("Причины не установлены: значений показателей на отчётную дату нет.")
    paper.free("analysis")


def _causes(matter: Matter) -> list[Row]:
    """Causes of the day's figures, those that are behind their plan first."""
    causes, words = matter.now.causes, matter.now.rules.causes
    status = {row["indicator"]: row["status"] for row in matter.figures}
    causes = causes[(causes["cause"] != NOT_COUNTED) & causes["indicator"].isin(list(status))]
    rows = []
    for (indicator, cause), mine in causes.groupby(["indicator", "cause"], sort=False):
        card = matter.now.cards[indicator]
        count = wording.counted(int(mine["count"].sum()), card.noun)
        where = _municipalities(matter, mine) if matter.whole else _organisations(mine, card.noun == wording.PEOPLE)
        rows.append((status[indicator] not in BEHIND, Row((card.short_name, capital(words[cause]), count, where or "—"))))
    return [row for _, row in sorted(rows, key=lambda one: one[0])]


def _municipalities(matter: Matter, rows: pd.DataFrame) -> str:
    most = rows.groupby("municipality")["count"].sum().sort_values(ascending=False, kind="stable")
    return listed(
        [_many(matter.now.names.get(str(name), str(name)), wording.number(n)) for name, n in most.items()], NAMED, MUNICIPALITIES
    )


def _organisations(rows: pd.DataFrame, people: bool) -> str:
    """The organisations with most; of few ``people`` only how many organisations there are."""
    most = rows.dropna(subset=["name"]).sort_values("count", ascending=False, kind="stable")
    named = most[most["count"] >= FEWEST_NAMED] if people else most
    told = [_many(str(name), wording.number(n)) for name, n in zip(named["name"], named["count"], strict=True)]
    rest = len(most) - len(named)
    if not rest or len(told) > NAMED:
        return listed([*told, *[""] * rest], NAMED, ORGANISATIONS)
    each = " в каждой" if rest > 1 else ""
    few = f"{wording.counted(rest, ORGANISATIONS)} (менее {FEWEST_NAMED}{wording.NBSP}человек{each})"
    return f"{', '.join(told)} и ещё {few}" if told else few


def _many(name: str, count: str) -> str:
    return f"{name}{wording.NBSP}—{wording.NBSP}{count}"


def conclusions(paper: Paper, matter: Matter) -> None:
    """Section 6: up to eight numbered conclusions."""
    paper.heading(1, "6. Выводы")
    found = [
        *_standing(matter),
        *_numbers(matter),
        *_worst(matter),
        *_reached(matter),
        *_moves(matter),
        *_terms(matter),
        *_why(matter),
        *_data(matter),
    ]
    more = [*_growth(matter), *_outcomes(matter)]
    for number, sentence in enumerate([*found, *more][:MOST_CONCLUSIONS], 1):
        paper.told([sentence], f"{number}. ", style="List")
    paper.free("conclusions")


def _standing(matter: Matter) -> list[Sentence]:
    planned = [row for row in matter.indicators if pd.notna(row["target"])]
    if not matter.indicators:
        return []
    count = len(matter.indicators)
    if not planned:
        return [Sentence(f"Показателей документа — {count}, {NO_PLANS}", clause="раздел 4, приложение 1")]
    states = [f"{state.word} — {number}" for state, number in matter.states.items()]
    return [Sentence(f"Показателей документа — {count}: {'; '.join(states)}", clause="раздел 4, приложение 1")]


def _numbers(matter: Matter) -> list[Sentence]:
    """Numbers of the roadmap by state, and the one that is farthest from its plan."""
    if not matter.numbers:
        return []
    counts = [(state, sum(row["status"] == state.id for row in matter.numbers)) for state in State]
    told = "; ".join(f"{state.word} — {count}" for state, count in counts if count)
    told = f"Чисел дорожной карты — {len(matter.numbers)}: {told}"
    clause = f"п.{wording.NBSP}{matter.subsections[ROADMAP]}, приложение 1"
    far = sorted((row for row in matter.behind if row["kind"] == "measure"), key=distance)
    if not far:
        return [Sentence(told, clause=clause)]
    name, rest = short(far[0], matter.card(far[0])).text.split(": ", 1)
    return [Sentence(f"{told}. Дальше всего от плана «{name}»: {rest}", far[0]["figure"], clause)]


def _worst(matter: Matter) -> list[Sentence]:
    found = []
    for row in [row for row in matter.behind if row["kind"] == "indicator"][:WORST]:
        told = short(row, matter.card(row))
        # «Недостижимо в этом году» would be odd where the year is over.
        over = row["as_of"] >= row["ends_on"]
        state = f"срок прошёл {wording.day(row['ends_on'])}" if over else f"состояние — {matter.state(row).word}"
        found.append(Sentence(f"{told.text}; {state}", told.figure, matter.place_of(row["indicator"])))
    return found


def _reached(matter: Matter) -> list[Sentence]:
    done = [row for row in matter.figures if row["status"] == State.REACHED.id]
    if not done:
        return []
    names = listed([f"«{matter.card(row).short_name}»" for row in done], 4, INDICATORS)
    places = ", ".join(sorted({matter.place_of(row["indicator"]) for row in done}))
    return [Sentence(f"Плановые значения достигнуты по показателям: {names}", clause=places)]


def _moves(matter: Matter) -> list[Sentence]:
    """How many stocks of the document grew and fell since the monitoring day before."""
    pairs = matter.earlier
    if not pairs:
        return []
    differences = [float(row["value"]) - float(then["value"]) for row, then in pairs]
    counts = (("выросло", sum(one > 0 for one in differences)), ("снизилось", sum(one < 0 for one in differences)))
    told = " и ".join(f"{word} у {wording.genitive(n, INDICATORS)}" for word, n in counts if n)
    if not told:
        return []
    since = wording.day_in_text(max(then["as_of"] for _, then in pairs))
    return [Sentence(f"С {since} значение на дату {told}", clause="раздел 4")]


def _growth(matter: Matter) -> list[Sentence]:
    """The share of a stock that grew most since the monitoring day before."""
    shares = [pair for pair in matter.earlier if pair[0]["unit"] == "percent" and pair[0]["value"] > pair[1]["value"]]
    if not shares:
        return []
    row, then = max(shares, key=lambda pair: pair[0]["value"] - pair[1]["value"])
    card = matter.card(row)
    grown = wording.points(row["value"] - then["value"])
    told = f"Больше других выросла доля «{card.short_name}»: до {indicators.told(row, card)}, то есть на {grown}"
    return [Sentence(told, row["figure"], matter.place_of(row["indicator"]))]


def _outcomes(matter: Matter) -> list[Sentence]:
    """How many recommendations of the last period were judged, and how."""
    counts = matter.now.outcomes["verdict"].value_counts()
    if counts.empty:
        return []
    told = ", ".join(f"{verdict} — {count}" for verdict, count in counts.items())
    return [Sentence(f"Рекомендаций прошлого периода рассмотрено — {int(counts.sum())}: {told}", clause="раздел 9")]


def _terms(matter: Matter) -> list[Sentence]:
    measures = matter.now.measures
    if measures.empty:
        return []
    clause = f"п.{wording.NBSP}{matter.subsections[ROADMAP]}, приложение 6"
    total = wording.counted(len(measures), MEASURES)
    if MeasureState.UNKNOWN.id in set(measures["state"]):
        return [Sentence(f"В дорожной карте {total}; сведений об исполнении нет, что просрочено, неизвестно", clause=clause)]
    late = measures[measures["state"] == MeasureState.OVERDUE.id]
    if late.empty:
        return [Sentence(f"В дорожной карте {total}, просроченных нет", clause=clause)]
    codes = listed(list(late["measure"]), 8, MEASURES)
    told = f"{wording.noun(len(late), OVERDUE)} {wording.counted(len(late), MEASURES)}: №{wording.NBSP}{codes}"
    return [Sentence(f"В дорожной карте {total}, {told}", clause=clause)]


def _why(matter: Matter) -> list[Sentence]:
    causes = matter.now.causes
    causes = causes[causes["cause"] != NOT_COUNTED]
    if causes.empty:
        return []
    counts = causes.groupby(["indicator", "cause"], sort=False)["count"].sum()
    indicator, cause = counts.idxmax()
    count = wording.counted(int(counts.max()), matter.now.cards[indicator].noun)
    words = matter.now.rules.causes[cause]
    return [Sentence(f"Чаще других причин в реестрах встречается: {words} — {count}", clause="раздел 5")]


def _data(matter: Matter) -> list[Sentence]:
    rows = matter.arrivals
    got = int(rows["received"].sum())
    unknown = sum(pd.isna(row["value"]) for row in matter.figures)
    told = f"Принято реестров {got} из {len(rows)}"
    return [Sentence(f"{told}; не рассчитано показателей и чисел: {unknown}", clause="раздел 1, приложение 4")]
