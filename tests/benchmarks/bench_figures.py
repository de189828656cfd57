"""Figures: the accepted registries of the demo, and a whole country beside the same shares in plain polars and plain SQL. By hand:

    python tests/benchmarks/bench_figures.py [MUNICIPALITIES]

Not among the tests: it measures. Each way runs in a fresh process, so its memory is its own; the ways must agree before anything
is told. «again» is the median of four further runs in the same process.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

# The parent imports nothing heavy: a child begins with the peak of the process that starts it.
COUNTRY = 2300
AS_OF, START = date(2024, 10, 1), date(2024, 1, 1)
BORN_AFTER, BEGAN_AFTER = date(1989, 10, 1), date(2021, 10, 1)
SHARES = ("diagnosed", "routed", "register_programmes", "management_teams", "young_supported", "mentoring_model")
Counts = Iterator[tuple[str, str, int]]


def six_shares():
    """The document of Seversk asked about all organisations, with Amur's sixth share and its plan; the cards of all."""
    from dataclasses import replace

    from nmslib import catalogue, paths

    seversk, amur = (catalogue.load_system(name, paths.project()) for name in ("seversk", "amur"))
    sixth = [one for one in amur.indicators if one.indicator == "mentoring_model_share"]
    plans = [one for one in amur.targets if one.plans == "mentoring_model_share"]
    indicators = tuple(replace(one, organisations="all") for one in (*seversk.indicators, *sixth))
    return replace(seversk, indicators=indicators, targets=(*seversk.targets, *plans)), catalogue.load_cards(paths.project())


def the_set(folder: str):
    from nmslib import catalogue, paths
    from nmslib.registries import national

    return national.read_set(Path(folder), catalogue.load_registry_schema(paths.project()))


def whole_table(folder: str) -> Callable[[], Counts]:
    """Our table of figures: values, intervals, plans, states and reasons in words, for all municipalities and the region."""
    from nmslib import indicators
    from nmslib.model import REGION

    system, cards = six_shares()

    def run() -> Counts:
        registries = the_set(folder)
        places = [*dict.fromkeys(registries.arrivals["municipality"]), REGION]
        table = indicators.figures(system, cards, registries, places, AS_OF)
        table = table[table["municipality"] != REGION]
        for part in ("numerator", "denominator"):
            names = table["indicator"].str.removesuffix("_share") + f" {part}"
            yield from zip(names, table["municipality"], table[part].fillna(0).astype(int), strict=True)

    return run


def our_counts(folder: str) -> Callable[[], Counts]:
    """Our counts alone, with what only we count: months, and people whom the base does not hold."""
    from nmslib.indicators.asked import asked
    from nmslib.indicators.counting import tallies

    system, cards = six_shares()
    wanted = asked(system, cards, AS_OF)

    def run() -> Counts:
        for one, tallied in zip(wanted, tallies(wanted, the_set(folder).frames), strict=True):
            name = one.card.id.removesuffix("_share")
            for place, tally in tallied.by_place.items():
                yield f"{name} numerator", place, tally.numerator
                yield f"{name} denominator", place, tally.denominator

    return run


