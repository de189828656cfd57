"""Charts state the finding, carry text besides colour, and render with no network."""

import html
import itertools
import json
import re
from datetime import date

import altair as alt
import pandas as pd
import pytest

from nmslib import catalogue, charts, drawing, indicators, registries, roadmap
from nmslib.charts import labels, offline
from nmslib.charts.gantt import urgent
from nmslib.charts.load import weekly
from nmslib.model import MeasureState, State

DAY = date(2023, 12, 1)
NBSP = "\N{NO-BREAK SPACE}"
STATES = {state.id: state for state in State}
LIMITS = ["lower_95", "upper_95", "lower_998", "upper_998", "pooled"]
NUMBERS = ["value", "lower", "upper", "expected_now", "target", "numerator", "denominator", "people_missing"]


@pytest.fixture
def figures(seversk, cards, schema, received, demo_frames):
    """Figures of the synthetic registries of Seversk, as if diagnostics had not been sent."""
    known = received(**{name: [] for name in demo_frames if name != "diagnostics"})
    rows = {name: frame.assign(excel_row=range(2, len(frame) + 2)) for name, frame in demo_frames.items()}
    known.frames.update({name: registries.lazy(frame, schema.sheet(name), "demo") for name, frame in rows.items()})
    return indicators.figures(seversk, cards, known, ["demo"], DAY)


@pytest.fixture
def measures(seversk, demo_frames, working_days):
    return roadmap.current(
        roadmap.states(roadmap.schedule(seversk, working_days), demo_frames["execution"], "demo", DAY, working_days), DAY
    )


@pytest.fixture(scope="module")
def names(project):
    """The region of 29 municipalities and the region itself."""
    rows = pd.read_csv(project.municipalities, dtype=str)
    return {"region": "Амурская область"} | dict(rows.loc[rows["system"] == "amur", ["municipality", "name"]].to_numpy())


def state_row(municipality, indicator, status, missing=None, target=10.0):
    plan = None if status == "no_plan" else target
    return {"municipality": municipality, "indicator": indicator, "status": status, "people_missing": missing, "target": plan}


def heat_rows(*rows):
    return pd.DataFrame(rows).astype({"people_missing": "Int64", "target": "float64", "status": "string"})


@pytest.fixture
def region_figures(names):
    """Tynda lacks most, Zeya sent nothing, the others have reached everything; nobody has a plan for young teachers."""
    rows = []
    for municipality in names:
        status, missing = {"tynda": ("recoverable", 1204), "zeya": ("not_computable", None)}.get(municipality, ("reached", 0))
        rows += [
            state_row(municipality, "diagnosed_share", status, missing),
            state_row(municipality, "young_supported_share", "no_plan"),
        ]
    return heat_rows(*rows, state_row("tynda", "routed_share", "unreachable", 41))


def share_points(**verdicts):
    """Municipalities with a base of 40, 80, 120, ... people: name → verdict, None when its value is unknown."""
    rows = [
        {
            "municipality": name,
            "name": name,
            "denominator": 40 * number,
            "value": None if verdict is None else 12.0,
            "verdict": verdict,
        }
        for number, (name, verdict) in enumerate(verdicts.items(), 1)
    ]
    return pd.DataFrame(rows, columns=["municipality", "name", "denominator", "value", "verdict"])


@pytest.fixture
def points(names):
    verdicts = dict.fromkeys(list(names.values())[1:], "within")
    return share_points(**verdicts | {"г. Тында": "lower", "Зейский": "lower", "пгт Прогресс": "higher", "г. Зея": None})


@pytest.fixture
def limits():
    n = pd.Series([20.0, 100.0, 1000.0, 1300.0])
    bounds = {
        "lower_95": 12 - 60 / n**0.5,
        "upper_95": 12 + 60 / n**0.5,
        "lower_998": 12 - 100 / n**0.5,
        "upper_998": 12 + 100 / n**0.5,
    }
    return pd.DataFrame({"n": n} | bounds | {"pooled": 12.0})


