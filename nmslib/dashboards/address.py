"""The address of a page: what is chosen on it, as text that opens the same view; wrong values are refused with the choices."""

from collections.abc import Iterable, Mapping
from datetime import date
from urllib.parse import parse_qsl, urlencode

from nmslib.catalogue import suggestion
from nmslib.dashboards.problems import EVERYBODY, NotShown

LONGEST = 4000


def read(query: str, known: Iterable[str]) -> dict[str, str]:
    """Names and values of an address; NotShown for a name that the page does not know, a name twice, or a text too long."""
    known = list(known)
    if len(query) > LONGEST:
        raise NotShown("Адрес страницы слишком длинный", EVERYBODY, "Откройте страницу без параметров")
    pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=False)
    given = dict(pairs)
    strange = [name for name in given if name not in known]
    if strange or len(given) < len(pairs):
        what = f"нет параметра «{strange[0][:40]}»" if strange else "параметр назван дважды"
        how = f"Параметры этой страницы: {', '.join(known)}"
        raise NotShown(f"В адресе ошибка: {what}", EVERYBODY, how)
    return given


def written(values: Mapping[str, str | None]) -> str:
    """«?system=amur&municipality=tynda»: what is empty is left out."""
    return "?" + urlencode({name: value for name, value in values.items() if value})


def chosen(name: str, value: str | None, choices: Mapping[str, str], usual: str, kept: Mapping[str, str | None]) -> str:
    """The value, or the usual one where nothing is given; NotShown with all choices, as addresses, when it is none of them."""
    if value is None:
        return usual
    if value in choices:
        return value
    words = {"system": "системы", "municipality": "муниципалитета", "indicator": "показателя", "as_of": "даты", "figure": "цифры"}
    how = suggestion(value[:60], dict(choices)) if len(choices) < 200 else "Выберите её на странице"
    raise NotShown(
        f"По адресу не найти {words.get(name, 'значения')} «{value[:60]}»",
        EVERYBODY,
        how,
        [(title, written({**kept, name: one})) for one, title in choices.items()][:40],
    )


def day(value: str | None) -> date | None:
    """A day as ISO writes it; NotShown for anything else."""
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise NotShown(
            f"В адресе не дата: «{(value or '')[:20]}»", EVERYBODY, "Нужна запись ГГГГ-ММ-ДД, например 2023-12-20"
        ) from None
