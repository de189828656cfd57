"""``make docs``: the documents that are made from data, each appearing whole by one rename."""

from nmslib import catalogue, documents, paths
from nmslib.paths import Project, appearing


def written(project: Project) -> dict[str, str]:
    """File in docs/ → what it must say today."""
    cards = catalogue.load_cards(project)
    schema, rules = catalogue.load_registry_schema(project), catalogue.load_rules(project)
    return {
        "registries.md": documents.registry_docs(schema, rules, cards),
        "indicators.md": documents.indicator_docs(cards, catalogue.load_all(project)),
    }


if __name__ == "__main__":
    home = paths.project()
    for name, text in written(home).items():
        with appearing(home.root / "docs" / name) as draft:
            draft.write_text(text, encoding="utf-8")
