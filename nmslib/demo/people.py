"""Organisations of a municipality and the people who work there: sizes, ages, jobs, names. Knows nothing of what they learn."""

import numpy as np
import pandas as pd

from nmslib.demo import words
from nmslib.demo.scene import Draw, Scene, days_after

# School teachers per inhabitant, so that the sums agree with published ones: Amur 7,604 (2024), Leningrad oblast 11,200 (2023).
TEACHERS_PER_PERSON = {"amur": 0.0100, "leningrad": 0.0064}
TYPICAL_TEACHERS_PER_PERSON = 0.0098
PEOPLE_PER_ORGANISATION = {"preschool": 6_000, "additional": 27_000}
STAFF_PER_ORGANISATION = {"preschool": 19, "additional": 26, "vocational": 45, "methodical": 12}
MANAGERS = {"preschool": 2, "additional": 3, "vocational": 4, "methodical": 2}
# A college stands in the larger towns and districts only.
COLLEGE_FROM = 30_000
OF_COLLEGES = "профессиональных образовательных организаций"
# Where the population was not found: a district of the region is usually of this size.
DEFAULT_POPULATION = {"leningrad": 55_000}
TYPICAL_POPULATION = 15_000
LARGE_DISTRICT = 40_000
# 245 newcomers among 7,604 school teachers of Amur oblast in 2024, 176 of them graduates.
NEWCOMERS_A_YEAR = 245 / 7_604
GRADUATES = 176 / 245
LEAVERS_A_YEAR = 0.03
DAYS_A_YEAR = 365.25
NOT_APPLICABLE = np.array(None, dtype="object")
OUTSIDERS_FROM = 90_001


def population(scene: Scene) -> int:
    """Inhabitants, or a plausible number where they were not found."""
    return scene.sender.population or DEFAULT_POPULATION.get(scene.system.id, TYPICAL_POPULATION)


def _people_per_school(scene: Scene) -> int:
    """A town keeps large schools, a small district many small ones."""
    if "городской" in scene.sender.type:
        return 6_600
    return 5_500 if population(scene) >= LARGE_DISTRICT else 2_200


def _rural_share(scene: Scene) -> float:
    if "городской" in scene.sender.type:
        return 0.0
    return 0.45 if population(scene) >= LARGE_DISTRICT else 0.75


def _has_college(scene: Scene) -> bool:
    """Whether a college is drawn: only where the document plans something for its staff (Amur, Комплекс мер, п. 2.2.3)."""
    counts_colleges = any(OF_COLLEGES in target.counted for target in scene.system.targets)
    return counts_colleges and population(scene) >= COLLEGE_FROM


def _marks(kinds: np.ndarray, rural: np.ndarray, draw: Draw) -> dict[str, np.ndarray]:
    """Marks that only schools bear; other organisations leave them empty."""
    count, school = len(kinds), kinds == "general"
    chances = {
        "low_results": np.full(count, 0.08),
        "hard_conditions": np.full(count, 0.06),
        "understaffed": np.where(rural, 0.4, 0.0),
        "growth_point": np.where(rural, 0.65, 0.05),
    }
    marks = {
        name: np.where(school, np.where(draw.random.random(count) < chance, "yes", "no"), NOT_APPLICABLE)
        for name, chance in chances.items()
    }
    schools_have = draw.one_of({"none": 0.86, "digital": 0.1, "adapted": 0.02, "it_cube": 0.02}, count)
    centres_have = draw.one_of({"none": 0.85, "quantorium": 0.08, "it_cube": 0.07}, count)
    marks["infrastructure"] = np.where(school, schools_have, np.where(kinds == "additional", centres_have, "none"))
    return marks


def organisations(scene: Scene) -> pd.DataFrame:
    """Organisations of a municipality (the schema's columns); a few kindergartens close in a summer of the plan."""
    draw = scene.draw("organisations")
    counts = {"general": scene.sender.schools or max(3, round(population(scene) / _people_per_school(scene)))}
    counts |= {kind: max(1, round(population(scene) / people)) for kind, people in PEOPLE_PER_ORGANISATION.items()}
    counts |= {"methodical": 1} | ({"vocational": 1} if _has_college(scene) else {})
    kinds = np.repeat(np.array(list(counts), dtype="object"), list(counts.values()))
    numbers = np.concatenate([np.arange(1, count + 1) for count in counts.values()])
    rural = draw.chance(_rural_share(scene), len(kinds)) & ~np.isin(kinds, ["methodical", "vocational"])
    closes = (kinds == "preschool") & (numbers > 2) & draw.chance(0.03, len(kinds))
    closed_on = pd.to_datetime([f"{year}-08-31" for year in draw.random.choice(scene.years, len(kinds))])
    return pd.DataFrame(
        {
            "organisation": [f"О{number:03d}" for number in range(1, len(kinds) + 1)],
            "name": [
                f"{words.ORGANISATIONS[kind]} № {number} {words.INVENTED_ORGANISATION}"
                for kind, number in zip(kinds, numbers, strict=True)
            ],
            "type": kinds,
            "settlement": np.where(rural, "rural", "urban"),
            **_marks(kinds, rural, draw),
            "opened_on": pd.to_datetime([f"{year}-09-01" for year in draw.whole(1936, 2015, len(kinds))]),
            "closed_on": pd.Series(closed_on).where(closes),
        }
    )


