"""Levers carry their bounds and sources; a scenario file says what it changes or is refused with every reason, nothing is clipped."""

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from nmslib import catalogue, model
from nmslib.catalogue.scenarios.fitting import planned
from nmslib.indicators.asked import asked
from nmslib.model import Change, LeverCard, Spread
from nmslib.paths import Project
from nmslib.problems import DataProblems, UserError
from nmslib.scenarios.results import COUNTED

# The contract with nmslib.scenarios: it asks for these by name.
LEVERS = (
    "methodists methodist_rate route_time_share young_time_share hours_per_route hours_per_accompanied hours_per_young "
    "teachers_per_methodist diagnostic_places online_share outreach programme_seats programme_months programme_every team_places "
    "young_intake mentoring_joining events_a_month turnover hires start_delay delivery budget methodist_cost diagnostic_cost "
    "seat_cost team_cost event_cost"
).split()
TABLE = re.compile(r"(<!-- levers -->\n).*?(<!-- /levers -->)", re.DOTALL)
SHIPPED = sorted(path.stem for path in (Path(__file__).parent.parent / "parameters" / "scenarios").glob("*.yaml"))
LEAST: dict[str, Any] = {
    "title": "Проба",
    "author": "Тест",
    "reason": "Проверяем файл.",
    "system": "amur",
    "as_of": "2024-06-30",
    "until": "2024-12-31",
}
NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture(scope="module")
def levers(project: Project) -> dict[str, LeverCard]:
    return catalogue.load_levers(project)


@pytest.fixture
def workshop(workshop: Project, project: Project) -> Project:
    """The same with the shipped scenarios."""
    shutil.copytree(project.scenarios, workshop.scenarios, dirs_exist_ok=True)
    return workshop


@pytest.fixture
def load(project: Project, levers: dict[str, LeverCard], tmp_path: Path) -> Callable[..., model.Scenario]:
    """Writes a scenario of Amur called «probe» with these keys (None: without it), and others beside it, and loads the first."""
    folder = tmp_path / "scenarios"
    folder.mkdir()

    def make(others: dict[str, dict[str, Any]] | None = None, **keys: Any) -> model.Scenario:
        for name, own in {"probe": keys, **(others or {})}.items():
            whole = {key: value for key, value in {**LEAST, **own}.items() if value is not None}
            (folder / f"{name}.yaml").write_text(yaml.safe_dump(whole, allow_unicode=True, sort_keys=False), "utf-8")
        return catalogue.load_scenario(folder / "probe.yaml", project, levers)

    return make


@pytest.fixture
def faults(load: Callable[..., model.Scenario]) -> Callable[..., list[str]]:
    """What is told of such a scenario, without the name of its file and with plain spaces."""

    def told(others: dict[str, dict[str, Any]] | None = None, **keys: Any) -> list[str]:
        with pytest.raises(DataProblems) as caught:
            load(others, **keys)
        return [str(one).removeprefix("scenarios/probe.yaml, ").replace(NBSP, " ") for one in caught.value.problems]

    return told


# Levers.


def test_levers_are_those_that_the_model_asks_for(levers):
    assert list(levers) == LEVERS


def test_every_default_names_its_act_its_registries_or_says_that_it_is_assumed(levers):
    for card in levers.values():
        if card.from_fact:
            assert "по реестрам" in card.source or "приказ" in card.source, card.id
        else:
            assert card.source.startswith("допущение рабочей тетради: "), card.id
        if card.from_fact and card.default is not None:
            assert "допущение рабочей тетради: " in card.source, card.id
        if card.group == "цена":
            assert "документы не дают" in card.source, card.id


def test_the_ceiling_is_that_of_the_document(levers, amur):
    (target,) = (one for one in amur.targets if one.plans == "staff_per_methodist")
    assert target.clause in levers["teachers_per_methodist"].source
    assert f"не более {target.value:g}" in levers["teachers_per_methodist"].source


def test_words_of_the_rate_are_the_two_variants_of_the_federal_slides(levers, project):
    variants = {one.term: one.clause for one in catalogue.load_system("federal", project).concepts if "вариант" in one.term}
    source = levers["methodist_rate"].source
    assert len(variants) == 2
    assert all(part in source for clause in variants.values() for part in clause.split(", "))
    assert levers["methodist_rate"].named == {"school": 0.5, "centre": 1}


def lever_table(levers: dict[str, LeverCard]) -> str:
    lines = [
        "| рычаг | id | единица | от–до | по умолчанию | разброс | что это; откуда значение |",
        "|---|---|---|---|---|---|---|",
    ]
    for card in levers.values():
        least, most = (f"{one:.10g}".replace(".", ",") for one in (card.low, card.high))
        default = "не ограничивает" if card.default is None else f"{card.default:.10g}".replace(".", ",")
        if card.from_fact:
            default = "реестры" if card.default is None else f"реестры; {default}"
        words = "".join(f"; `{word}` = {value:.10g}".replace(".", ",") for word, value in card.named.items())
        spread = "; ".join(f"{one:.10g}".replace(".", ",") for one in card.spread) if card.spread else "—"
        about = f"{card.about}. Источник: {card.source}"
        lines.append(f"| {card.title} | `{card.id}` | {card.unit} | {least}–{most} | {default}{words} | {spread} | {about} |")
    return "\n".join(lines) + "\n"


