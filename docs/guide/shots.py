"""What the pictures of the guide show: where each is taken, what a visitor does first, which part is cut out."""

from typing import NamedTuple

# What is done (a method of Playwright's locator, or slide), where, with what value.
Deed = tuple[str, ...]


class Shot(NamedTuple):
    """``kind``: page (of nms dashboard), lab (JupyterLab), file (of outputs); ``part``: a selector; ``tallest`` in pixels."""

    name: str
    kind: str
    address: str
    part: str
    deeds: tuple[Deed, ...] = ()
    tallest: int = 760


# What is there when a page of the kind is whole.
OPEN: dict[str, Deed] = {
    "page": ("wait_for", ".nms-page[data-ready], .refused, .nms-card"),
    "lab": ("wait_for", ".jp-Notebook .jp-Cell"),
    "file": ("wait_for", "h1"),
}
AMUR, TYNDA = "/?system=amur", "/?system=amur&municipality=tynda"
PLAN = "/scenarios?system=amur&municipality=tynda&indicator=routed_share"
REGION = "/scenarios?system=amur&indicator=routed_share"
SIDES = "/scenarios?system=seversk&indicator=routed_share&scenario=seversk_methodists_school&compare=seversk_methodists_centre"
SPLIT = (("select_option", "[name=resource]", "methodists"), ("fill", "[name=total]", "20"), ("click", "[data-do=split]"))

SHOTS = (
    Shot(
        "lab",
        "lab",
        "/lab/tree/notebooks/reports/municipality_report.ipynb",
        "#main",
        (
            ("click", "#jp-MainMenu >> text=Run"),
            ("click", ".lm-Menu-itemLabel >> text=/^Run All Cells$/"),
            ("wait_for", ".jp-OutputArea-output table"),
            ("evaluate", ".jp-WindowedPanel-outer", "notebook => notebook.scrollTo(0, 0)"),
        ),
    ),
    Shot("quality", "file", "/amur/data_quality.html", "body"),
    Shot("portal", "file", "/amur/index.html", "body"),
    Shot("report", "file", "/seversk/seversk/report.html", "body"),
    Shot("situation", "page", AMUR, "#part-bar, #part-tiles, #part-plan"),
    Shot("behind", "page", AMUR, "#part-behind", tallest=620),
    Shot("map", "page", AMUR, "#part-behind h3, .map"),
    Shot("place", "page", TYNDA, "#part-plan, #part-behind", tallest=640),
    Shot("terms", "page", TYNDA, "#part-terms", tallest=700),
    Shot("pace", "page", f"{AMUR}&indicator=routed_share", "#part-pace, #part-needs", tallest=900),
    Shot("decide", "page", TYNDA, "#part-decide", tallest=560),
    Shot("trust", "page", TYNDA, "#part-trust", tallest=640),
    Shot("origin", "page", f"{TYNDA}&indicator=routed_share", ".origin", (("click", ".bullets tr.chosen .figure"),), 940),
    Shot("meeting", "page", f"{TYNDA}&meeting=1", "#part-meeting", tallest=1250),
    Shot("dark", "page", TYNDA, "#part-bar, #part-tiles, #part-plan", (("click", "[data-theme-switch]"),), 420),
    Shot("scenarios", "page", PLAN, "#part-bar, #part-levers, #part-answer", (("slide", "#lever-methodists", "6"),)),
    Shot("plans", "page", REGION, "#part-plans, #part-sure, #part-ask", tallest=900),
    Shot("least", "page", PLAN, "#part-solved", (("click", "[data-do=least]"),)),
    Shot("split", "page", REGION, "#part-solved", SPLIT, 640),
    Shot("sides", "page", SIDES, "#part-sides", tallest=820),
    Shot(
        "save",
        "page",
        PLAN,
        ".save",
        (("slide", "#lever-methodists", "6"), ("click", ".save summary"), ("scroll_into_view_if_needed", ".save button")),
    ),
    Shot("card", "page", "/?system=amur&municipality=tinda", ".refused", tallest=420),
)