def _sizes(scene: Scene, places: pd.DataFrame, draw: Draw) -> tuple[np.ndarray, np.ndarray]:
    """Teachers and managers of each organisation; the schools' teachers add up to the municipality's."""
    kinds = places["type"].to_numpy()
    small, rural = (places["understaffed"] == "yes").to_numpy(), (places["settlement"] == "rural").to_numpy()
    weight = np.where(small, 0.35, np.where(rural, 0.8, 1.3)) * np.clip(draw.random.normal(1, 0.2, len(places)), 0.5, 1.5)
    school = kinds == "general"
    per_person = TEACHERS_PER_PERSON.get(scene.system.id, TYPICAL_TEACHERS_PER_PERSON)
    teachers = weight / weight[school].sum() * population(scene) * per_person
    elsewhere = places["type"].map(STAFF_PER_ORGANISATION).fillna(0).to_numpy()
    elsewhere = elsewhere * np.clip(draw.random.normal(1, 0.2, len(places)), 0.5, 1.5)
    managers = np.where(school, np.where(small, 2, np.where(rural, 3, 5)), places["type"].map(MANAGERS).fillna(0).to_numpy())
    return np.maximum(4, np.rint(np.where(school, teachers, elsewhere))).astype(int), managers.astype(int)


def full_names(count: int, draw: Draw) -> np.ndarray:
    """``count`` different full names, mostly women's: 645 of Amur's 7,604 teachers are men."""
    surnames, fathers = np.array(words.SURNAMES, dtype="object"), np.array(words.FATHERS, dtype="object")
    woman = draw.chance(0.9, count)
    names = np.empty(count, dtype="object")
    for who, firsts, ending, patronymic in ((woman, words.WOMEN, "а", "вна"), (~woman, words.MEN, "", "вич")):
        first = np.array(firsts, dtype="object")
        ways = draw.random.permutation(len(surnames) * len(first) * len(fathers))[: who.sum()]
        surname, rest = np.divmod(ways, len(first) * len(fathers))
        given, father = np.divmod(rest, len(fathers))
        names[who] = surnames[surname] + f"{ending} " + first[given] + " " + fathers[father] + patronymic
    return names


def _births(age: np.ndarray, scene: Scene) -> pd.DatetimeIndex:
    """Birth dates for ages at the opening, no two alike, so that nobody can be taken for another person."""
    days = -(age * DAYS_A_YEAR).astype("int64")
    order = np.argsort(days, kind="stable")
    place = np.arange(len(days))
    # Who would share a birthday with another waits for the next free day.
    days[order] = np.maximum.accumulate(days[order] - place) + place
    return scene.opening + days_after(days)


def _careers(scene: Scene, is_manager: np.ndarray, draw: Draw) -> pd.DataFrame:
    """birth_on, profession_since, hired_on, left_on, fresh (came to the profession lately) for each post."""
    count, opening = len(is_manager), scene.opening
    kind = draw.random.random(count)
    yearly = np.where(is_manager, 0, NEWCOMERS_A_YEAR)
    novice = kind < 3 * yearly * GRADUATES
    arrives = ~novice & (kind < 3 * yearly * GRADUATES + len(scene.years) * yearly)
    graduate = arrives & draw.chance(GRADUATES, count)
    usual = np.clip(draw.random.normal(46.6, 10.5, count), 24, 73)
    age = np.where(graduate, draw.random.uniform(20.5, 28, count), usual)
    age = np.where(novice, draw.random.uniform(22.5, 33, count), age)
    born = _births(age, scene)
    served = np.where(novice, draw.random.uniform(0, 2.9, count), draw.random.uniform(3.2, np.maximum(usual - 20.6, 3.3)))
    served = np.minimum(served, (opening - born).days / DAYS_A_YEAR - 18.1)
    since = opening - days_after(np.maximum(served, 0.01) * DAYS_A_YEAR)
    hired = opening - days_after(np.maximum(served, 0.01) * draw.random.uniform(0.2, 1.0, count) * DAYS_A_YEAR)
    year = draw.random.choice(scene.years, count)
    autumn = pd.to_datetime([f"{one}-09-01" for one in year])
    any_day = autumn + days_after(draw.random.integers(-200, 90, count))
    arrival = autumn.where(draw.chance(0.75, count) | graduate, any_day)
    hired = hired.where(~arrives, arrival)
    since = since.where(~graduate, arrival)
    leaves = draw.chance(LEAVERS_A_YEAR * len(scene.years), count)
    summer = pd.to_datetime([f"{one}-07-01" for one in draw.random.choice(scene.years, count)])
    left = summer + days_after(draw.random.integers(-170, 170, count))
    left = left.where(leaves & (left > hired + pd.Timedelta(days=30)))
    return pd.DataFrame(
        {"birth_on": born, "profession_since": since, "hired_on": hired, "left_on": left, "fresh": novice | graduate}
    )


