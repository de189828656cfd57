"""Scenarios: 10,000 draws of 49 municipalities beside the same model person by person; one lever moved in a region. By hand:

    python tests/benchmarks/bench_scenarios.py [DRAWS]

Not among the tests: it measures. Municipalities are invented, their staff is of the size of real ones. Person by person, a few
courses of the very same draws are run and the time of all of them is extrapolated; they must end with the same people before
anything is told. Each measurement is the best of a few: what else runs on the machine only adds.
"""

import random
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).parent.parent))

from scenario_cases import people
from scenario_grounds import asked, lever_cards, made, moves, paces, settings
from scenario_reference import Place, Step, simulate

from nmslib import catalogue, paths
from nmslib.roadmap import WorkingDays
from nmslib.scenarios.capacity import LINES
from nmslib.scenarios.draws import draw
from nmslib.scenarios.ground import Ground
from nmslib.scenarios.months import months
from nmslib.scenarios.spreads import Levers, drawn_levers, history

WHOLE, REGION, DRAWS, SEED, COURSES = 49, 29, 10_000, 48, 6
SHARES = ("diagnosed_share", "routed_share", "register_programmes_share")
SHARES += ("management_teams_share", "young_supported_share", "mentoring_model_share")
# People of a line that are counted in the numerators of the first three.
COUNTED = ("diagnosed", "routed", "completed")


