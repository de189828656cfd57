"""What buttons of the page «Сценарии» do: save, download, look for the least resources, split, cancel."""

import base64
import re
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from nmslib import catalogue, charts, documents, wording
from nmslib.dashboards import markup
from nmslib.dashboards.planning import moved
from nmslib.dashboards.planning.state import PlanningState
from nmslib.dashboards.problems import EVERYBODY, NotShown
from nmslib.model import FACT, Allocate, Solve
from nmslib.paths import appearing
from nmslib.scenarios import Cancelled, allocate, least
from nmslib.scenarios.least import MOVED

NAME = re.compile(r"[a-z][a-z0-9_]{2,39}")
WHOLE = re.compile(r"[0-9]{1,6}")
LONGEST = 300
BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RESOURCES = ("programme_seats", "diagnostic_places", "methodists")
MOST_UNITS = 10_000
CHANCES = {"": None, "0.5": 0.5, "0.8": 0.8, "0.9": 0.9}
Tell = Callable[..., None]


def done(state: PlanningState, deed: str, values: dict[str, str], tell: Tell) -> dict[str, Any]:
    """Does a deed; what the browser should do then. NotShown for what the page cannot do."""
    deeds = {"save": save, "xlsx": book, "png": picture, "least": ask_least, "split": ask_split, "cancel": cancel}
    if deed not in deeds:
        raise NotShown(f"Страница не умеет «{deed[:40]}»", EVERYBODY, "Обновите страницу")
    return deeds[deed](state, values, tell)


def save(state: PlanningState, values: dict[str, str], tell: Tell) -> dict[str, Any]:
    """Writes the scenario of the page to parameters/scenarios; nothing is there until the whole has been read back."""
    name, title, author, reason = (values.get(key, "").strip() for key in ("name", "title", "author", "reason"))
    if not NAME.fullmatch(name):
        raise NotShown(
            f"Имя файла «{name[:40]}» не подходит", EVERYBODY, "Нужны строчные латинские буквы, цифры и _, от 3 до 40 знаков"
        )
    if not (title and author and reason) or max(map(len, (title, author, reason))) > LONGEST:
        raise NotShown(
            "Сценарию нужны название, автор и причина", EVERYBODY, f"Заполните все три поля, до {LONGEST} знаков каждое"
        )
    path = state.shelf.project.scenarios / f"{name}.yaml"
    # Only what the page shows may be replaced: not the scenario of another system or, on its own server, of another municipality.
    if path.exists() and (values.get("again") != "yes" or name not in state.titles):
        raise NotShown(f"Сценарий «{name}» уже есть", EVERYBODY, "Возьмите другое имя или отметьте «заменить»")
    told: dict[str, Any] = {
        "title": title,
        "author": author,
        "reason": reason,
        "system": state.system,
        "municipality": state.municipality,
    }
    assert state.base.as_of is not None
    told |= (
        {"as_of": state.base.as_of.isoformat(), "base": state.scenario}
        if state.scenario != FACT
        else {"as_of": state.base.as_of.isoformat()}
    )
    told["overrides"] = {lever: moved.as_yaml(change) for lever, change in state.levers.items()}
    text = yaml.safe_dump({key: value for key, value in told.items() if value}, allow_unicode=True, sort_keys=False, width=130)
    _checked(text, name, state)
    path.parent.mkdir(parents=True, exist_ok=True)
    with appearing(path) as draft:
        draft.write_text(text, encoding="utf-8")
    plain = dict.fromkeys(state.levers, None)
    state.go(state.link(scenario=name, **plain))
    return {"again": True, "say": f"Сценарий сохранён: parameters/scenarios/{name}.yaml"}


def _checked(text: str, name: str, state: PlanningState) -> None:
    """Reads the text as the program will read the file; DataProblems with everything that is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / f"{name}.yaml"
        draft.write_text(text, encoding="utf-8")
        catalogue.load_scenario(draft, state.shelf.project, state.cards)


def _file(name: str, kind: str, content: bytes) -> dict[str, Any]:
    return {"file": {"name": name, "type": kind, "base64": base64.b64encode(content).decode()}}


def book(state: PlanningState, values: dict[str, str], tell: Tell) -> dict[str, Any]:
    """The workbook of the scenario."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.xlsx"
        documents.scenario_book(state.shown, path)
        return _file(f"{state.system}_{state.municipality}_{state.scenario}.xlsx", BOOK, path.read_bytes())