@pytest.fixture
def places(names):
    """29 places; the first and the last two can be told apart from the middle, the fifteenth."""
    rows = [
        {
            "name": name,
            "rank": rank,
            "rank_low": max(1, rank - 13),
            "rank_high": min(29, rank + 13),
            "value": 30.0 - rank,
            "denominator": 1186,
        }
        for rank, name in enumerate(list(names.values())[1:], 1)
    ]
    return pd.DataFrame(rows)


def dated(indicator, day, value, status, variant="", target=10.0, unit="percent"):
    bounds = {
        "lower": None if value is None else value - 1,
        "upper": None if value is None else value + 1,
        "expected_now": target and target / 2,
    }
    moment = {"indicator": indicator, "as_of": pd.Timestamp(day), "period": day[:4], "variant": variant, "unit": unit}
    return moment | bounds | {"value": value, "target": target, "status": status}


@pytest.fixture
def series():
    """Two years of diagnostics; routes with a change of the definition and a date without data."""
    return pd.DataFrame(
        [
            dated("diagnosed_share", "2023-06-01", 4.0, "recoverable"),
            dated("diagnosed_share", "2023-12-01", 10.4, "reached"),
            dated("diagnosed_share", "2024-03-01", 2.0, "recoverable"),
            dated("diagnosed_share", "2024-06-01", 6.0, "on_pace"),
            dated("routed_share", "2023-06-01", 3.0, "recoverable"),
            dated("routed_share", "2023-09-01", None, "not_computable"),
            dated("routed_share", "2023-12-01", 9.0, "unreachable"),
            dated("routed_share", "2024-03-01", 3.1, "on_pace", "прежнее определение"),
            dated("routed_share", "2024-03-01", 2.2, "recoverable"),
            dated("routed_share", "2024-06-01", 2.5, "unreachable"),
        ]
    )


def figure(indicator, value, status, target=None, comparator=None, unit="count", numerator=None, denominator=None, missing=None):
    parts = {"numerator": numerator if numerator is not None else value, "denominator": denominator, "people_missing": missing}
    about = {"indicator": indicator, "status": status, "unit": unit, "comparator": comparator}
    return (
        about | parts | {"value": value, "target": target, "lower": None, "upper": None, "expected_now": target and target * 0.9}
    )


def figure_rows(*rows):
    return pd.DataFrame(rows).astype(dict.fromkeys(NUMBERS, "float64")).astype({"people_missing": "Int64"})


@pytest.fixture
def mixed():
    return figure_rows(
        figure("diagnosed_share", 12.4, "reached", 10.0, ">=", "percent", 147, 1186, 0),
        figure("methodists_count", 12.0, "no_plan"),
        figure("staff_per_methodist", 180.0, "reached", 250.0, "<=", "count", 9000, 50, 0),
        figure("events_count", 7.0, "recoverable", 20.0, ">=", missing=13),
        figure("network_programmes_count", 30.0, "reached", 3.0, ">=", missing=0),
        figure("register_listed_share", None, "not_computable", 50.0, ">=", "percent"),
    )


INVENTED = {
    "heat": lambda given, cards: charts.heat(given("region_figures"), given("names"), cards),
    "funnel": lambda given, cards: charts.funnel(given("points"), given("limits"), cards["diagnosed_share"], "Амурская область"),
    "ranks": lambda given, cards: charts.ranks(given("places"), cards["diagnosed_share"]),
    "trend": lambda given, cards: charts.trend(given("series"), cards),
    "mixed": lambda given, cards: charts.bullets(given("mixed"), cards),
    "bullets": lambda given, cards: charts.bullets(given("figures"), cards),
    "gantt": lambda given, _cards: charts.gantt(given("measures"), DAY),
}


@pytest.fixture(params=INVENTED)
def chart(request, cards):
    return INVENTED[request.param](request.getfixturevalue, cards)


def rows_with(chart, *columns):
    """The data of a chart that have these columns, as written into its specification."""
    found = [rows for rows in chart.to_dict()["datasets"].values() if rows and set(columns) <= set(rows[0])]
    return list(itertools.chain.from_iterable(found))


def title_of(chart):
    text = chart.to_dict()["title"]["text"]
    return " ".join(text) if isinstance(text, list) else text