def plain_polars(folder: str) -> Callable[[], Counts]:
    """The same shares written out in polars, with nothing that tells where a figure comes from."""
    import polars as pl

    def read(registry: str) -> pl.LazyFrame:
        return pl.scan_parquet(f"{folder}/{registry}.parquet")

    def in_force(rows: pl.LazyFrame, since: str, until: str) -> pl.LazyFrame:
        begun = pl.col(since).is_null() | (pl.col(since) <= AS_OF)
        return rows.filter(begun & (pl.col(until).is_null() | (pl.col(until) > AS_OF)))

    def within(on: str) -> pl.Expr:
        return pl.col(on).is_between(START, AS_OF)

    def plans() -> dict[str, pl.LazyFrame]:
        person, place = ["municipality", "person"], ["municipality", "organisation"]
        organisations = in_force(read("organisations"), "opened_on", "closed_on")
        educational = organisations.filter(pl.col("type") != "methodical")
        main = in_force(read("staff"), "hired_on", "left_on").filter(pl.col("employment") == "main")
        staff = main.join(organisations, on=place, how="semi").unique(person, keep="any")
        teachers = staff.filter(pl.col("role") == "teacher")
        young = teachers.filter((pl.col("birth_on") > BORN_AFTER) & (pl.col("profession_since") > BEGAN_AFTER))
        chosen = (pl.col("in_register") == "yes") & (pl.col("by_diagnostics") == "yes")
        going_on = (pl.col("started_on") <= AS_OF) & (pl.col("ended_on").is_null() | (pl.col("ended_on") >= START))
        of_people = {
            "diagnosed": (staff, read("diagnostics").filter((pl.col("place") == "centre") & within("diagnosed_on"))),
            "routed": (staff, read("routes").filter((pl.col("grounds") == "centre") & within("drawn_up_on"))),
            "register_programmes": (teachers, read("completions").filter(chosen & within("completed_on"))),
            "young_supported": (young, read("young_support").filter(going_on)),
        }
        teams = read("management_teams").join(organisations, on=place, how="semi").unique(place, keep="any")
        model = in_force(read("mentoring_organisations"), "since", "until")
        found = {"management_teams numerator": teams.filter(within("completed_on")), "management_teams denominator": teams}
        found |= {"mentoring_model numerator": model.join(educational, on=place, how="semi").unique(place)}
        found |= {"mentoring_model denominator": educational}
        for name, (base, events) in of_people.items():
            found[f"{name} numerator"] = events.select(person).unique().join(base, on=person, how="semi")
            found[f"{name} denominator"] = base
        return found

    def run() -> Counts:
        asked = {name: rows.group_by("municipality").len() for name, rows in plans().items()}
        for name, counted in zip(asked, pl.collect_all(list(asked.values()), engine="streaming"), strict=True):
            yield from ((name, place, count) for place, count in counted.iter_rows())

    return run


SQL = """
with organisations as (
  select municipality, organisation, type from '{folder}/organisations.parquet'
  where (opened_on is null or opened_on <= $as_of) and (closed_on is null or closed_on > $as_of)),
educational as (select * from organisations where type <> 'methodical'),
staff as materialized (
  select distinct on (municipality, person) municipality, person, role = 'teacher' as teacher,
    role = 'teacher' and birth_on > $born_after and profession_since > $began_after as young
  from '{folder}/staff.parquet' semi join organisations using (municipality, organisation)
  where (hired_on is null or hired_on <= $as_of) and (left_on is null or left_on > $as_of) and employment = 'main'),
teams as (
  select distinct on (municipality, organisation) *
  from '{folder}/management_teams.parquet' semi join organisations using (municipality, organisation)),
model as (
  select distinct municipality, organisation
  from '{folder}/mentoring_organisations.parquet' semi join educational using (municipality, organisation)
  where (since is null or since <= $as_of) and (until is null or until > $as_of)),
diagnosed as (
  select distinct municipality, person from '{folder}/diagnostics.parquet'
  where place = 'centre' and diagnosed_on between $start and $as_of),
routed as (
  select distinct municipality, person from '{folder}/routes.parquet'
  where grounds = 'centre' and drawn_up_on between $start and $as_of),
trained as (
  select distinct municipality, person from '{folder}/completions.parquet'
  where in_register = 'yes' and by_diagnostics = 'yes' and completed_on between $start and $as_of),
supported as (
  select distinct municipality, person from '{folder}/young_support.parquet'
  where started_on <= $as_of and (ended_on is null or ended_on >= $start))
select 'diagnosed denominator', municipality, count(*) from staff group by 2 union all
select 'routed denominator', municipality, count(*) from staff group by 2 union all
select 'register_programmes denominator', municipality, count(*) from staff where teacher group by 2 union all
select 'young_supported denominator', municipality, count(*) from staff where young group by 2 union all
select 'management_teams denominator', municipality, count(*) from teams group by 2 union all
select 'mentoring_model denominator', municipality, count(*) from educational group by 2 union all
select 'diagnosed numerator', municipality, count(*) from diagnosed semi join staff using (municipality, person) group by 2 union all
select 'routed numerator', municipality, count(*) from routed semi join staff using (municipality, person) group by 2 union all
select 'register_programmes numerator', municipality, count(*)
  from trained semi join (from staff where teacher) using (municipality, person) group by 2 union all
select 'young_supported numerator', municipality, count(*)
  from supported semi join (from staff where young) using (municipality, person) group by 2 union all
select 'management_teams numerator', municipality, count(*) from teams where completed_on between $start and $as_of group by 2 union all
select 'mentoring_model numerator', municipality, count(*) from model group by 2
"""