def test_the_document_shows_every_lever_as_the_data_have_it(levers, project):
    path = project.root / "docs" / "scenarios.md"
    text = path.read_text("utf-8")
    wanted = TABLE.sub(lambda found: found[1] + lever_table(levers) + found[2], text)
    if os.environ.get("NMS_UPDATE_GOLDEN") == "1":
        path.write_text(wanted, "utf-8")
    assert path.read_text("utf-8") == wanted, "NMS_UPDATE_GOLDEN=1 pytest tests/test_scenario_files.py"


def test_the_document_names_every_key_and_shipped_scenario(project):
    text = (project.root / "docs" / "scenarios.md").read_text("utf-8")
    keys = [key for name in SHIPPED for key in yaml.safe_load((project.scenarios / f"{name}.yaml").read_text("utf-8"))]
    assert all(f"`{name}`" in text for name in [*SHIPPED, *keys])


LEVER_FAULTS = {
    "high_below_low": ({"high": -1, "step": 1}, "рычаг «methodists», ключ «high»: стоит «-1»; нужно больше low (0)"),
    "step_too_long": ({"step": 60}, "ключ «step»: стоит «60»; нужен шаг больше 0 и не больше расстояния от low до high"),
    "default_outside": ({"default": 50.5}, "ключ «default»: стоит «50,5»; нужно от 0 до 50 чел."),
    "word_outside": ({"named": {"many": 99}}, "ключ «named.many»: стоит «99»; нужно от 0 до 50 чел."),
    "spread_reversed": ({"spread": [1.2, 1, 0.7]}, "стоит «1,2; 1; 0,7»; нужны множители по возрастанию"),
    "spread_outside": ({"spread": [0.5, 1, 60]}, "от значения по умолчанию 1 выходит за пределы: нужно от 0 до 50 чел."),
    "no_source": ({"source": " "}, "ключ «source»: пусто; нужен акт с пунктом, реестр или слова «допущение рабочей тетради: …»"),
    "unknown_key": ({"maximum": 5}, "ключ «maximum»: стоит «5»; неизвестный ключ"),
    "not_finite": ({"high": float("inf")}, "числа рычага должны быть конечными"),
}


@pytest.mark.parametrize(("change", "told"), LEVER_FAULTS.values(), ids=list(LEVER_FAULTS))
def test_a_lever_that_contradicts_itself_is_refused(change, told, workshop):
    cards = yaml.safe_load(workshop.levers.read_text("utf-8"))
    cards[0].update(change)
    workshop.levers.write_text(yaml.safe_dump(cards, allow_unicode=True), "utf-8")
    with pytest.raises(DataProblems) as caught:
        catalogue.load_levers(workshop)
    assert any(told in str(one).replace(NBSP, " ") for one in caught.value.problems), caught.value


def test_a_lever_stands_once(workshop):
    cards = yaml.safe_load(workshop.levers.read_text("utf-8"))
    workshop.levers.write_text(yaml.safe_dump([*cards, cards[0]], allow_unicode=True), "utf-8")
    with pytest.raises(DataProblems, match="рычаг 29, ключ «id»: стоит «methodists»; такой рычаг уже есть"):
        catalogue.load_levers(workshop)


# Shipped scenarios.


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_scenario_loads_and_tells_its_story(name, project, levers):
    scenario = catalogue.load_scenario(name, project, levers)
    assert scenario.author == "рабочая тетрадь НМС (пример)"
    assert 2 <= len(re.findall(r"[.?!](?=\s+[А-ЯЁ]|$)", scenario.reason)) <= 4
    assert bool(re.search("допущени", scenario.reason)) or not scenario.targets


def test_shipped_scenarios_are_of_four_systems_and_ask_both_questions(project, levers):
    found = [one for system in catalogue.systems(project) for one in catalogue.scenarios_of(system, project, levers)]
    assert sorted(one.name for one in found) == SHIPPED
    assert {one.system for one in found} == {"amur", "leningrad", "novoshakhtinsk", "seversk"}
    assert [one.name for one in found if one.solve] == ["amur_least_routes"]
    assert [one.name for one in found if one.allocate] == ["amur_seats"]
    assert catalogue.scenarios_of("federal", project, levers) == []


def test_a_scenario_takes_from_its_base_what_it_does_not_say_itself(project, levers):
    school, centre = (catalogue.load_scenario(f"seversk_methodists_{word}", project, levers) for word in ("school", "centre"))
    assert school.applied == ("seversk_methodists_school",)
    assert centre.applied == ("seversk_methodists_school", "seversk_methodists_centre")
    assert centre.overrides == school.overrides | {"methodist_rate": Change(kind="set", value=1)}
    assert (centre.as_of, centre.until, centre.municipality) == (school.as_of, school.until, "seversk")


# What a file means.


