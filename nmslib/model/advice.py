"""Rules of recommendations and who they are addressed to: data, no judgement."""

from dataclasses import dataclass
from typing import Literal

from nmslib.model.fact import Fact

Role = Literal["authority", "service", "schools", "associations", "mentors", "centre", "region"]
# A role, or a body that the act or the measure itself names, so that no table has to.
AnyBody = Literal[
    "authority", "service", "schools", "associations", "mentors", "centre", "region", "issuer", "operator", "responsible"
]
Kind = Literal["indicator", "measure", "data"]


@dataclass(frozen=True, kw_only=True)
class Addressee(Fact):
    """Which subject of a system a role stands for; ``clause``: where the document gives it the functions of that role."""

    role: Role
    subject: str
    clause: str


@dataclass(frozen=True, kw_only=True)
class AdviceRule(Fact):
    """When to recommend what to whom.

    ``kind``: about a figure, a measure or registries that are lacking. ``indicators``: cards it speaks of; empty: those for whose
    state and cause no rule of their own closes the gap. ``states``: ids of ``State`` (kind measure: of ``MeasureState``).
    ``cause``: a cause of the file, None where the gap itself is the cause. ``least``: the smallest count that is worth it.
    ``when``: it speaks only while the figure's period runs, only when it is over, or always (None). ``action``: what to do, a
    perfective verb first; names in braces are filled in. ``days``: the term from the as-of date. ``effect``: who can be added to
    the figure: those of the cause, those missing to the plan, or nobody (None), and then ``result`` says what is to be expected.
    """

    id: str
    kind: Kind = "indicator"
    indicators: tuple[str, ...] = ()
    states: tuple[str, ...]
    cause: str | None = None
    least: int = 1
    when: Literal["running", "over"] | None = None
    addressee: AnyBody
    action: str
    days: int
    effect: Literal["gap", "cause"] | None = None
    result: str | None = None


@dataclass(frozen=True, kw_only=True)
class AdviceRules(Fact):
    """Everything that recommendations are made from.

    ``causes``: cause → its words. ``counted_in``: card → cards that count the same people too, so that one piece of advice is
    enough for both.
    """

    causes: dict[str, str]
    counted_in: dict[str, tuple[str, ...]]
    rules: tuple[AdviceRule, ...]