def picture(state: PlanningState, values: dict[str, str], tell: Tell) -> dict[str, Any]:
    """The chart of all indicators of the scenario."""
    shown = state.shown
    chart = charts.projection(
        shown.months, shown.cards, shown.told_endings, shown.finding, shown.base.title, shown.scenario.draws
    )
    return _file(f"{state.system}_{state.municipality}_{state.scenario}.png", "image/png", charts.png(charts.spec(chart), 144))


def ask_least(state: PlanningState, values: dict[str, str], tell: Tell) -> dict[str, Any]:
    """Looks for the least resources in a thread of its own: the page can cancel meanwhile."""
    levers = tuple(name for name in MOVED if values.get(f"by_{name}"))
    target = values.get("target", state.indicator)
    planned = set(state.shown.endings["indicator"])
    if target not in planned:
        raise NotShown("Для этого показателя плана на эти месяцы нет", EVERYBODY, "Выберите показатель с планом")
    if not levers:
        raise NotShown("Не выбрано, чем добиваться плана", EVERYBODY, "Отметьте хотя бы один ресурс")
    if values.get("probability", "") not in CHANCES:
        raise NotShown("Такой вероятности страница не знает", EVERYBODY, "Выберите из списка")
    solve = Solve(targets=(target,), levers=levers, probability=CHANCES[values.get("probability", "")])
    shown = replace(state.shown, scenario=replace(state.shown.scenario, solve=solve, allocate=None))
    vars(shown).update(
        {name: value for name, value in vars(state.shown).items() if name not in ("scenario", "least", "allocation")}
    )

    def work(stopped: threading.Event) -> str:
        chances = shown._chances if solve.probability is not None else None
        vars(shown)["least"] = least(
            shown.ground,
            solve,
            shown.settings,
            shown.plans,
            shown.places,
            chances,
            lambda ready, total: tell(progress={"ready": ready, "total": total}),
            stopped.is_set,
        )
        return documents.decisions(shown).data

    return _in_background(state, work, tell)


def ask_split(state: PlanningState, values: dict[str, str], tell: Tell) -> dict[str, Any]:
    """Splits a resource between the municipalities in four ways."""
    resource, total = values.get("resource", ""), values.get("total", "")
    if not state.whole:
        raise NotShown("Делить можно между муниципалитетами всей системы", EVERYBODY, "Выберите систему в целом")
    if resource not in RESOURCES:
        raise NotShown("Такой ресурс не делится", EVERYBODY, "Выберите из списка")
    if not WHOLE.fullmatch(total) or not 1 <= int(total) <= MOST_UNITS:
        raise NotShown(
            f"Сколько делить: «{total[:20]}» не подходит", EVERYBODY, f"Нужно целое число от 1 до {wording.number(MOST_UNITS)}"
        )
    asked = Allocate(resource=resource, total=int(total), indicator=state.indicator)  # type: ignore[arg-type]
    shown = replace(state.shown, scenario=replace(state.shown.scenario, solve=None, allocate=asked))
    vars(shown).update(
        {name: value for name, value in vars(state.shown).items() if name not in ("scenario", "least", "allocation")}
    )

    def work(stopped: threading.Event) -> str:
        vars(shown)["allocation"] = allocate(
            shown.ground, shown.settings, shown.plans, asked.resource, asked.total, asked.indicator
        )
        return documents.decisions(shown).data

    return _in_background(state, work, tell)


def _in_background(state: PlanningState, work: Callable[[threading.Event], str], tell: Tell) -> dict[str, Any]:
    """Works in a thread, tells the page what came of it; a second question stops the first."""
    cancel(state, {}, tell)
    stopped = state.working = threading.Event()

    def run() -> None:
        from nmslib.dashboards.page import card

        try:
            html = str(markup.macros("planning").solved(work(stopped)))
        except Cancelled:
            html = str(markup.macros("planning").solved("<p>Расчёт остановлен.</p>"))
        except Exception as error:
            html = card(error)
        if state.working is stopped:
            state.working, state.answers = None, state.answers | {"solved": html}
            tell(parts={"solved": html})

    threading.Thread(target=run, daemon=True).start()
    return {"parts": {"solved": str(markup.macros("planning").solving())}}


def cancel(state: PlanningState, values: dict[str, str], tell: Tell) -> dict[str, Any]:
    """Stops what is being worked on."""
    if state.working:
        state.working.set()
    return {}