def test_title_states_the_finding(figures, measures, cards):
    assert title_of(charts.bullets(figures, cards)).startswith("Достигнуто 2 из 5")
    assert (
        charts.gantt(measures, DAY).to_dict()["title"]["text"]
        == "Просрочено: 1\N{NO-BREAK SPACE}мера; срок в ближайшие 30 дней: 3\N{NO-BREAK SPACE}меры"
    )


def test_state_is_told_by_word_and_shape_besides_colour(figures, cards):
    for row, status in zip(rows_with(charts.bullets(figures, cards), "label"), figures["status"], strict=True):
        assert STATES[status].word in row["label"]
        assert row["mark"] == offline.MARKS[STATES[status].shape]


def test_indicator_not_computed_has_no_bar_and_says_so(figures, cards):
    rows = {row["name"]: row for row in rows_with(charts.bullets(figures, cards), "label")}
    assert rows["Диагностика"]["value"] is None
    assert rows["Диагностика"]["label"] == "нет данных"


def test_every_shape_of_a_state_can_be_drawn():
    assert {state.shape for state in (*State, *MeasureState)} <= set(offline.MARKS)


def test_chart_is_drawn_by_vega_lite_5_without_a_warning(chart, capfd):
    drawn = offline.svg(chart.to_dict())
    assert drawn.startswith("<svg")
    assert "WARN" not in capfd.readouterr().err


def test_bundle_serves_notebooks_and_pages_and_names_no_outside_data(chart):
    bundle, _ = chart._repr_mimebundle_() if isinstance(chart._repr_mimebundle_(), tuple) else (chart._repr_mimebundle_(), None)
    assert set(bundle) == {offline.MIME, "image/svg+xml", "text/plain"}
    assert bundle[offline.MIME]["$schema"] == drawing.SCHEMA
    text = json.dumps({key: value for key, value in bundle[offline.MIME].items() if key != "$schema"})
    assert "http" not in text


def test_description_tells_the_chart_in_words(chart):
    assert "—" in chart.to_dict()["description"]


def test_picture_tells_readers_for_the_blind_its_description_and_no_columns(chart):
    drawn = offline.svg(chart.to_dict())
    assert drawn.startswith('<svg role="img" aria-label="')
    assert drawn.count("aria-label=") == 1


def test_letters_of_charts_are_in_the_font_that_draws_them(chart):
    told = html.unescape("".join(re.findall(r">([^<]+)<", offline.svg(chart.to_dict()))))
    assert not re.findall(r"[^ -~А-яЁё\u00a0«»—–…№·≥≤]", told)


def test_what_is_shown_is_what_the_schema_accepts(chart):
    assert offline.spec(chart) == chart.to_dict()


def test_ids_of_two_charts_in_one_page_differ(figures, measures, cards):
    one, other = (
        set(re.findall(r'id="(\w+)"', offline.svg(chart.to_dict())))
        for chart in (charts.bullets(figures, cards), charts.gantt(measures, DAY))
    )
    assert not one & other


def test_axis_months_are_russian(measures):
    drawn = offline.svg(charts.gantt_by_direction(measures, DAY).to_dict())
    assert all(f">{month}<" in drawn for month in ("янв", "май", "ноя"))


def test_load_strip_counts_terms_by_body_and_week_and_names_the_busiest(seversk, demo_frames, working_days):
    states = roadmap.states(roadmap.schedule(seversk, working_days), demo_frames["execution"], "demo", DAY, working_days)
    rows = weekly(states, DAY).set_index(["body", "week"])
    assert rows.loc[("МАУ ЗАТО Северск «РЦО»", pd.Timestamp(2023, 12, 18)), "measures"] == "3, 6, 8"
    title = charts.load(states, DAY).to_dict()["title"]["text"]
    assert title == "Самая занятая неделя: 18.12.2023 — 24.12.2023 — МАУ ЗАТО Северск «РЦО», 3\N{NO-BREAK SPACE}срока"


