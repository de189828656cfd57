"""Diagnosed, with a route, trained: the chain that the main indicators count. Each step loses people and takes weeks."""

import numpy as np
import pandas as pd

from nmslib.demo import words
from nmslib.demo.active import routing_methodists
from nmslib.demo.scene import Draw, Scene, at_work, days_after, on_weekdays

# Yearly shares of staff at a typical municipality: near the plans of 10 % (Amur, Seversk), so that some reach them, some not.
DIAGNOSED = 0.132
ROUTED_OF_DIAGNOSED = 0.92
TRAINED_OF_DIAGNOSED = 0.88
TRAINED_AGAIN = 0.3
# Without regard to diagnostics: every teacher about once in four years.
TRAINED_OTHERWISE = 0.24
HOURS = {16: 0.1, 24: 0.2, 36: 0.4, 72: 0.25, 144: 0.05}


def diagnostics(scene: Scene, people: pd.DataFrame) -> pd.DataFrame:
    """Columns person, diagnosed_on, place, level; only people at work on the day."""
    draw, share = scene.draw("diagnostics"), min(0.6, DIAGNOSED * scene.effort("diagnosed"))
    parts = []
    for year in scene.years:
        chosen = draw.part(people, share)
        days = draw.days(len(chosen), year)
        part = pd.DataFrame({"person": chosen["person"].to_numpy(), "diagnosed_on": days})
        part["place"] = draw.one_of({"centre": 0.94, "other": 0.06}, len(part))
        part["level"] = draw.one_of({"low": 0.2, "middle": 0.6, "high": 0.2}, len(part))
        parts.append(part[at_work(chosen, days)])
    return pd.concat(parts).sort_values(["diagnosed_on", "person"], ignore_index=True)


def _jobs_of(rows: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """The people of the rows, row by row."""
    return people.set_index("person").loc[rows["person"]]


def routes(scene: Scene, people: pd.DataFrame, diagnosed: pd.DataFrame) -> pd.DataFrame:
    """Columns person, drawn_up_on, grounds, methodist, completed_on; one to five weeks after the person's diagnostics."""
    draw = scene.draw("routes")
    share = float(np.clip(ROUTED_OF_DIAGNOSED * (1 + 0.7 * (scene.effort("routed") - 1)), 0.45, 0.98))
    chosen = diagnosed[draw.chance(share, len(diagnosed))].reset_index(drop=True)
    drawn_up = on_weekdays(chosen["diagnosed_on"] + days_after(draw.whole(5, 35, len(chosen))))
    finished = on_weekdays(drawn_up + days_after(draw.whole(60, 240, len(chosen))))
    jobs = _jobs_of(chosen, people)
    done = draw.chance(0.55 * scene.effort("routes completed"), len(chosen)) & at_work(jobs, finished)
    rows = pd.DataFrame({"person": chosen["person"], "drawn_up_on": drawn_up, "grounds": chosen["place"]})
    methodists = routing_methodists(scene)
    named = draw.chance(0.9, len(rows))
    rows["methodist"] = pd.Series(draw.random.choice(methodists, len(rows))).where(named) if methodists else None
    rows["completed_on"] = pd.Series(finished).where(done)
    rows = rows[at_work(jobs, drawn_up)]
    return rows.drop_duplicates(["person", "drawn_up_on"]).sort_values(["drawn_up_on", "person"], ignore_index=True)


def _courses(rows: pd.DataFrame, jobs: pd.DataFrame, draw: Draw) -> pd.DataFrame:
    """Adds topic and programme that suit the person's work, and whole weeks of study by the hours."""
    topic = draw.one_of(words.TOPICS, len(rows))
    luck = draw.random.random(len(rows))
    topic = np.where((jobs["type"] == "preschool") & (luck < 0.6), "preschool", topic)
    topic = np.where((jobs["type"] == "vocational") & (luck < 0.45), "vocational", topic)
    topic = np.where((jobs["role"] == "manager") & (luck < 0.7), "management", topic)
    topic = np.where((jobs["position"] == "педагог-психолог") & (luck < 0.4), "burnout", topic)
    hours = draw.random.choice(list(HOURS), size=len(rows), p=list(HOURS.values()))
    programme = pd.Series(topic).map(words.PROGRAMMES | {"vocational": words.VOCATIONAL_PROGRAMME}).to_numpy()
    return rows.assign(topic=topic, programme=programme, hours=hours, weeks=np.ceil(hours / 18).astype(int))


def _by_diagnostics(scene: Scene, people: pd.DataFrame, diagnosed: pd.DataFrame, draw: Draw) -> pd.DataFrame:
    """Trained because of the centre's diagnostics, which comes before the first day of study: soon, and some again later."""
    share = float(np.clip(TRAINED_OF_DIAGNOSED * scene.effort("trained"), 0.3, 0.97))
    centre = diagnosed[diagnosed["place"] == "centre"]
    soon, again = centre[draw.chance(share, len(centre))], centre[draw.chance(TRAINED_AGAIN * share, len(centre))]
    chosen = pd.concat([soon, again], ignore_index=True)
    wait = np.concatenate([draw.whole(8, 50, len(soon)), draw.whole(110, 300, len(again))])
    rows = _courses(chosen[["person"]], _jobs_of(chosen, people), draw)
    rows["started_on"] = on_weekdays(chosen["diagnosed_on"] + days_after(wait))
    rows["completed_on"] = rows["started_on"] + days_after(rows["weeks"] * 7 - 3)
    rows["in_register"] = draw.one_of({"yes": 0.92, "no": 0.08}, len(rows))
    return rows.assign(by_diagnostics="yes")


def _otherwise(scene: Scene, people: pd.DataFrame, draw: Draw) -> pd.DataFrame:
    """Trained without regard to diagnostics."""
    share, parts = TRAINED_OTHERWISE * scene.effort("trained otherwise"), []
    for year in scene.years:
        chosen = draw.part(people, share).reset_index(drop=True)
        rows = _courses(chosen[["person"]], chosen, draw)
        rows["completed_on"] = draw.days(len(rows), year)
        rows["started_on"] = on_weekdays(rows["completed_on"] - days_after(rows["weeks"] * 7))
        rows["in_register"] = draw.one_of({"yes": 0.6, "no": 0.4}, len(rows))
        parts.append(rows)
    return pd.concat(parts, ignore_index=True).assign(by_diagnostics="no")


def completions(scene: Scene, people: pd.DataFrame, diagnosed: pd.DataFrame) -> pd.DataFrame:
    """The schema's columns of completions; people are at work from the first day of study to the last."""
    draw = scene.draw("completions")
    rows = pd.concat([_by_diagnostics(scene, people, diagnosed, draw), _otherwise(scene, people, draw)], ignore_index=True)
    jobs = _jobs_of(rows, people)
    rows = rows[at_work(jobs, rows["started_on"]) & at_work(jobs, rows["completed_on"])]
    rows = rows.drop_duplicates(["person", "programme", "completed_on"])
    return rows.sort_values(["completed_on", "person", "programme"], ignore_index=True)
