"""What is not known: registries that were not sent, mostly unread, or older than the day asked about."""

import hashlib
from dataclasses import dataclass
from datetime import date

from nmslib import wording
from nmslib.model import REGION, Card, System
from nmslib.registries import Registries


@dataclass(frozen=True)
class Unknown:
    """Why a figure of a place cannot be computed; ``base``: whether its denominator is known all the same; ``who``: its name."""

    cause: str
    base: bool
    who: str


@dataclass(frozen=True)
class _Arrival:
    title: str
    received: bool
    unread: int
    sent: int
    data_on: date | None
    sha256: str | None
    revision: int | None


def since(system: System) -> date | None:
    """The day since which registries are kept: the beginning of the year in which the document's period begins."""
    start = system.act.period.start
    return date(start.year, 1, 1) if start else None


class Knowledge:
    """Who sent which registry and how much of it is known on ``as_of``; a region's registries speak for its municipalities.

    ``first``: the day since which registries are kept (``since``).
    """

    def __init__(self, registries: Registries, as_of: date, first: date | None = None):
        self._first = first
        self.as_of, self._names = as_of, registries.names
        columns = (
            "municipality",
            "registry",
            "title",
            "received",
            "problems",
            "rows",
            "left_out",
            "data_on",
            "sha256",
            "revision",
        )
        self._arrivals: dict[tuple[str, str], _Arrival] = {}
        for place, registry, title, received, problems, rows, left_out, data_on, sha256, revision in zip(
            *(registries.arrivals[column].tolist() for column in columns), strict=True
        ):
            day = date.fromisoformat(data_on) if isinstance(data_on, str) else None
            known = isinstance(sha256, str)
            kept = (sha256, int(revision)) if known else (None, None)
            arrival = _Arrival(title, bool(received), int(problems), int(rows + left_out), day, *kept)
            self._arrivals[(place, registry)] = arrival

    @property
    def senders(self) -> list[str]:
        """Everybody who sends registries."""
        return list(dict.fromkeys(place for place, _ in self._arrivals))

    def sends(self, card: Card, sender: str) -> bool:
        """Whether a sender itself sends everything that a figure rests on."""
        return all((sender, registry) in self._arrivals for registry in card.registries)

    def pooled_source(self) -> tuple[str | None, int | None, date | None]:
        """The hash of all workbooks' hashes together, for figures of the whole; the earliest day of data among them."""
        hashes = sorted({one.sha256 for one in self._arrivals.values() if one.sha256})
        days = [one.data_on for one in self._arrivals.values() if one.data_on]
        whole = hashlib.sha256("".join(hashes).encode()).hexdigest() if hashes else None
        return whole, None, min(days, default=None)

    def sender(self, registry: str, municipality: str) -> str | None:
        """Who sends a registry for a municipality: itself, the region, or nobody."""
        return next((one for one in (municipality, REGION) if (one, registry) in self._arrivals), None)

    def arrival(self, registry: str, municipality: str) -> _Arrival | None:
        """What is known of a registry of a municipality, None when nobody sends it."""
        sender = self.sender(registry, municipality)
        return self._arrivals[(sender, registry)] if sender else None

    def silent(self, registry: str, municipality: str) -> bool:
        """Whether a registry that somebody should send for a municipality was not accepted."""
        found = self.arrival(registry, municipality)
        return found is not None and not found.received

    def unknown(self, card: Card, base: str | None, municipality: str) -> Unknown | None:
        """Why the figure of a municipality is not known, None when it is; ``base``: the registry that the denominator is in."""
        absent, spoilt, old = [], [], None
        who = self._names.get(municipality, municipality)
        base_known = True
        for registry in card.registries:
            found, is_base = self.arrival(registry, municipality), registry in (base, "organisations")
            if found is None or not found.received:
                absent.append(f"«{found.title if found else registry}»")
                base_known &= not is_base
            elif 2 * found.unread > found.sent:
                spoilt.append(f"«{found.title}»")
                base_known &= not is_base
            elif found.data_on and found.data_on < self.as_of:
                old = min(old or found.data_on, found.data_on)
        first = self._first or self._year_before(card, municipality)
        if first and self.as_of < first:
            return Unknown(f"реестры ведутся с {wording.day(first)}, отчётная дата {wording.day(self.as_of)} раньше", False, who)
        if absent:
            unseen = wording.noun(len(absent), ("нет данных реестра", "нет данных реестров", "нет данных реестров"))
            return Unknown(f"{unseen} {', '.join(absent)}: не представлены или не прочитаны", base_known, who)
        if spoilt:
            return Unknown(f"большинство строк не прочитано: {', '.join(spoilt)}", base_known, who)
        if old:
            return Unknown(f"данные на {wording.day(old)}, отчётная дата {wording.day(self.as_of)} позже", False, who)
        return None

    def _year_before(self, card: Card, municipality: str) -> date | None:
        """Where the document names no beginning: a workbook tells of its year and of the one before."""
        days = [found.data_on for one in card.registries if (found := self.arrival(one, municipality)) and found.data_on]
        return date(min(days).year - 1, 1, 1) if days else None

    def unread(self, card: Card, municipality: str) -> int:
        """Rows with cells that could not be read in the registries of a figure."""
        arrivals = (self.arrival(registry, municipality) for registry in card.registries)
        return sum(found.unread for found in arrivals if found and found.received)

    def source(self, card: Card, municipality: str) -> tuple[str | None, int | None, date | None]:
        """The workbook that a figure rests on: its hash, revision and day of data."""
        found = self.arrival(card.registries[-1], municipality)
        return (found.sha256, found.revision, found.data_on) if found else (None, None, None)