def test_every_form_becomes_a_change(load):
    scenario = load(
        overrides={
            "methodists": 3,
            "methodist_rate": "centre",
            "hires": {"add": -2},
            "turnover": {"times": 1.5},
            "delivery": {"triangular": [0.7, 0.9, 1.1]},
            "hours_per_route": {"beta": [2, 5, 4, 20]},
        },
        municipalities={"tynda": {"methodists": {"add": 1}}},
    )
    assert scenario.overrides == {
        "methodists": Change(kind="set", value=3),
        "methodist_rate": Change(kind="set", value=1),
        "hires": Change(kind="add", value=-2),
        "turnover": Change(kind="times", value=1.5),
        "delivery": Change(kind="spread", spread=Spread(kind="triangular", numbers=(0.7, 0.9, 1.1))),
        "hours_per_route": Change(kind="spread", spread=Spread(kind="beta", numbers=(2, 5, 4, 20))),
    }
    assert scenario.changes_in("tynda")["methodists"] == Change(kind="add", value=1)
    assert scenario.changes_in("zeya")["methodists"] == Change(kind="set", value=3)
    beta = scenario.overrides["hours_per_route"].spread
    assert (beta.low, beta.high) == (4, 20)


@pytest.mark.parametrize("name", ["methodists", "delivery", "start_delay", "online_share", "budget"])
def test_both_bounds_of_a_lever_are_allowed(name, load, levers):
    for value in (levers[name].low, levers[name].high):
        assert load(overrides={name: value}).overrides[name].value == value


def test_days_place_seed_and_draws_that_are_not_named_are_filled_in(load, project):
    named = yaml.safe_load(project.parameters("amur", "region").read_text("utf-8"))["as_of"]
    scenario = load(as_of=None, until=None)
    assert (scenario.as_of, scenario.until) == (date.fromisoformat(named), date(2025, 12, 31))
    assert (scenario.municipality, scenario.seed, scenario.draws, scenario.applied) == ("region", 2024, 10_000, ("probe",))
    assert load(system="seversk", as_of=None, until=None).municipality == "seversk"


def test_a_day_may_stand_without_quotes(load):
    assert load(as_of=date(2024, 3, 31)).as_of == date(2024, 3, 31)


def test_a_files_own_word_about_a_lever_ends_every_word_of_its_base_about_it(load):
    base = {
        "overrides": {"methodists": 2, "turnover": 10, "hires": 5},
        "municipalities": {"tynda": {"methodists": 5, "turnover": 20}, "zeya": {"hires": 9}},
        "targets": {"young_supported_share": 40, "management_teams_share": 10},
        "seed": 7,
        "draws": 500,
        "until": "2025-03-31",
        "allocate": {"resource": "programme_seats", "total": 60, "indicator": "young_supported_share"},
    }
    scenario = load(
        {"base": base},
        base="base",
        until=None,
        overrides={"methodists": {"add": 1}},
        municipalities={"zeya": {"turnover": 30}},
        targets={"young_supported_share": 50},
    )
    assert scenario.overrides == {
        "methodists": Change(kind="add", value=1),
        "turnover": Change(kind="set", value=10),
        "hires": Change(kind="set", value=5),
    }
    assert scenario.municipalities == {
        "tynda": {"turnover": Change(kind="set", value=20)},
        "zeya": {"hires": Change(kind="set", value=9), "turnover": Change(kind="set", value=30)},
    }
    assert scenario.targets == {"young_supported_share": 50, "management_teams_share": 10}
    assert (scenario.seed, scenario.draws, scenario.until) == (7, 500, date(2025, 3, 31))
    assert scenario.allocate is None


def test_a_scenario_about_one_place_leaves_what_its_base_says_of_others(load):
    base = {"municipalities": {"tynda": {"methodists": 5}, "zeya": {"methodists": 1}}}
    scenario = load({"base": base}, base="base", municipality="tynda")
    assert scenario.municipalities == {"tynda": {"methodists": Change(kind="set", value=5)}}


def test_a_file_anywhere_may_stand_on_a_file_beside_it_or_in_the_folder(workshop, levers, tmp_path):
    folder = tmp_path / "чужие"
    folder.mkdir()
    for name, base in (("мой", "сосед"), ("сосед", "amur_seats")):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(LEAST | {"base": base}, allow_unicode=True), "utf-8")
    scenario = catalogue.load_scenario(folder / "мой.yaml", workshop, levers)
    assert scenario.applied == ("amur_seats", "сосед", "мой")
    assert catalogue.load_scenario(str(folder / "мой.yaml"), workshop, levers) == scenario


# What is refused.


def test_an_unknown_scenario_names_the_known_with_the_nearest_first(workshop, levers):
    with pytest.raises(
        UserError, match="Нет сценария «amur_seat» в parameters/scenarios; есть, ближайшие первыми: amur_seats, "
    ) as caught:
        catalogue.load_scenario("amur_seat", workshop, levers)
    assert all(name in str(caught.value) for name in SHIPPED)
    with pytest.raises(UserError, match=r"Нет файла сценария нет/такого\.yaml"):
        catalogue.load_scenario("нет/такого.yaml", workshop, levers)


