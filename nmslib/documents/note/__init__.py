"""The analytical note as a Word file, and what is read back from it. Finished frames in, paper out; computes no figures."""

from collections.abc import Mapping, Sequence

import pandas as pd

from nmslib import wording
from nmslib.demo.words import INVENTED_ORGANISATION
from nmslib.documents.note import analysis, annexes, basis, decisions, front, package, results
from nmslib.documents.note.matter import Charts, Matter
from nmslib.documents.note.paper import Paper
from nmslib.documents.note.reading import Told, fields, outside_fields, told_in
from nmslib.documents.note.results import Pictures
from nmslib.situation import Situation

__all__ = ["Charts", "Pictures", "Told", "fields", "note", "outside_fields", "told_in"]


def note(
    now: Situation,
    changes: pd.DataFrame | None,
    charts: Charts,
    pictures: Pictures,
    kept: Mapping[str, Sequence[bytes]] | None = None,
) -> bytes:
    """The docx of one place on one day; the same inputs give the same bytes.

    ``changes``: what moved since the last run, columns municipality, indicator, figure, before, after (as shown), why (a
    sentence) and noticed_on; may be empty, None where there was no run before. ``charts``: the functions of
    ``nmslib.charts``, which stands on the same floor and so is handed in. ``pictures``: PNG of a chart's spec. ``kept``: what
    the analyst wrote in the file before (``fields``).
    """
    place, day = f"{now.system}/{now.municipality}", now.day.isoformat()
    paper, matter = Paper(place, day, kept or {}), Matter(now, changes)
    front.summary(paper, matter)
    front.title(paper, matter)
    basis.introduction(paper, matter)
    basis.norms(paper, matter)
    basis.context(paper, matter)
    results.results(paper, matter, charts, pictures)
    analysis.analysis(paper, matter)
    analysis.conclusions(paper, matter)
    decisions.recommendations(paper, matter)
    decisions.decisions(paper, matter)
    decisions.effectiveness(paper, matter)
    annexes.signature(paper, matter)
    annexes.annexes(paper, matter, charts, pictures)
    title = f"Аналитическая справка: {now.place.name}, {wording.day_in_text(now.day)}"
    about = package.About(title, f"{place}/{day}", now.day, package.SYNTHETIC if now.synthetic else "")
    # The header of every page says it; beside each name it would take a third of the tables.
    body = paper.body().replace(f" {INVENTED_ORGANISATION}", "") if now.synthetic else paper.body()
    return package.packed(paper.document, body, about)