def test_body_under_two_names_has_one_strip(project, working_days):
    amur = catalogue.load_system("amur", project)
    rows = weekly(
        roadmap.states(roadmap.schedule(amur, working_days), None, "tynda", date(2023, 9, 1), working_days), date(2023, 9, 1)
    )
    assert not rows["body"].str.startswith("Министерство").any()
    counted = rows.set_index(["body", "week"])["count"]
    assert counted["Минобрнауки Амурской области", pd.Timestamp(2024, 1, 8)] == 10


def test_directions_of_the_roadmap_have_a_chart_each(project, working_days):
    amur = catalogue.load_system("amur", project)
    measures = roadmap.current(roadmap.states(roadmap.schedule(amur, working_days), None, "tynda", DAY, working_days), DAY)
    assert len(charts.gantt_by_direction(measures, DAY).to_dict()["vconcat"]) == 3


def test_names_that_charts_key_their_rows_by_differ(project, cards):
    assert len({card.short_name for card in cards.values()}) == len(cards)
    rows = pd.read_csv(project.municipalities, dtype=str)
    assert not rows.duplicated(["system", "name"]).any()


def test_chart_with_nothing_to_draw_says_why(cards, region_figures, names, points, limits, places, series, mixed, capfd):
    card = cards["diagnosed_share"]
    for empty, words in (
        (charts.heat(region_figures[:0], names, cards), "Показателей с планом или данными на эту дату нет"),
        (charts.funnel(points[:0], limits, card, "Амурская область"), "Диагностика: сравнить нечего — нет данных"),
        (charts.ranks(places[:0], card), "Диагностика: мест нет — нет данных"),
        (charts.trend(series[:0], cards), "Значений на концы кварталов и отчётную дату ещё нет"),
        (charts.bullets(mixed[:0], cards), "Показателей нет"),
    ):
        assert empty.to_dict()["title"] == words
        assert words in offline.svg(empty.to_dict())
    assert "WARN" not in capfd.readouterr().err


@pytest.mark.parametrize("kind", ["heat", "ranks"])
def test_no_name_of_29_municipalities_is_cut(kind, request, cards, names):
    drawn = offline.svg(INVENTED[kind](request.getfixturevalue, cards).to_dict())
    assert all(f">{name}<" in drawn for name in list(names.values())[1:])
    assert "…" not in drawn


# gantt


def measure(code, state, ends_on, due_on=None):
    """A measure whose term is ``ends_on``, moved there from ``due_on`` if that is given."""
    ends = pd.Timestamp(ends_on) if ends_on else pd.NaT
    due = pd.Timestamp(due_on) if due_on else ends
    late = (pd.Timestamp(DAY) - ends).days if state is MeasureState.OVERDUE else 0
    days = {"starts_on": due - pd.Timedelta(days=60), "due_on": due, "moved_on": ends if due_on else pd.NaT, "ends_on": ends}
    return days | {"measure": code, "title": f"Мера {code}", "state": state.id, "days_overdue": late, "direction": None}


@pytest.fixture
def roadmap_rows():
    """One measure of each kind, in the order of the document; the as-of date is 01.12.2023."""
    return pd.DataFrame(
        [
            measure("1", MeasureState.DONE, "2023-12-05"),
            measure("2", MeasureState.GOING, "2024-02-29"),
            measure("3", MeasureState.LATER, "2024-03-01"),
            measure("4", MeasureState.DUE, "2023-12-20"),
            measure("5", MeasureState.SILENT, None),
            measure("6", MeasureState.CONTINUOUS, None),
            measure("7", MeasureState.UNKNOWN, "2023-11-01"),
            measure("8", MeasureState.OVERDUE, "2023-10-02", "2023-10-01"),
            measure("9", MeasureState.OVERDUE, "2023-06-01"),
        ]
    ).astype({"starts_on": "datetime64[s]", "due_on": "datetime64[s]", "moved_on": "datetime64[s]", "ends_on": "datetime64[s]"})


