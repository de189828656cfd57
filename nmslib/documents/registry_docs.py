"""docs/registries.md from the schema and the rules, so that the document cannot fall behind them: ``make docs`` writes it."""

from nmslib.model import SEVERITY_RANK, Card, Column, RegistrySchema, Rule, Sheet

HEAD = """# Registries: sheets, columns and rules

Made by `make docs` from `schema.yaml` and `rules.yaml` in `data/registries/` and from `data/indicators.yaml`; a test holds it so.
How a workbook travels from the inbox to a snapshot is in [checks.md](checks.md).
"""


def registry_docs(schema: RegistrySchema, rules: dict[str, Rule], cards: dict[str, Card]) -> str:
    """The whole document (Markdown): every sheet with its columns, clauses and indicators, then every rule by severity."""
    sheets = "\n".join(_sheet(sheet, schema, cards) for sheet in schema.sheets)
    return f"{HEAD}\nVersion of the form: {schema.version}.\n\n{sheets}\n{_rules(rules)}"


def _sheet(sheet: Sheet, schema: RegistrySchema, cards: dict[str, Card]) -> str:
    clauses = "; ".join(f"{demand.system}: {demand.clause}" for demand in sheet.demanded_by)
    used = ", ".join(f"`{card.id}`" for card in cards.values() if sheet.id in card.columns) or "none yet"
    lines = [
        f"## {sheet.title} (`{sheet.id}`)",
        "",
        f"{sheet.about}. Filled in by: {', '.join(sheet.filled_by)}. Demanded by: {clauses}. Indicators: {used}.",
        "",
        "| column | id | type | required | allowed |",
        "|---|---|---|---|---|",
        *(_column(column, schema) for column in sheet.columns),
        "",
    ]
    return "\n".join(lines)


def _column(column: Column, schema: RegistrySchema) -> str:
    marks = ["key"] if column.key else []
    marks += ["yes" if column.required else "no"]
    return f"| {column.title} | `{column.id}` | {column.type} | {', '.join(marks)} | {_allowed(column, schema)} |"


def _allowed(column: Column, schema: RegistrySchema) -> str:
    if column.choices:
        return "; ".join(column.choices.values())
    if column.refers_to:
        registry, other = column.refers_to.split(".")
        sheet = schema.sheet(registry)
        return f"«{sheet.column(other).title}» of «{sheet.title}»"
    if column.low is not None and column.high is not None:
        return f"{column.low:g} to {column.high:g}"
    notes = {
        "personal": "never leaves `data/`",
        "pseudonym": "kept as a keyed hash",
        "year_is_enough": "a year alone is read as 1 January",
    }
    return "; ".join(note for name, note in notes.items() if getattr(column, name))


def _rules(rules: dict[str, Rule]) -> str:
    lines = ["## Rules", "", "| rule | severity | what is wrong | what the sender is asked to do |", "|---|---|---|---|"]
    ordered = sorted(rules.values(), key=lambda rule: SEVERITY_RANK[rule.severity])
    return "\n".join([*lines, *(f"| `{rule.id}` | {rule.severity} | {rule.title} | {rule.wanted} |" for rule in ordered)]) + "\n"