UNKNOWN = {
    "key": ({"overides": {}}, "ключ «overides»: такого ключа нет; есть, ближайшие первыми: overrides, ", ["municipalities", "solve"]),
    "lever": ({"overrides": {"metodists": 2}}, "ключ «overrides.metodists»: такого рычага нет; есть, ближайшие первыми: methodists (Методисты), ", LEVERS),
    "lever_by_its_title": ({"overrides": {"Увольнения": 2}}, "такого рычага нет; есть, ближайшие первыми: turnover (Увольнения), ", LEVERS),
    "lever_of_a_place": ({"municipalities": {"tynda": {"bujet": 2}}}, "ключ «municipalities.tynda.bujet»: такого рычага нет; есть, ближайшие первыми: budget (Бюджет), ", LEVERS),
    "form": ({"overrides": {"hires": {"time": 2}}}, "стоит «time»; такой формы нет; есть, ближайшие первыми: times, ", ["add", "triangular", "beta"]),
    "system": ({"system": "amurr"}, "ключ «system»: стоит «amurr»; такой системы с муниципалитетами нет; есть, ближайшие первыми: amur, ", ["seversk", "leningrad", "novoshakhtinsk"]),
    "system_without_places": ({"system": "federal"}, "ключ «system»: стоит «federal»; такой системы с муниципалитетами нет", ["amur"]),
    "place": ({"municipality": "tinda"}, "ключ «municipality»: стоит «tinda»; такого места в системе нет; есть, ближайшие первыми: tynda (г. Тында), ", ["region", "zeya"]),
    "place_with_changes": ({"municipalities": {"Тында": {"hires": 2}}}, "ключ «municipalities.Тында»: такого муниципалитета в системе нет; есть, ближайшие первыми: tynda (г. Тында), ", ["zeya"]),
    "region_among_places": ({"municipalities": {"region": {"hires": 2}}}, "ключ «municipalities.region»: такого муниципалитета в системе нет", ["zeya"]),
    "indicator": ({"targets": {"routed": 10}}, "ключ «targets»: стоит «routed»; такого показателя нет; есть, ближайшие первыми: routed_share (ИОМ), ", ["events_count"]),
    "indicator_not_modelled": ({"targets": {"network_programmes_count": 3}}, "модель его не считает, цифры нет; есть", ["routed_share"]),
    "indicator_not_asked": ({"system": "seversk", "targets": {"events_count": 3}}, "документ системы его не требует, цифры нет; есть", ["routed_share"]),
    "base": ({"base": "amur_seat"}, "ключ «base»: стоит «amur_seat»; такого сценария нет; есть, ближайшие первыми: amur_seats, ", ["fact", *SHIPPED]),
    "key_of_solve": ({"solve": {"targets": ["routed_share"], "levers": ["methodists"], "bye": "2024-12-31"}}, "ключ «solve.bye»: такого ключа нет; есть, ближайшие первыми: by, ", ["minimise"]),
    "lever_of_solve": ({"solve": {"targets": ["routed_share"], "levers": ["methodist"]}}, "ключ «solve.levers»: стоит «methodist»; такого рычага нет; есть, ближайшие первыми: methodist", LEVERS),
    "limit_of_solve": ({"solve": {"targets": ["routed_share"], "levers": ["methodists"], "limits": {"seats": 5}}}, "ключ «solve.limits»: стоит «seats»; такого рычага нет; есть, ближайшие первыми: programme_seats", LEVERS),
    "indicator_of_allocate": ({"allocate": {"resource": "methodists", "total": 5, "indicator": "routes"}}, "ключ «allocate.indicator»: стоит «routes»; такого показателя нет", ["routed_share"]),
}  # fmt: skip


@pytest.mark.parametrize(("keys", "told", "listed"), UNKNOWN.values(), ids=list(UNKNOWN))
def test_an_unknown_name_lists_the_known_with_the_nearest_first(keys, told, listed, faults):
    (fault,) = (one for one in faults(**keys) if told in one)
    assert all(name in fault for name in listed)


