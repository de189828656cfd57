"""Which defects go into whose workbook, so that none hides another."""

from collections.abc import Collection, Mapping, Sequence
from random import Random

from nmslib.demo.defects.kind import Defect
from nmslib.model import REGION

Lacking = Mapping[str, Collection[str]]


def _spread(
    kinds: Sequence[str], senders: Sequence[str], defects: Mapping[str, Defect], lacking: Lacking
) -> dict[str, list[str]]:
    """Each kind to the sender with the fewest so far among those where nothing hides it; what fits nowhere is left out."""
    given: dict[str, list[str]] = {sender: [] for sender in senders}
    for kind in kinds:
        needed = {claim.split(".")[0] for claim in defects[kind].claims}
        able = [sender for sender in senders if not needed & set(lacking.get(sender, ()))]
        free = [sender for sender in able if not any(defects[kind].collides(defects[other]) for other in given[sender])]
        if free:
            given[min(free, key=lambda sender: len(given[sender]))].append(kind)
    return given


def assign(
    senders: Sequence[str], seed: int, sizes: Mapping[str, int] | None, lacking: Lacking | None, defects: Mapping[str, Defect]
) -> dict[str, list[str]]:
    """Kinds for each sender (``amur/tynda``), those of a whole file to the largest; senders with none are left out.

    ``lacking``: sender → registries that are empty in its workbook; kinds of these go elsewhere. Kinds of registries that only
    a region fills in go to senders named ``…/region`` and are left out when there is none. Kinds of a whole file have a workbook
    to themselves: when the others leave too few senders, some of these are left out.
    """
    random = Random(seed)
    known, empty = sizes or {}, lacking or {}
    order = sorted(random.sample(sorted(senders), len(senders)), key=lambda sender: known.get(sender, 0))
    regions = [sender for sender in order if sender.split("/")[-1] == REGION]
    places = [sender for sender in order if sender not in regions]
    kinds = random.sample(list(defects), len(defects))
    regional = [kind for kind in kinds if any(claim.startswith("programmes.") for claim in defects[kind].claims)]
    alone = [kind for kind in kinds if defects[kind].alone]
    shared = [kind for kind in kinds if kind not in regional and kind not in alone]
    # Kinds that take a whole sheet first: they are the hardest to place.
    shared.sort(key=lambda kind: min(claim.count(".") for claim in defects[kind].claims))
    given: dict[str, list[str]] = {}
    room = 0
    while len(places) > room and sum(map(len, given.values())) < len(shared):
        room = max(room + 1, len(places) - len(alone))
        given = _spread(shared, places[:room], defects, empty)
    given |= {sender: [kind] for sender, kind in zip(places[room:], alone, strict=False)}
    given |= _spread(regional, regions, defects, empty)
    planted_in_order = list(defects)
    return {sender: sorted(given[sender], key=planted_in_order.index) for sender in order if given.get(sender)}
