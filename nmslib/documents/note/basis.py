"""Sections 1 to 3: introduction, norms with the indicators, the municipality."""

import pandas as pd

from nmslib import wording
from nmslib.documents.note import front, markup
from nmslib.documents.note.matter import Matter, headed, targets
from nmslib.documents.note.paper import Column, Paper, Row

PERIODS = {
    "calendar_year": "за календарный год",
    "school_year": "за учебный год",
    "half_year": "за полугодие",
    "quarter": "за квартал",
    "month": "за месяц",
    "plan": "за срок плана",
}
NAMED_ACTS = 3
# How the portrait calls those whom indicators count; a word for their kind may follow.
COUNTED = ("образовательные организации", "педагогические работники и управленческие кадры")
RECORDS = ("запись о работниках", "записи о работниках", "записей о работниках")
INDICATORS = ("показатель", "показателя", "показателей")
ORGANISATIONS = ("организация", "организации", "организаций")


def introduction(paper: Paper, matter: Matter) -> None:
    """Section 1: grounds, aim, subject, methods, who sent what, limits of the data."""
    now, act = matter.now, matter.now.facts.act
    paper.heading(1, "1. Введение")
    paper.text(f"Справка подготовлена на основании документа: {front.basis(matter)}.")
    paper.text(
        "Цель мониторинга — оценить, достигаются ли показатели и исполняются ли меры, установить причины отклонений "
        "и подготовить адресные рекомендации. "
        f"Объект мониторинга — {act.short_title[:1].lower()}{act.short_title[1:]}, предмет — показатели документа "
        f"({len(matter.indicators)}) и меры дорожной карты ({len(now.measures)})."
        if len(now.measures)
        else "Цель мониторинга — оценить, достигаются ли показатели, установить причины отклонений и подготовить адресные "
        f"рекомендации. Объект мониторинга — {act.short_title[:1].lower()}{act.short_title[1:]}, предмет — показатели "
        f"документа ({len(matter.indicators)}); дорожной карты в документе нет."
    )
    often = f"; периодичность по документу: {_low(act.monitoring.printed)}" if act.monitoring.printed else ""
    paper.text(wording.sentences(f"Отчётная дата — {wording.day_in_text(now.day)}{often}", outside(matter), _afterwards(matter)))
    if act.methods.items:
        paper.text(f"Методы сбора информации ({act.methods.clause}): {'; '.join(act.methods.items)}.")
    paper.text(*_coverage(matter))
    if told := front.absent(matter):
        lost = any(pd.isna(row["value"]) for row in matter.figures)
        so = "Показатели, которым они нужны, не рассчитаны: неизвестное не заменяется нулём"
        paper.text(wording.sentences(told, so if lost else "Все показатели рассчитаны и без них"))
    paper.text(_limits(matter))
    paper.free("introduction")


def outside(matter: Matter) -> str:
    """That the day lies outside the period of the document, where it does."""
    now, period = matter.now, matter.now.facts.act.period
    if (period.start and now.day < period.start) or (period.end and now.day > period.end):
        days = " — ".join(wording.day(day) for day in (period.start, period.end) if day)
        return f"Эта дата вне срока действия документа ({days}): плановых значений на неё нет"
    return ""


def _afterwards(matter: Matter) -> str:
    """That what was sent is younger than the day, where it is."""
    sent = matter.arrivals.loc[matter.arrivals["received"].astype(bool), "data_on"]
    known = [pd.Timestamp(day) for day in [*sent, *(row["data_on"] for row in matter.figures)] if pd.notna(day)]
    later = sorted({day for day in known if day > pd.Timestamp(matter.now.day)})
    if not later:
        return ""
    book = "по книгам с данными на дни до" if matter.whole else "по книге с данными на"
    return f"Рассчитано ретроспективно: {book} {wording.day(later[-1])}"


def _low(text: str) -> str:
    return text[:1].lower() + text[1:]


def _coverage(matter: Matter) -> list[str]:
    """Who sent how many registries, and how many organisations and rows of staff they hold."""
    rows = matter.arrivals
    got = rows[rows["received"].astype(bool)]
    if rows.empty:
        return ["Реестры из этого места не запрашивались: показатели собраны из сведений других систем."]
    if got.empty:
        return [f"Реестры на отчётную дату не представлены: принято 0 из {len(rows)}. Выводы об исполнении делать не из чего."]
    told = [f"Принято реестров: {len(got)} из {len(rows)}."]
    if matter.whole:
        full = rows.groupby("municipality")["received"].all()
        told = [f"Отправителей — {len(full)}, все реестры представили {int(full.sum())}; {_low(told[0])}"]
    held = []
    for registry, forms in {"organisations": ORGANISATIONS, "staff": RECORDS}.items():
        mine = got[got["registry"] == registry]
        read, lost = int(mine["rows"].sum()), int(mine["left_out"].sum())
        part = f" (прочитано {wording.share(read, read + lost)})" if lost else ""
        held += [f"{wording.counted(read, forms)}{part}"] if read else []
    counted = _counted(matter) if len(held) == len(COUNTED) else ""
    return [*told, f" В реестрах: {', '.join(held)}{counted}."] if held else told