HOURS = "рычаги «hours_per_accompanied» (Часы на сопровождаемого) и «hours_per_route» (Часы на ИОМ)"
SHARES = "рычаги «route_time_share» (Время методиста на ИОМ) и «young_time_share» (Время методиста на молодых)"
TOO_MUCH = "доли времени вместе не могут быть больше 1"
TOO_LONG = "сопровождение одного человека в месяц не может занимать больше часов, чем разработка ИОМ"
REFUSED = {
    "above": ({"overrides": {"methodists": 51}}, "ключ «overrides.methodists» (Методисты): стоит «51»; нужно от 0 до 50 чел."),
    "below": ({"overrides": {"methodist_rate": 0.05}}, "ключ «overrides.methodist_rate» (Ставка методиста): стоит «0,05»; нужно от 0,1 до 1 ставки"),
    "above_in_a_place": ({"municipalities": {"tynda": {"budget": 1000001}}}, "ключ «municipalities.tynda.budget» (Бюджет): стоит «1 000 001»; нужно от 0 до 1 000 000 тыс. руб./год"),
    "part_of_a_person": ({"overrides": {"methodists": 1.5}}, "ключ «overrides.methodists» (Методисты): стоит «1,5»; нужно целое число от 0 до 50 чел."),
    "nothing": ({"overrides": {"hires": None}}, "ключ «overrides.hires» (Приём на работу): пусто; нужно число с десятичной точкой от 0 до 2 000 чел./год или одно из: add, times, triangular, beta"),
    "yes": ({"overrides": {"hires": True}}, "ключ «overrides.hires» (Приём на работу): стоит «yes»; нужно число с десятичной точкой от 0 до 2 000 чел./год или одно из: add, times, triangular, beta"),
    "not_a_number": ({"overrides": {"hires": float("nan")}}, "ключ «overrides.hires» (Приём на работу): стоит «nan»; нужно число с десятичной точкой от 0 до 2 000 чел./год или одно из: add, times, triangular, beta"),
    "decimal_comma": ({"overrides": {"delivery": "0,9"}}, "ключ «overrides.delivery» (Исполнение плана мест): стоит «0,9»; нужно число с десятичной точкой от 0 до 1,2 или одно из: add, times, triangular, beta"),
    "another_word": ({"overrides": {"methodist_rate": "part"}}, "ключ «overrides.methodist_rate» (Ставка методиста): стоит «part»; нужно число с десятичной точкой от 0,1 до 1 ставки, слово school (0,5), centre (1) или одно из: add, times, triangular, beta"),
    "two_forms": ({"overrides": {"hires": {"add": 1, "times": 2}}}, "ключ «overrides.hires» (Приём на работу): стоит «add, times»; нужно одно из: add, times, triangular, beta"),
    "negative_factor": ({"overrides": {"hires": {"times": -1}}}, "ключ «overrides.hires» (Приём на работу): стоит «times: -1»; нужен множитель не меньше 0"),
    "addition_too_large": ({"overrides": {"methodists": {"add": -51}}}, "ключ «overrides.methodists» (Методисты): стоит «add: -51»; с такой прибавкой рычаг не уложится в пределы: нужно от 0 до 50 чел."),
    "addition_of_a_part": ({"overrides": {"methodists": {"add": 0.5}}}, "ключ «overrides.methodists» (Методисты): стоит «add: 0,5»; нужна целая прибавка"),
    "addition_to_a_known_default": ({"overrides": {"delivery": {"add": 0.25}}}, "ключ «overrides.delivery» (Исполнение плана мест): стоит «add: 0,25»; от значения по умолчанию 1 выходит 1,25; нужно от 0 до 1,2"),
    "addition_to_nothing": ({"overrides": {"budget": {"add": 5}}}, "ключ «overrides.budget» (Бюджет): стоит «add: 5»; менять нечего: без изменений рычаг ничего не ограничивает; нужно число от 0 до 1 000 000 тыс. руб./год"),
    "addition_of_a_spread": ({"overrides": {"hires": {"add": {"triangular": [1, 2, 3]}}}}, "ключ «overrides.hires» (Приём на работу): стоит «add: triangular: 1; 2; 3»; нужно число с десятичной точкой"),
    "reversed": ({"overrides": {"delivery": {"triangular": [1.1, 0.9, 0.7]}}}, "ключ «overrides.delivery» (Исполнение плана мест): стоит «triangular: 1,1; 0,9; 0,7»; границы стоят не по порядку; нужно [low, mode, high] по возрастанию"),
    "mode_outside": ({"overrides": {"delivery": {"triangular": [0.5, 0.4, 0.7]}}}, "ключ «overrides.delivery» (Исполнение плана мест): стоит «triangular: 0,5; 0,4; 0,7»; границы стоят не по порядку; нужно [low, mode, high] по возрастанию"),
    "no_width": ({"overrides": {"delivery": {"triangular": [1, 1, 1]}}}, "ключ «overrides.delivery» (Исполнение плана мест): стоит «triangular: 1; 1; 1»; границы совпадают: это не распределение; нужно одно число 1"),
    "spread_outside": ({"overrides": {"delivery": {"triangular": [0.7, 1, 1.3]}}}, "ключ «overrides.delivery» (Исполнение плана мест): стоит «triangular: 0,7; 1; 1,3»; границы выходят за пределы рычага; нужно от 0 до 1,2"),
    "two_of_three": ({"overrides": {"delivery": {"triangular": [0.7, 1]}}}, "ключ «overrides.delivery» (Исполнение плана мест): стоит «triangular: 0,7; 1»; нужен список из 3 чисел: [low, mode, high]"),
    "beta_without_shape": ({"overrides": {"delivery": {"beta": [0, 1, 0.5, 1]}}}, "ключ «overrides.delivery» (Исполнение плана мест): стоит «beta: 0; 1; 0,5; 1»; нужны a и b больше 0"),
    "beta_reversed": ({"overrides": {"delivery": {"beta": [1, 1, 1, 0.5]}}}, "ключ «overrides.delivery» (Исполнение плана мест): стоит «beta: 1; 1; 1; 0,5»; границы стоят не по порядку; нужно [a, b, low, high] по возрастанию"),
    "calendar_uncertain": ({"overrides": {"programme_months": {"triangular": [1, 2, 3]}}}, "ключ «overrides.programme_months» (Длительность программы): стоит «triangular: 1; 2; 3»; календарь программ один на всю систему: нужно целое число, не распределение"),
    "calendar_of_a_place": ({"municipalities": {"tynda": {"programme_every": 3}}}, "ключ «municipalities.tynda.programme_every»: календарь программ один на всю систему: перенесите в overrides"),
    "other_place": ({"municipality": "zeya", "municipalities": {"tynda": {"hires": 3}}}, "ключ «municipalities.tynda»: сценарий только о «zeya»: изменения другого места ни на что не повлияют"),
    "shares": ({"overrides": {"route_time_share": 0.85}}, f"{SHARES}: стоит «0,85 + 0,2 = 1,05»; {TOO_MUCH}"),
    "shares_at_their_highest": ({"overrides": {"young_time_share": {"triangular": [0.1, 0.2, 0.5]}}}, f"{SHARES}: стоит «0,6 + 0,5 = 1,1»; {TOO_MUCH}"),
    "shares_of_a_place": ({"overrides": {"route_time_share": 0.7}, "municipalities": {"tynda": {"young_time_share": {"add": 0.2}}}}, f"{SHARES}, муниципалитет «tynda»: стоит «0,7 + 0,4 = 1,1»; {TOO_MUCH}"),
    "accompaniment": ({"overrides": {"hours_per_accompanied": 3, "hours_per_route": 2}}, f"{HOURS}: стоит «3 и 2»; {TOO_LONG}"),
    "accompaniment_at_its_worst": ({"overrides": {"hours_per_accompanied": {"times": 6}, "hours_per_route": {"triangular": [2, 8, 9]}}}, f"{HOURS}: стоит «3 и 2»; {TOO_LONG}"),
    "few_draws": ({"draws": 99}, "ключ «draws»: стоит «99»; нужно целое число от 100 до 100 000"),
    "many_draws": ({"draws": 100001}, "ключ «draws»: стоит «100 001»; нужно целое число от 100 до 100 000"),
    "negative_seed": ({"seed": -1}, "ключ «seed»: стоит «-1»; нужно целое число от 0 до 4 294 967 295"),
    "seed_as_text": ({"seed": "7"}, "ключ «seed»: стоит «7»; нужно целое число"),
    "until_before": ({"until": "2024-05-31"}, "ключ «until»: стоит «31.05.2024»; нужен день позже отчётной даты 30.06.2024 (as_of)"),
    "until_the_same": ({"until": "2024-06-30"}, "ключ «until»: стоит «30.06.2024»; нужен день позже отчётной даты 30.06.2024 (as_of)"),
    "until_within": ({"until": "2024-12-30"}, "ключ «until»: стоит «30.12.2024»; нужен последний день месяца: 31.12.2024"),
    "too_long": ({"until": "2026-07-31"}, "ключ «until»: стоит «31.07.2026»; от отчётной даты 30.06.2024 можно считать не дальше 24 месяцев"),
    "day_the_other_way": ({"until": "31.12.2024"}, "ключ «until»: стоит «31.12.2024»; нужна дата ГГГГ-ММ-ДД"),
    "blank_reason": ({"reason": " "}, "ключ «reason»: пусто; нужно заполнить"),
    "no_reason": ({"reason": None}, "ключ «reason»: нет обязательного ключа"),
    "percent": ({"targets": {"young_supported_share": 101}}, "ключ «targets.young_supported_share»: стоит «101»; нужен процент больше 0 и не больше 100"),
    "target_as_text": ({"targets": {"young_supported_share": "10 %"}}, "ключ «targets.young_supported_share»: стоит «10 %»; нужен процент больше 0 и не больше 100"),
    "target_against_the_document": ({"targets": {"routed_share": 15}}, "ключ «targets.routed_share»: стоит «15»; в документе на 31.12.2024 уже есть плановое значение 10 % (Комплекс мер, п. 2.3.3)"),
    "own_name": ({"base": "probe"}, "ключ «base»: стоит «probe»; сценарии опираются друг на друга по кругу: probe → probe"),
}  # fmt: skip


