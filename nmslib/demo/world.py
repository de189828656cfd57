"""Which function draws which registry, and what was known of it on a day."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd

from nmslib.demo import active, chain, execution, people, sites, support
from nmslib.demo.scene import Scene
from nmslib.model import Sheet

# The day on which a row appears in its registry; rows without one are always there.
APPEARS_ON = {
    "organisations": "opened_on",
    "staff": "hired_on",
    "diagnostics": "diagnosed_on",
    "routes": "drawn_up_on",
    "completions": "completed_on",
    "young_support": "started_on",
    "mentors": "since",
    "mentor_pairs": "started_on",
    "mentoring_organisations": "since",
    "methodical_service": "since",
    "methodical_active": "since",
    "programmes": "developed_on",
    "internship_sites": "opened_on",
    "innovation_sites": "opened_on",
    "communities": "founded_on",
    "experts": "since",
    "practices": "published_on",
    "events": "held_on",
    "agreements": "signed_on",
    "burnout": "monitored_on",
}


@dataclass(frozen=True)
class World:
    """Everything that happens at a sender in the years of the plan; drawn when asked for, each part once."""

    scene: Scene
    due: pd.DataFrame
    until: date
    municipalities: Sequence[str]

    @cached_property
    def organisations(self) -> pd.DataFrame:
        """All organisations."""
        return people.organisations(self.scene)

    @cached_property
    def staff(self) -> pd.DataFrame:
        """All jobs."""
        return people.staff(self.scene, self.organisations)

    @cached_property
    def people(self) -> pd.DataFrame:
        """One row a person, at the main place or the only one, with the type of the organisation."""
        apart = self.staff[~self.staff.duplicated("person", keep=False) | (self.staff["employment"] == "main")]
        return apart.merge(self.organisations[["organisation", "type"]], on="organisation").sort_values(
            "person", ignore_index=True
        )

    @cached_property
    def diagnostics(self) -> pd.DataFrame:
        """All diagnostics."""
        return chain.diagnostics(self.scene, self.people)

    @cached_property
    def mentors(self) -> pd.DataFrame:
        """All mentors."""
        return support.mentors(self.scene, self.people)

    @cached_property
    def young_support(self) -> pd.DataFrame:
        """All support of the young."""
        return support.young_support(self.scene, self.people, self.mentors)


REGISTRIES: dict[str, Callable[[World], pd.DataFrame]] = {
    "organisations": lambda world: world.organisations,
    "staff": lambda world: world.staff,
    "diagnostics": lambda world: world.diagnostics,
    "routes": lambda world: chain.routes(world.scene, world.people, world.diagnostics),
    "completions": lambda world: chain.completions(world.scene, world.people, world.diagnostics),
    "management_teams": lambda world: support.management_teams(world.scene, world.organisations),
    "young_support": lambda world: world.young_support,
    "mentors": lambda world: world.mentors,
    "mentor_pairs": lambda world: support.mentor_pairs(world.scene, world.people, world.mentors, world.young_support),
    "mentoring_organisations": lambda world: support.mentoring_organisations(world.scene, world.organisations),
    "methodical_service": lambda world: support.methodical_service(world.scene, world.people),
    "methodical_active": lambda world: active.methodical_active(world.scene, world.municipalities),
    "centre_staff": lambda world: active.centre_staff(world.scene),
    "programmes": lambda world: sites.programmes(world.scene),
    "internship_sites": lambda world: sites.internship_sites(world.scene),
    "innovation_sites": lambda world: sites.innovation_sites(world.scene),
    "communities": lambda world: sites.communities(world.scene),
    "experts": lambda world: support.experts(world.scene, world.people),
    "practices": lambda world: sites.practices(world.scene),
    "events": lambda world: sites.events(world.scene),
    "agreements": lambda world: active.agreements(world.scene, world.municipalities),
    "burnout": lambda world: support.burnout(world.scene, world.people),
    "execution": lambda world: execution.execution(world.scene, world.due, world.until),
}


def known(frame: pd.DataFrame, sheet: Sheet, until: date) -> pd.DataFrame:
    """The rows of a registry, with the schema's columns, as they were known at the end of a day: what ends later is open."""
    moment, frame = pd.Timestamp(until), frame.copy()
    dates = [column.id for column in sheet.columns if column.type == "date"]
    frame[dates] = frame[dates].astype("datetime64[us]")
    if sheet.id in APPEARS_ON:
        frame = frame[frame[APPEARS_ON[sheet.id]] <= moment]
    if sheet.id != "execution":
        frame = frame.assign(**{name: frame[name].where(frame[name] <= moment) for name in dates})
    if sheet.id == "management_teams":
        frame["programme"] = frame["programme"].where(frame["completed_on"].notna())
    if sheet.id == "programmes":
        frame["in_register"] = frame["in_register"].where(frame["registered_on"].notna(), "no")
    return frame[[column.id for column in sheet.columns]].reset_index(drop=True)