def _posts(places: pd.DataFrame, at: np.ndarray, within: np.ndarray, is_manager: np.ndarray, draw: Draw) -> np.ndarray:
    kinds = places["type"].to_numpy()[at]
    posts = np.empty(len(at), dtype="object")
    for kind, shares in words.POSTS.items():
        posts[kinds == kind] = draw.one_of(shares, int((kinds == kind).sum()))
    heads = np.array([words.HEADS[kind] for kind in kinds], dtype="object")
    return np.where(within == 0, heads, np.where(is_manager, words.DEPUTY, posts))


def _main_jobs(scene: Scene, places: pd.DataFrame, draw: Draw) -> pd.DataFrame:
    """One row a person at the main place; the first ones of an organisation are its managers."""
    teachers, managers = _sizes(scene, places, draw)
    size = teachers + managers
    at = np.repeat(np.arange(len(places)), size)
    within = np.arange(len(at)) - np.repeat(np.cumsum(size) - size, size)
    is_manager = within < managers[at]
    jobs = _careers(scene, is_manager, draw)
    jobs["organisation"] = places["organisation"].to_numpy()[at]
    jobs["role"] = np.where(is_manager, "manager", "teacher")
    jobs["position"] = _posts(places, at, within, is_manager, draw)
    category = draw.one_of({"none": 0.3, "first": 0.42, "highest": 0.28}, len(jobs))
    jobs["category"] = np.where(jobs["fresh"], "none", category)
    return jobs.assign(employment="main", rate=1.0)


def _within_organisation(jobs: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Nobody is hired before the organisation opens or stays after it closes; jobs that would last no day are dropped."""
    own = places.set_index("organisation").loc[jobs["organisation"]]
    opened, closed = pd.DatetimeIndex(own["opened_on"]), pd.DatetimeIndex(own["closed_on"])
    jobs = jobs.assign(hired_on=jobs["hired_on"].where(jobs["hired_on"] >= opened, opened))
    stays = closed.isna() | (jobs["left_on"].notna() & (jobs["left_on"] <= closed))
    jobs["left_on"] = jobs["left_on"].where(stays, closed)
    return jobs[jobs["left_on"].isna() | (jobs["left_on"] > jobs["hired_on"])].reset_index(drop=True)


def staff(scene: Scene, places: pd.DataFrame) -> pd.DataFrame:
    """Main jobs, and second jobs, outside part-timers and contracts that must not be counted (the schema's columns).

    A person has one main place or none; all rows of a person carry the same name and birth date.
    """
    draw = scene.draw("staff")
    jobs = _within_organisation(_main_jobs(scene, places, draw), places)
    # Those who come from outside are drawn as people of the same kind; their main place is in no organisation of these.
    outside = draw.chance(0.03, len(jobs)) & (jobs["role"] == "teacher").to_numpy()
    kind = draw.one_of({"external": 0.7, "contract": 0.3}, len(jobs))
    jobs["employment"] = np.where(outside, kind, "main")
    jobs["rate"] = np.where(outside, 0.25, 1.0)
    number = np.where(outside, OUTSIDERS_FROM - 1 + np.cumsum(outside), np.cumsum(~outside))
    jobs["person"] = [f"Р{one:05d}" for one in number]
    jobs["full_name"] = full_names(len(jobs), draw)
    second = draw.part(jobs[~outside & (jobs["role"] == "teacher")], 0.06)
    kinds = draw.one_of({"internal": 0.5, "external": 0.5}, len(second))
    second = second.assign(
        organisation=draw.random.choice(places["organisation"], len(second)),
        employment=kinds,
        rate=draw.whole(1, 2, len(second)) / 4,
    )
    everyone = pd.concat([jobs, _within_organisation(second, places)], ignore_index=True)
    return everyone.drop_duplicates(["person", "organisation"]).sort_values(["organisation", "person"], ignore_index=True)