@pytest.mark.parametrize(("keys", "told"), REFUSED.values(), ids=list(REFUSED))
def test_what_does_not_fit_is_told_with_what_is_needed(keys, told, faults):
    assert faults(**keys) == [told]


SOLVE: dict[str, Any] = {"targets": ["routed_share"], "levers": ["methodists"]}
SHARE: dict[str, Any] = {"resource": "methodists", "total": 40, "indicator": "routed_share"}
QUESTIONS = {
    "no_targets": ({"solve": SOLVE | {"targets": []}}, "ключ «solve.targets»: нужен хотя бы один"),
    "no_levers": ({"solve": SOLVE | {"levers": []}}, "ключ «solve.levers»: нужен хотя бы один"),
    "limit_outside": ({"solve": SOLVE | {"limits": {"methodists": 60}}}, "ключ «solve.limits.methodists» (Методисты): стоит «60»; нужно от 0 до 50 чел."),
    "limit_of_another_lever": ({"solve": SOLVE | {"limits": {"hires": 6}}}, "ключ «solve.limits.hires»: стоит «6»; этого рычага нет в solve.levers"),
    "least_of_another_lever": ({"solve": SOLVE | {"minimise": "programme_seats"}}, "ключ «solve.minimise»: стоит «programme_seats»; этого рычага нет в solve.levers"),
    "least_of_nothing": ({"solve": SOLVE | {"minimise": "people"}}, "ключ «solve.minimise»: стоит «people»; нужно одно из: cost, methodists, diagnostic_places, programme_seats, months"),
    "certainty": ({"solve": SOLVE | {"probability": 1}}, "ключ «solve.probability»: стоит «1»; нужно число больше 0 и меньше 1, например 0.8"),
    "by_after_the_end": ({"solve": SOLVE | {"by": "2025-01-31"}}, "ключ «solve.by»: стоит «31.01.2025»; нужен день после 30.06.2024 и не позже 31.12.2024"),
    "no_plan": ({"solve": SOLVE | {"targets": ["diagnosed_share"]}}, "ключ «solve.targets»: стоит «diagnosed_share»; на 31.12.2024 в документе нет планового значения; добавьте допущение в targets: {diagnosed_share: …}"),
    "plan_is_over": ({"until": "2025-12-31", "solve": SOLVE}, "ключ «solve.targets»: стоит «routed_share»; на 31.12.2025 в документе нет планового значения; добавьте допущение в targets: {routed_share: …}"),
    "nothing_to_split": ({"allocate": SHARE | {"total": 0}}, "ключ «allocate.total»: стоит «0»; нужно целое число от 1 до 1 450 чел. (Методисты)"),
    "split_in_one_place": ({"municipality": "tynda", "allocate": SHARE}, "ключ «allocate»: делить можно только между муниципалитетами региона: нужно municipality: region"),
    "split_and_fixed": ({"overrides": {"methodists": 2}, "allocate": SHARE}, "ключ «allocate.resource»: стоит «methodists»; рычаг задан и в overrides или municipalities, а его делит allocate: уберите одно (Методисты)"),
    "split_without_plan": ({"allocate": SHARE | {"indicator": "diagnosed_share"}}, "ключ «allocate.indicator»: стоит «diagnosed_share»; на 31.12.2024 в документе нет планового значения; добавьте допущение в targets: {diagnosed_share: …}"),
}  # fmt: skip