def test_gantt_shows_overdue_then_unconfirmed_then_what_is_due_within_30_and_90_days(roadmap_rows):
    shown = urgent(roadmap_rows, DAY)["measure"].tolist()
    # 29.02.2024 is the ninetieth day after 01.12.2023; the first of March is the day after it.
    assert shown == ["9", "8", "7", "5", "4", "2"]
    assert charts.gantt(roadmap_rows, DAY).to_dict()["title"]["subtitle"][0] == (
        f"Показаны 6 из 9{NBSP}мер: исполненные, бессрочные и более поздние — в таблице ниже"
    )


def test_gantt_of_one_urgent_measure_counts_in_the_singular(roadmap_rows):
    subtitle = charts.gantt(roadmap_rows[:4], DAY).to_dict()["title"]["subtitle"]
    assert subtitle[0].startswith("Показаны 2 из 4")
    assert charts.gantt(roadmap_rows[2:4], DAY).to_dict()["title"]["subtitle"][0].startswith(f"Показана 1 из 2{NBSP}мер:")


def test_gantt_of_many_urgent_measures_shows_the_most_pressing_25(roadmap_rows):
    many = pd.concat([roadmap_rows[:6]] + [roadmap_rows[8:].assign(measure=f"9.{n}") for n in range(30)], ignore_index=True)
    chart = charts.gantt(many, DAY).to_dict()
    assert set(urgent(many, DAY)["state"]) == {"overdue"}
    assert chart["title"]["subtitle"][0] == f"Показаны 25 из 36{NBSP}мер: остальные — в таблице ниже"


def test_gantt_with_nothing_urgent_says_so_and_without_a_roadmap_too(roadmap_rows):
    calm = charts.gantt(roadmap_rows[roadmap_rows["measure"].isin(["1", "3", "6"])], DAY).to_dict()["title"]
    assert calm == f"Просроченных мер нет; срок в ближайшие 30 дней: 0{NBSP}мер; в ближайшие 90 дней сроков нет"
    for empty in (charts.gantt, charts.gantt_by_direction):
        assert empty(pd.DataFrame(columns=roadmap_rows.columns), DAY).to_dict()["title"] == "Дорожной карты в документе нет"


def test_gantt_tells_both_days_of_a_moved_term_and_how_late_it_is(roadmap_rows):
    told = {row["name"]: row["label"] for row in rows_with(charts.gantt(roadmap_rows, DAY), "label", "name")}
    assert told["8. Мера 8"] == "до 01.10.2023 (по ст. 193 ГК — 02.10.2023) · просрочено на 60 дн."
    assert told["5. Мера 5"] == "постоянно, подтверждения за год нет"


def test_gantt_shades_the_nearest_30_and_90_days(roadmap_rows):
    near, far = ((row["from"][:10], row["until"][:10]) for row in rows_with(charts.gantt(roadmap_rows, DAY), "from", "until"))
    assert near == ("2023-12-01", "2023-12-31")
    assert far == ("2023-12-31", "2024-02-29")


def test_gantt_by_direction_shows_every_measure(roadmap_rows):
    rows = rows_with(charts.gantt_by_direction(roadmap_rows, DAY), "label", "name")
    assert [row["name"] for row in rows] == [f"{n}. Мера {n}" for n in range(1, 10)]


# heat


def test_heat_says_how_many_plans_are_met_what_is_unknown_and_who_is_worst_off(region_figures, names, cards):
    words = "Планы выполнены в 27 из 30\N{NO-BREAK SPACE}случаев, нет данных в 1; больше всего не хватает до плана: г. Тында"
    assert title_of(charts.heat(region_figures, names, cards)) == words


def test_heat_of_a_year_without_plans_says_so(names, cards):
    rows = heat_rows(state_row("tynda", "diagnosed_share", "not_computable", target=None))
    assert title_of(charts.heat(rows, names, cards)) == "Плановые значения муниципалитетов на этот год не установлены"