def invented(count: int) -> Ground:
    """Municipalities of 150–1,700 staff over two years from 31 December 2023, with what registries would tell of each."""
    chance = random.Random(SEED)
    places = tuple(f"place-{number}" for number in range(count))
    staff = [chance.randint(150, 1700) for _ in places]
    part = {
        name: [round(share * one) for one in staff] for name, share in (("teachers", 0.8), ("hard", 0.12), ("managers", 0.08))
    }
    none = [0] * count
    lines = {
        name: (n, none, [n_ // 12 for n_ in n], [n_ // 15 for n_ in n], [n_ // 8 for n_ in n], [n_ // 10 for n_ in n])
        for name, n in part.items()
    }
    units = {
        "teams": [one // 40 for one in staff],
        "organisations": [one // 30 for one in staff],
        "with_model": [one // 90 for one in staff],
    }
    young = ([one // 9 for one in staff], [one // 40 for one in staff], [one // 40 for one in staff])
    calendar = WorkingDays(catalogue.load_working_years(paths.project()))
    return made(
        lever_cards(),
        places,
        months(date(2023, 12, 31), date(2025, 12, 31), calendar),
        people(**lines, young=young, **units),
        moves({place: one // 8 for place, one in zip(places, staff, strict=True)}, at_risk=2200, hired=90),
        paces({place: [chance.randint(0, one // 50) for _ in range(10)] for place, one in zip(places, staff, strict=True)}),
        methodists=[max(1, one // 250) for one in staff],
        methodist_rate=0.5,
        diagnostic_places=[one / 90 for one in staff],
        programme_seats=[one / 100 for one in staff],
        team_places=[one / 4000 for one in staff],
        young_intake=[one / 250 for one in staff],
        mentoring_joining=[one / 1500 for one in staff],
        turnover=6,
        hires=[one / 20 for one in staff],
        hours_per_accompanied=0.25,
    )


def best(times: int, run: Callable[[], object]) -> float:
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        run()
        found.append(time.perf_counter() - begun)
    return min(found)


class Memory:
    """MB of this process and its children together, at most so far: what they share counts once (proportional set size)."""

    def __init__(self) -> None:
        self.most, self._done = self.now(), threading.Event()
        self._looking = threading.Thread(target=self._look)

    def __enter__(self) -> "Memory":
        self._looking.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._done.set()
        self._looking.join()

    def _look(self) -> None:
        while not self._done.wait(0.02):
            self.most = max(self.most, self.now())

    @staticmethod
    def now() -> float:
        me, found = psutil.Process(), 0
        for process in (me, *me.children()):
            with suppress(psutil.Error):
                found += process.memory_full_info().pss
        return found / 2**20


def processor() -> float:
    """Seconds of all cores, of this process and its children that have ended."""
    each = (resource.getrusage(one) for one in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in each)


def of_draws(draws: int) -> None:
    ground = invented(WHOLE)
    plans, wanted = asked(ground, **dict.fromkeys(SHARES, 10)), settings(ground)
    draw(ground, wanted, plans, SHARES, SEED, 100)
    print(f"{WHOLE} муниципалитетов × 24 месяца × {draws} расчётов × {len(SHARES)} показателей, с полосами и вероятностями:")
    times = {}
    for told, apart in (("в двух процессах", True), ("в одном", False)):
        run = partial(draw, ground, wanted, plans, SHARES, SEED, draws, apart=apart)
        before, more = Memory.now(), ""
        with Memory() as memory:
            run()
        if apart:  # afterwards there is memory left of it
            more = f"; память +{memory.most - before:.0f} МБ"
        spent = processor()
        times[apart] = best(4, run)
        spent = (processor() - spent) / 4
        print(f"  {told} {times[apart]:.2f} с; процессора {spent:.2f} с{more}")
    slow = person_by_person(ground)
    print(f"  по одному человеку: {slow:.3f} с на расчёт муниципалитета, на все {slow * WHOLE * draws / 3600:.0f} ч (пересчёт)")
    print(f"  быстрее в {slow * WHOLE * draws / times[True]:,.0f} раз".replace(",", " "))


def person_by_person(ground: Ground) -> float:
    """Seconds of one course of one municipality, on average; the courses end as those of the draws do."""
    wanted, known, steps = settings(ground), history(ground), list(steps_of(ground))
    seconds = []
    for number in range(0, WHOLE, WHOLE // COURSES):
        levers = drawn_levers(ground, wanted, ground.municipalities[number], known[ground.municipalities[number]], SEED, 2)
        before, changed = exact(levers)
        begun = time.perf_counter()
        slow = simulate(place_of(ground, number), before, changed, steps)[-1]
        seconds.append(time.perf_counter() - begun)
        plans = asked(ground, **dict.fromkeys(SHARES, 10))
        fast = draw(ground, wanted, plans, SHARES, SEED, 2, [ground.municipalities[number]])
        assert_equal(fast, ground.municipalities[number], slow)
    return float(np.mean(seconds))


def assert_equal(fast, place: str, slow) -> None:
    """The last month of the first draw, person by person."""
    staff, teachers = (sum(slow["n"][line] for line in lines) for lines in (LINES, LINES[:2]))
    done = [sum(slow[name].values()) for name in COUNTED[:2]] + [sum(slow["completed"][line] for line in LINES[:2])]
    expected = [100 * one / base for one, base in zip(done, (staff, staff, teachers), strict=True)]
    expected.append(100 * slow["young_counted"] / slow["young"])
    names = (*SHARES[:3], "young_supported_share")
    found = [float(fast.finals[place, name][-1].values[0]) for name in names]
    assert np.allclose(found, expected, rtol=1e-6), (place, found, expected)


def exact(levers: Levers) -> tuple[dict, dict]:
    """Levers of the first draw as the reference reads them."""
    return tuple(
        {name: None if np.isinf(one[0]) else float(one[0]) for name, one in side.items()}
        for side in (levers.before, levers.changed)
    )


def place_of(ground: Ground, number: int) -> Place:
    staff, around = ground.people, ground.around
    chain = (staff.n, staff.completed, staff.with_route, staff.routed, staff.in_chain, staff.diagnosed)
    return Place(
        lines={line: tuple(int(one[row, number]) for one in chain) for row, line in enumerate(LINES)},
        young=tuple(int(one[number]) for one in (staff.young, staff.young_counted, staff.young_ongoing)),
        ageing=[int(one) for one in staff.ageing[:, number]],
        teams=(int(staff.teams[number]), int(staff.teams_trained[number])),
        organisations=(int(staff.organisations[number]), int(staff.with_model[number])),
        free=float(around.free[number]),
        young_factor=float(around.young_factor[number]),
        young_hires=float(around.young_hires[number]),
    )


def steps_of(ground: Ground) -> Iterable[Step]:
    ahead = ground.months
    for first, last, weight, rhythm, hours in zip(ahead.starts, ahead.ends, ahead.weight, ahead.rhythm, ahead.hours, strict=True):
        yield Step(first.item(), last.item(), float(weight), float(rhythm), float(hours))


def of_a_lever() -> None:
    ground = invented(REGION)
    plans = asked(ground, **dict.fromkeys(SHARES, 10))
    counts = iter(range(1, 1000))

    def moved() -> None:
        ground.outcome(settings(ground, methodists=float(1 + next(counts) % 9)), plans)

    moved()
    print(f"Сдвиг одного рычага, {REGION} муниципалитетов × 24 месяца без расчётов: {1000 * best(40, moved):.1f} мс")


if __name__ == "__main__":
    of_a_lever()
    of_draws(int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS)
    print(f"Память процесса не больше {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} МБ")