@pytest.mark.parametrize(("keys", "told"), QUESTIONS.values(), ids=list(QUESTIONS))
def test_a_question_that_cannot_be_answered_is_refused(keys, told, faults):
    assert faults(**keys) == [told]


def test_an_assumed_plan_stands_where_the_document_has_none(load):
    scenario = load(solve=SOLVE | {"targets": ["diagnosed_share"]}, targets={"diagnosed_share": 12})
    assert scenario.targets == {"diagnosed_share": 12}
    after = load(until="2025-12-31", targets={"routed_share": 15}, solve=SOLVE)
    assert after.targets == {"routed_share": 15}


@pytest.mark.parametrize(("day", "value"), [(date(2024, 8, 31), 30), (date(2024, 9, 1), None)])
def test_a_school_years_plan_holds_until_august(day, value, load, amur, cards):
    plan = planned("trained_low_results_share", load(), amur, cards, day)
    assert (plan.value if plan else None) == value


def test_plans_are_those_that_the_figures_know(load, amur, cards):
    for day in (date(2023, 5, 11), date(2023, 5, 12), date(2023, 12, 31), date(2024, 12, 31), date(2025, 1, 1)):
        known = {one.card.id: one.target("region") for one in asked(amur, cards, day)}
        assert {name: planned(name, load(), amur, cards, day) for name in known} == known, day


def test_a_places_own_plan_and_the_later_one_go_before_the_systems(load, amur, cards):
    (whole,) = (one for one in amur.targets if one.plans == "routed_share")
    later = replace(whole, value=12, in_force=date(2024, 9, 1))
    own = replace(whole, value=8, municipality="tynda")
    system, day = replace(amur, targets=(*amur.targets, later, own)), date(2024, 12, 31)
    assert planned("routed_share", load(), system, cards, day) == later
    assert planned("routed_share", load(), system, cards, date(2024, 8, 31)) == whole
    assert planned("routed_share", load(municipality="tynda"), system, cards, day) == own


def test_indicators_that_a_file_may_name_are_those_that_the_model_works_out():
    assert set(model.MODELLED) == set(COUNTED)


@pytest.mark.parametrize(
    ("as_of", "until"), [("2024-06-30", "2026-06-30"), ("2024-06-15", "2026-05-31"), ("2024-01-31", "2026-01-31")]
)
def test_twenty_four_months_are_allowed(as_of, until, load):
    assert load(as_of=as_of, until=until).until == date.fromisoformat(until)


def test_a_begun_month_counts_as_one(faults):
    assert "не дальше 24 месяцев" in faults(as_of="2024-06-15", until="2026-06-30")[0]