def test_heat_sets_the_region_on_top_then_the_worst_then_the_unknown(region_figures, names, cards):
    rows = charts.heat(region_figures, names, cards).to_dict()["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert rows[:4] == ["Амурская область", " ", "г. Тында", "г. Зея"]
    assert len(rows) == 31


def test_heat_leaves_out_an_indicator_with_a_plan_nowhere(region_figures, names, cards):
    assert {row["indicator"] for row in rows_with(charts.heat(region_figures, names, cards), "indicator")} == {
        "Диагностика",
        "ИОМ",
    }


def test_heat_writes_the_people_missing_only_where_somebody_is(region_figures, names, cards):
    rows = rows_with(charts.heat(region_figures, names, cards), "missing")
    written = {(row["name"], row["indicator"]): row["missing"] for row in rows if row["missing"]}
    assert written == {("г. Тында", "Диагностика"): f"1{NBSP}204", ("г. Тында", "ИОМ"): "41"}


def test_heat_shows_states_by_shape_and_names_the_shapes(region_figures, names, cards):
    layer = charts.heat(region_figures, names, cards).to_dict()["layer"][1]
    scale = layer["encoding"]["shape"]["scale"]
    shown = [State.REACHED, State.RECOVERABLE, State.UNREACHABLE, State.NOT_COMPUTABLE]
    assert scale == {"domain": [state.word for state in shown], "range": [offline.MARKS[state.shape] for state in shown]}
    assert layer["encoding"]["stroke"]["scale"]["range"] == [state.colour for state in shown]


def test_heat_with_many_indicators_sets_numbers_under_shapes_to_stay_narrow(names, cards):
    some, many = (
        charts.heat(heat_rows(*(state_row("tynda", one, "recoverable", 12) for one in chosen)), names, kept).to_dict()
        for chosen, kept in ((list(cards)[:5], cards), many_cards(cards, 30))
    )
    assert many["width"] / 30 < some["width"] / 5
    assert many["height"] > some["height"]


def many_cards(cards, count):
    """Ids of so many indicators and their cards, with short names that differ."""
    import dataclasses

    first = next(iter(cards.values()))
    kept = {f"i{n}": dataclasses.replace(first, id=f"i{n}", short_name=f"Показатель {n}") for n in range(count)}
    return list(kept), kept


# funnel


@pytest.mark.parametrize(
    ("verdicts", "region", "words"),
    [
        ({"А": "lower", "Б": "within", "В": "higher"}, "Амурская область", "Отличаются от области больше, чем случайно: 2 из 3"),
        ({"А": "lower", "Б": None}, "Приморский край", "Отличаются от края больше, чем случайно: 1 из 1"),
        ({"А": "within", "Б": "within"}, "Амурская область", "Различия муниципалитетов неотличимы от случайных"),
    ],
)
def test_funnel_says_how_many_differ_by_more_than_chance(verdicts, region, words, limits, cards):
    assert title_of(charts.funnel(share_points(**verdicts), limits, cards["diagnosed_share"], region)) == words


def test_funnel_names_those_outside_and_only_them(points, limits, cards):
    named = {
        row["name"] for row in rows_with(charts.funnel(points, limits, cards["diagnosed_share"], "Амурская область"), "y_text")
    }
    assert named == {"г. Тында", "Зейский", "пгт Прогресс"}


def test_funnel_tells_who_has_no_data_and_that_so_few_outside_may_be_chance(points, limits, cards):
    few = points.assign(verdict=points["verdict"].where(points["name"] == "г. Тында", "within"))
    card = cards["diagnosed_share"]
    chance = "Столько муниципалитетов за пунктирами бывает и случайно"
    subtitle = charts.funnel(points, limits, card, "Амурская область").to_dict()["title"]["subtitle"]
    assert "Нет данных: г. Зея" in subtitle
    assert chance not in subtitle
    assert chance in charts.funnel(few, limits, card, "Амурская область").to_dict()["title"]["subtitle"]


def test_funnel_gives_the_side_its_shape_and_the_good_side_its_colour(points, limits, cards):
    colours = {}
    for indicator in ("diagnosed_share", "staff_per_methodist"):
        spec = charts.funnel(points, limits, cards[indicator], "Амурская область").to_dict()
        marks = next(layer for layer in spec["layer"] if "shape" in layer["encoding"])["encoding"]
        assert marks["shape"]["scale"]["range"] == ["triangle-up", "circle", "triangle-down"]
        colours[indicator] = marks["stroke"]["scale"]["range"]
    assert colours["diagnosed_share"] == colours["staff_per_methodist"][::-1]


def test_words_beside_points_cover_neither_each_other_nor_points():
    points = pd.DataFrame(
        {"x": [100.0, 104.0, 108.0, 400.0], "y": [50.0, 52.0, 54.0, 199.0], "text": ["Бурейский", "Зейский", "Тында", "Зея"]}
    )
    placed = labels.beside(points, points, 420, 200)
    boxes = [labels._box(row.x, row.y_text, row.text, row.align) for row in placed.itertuples()]
    assert not any(labels._covers(one, other) for one, other in itertools.combinations(boxes, 2))
    dots = [(x - 6, y - 6, x + 6, y + 6) for x, y in zip(points["x"], points["y"], strict=True)]
    assert not any(labels._covers(box, dot) for box in boxes for dot in dots)
    assert boxes[-1][3] <= 200


def test_heights_are_moved_apart_and_keep_their_middle():
    assert labels.spread([100.0, 101.0, 300.0], gap=14) == pytest.approx([95.67, 109.67, 295.67], abs=0.01)
    assert labels.spread([]) == []


# ranks


def test_ranks_say_how_many_places_can_be_told_apart_from_the_middle(places, cards):
    card = cards["diagnosed_share"]
    words = "Отличаются от середины больше, чем случайно: 2 из 29 (выше — 1, ниже — 1)"
    assert title_of(charts.ranks(places, card)) == words
    assert title_of(charts.ranks(places.assign(rank_low=1, rank_high=29), card)).startswith("Места неотличимы от случайных")


def test_ranks_tell_value_base_and_score_and_who_has_no_place(places, cards):
    chart = charts.ranks(
        places.assign(score=12.346, rank=places["rank"].where(places["name"] != "г. Зея")), cards["diagnosed_share"]
    )
    first = next(row for row in rows_with(chart, "label") if row["rank"] == 1)
    assert first["label"] == f"29,0{NBSP}% из 1{NBSP}186{NBSP}человек, 12{NBSP}баллов"
    assert "Нет данных: г. Зея" in chart.to_dict()["title"]["subtitle"]


# trend


def test_trend_says_what_is_reached_and_what_changed_since_the_date_before(series, cards):
    words = "На 01.06.2024 планы выполнены: 0 из 2; с прошлой даты стало лучше у 1\N{NO-BREAK SPACE}показателя, хуже у 1\N{NO-BREAK SPACE}показателя"
    assert title_of(charts.trend(series, cards)) == words


def test_key_of_a_trend_names_the_days_it_really_shows(series, cards):
    """Its days are ends of quarters and the day of the report (``indicators.trend_days``): monitoring is held once a year."""
    told = charts.trend(series, cards).to_dict()
    assert "на конец квартала или отчётную дату" in told["title"]["subtitle"][0]
    assert "мониторинг" not in json.dumps(told, ensure_ascii=False).lower()


def test_trend_does_not_call_a_new_year_worse(series, cards):
    new_year = series[(series["as_of"] <= "2024-03-01") & (series["indicator"] == "diagnosed_share")]
    assert title_of(charts.trend(new_year, cards)) == "На 01.03.2024 планы выполнены: 0 из 1"


def test_line_of_a_trend_ends_with_its_period_at_a_seam_and_at_an_unknown_date(series, cards):
    lines = {}
    for indicator in ("diagnosed_share", "routed_share"):
        for row in rows_with(charts.trend(series[series["indicator"] == indicator], cards), "line"):
            if row["value"] is not None:
                lines.setdefault((indicator, row["line"]), []).append(row["value"])
    assert list(lines.values()) == [[4.0, 10.4], [2.0, 6.0], [3.0], [9.0], [3.1], [2.2, 2.5]]


def test_seam_of_a_trend_shows_both_values_and_the_words_of_the_older_definition(series, cards):
    chart = charts.trend(series, cards)
    both = [row["label"] for row in rows_with(chart, "line", "value") if row["as_of"].startswith("2024-03") and row["label"]]
    assert both == [f"3,1{NBSP}%", f"2,2{NBSP}%"]
    assert ">прежнее определение<" in offline.svg(chart.to_dict())


def test_unknown_date_of_a_trend_is_a_mark_and_never_a_zero(series, cards):
    unknown = [row for row in rows_with(charts.trend(series, cards), "line") if row["word"] == "нет данных"]
    assert unknown
    assert all(row["value"] is None for row in unknown)


def test_points_of_a_trend_carry_the_shape_of_their_state(series, cards):
    shown = [State.REACHED, State.ON_PACE, State.RECOVERABLE, State.UNREACHABLE, State.NOT_COMPUTABLE]
    for panel in charts.trend(series, cards).to_dict()["concat"]:
        for layer in panel["layer"]:
            if "shape" in layer["encoding"]:
                assert layer["encoding"]["shape"]["scale"]["range"] == [offline.MARKS[state.shape] for state in shown]


def test_months_of_a_trend_are_russian_and_followed_by_their_year(series, cards):
    drawn = offline.svg(charts.trend(series, cards).to_dict())
    assert all(f">{word}<" in drawn for word in ("июл", "янв", "2023", "2024"))
    assert not re.search(r">(Jan|Apr|Jul|Oct)", drawn)


def test_indicator_that_was_never_known_has_its_panel_and_can_be_drawn(cards, capfd):
    rows = [dated("diagnosed_share", day, None, "not_computable", target=None) for day in ("2023-06-01", "2023-09-01")]
    chart = charts.trend(pd.DataFrame(rows), cards)
    assert ">нет данных<" in offline.svg(offline.spec(chart))
    assert "WARN" not in capfd.readouterr().err


# bullets of counts


def test_counts_stand_under_shares_as_percent_of_their_plan(mixed, cards):
    chart = charts.bullets(mixed, cards)
    assert isinstance(chart, alt.VConcatChart)
    above, below = ({row["name"]: row for row in part} for part in chart.to_dict()["datasets"].values())
    assert set(above) == {"Диагностика", "Программы в ФР ДПП"}
    assert above["Диагностика"]["value"] == 12.4
    assert {name: (row["value"], row["target"]) for name, row in below.items()} == {
        "Методисты и тьюторы": (None, None),
        "Педагогов на методиста": (72.0, 100.0),
        "Мероприятия": (35.0, 100.0),
        "Сетевые программы": (200.0, 100.0),
    }


def test_counts_are_told_in_their_own_words(mixed, cards):
    told = {row["name"]: row["label"] for row in rows_with(charts.bullets(mixed, cards), "label")}
    assert told["Методисты и тьюторы"] == f"12{NBSP}человек — план не установлен"
    assert told["Педагогов на методиста"] == f"180 (9{NBSP}000 на 50), по плану не больше 250 — достигнут"
    assert told["Мероприятия"] == f"7{NBSP}мероприятий, по плану не меньше 20 — отстаёт, достижимо"
    assert told["Сетевые программы"] == f"30{NBSP}программ, по плану не меньше 3 — достигнут"


def test_bar_that_is_cut_says_so(mixed, cards):
    drawn = offline.svg(charts.bullets(mixed, cards).to_dict())
    assert "Процент от плана: план — 100; что больше 200, обрезано" in drawn
    within = mixed[mixed["indicator"] != "network_programmes_count"]
    assert "обрезано" not in offline.svg(charts.bullets(within, cards).to_dict())


def test_counts_without_a_plan_have_no_axis(mixed, cards):
    drawn = offline.svg(charts.bullets(mixed[mixed["indicator"] == "methodists_count"], cards).to_dict())
    assert "Процент от плана" not in drawn


def test_35_indicators_stand_closer_and_each_is_named(cards):
    ids, kept = many_cards(cards, 35)
    chart = charts.bullets(figure_rows(*(figure(one, 7.0, "reached", 5.0, ">=", "percent", 7, 100, 0) for one in ids)), kept)
    assert chart.to_dict()["vconcat"][0]["height"] <= 35 * 30
    assert all(f">{card.short_name}<" in offline.svg(chart.to_dict()) for card in kept.values())