def _counted(matter: Matter) -> str:
    """How many organisations and staff the indicators count; empty where the portrait does not tell both."""
    rows = matter.portrait("context")
    rows = rows[rows["column"] == "всего"]
    found = [rows.loc[rows["row"].str.startswith(name), "count"] for name in COUNTED]
    if any(one.empty or pd.isna(one.iloc[0]) for one in found):
        return ""
    return f"; в показатели входят {' и '.join(wording.number(int(one.iloc[0])) for one in found)}"


def _limits(matter: Matter) -> str:
    now = matter.now
    found = [
        "Ограничения: справка опирается на строки принятых реестров и не проверяет подлинность документов",
        "связь мер и показателей во времени не доказывает причины",
    ]
    known = [row["data_on"] for row in matter.figures if pd.notna(row["data_on"])]
    old = [day for day in known if day < pd.Timestamp(now.day)]
    if old:
        found.append(f"часть сведений старше отчётной даты (самые ранние — на {wording.day(min(old))})")
    return "; ".join(found) + "."


def norms(paper: Paper, matter: Matter) -> None:
    """Section 2: each indicator with its formula in words, source, plan and clause."""
    paper.heading(1, "2. Нормативные основания и показатели")
    act = matter.now.facts.act
    term = f" Документ действует: {act.period.printed} ({act.period.clause})." if act.period.printed else ""
    paper.text(f"Показатели и плановые значения установлены документом: {act.name}.{term}")
    acts = [one.act for one in matter.now.facts.basis][:NAMED_ACTS]
    if acts:
        paper.text(f"Сам документ ссылается, среди прочего, на: {'; '.join(acts)}.")
    if not matter.indicators:
        paper.text("Показателей документ не устанавливает.")
        return
    columns = [Column("Показатель, как он считается и из каких реестров", 121), Column("План", 14, "center"), Column("Пункт", 30)]
    rows = [_norm(matter, row) for row in matter.indicators]
    paper.table("Показатели документа", columns, rows)
    if matter.numbers:
        count = wording.counted(len(matter.numbers), ("число", "числа", "чисел"))
        paper.text(f"Кроме того, меры дорожной карты содержат {count}: значения — в приложении 1, определения — в приложении 5.")


def _norm(matter: Matter, row: pd.Series) -> Row:
    card = matter.card(row)
    titles = {sheet.id: sheet.title for sheet in matter.now.schema.sheets}
    base = "" if row["unit"] == "count" and pd.isna(row["denominator"]) else f", делённые на: {card.denominator}"
    period = "на отчётную дату" if card.counts == "stock" else PERIODS[card.period]
    how = f"{card.numerator[:1].upper()}{card.numerator[1:]}{base}; {period}."
    clause = row["clause"]
    if pd.notna(row["target"]) and row["target_clause"] != clause:
        clause = f"{clause}; план — {row['target_clause']}"
    sources = ", ".join(titles.get(one, one) for one in card.registries)
    named = markup.run(f"{headed(row, matter.name(row))}\n", bold=True)
    return Row((markup.inline(named, f"{how} Источник: {sources}."), targets(row), clause))


def context(paper: Paper, matter: Matter) -> None:
    """Section 3: organisations and staff, counted in the registries."""
    paper.heading(1, "3. Характеристика муниципального образования" if not matter.whole else "3. Характеристика системы")
    place = matter.now.place
    federal = matter.now.facts.act.level == "federal"
    if matter.whole:
        members = f"{'систем' if federal else 'муниципальных образований'}: {len(matter.now.names) - 1}"
        paper.text(f"{place.name}, {members}.")
    else:
        paper.text(f"{place.name}: {place.type}." if place.type else f"{place.name}.")
    rows = matter.portrait("context")
    if rows.empty:
        paper.text("Сведений об организациях и работниках на отчётную дату нет.")
    else:
        portrait_table(paper, matter, "context", "Организации и работники", f"на {wording.day(matter.now.day)}")
    paper.free("context")


def portrait_table(paper: Paper, matter: Matter, table: str, title: str, when: str = "") -> None:
    """A table of counts from the portrait for its period (or ``when``); nothing where the registry was not sent."""
    rows = matter.portrait(table)
    if rows.empty:
        return
    heads = list(dict.fromkeys(rows["column"]))
    counts = {(one.row, one.column): one.count for one in rows.itertuples(index=False)}
    columns = [
        Column("Кто и что посчитано", 96),
        *(Column(head[:1].upper() + head[1:], 69 / len(heads), "center") for head in heads),
    ]
    told = [Row((name, *(_count(counts.get((name, head))) for head in heads))) for name in dict.fromkeys(rows["row"])]
    of = f"; муниципалитетов, приславших сведения: {rows['members'].min()}" if matter.whole else ""
    paper.table(f"{title} ({when or rows['period'].iloc[0]}{of})", columns, told)


def _count(value: object) -> str:
    return "—" if value is None or pd.isna(value) else wording.number(int(str(value)))
