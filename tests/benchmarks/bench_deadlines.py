"""Our reader of terms beside dateparser on the same table, in one run: how many it reads right, and how fast.

Run: python tests/benchmarks/bench_deadlines.py
"""

import time
from pathlib import Path

import dateparser
import yaml

from nmslib import phrases, roadmap

CASES = yaml.safe_load((Path(__file__).parent.parent / "cases" / "deadline_phrases.yaml").read_text("utf-8"))


def ours(case: dict) -> list | None:
    """Due dates as we read them; None when the phrase is refused."""
    try:
        found = roadmap.resolve(phrases.read(case["phrase"]), *case["plan"])
    except phrases.PhraseNotRead:
        return None
    return [occurrence.due_on for occurrence in found.chosen.occurrences]


def theirs(case: dict) -> list | None:
    """The one date that dateparser finds, with the plan's start as its base; None when it finds none."""
    settings = {"PREFER_DAY_OF_MONTH": "last", "PREFER_DATES_FROM": "future", "DATE_ORDER": "DMY"}
    base = case.get("plan", [None])[0]
    if base:
        settings["RELATIVE_BASE"] = dateparser.parse(base.isoformat())
    found = dateparser.parse(case["phrase"], languages=["ru"], settings=settings)
    return [found.date()] if found else None


def score(reader) -> tuple[int, int, int, float]:
    """Right, refused and wrong answers over the table, and milliseconds a phrase."""
    started = time.perf_counter()
    answers = [reader(case) for case in CASES]
    spent = 1000 * (time.perf_counter() - started) / len(CASES)
    right = sum(answer == (None if case.get("refused") else case["dates"]) for case, answer in zip(CASES, answers, strict=True))
    refused = sum(answer is None and not case.get("refused") for case, answer in zip(CASES, answers, strict=True))
    return right, refused, len(CASES) - right - refused, spent


if __name__ == "__main__":
    score(ours), score(theirs)
    phrases.read.cache_clear()
    print(f"{'':12} right  refused  wrong  ms a phrase   ({len(CASES)} phrases)")
    for name, reader in (("nmslib", ours), ("dateparser", theirs)):
        right, refused, wrong, spent = score(reader)
        print(f"{name:12} {right:5}  {refused:7}  {wrong:5}  {spent:11.2f}")
