"""Execution of the roadmap's measures as a sender reports it on a day."""

from datetime import date

import numpy as np
import pandas as pd

from nmslib import phrases
from nmslib.demo.scene import Scene, days_after, on_weekdays
from nmslib.model import Measure

# Terms that are near are reported too, as being worked on.
AHEAD_DAYS = 60


def _is_continuous(measure: Measure) -> bool:
    try:
        return phrases.read(measure.deadline or "").kind == "continuous"
    except phrases.PhraseNotRead:
        return False


def _dated(scene: Scene, due: pd.DataFrame) -> pd.DataFrame:
    """measure, due_on, done_on: about four of five terms are kept, one in ten is late, one in ten is not reported as done."""
    draw, diligence = scene.draw("execution"), scene.effort("execution")
    rows = due[["measure", "due_on"]].drop_duplicates().reset_index(drop=True)
    luck = draw.random.random(len(rows))
    early = on_weekdays(rows["due_on"] - days_after(draw.whole(3, 25, len(rows))))
    late = on_weekdays(rows["due_on"] + days_after(draw.whole(3, 25, len(rows))))
    kept = float(np.clip(0.8 * diligence, 0.5, 0.95))
    done = early.where(luck < kept, late).where(luck < kept + (1 - kept) / 2)
    return rows.assign(done_on=done)


def _continuous(scene: Scene) -> pd.DataFrame:
    """The same columns for measures that go on all the time: no term, the last evidence; one in seven has none."""
    draw = scene.draw("continuous measures")
    codes = [measure.code for measure in scene.system.measures if _is_continuous(measure)]
    last_year = pd.Timestamp(scene.years[-1], 1, 15)
    shown = draw.between(last_year, scene.closing - pd.Timedelta(days=60), len(codes))
    return pd.DataFrame(
        {"measure": codes, "due_on": pd.NaT, "done_on": pd.Series(shown).where(draw.chance(6 / 7, len(codes)))}
    ).astype({"due_on": "datetime64[us]", "done_on": "datetime64[us]"})


def execution(scene: Scene, due: pd.DataFrame, until: date) -> pd.DataFrame:
    """The schema's columns of execution; state is "done" exactly where done_on is set, with a document.

    ``due``: one row per due date (measure, due_on). A deed after ``until`` is not known yet.
    """
    moment = pd.Timestamp(until)
    rows = pd.concat([_dated(scene, due), _continuous(scene)], ignore_index=True)
    draw = scene.draw("execution papers")
    numbers, not_begun = draw.whole(10, 900, len(rows)), draw.chance(0.4, len(rows))
    done = rows["done_on"].notna() & (rows["done_on"] <= moment)
    rows["done_on"] = rows["done_on"].where(done)
    rows["document"] = [
        f"письмо от {day:%d.%m.%Y} № {number} (вымышленный документ)" if known else None
        for day, number, known in zip(rows["done_on"], numbers, done, strict=True)
    ]
    waits = not_begun & (rows["due_on"] > moment).to_numpy()
    rows["state"] = np.where(done, "done", np.where(waits, "waiting", "going"))
    return rows[~(rows["due_on"] > moment + pd.Timedelta(days=AHEAD_DAYS))].reset_index(drop=True)