def plain_sql(folder: str) -> Callable[[], Counts]:
    """The same shares as one query of DuckDB over the same files."""
    import duckdb

    days = {"as_of": AS_OF, "start": START, "born_after": BORN_AFTER, "began_after": BEGAN_AFTER}
    return lambda: iter(duckdb.execute(SQL.format(folder=folder), days).fetchall())


def demo(_folder: str) -> Callable[[], Counts]:
    """Every indicator of the four systems of ``nms demo``, each at the day its newest workbooks tell of; rows of the table."""
    from nmslib import catalogue, completeness, indicators, paths, registries
    from nmslib.registries import snapshots

    project = paths.project()
    schema, cards = catalogue.load_registry_schema(project), catalogue.load_cards(project)
    tasks = []
    for name in catalogue.systems(project):
        system = catalogue.load_system(name, project)
        forms = completeness.forms(system, cards, schema, catalogue.senders(system, project))
        accepted = [snapshots.in_force(name, sender, project) for sender in forms]
        days = [one.day for one in accepted if one]
        if days:
            tasks.append((system, forms, min(days)))

    def run() -> Counts:
        for system, forms, day in tasks:
            found = registries.read_system(system.id, forms, project, day)
            table = indicators.figures(system, cards, found, list(forms), day)
            yield system.id, f"{len(forms)} senders", len(table)

    return run


WAYS: dict[str, tuple[str, Callable[[str], Callable[[], Counts]]]] = {
    "demo": ("every indicator of the demo, from its snapshots (target 0.5 s)", demo),
    "table": ("country, six shares: our whole table (target 3 s, 1 GB)", whole_table),
    "counts": ("country, six shares: our counts (target twice the faster below)", our_counts),
    "polars": ("country, six shares: counts in plain polars", plain_polars),
    "sql": ("country, six shares: counts in DuckDB", plain_sql),
}


def invent(folder: Path, municipalities: int) -> None:
    """Writes the set of a country, as ``nms demo --scale`` does."""
    from nmslib import catalogue, paths
    from nmslib.demo import scale
    from nmslib.registries import national

    schema = catalogue.load_registry_schema(paths.project())
    made = national.Made(municipalities, 48, scale.DATA_DAY.isoformat(), schema.version)
    national.write_set(made, scale.country(municipalities, 48), schema, folder)


def measured(way: str, folder: str, answer: str) -> None:
    """One way in this process: keeps its counts, prints wall and CPU of the first run and of later ones, and the peak."""
    run = WAYS[way][1](folder)
    walls, cpus, peak, counts = [], [], 0, []
    for number in range(5):
        wall, cpu = time.perf_counter(), time.process_time()
        counts = list(run())
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
        peak = peak if number else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    told = sorted(f"{name};{place};{count}" for name, place, count in counts if count)
    Path(answer).write_text("\n".join(told), encoding="utf-8")
    print(walls[0], statistics.median(walls[1:]), statistics.median(cpus[1:]), peak)


def main(municipalities: int) -> None:
    """All ways one after another over one set."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, answers, lines = Path(temporary) / "set", {}, []
        subprocess.run([sys.executable, __file__, "invent", str(folder), str(municipalities)], check=True)
        for way, (told, _) in WAYS.items():
            answer = Path(temporary) / way
            done = subprocess.run([sys.executable, __file__, way, str(folder), str(answer)], capture_output=True, text=True)
            if done.returncode:
                sys.exit(f"{way}: {done.stderr}")
            answers[way] = answer.read_text(encoding="utf-8")
            first, again, cpu, peak = map(float, done.stdout.split())
            lines.append(f"{told:66} {first:9.2f} {again:7.2f} {cpu:7.2f} {peak:9.0f}")
        same = len({answers[way] for way in WAYS if way != "demo"}) == 1
        print("demo, rows of the table:", answers["demo"].replace("\n", ", ") or "no snapshots; nms demo, then nms check")
        print(f"{municipalities} municipalities; all four ways {'agree on every count' if same else 'DO NOT AGREE'}")
        print(f"{'':66} {'first, s':>9} {'again':>7} {'CPU':>7} {'peak, MB':>9}", *lines, sep="\n")
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    if sys.argv[1:2] == ["invent"]:
        invent(Path(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1:2] and sys.argv[1] in WAYS:
        measured(*sys.argv[1:4])
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else COUNTRY)