def test_everything_wrong_is_told_at_once(faults):
    told = faults(overrides={"methodists": 60, "seats": 1}, draws=5, targets={"routed": 1}, until="2024-12-30", colour="red")
    assert [one.split(":")[0] for one in told] == [
        "ключ «colour»",
        "ключ «draws»",
        "ключ «overrides.methodists» (Методисты)",
        "ключ «overrides.seats»",
        "ключ «until»",
        "ключ «targets»",
    ]


def test_levers_are_judged_even_where_another_key_cannot_be_read(faults):
    told = faults(overrides={"methodists": 60}, until="декабрь")
    assert [one.split(":")[0] for one in told] == ["ключ «until»", "ключ «overrides.methodists» (Методисты)"]


def test_the_same_key_twice_is_a_contradiction_with_both_rows(workshop, levers):
    path = workshop.scenarios / "amur_seats.yaml"
    rows = path.read_text("utf-8").rstrip().splitlines()
    path.write_text("\n".join([*rows, "overrides:", "  hires: 5", "  turnover: 3", "  hires: 6", ""]), "utf-8")
    with pytest.raises(DataProblems) as caught:
        catalogue.load_scenario("amur_seats", workshop, levers)
    told = f"строка {len(rows) + 4}: стоит «hires»; этот ключ уже стоит в строке {len(rows) + 2}; оставьте один"
    assert str(caught.value.problems[0]) == f"scenarios/amur_seats.yaml, {told}"


@pytest.mark.parametrize("text", ["", "- title", "просто слова"])
def test_a_file_without_keys_is_refused(text, workshop, levers):
    (workshop.scenarios / "probe.yaml").write_text(text, "utf-8")
    with pytest.raises(DataProblems, match=r"scenarios/probe\.yaml: нужны строки «ключ: значение»"):
        catalogue.load_scenario("probe", workshop, levers)


def test_a_file_that_is_no_yaml_names_the_row(workshop, levers):
    (workshop.scenarios / "probe.yaml").write_text("title: [раз\nauthor: два", "utf-8")
    with pytest.raises(DataProblems, match=r"scenarios/probe.yaml, строка 2, столбец \d+: файл не читается как YAML"):
        catalogue.load_scenario("probe", workshop, levers)


def test_bases_in_a_circle_are_told_in_the_order_of_their_names(faults):
    (fault,) = faults({"one": {"base": "two"}, "two": {"base": "probe"}}, base="one")
    assert (
        fault
        == "scenarios/two.yaml, ключ «base»: стоит «probe»; сценарии опираются друг на друга по кругу: probe → one → two → probe"
    )


def test_faults_of_a_base_name_its_own_file(faults):
    (fault,) = faults({"under": {"overrides": {"methodists": 60}}}, base="under", draws=3)
    assert fault.startswith("scenarios/under.yaml, ключ «overrides.methodists» (Методисты): ")
    (fault,) = faults({"under": {"until": "2024-12-30"}}, base="under")
    assert fault.startswith("scenarios/under.yaml, ключ «until»: ")


def test_two_files_may_contradict_each_other_and_the_upper_one_is_named(faults):
    (fault,) = faults({"under": {"overrides": {"route_time_share": 0.7}}}, base="under", overrides={"young_time_share": 0.4})
    assert fault == f"{SHARES}: стоит «0,7 + 0,4 = 1,1»; {TOO_MUCH}"


def test_a_base_is_of_the_same_system(faults):
    (fault,) = faults(base="leningrad_online")
    assert fault == "ключ «base»: стоит «leningrad_online»; базовый сценарий — о другой системе: leningrad"


def test_no_scenario_is_called_fact(workshop, levers):
    (workshop.scenarios / "fact.yaml").write_text(yaml.safe_dump(LEAST, allow_unicode=True), "utf-8")
    with pytest.raises(DataProblems, match=r"scenarios/fact\.yaml: имя «fact» занято"):
        catalogue.load_scenario("fact", workshop, levers)


def test_a_place_without_a_report_day_needs_a_day_of_its_own(workshop, levers):
    workshop.parameters("seversk", "seversk").write_text("system: seversk", "utf-8")
    path = workshop.scenarios / "seversk_methodists_school.yaml"
    path.write_text(re.sub("as_of: .*", "", path.read_text("utf-8")), "utf-8")
    with pytest.raises(DataProblems) as caught:
        catalogue.load_scenario(path.stem, workshop, levers)
    (fault,) = caught.value.problems
    told = "не указан, и в parameters/seversk/seversk.yaml отчётной даты нет; нужна дата ГГГГ-ММ-ДД"
    assert str(fault) == f"scenarios/{path.name}, ключ «as_of»: {told}"


def test_a_broken_scenario_of_one_system_does_not_stop_those_of_another(workshop, levers):
    path = workshop.scenarios / "amur_seats.yaml"
    path.write_text(path.read_text("utf-8").replace("total: 60", "total: 0"), "utf-8")
    assert [one.name for one in catalogue.scenarios_of("leningrad", workshop, levers)] == ["leningrad_online"]
    with pytest.raises(DataProblems, match=r"allocate\.total"):
        catalogue.scenarios_of("amur", workshop, levers)


def test_problems_survive_a_process_pool(faults, load):
    import pickle

    with pytest.raises(DataProblems) as caught:
        load(overrides={"methodists": 60})
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
