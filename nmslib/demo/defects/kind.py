"""What a kind of defect is, and how the modules beside list theirs. Plants nothing itself."""

from collections.abc import Callable
from dataclasses import dataclass

from nmslib.demo.defects.bench import Bench

Plant = Callable[[Bench], None]
WHOLE_FILE = "*"


@dataclass(frozen=True)
class Defect:
    """A kind of defect: the rule that must report it (empty: nothing must), what is planted in one Russian line, and how.

    ``claims`` keeps kinds apart that would hide one another: a registry, ``registry.column``, ``about.*``, or ``WHOLE_FILE``.
    """

    rule: str
    title: str
    plant: Plant
    claims: tuple[str, ...]

    @property
    def alone(self) -> bool:
        """Whether nothing else can be planted in the same workbook."""
        return WHOLE_FILE in self.claims

    def collides(self, other: "Defect") -> bool:
        """Whether one of the two might hide the other."""
        pairs = [(mine, theirs) for mine in self.claims for theirs in other.claims]
        touching = any(a == b or a.startswith(f"{b}.") or b.startswith(f"{a}.") for a, b in pairs)
        return self.alone or other.alone or touching


class Kinds(dict[str, Defect]):
    """Kinds of one module, in the order in which they are planted."""

    def kind(self, rule: str, title: str, *claims: str) -> Callable[[Plant], Plant]:
        """Lists a planting function; its name without the underscore is the id."""

        def listed(plant: Plant) -> Plant:
            self[plant.__name__.removeprefix("_")] = Defect(rule, title, plant, claims)
            return plant

        return listed
