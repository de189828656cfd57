"""What it takes to reach the plan: months ahead as lines of people limited by capacities. Opens no file, reads no clock."""

from nmslib.scenarios.allocation import WAYS, Allocation, allocate
from nmslib.scenarios.backtest import backtest, backtest_words
from nmslib.scenarios.capacity import Capacities, Surroundings, capacities, overpaid
from nmslib.scenarios.differences import (
    bottleneck_in_words,
    endings,
    plan_in_words,
    told,
    trajectories,
    value_in_words,
)
from nmslib.scenarios.draws import Drawn, draw
from nmslib.scenarios.flow import Course, People, run
from nmslib.scenarios.ground import Ground, ground, ground_from
from nmslib.scenarios.importance import failure_words, importance
from nmslib.scenarios.least import Cancelled, Least, least
from nmslib.scenarios.levers import Facts, Settings, as_rows
from nmslib.scenarios.months import Months, months
from nmslib.scenarios.plans import Plans
from nmslib.scenarios.results import COUNTED, Outcome
from nmslib.scenarios.start import Start, start
from nmslib.scenarios.workforce import Activity, Workforce, Workload, workforce, workload

__all__ = [
    "COUNTED",
    "WAYS",
    "Activity",
    "Allocation",
    "Cancelled",
    "Capacities",
    "Course",
    "Drawn",
    "Facts",
    "Ground",
    "Least",
    "Months",
    "Outcome",
    "People",
    "Plans",
    "Settings",
    "Start",
    "Surroundings",
    "Workforce",
    "Workload",
    "allocate",
    "as_rows",
    "backtest",
    "backtest_words",
    "bottleneck_in_words",
    "capacities",
    "draw",
    "endings",
    "failure_words",
    "ground",
    "ground_from",
    "importance",
    "least",
    "months",
    "overpaid",
    "plan_in_words",
    "run",
    "start",
    "told",
    "trajectories",
    "value_in_words",
    "workforce",
    "workload",
]
