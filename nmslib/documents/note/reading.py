"""What a note on disk says: what the analyst wrote in it, whether anything else was changed, which figures it tells."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import docx
from docx.opc.exceptions import PackageNotFoundError
from lxml import etree

from nmslib.documents.note.paper import ALIAS, FIELDS, TAG
from nmslib.problems import UserError

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
FIGURE = re.compile(r"f\d+_(\w+)")
# What leads out of the field, or must be unique in the file: gone; the text of a hyperlink stays.
UNWRAPPED = {"hyperlink", "smartTag", "sdt", "sdtContent", "customXml"}
DROPPED = {
    "drawing",
    "pict",
    "object",
    "bookmarkStart",
    "bookmarkEnd",
    "footnoteReference",
    "endnoteReference",
    "sdtPr",
    "sdtEndPr",
}
DROPPED |= {
    "commentRangeStart",
    "commentRangeEnd",
    "commentReference",
    "sectPr",
    "proofErr",
    "permStart",
    "permEnd",
    "AlternateContent",
}
BLOCKS = {"p", "tbl"}
CONTENTS = f"{WORD}sdtPr/{WORD}docPartObj"
BULLET = "– "
TAGS = {ALIAS + alias: TAG + name for name, (alias, _) in FIELDS.items()}
HINTS = {hint for _, hint in FIELDS.values()}


@dataclass(frozen=True)
class Told:
    """What a note says: the name of the place, its identifier («amur/tynda/2024-11-24»), and figure id → texts that tell it."""

    place: str
    identifier: str
    figures: dict[str, list[str]]


def fields(path: Path) -> dict[str, list[bytes]]:
    """What the analyst wrote: tag of a field → its paragraphs and tables as XML; fields left as they were are not in it.

    Pictures, footnotes, comments and the addresses of hyperlinks lead to other parts of the file and are left out; the words of
    hyperlinks stay; items of lists become paragraphs with a dash. Raises UserError when the file is no Word document.
    """
    found: dict[str, list[bytes]] = {}
    for control in _controls(_body(path)):
        content = control.find(f"{WORD}sdtContent")
        if content is None or _is_placeholder(control) or not _text(content).strip():
            continue
        blocks = found.setdefault(_tag(control), [])
        blocks += [_kept(block) for block in content.iterchildren() if _name(block) in BLOCKS]
    return found


def outside_fields(path: Path) -> str:
    """sha256 of the words outside the free fields and of where figures stand in them; not of the contents, which Word renews."""
    return hashlib.sha256("".join(_outside(_body(path))).encode()).hexdigest()


def told_in(path: Path) -> Told:
    """What a finished note tells, read back from its bookmarks and properties; UserError when the file is no Word document."""
    document = _opened(path)
    identifier = document.core_properties.identifier or ""
    system, municipality, day = [*identifier.split("/"), "", "", ""][:3]
    place = ""
    figures: dict[str, list[str]] = {}
    for name, text in _bookmarks(document.element.body):
        known = FIGURE.fullmatch(name)
        if known:
            figures.setdefault(f"{system}/{municipality}/{known[1]}/{day}", []).append(text)
        elif name == "place":
            place = text
    return Told(place, identifier, figures)


def _opened(path: Path) -> Any:
    try:
        return docx.Document(str(path))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, OSError, etree.XMLSyntaxError) as error:
        raise UserError(f"{path.name}: файл не открывается как документ Word; удалите его или верните прежний") from error


def _body(path: Path) -> Any:
    return _opened(path).element.body


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _tag(control: Any) -> str:
    """The tag of a content control; LibreOffice keeps the alias alone, and an alias has one tag."""
    tag, alias = (control.find(f"{WORD}sdtPr/{WORD}{name}") for name in ("tag", "alias"))
    if tag is not None:
        return str(tag.get(f"{WORD}val"))
    return "" if alias is None else TAGS.get(str(alias.get(f"{WORD}val")), "")


def _controls(body: Any) -> Iterator[Any]:
    return (control for control in body.iter(f"{WORD}sdt") if _tag(control).startswith(TAG))


def _is_placeholder(control: Any) -> bool:
    """Whether the grey words still stand there, by Word's own mark or, which LibreOffice drops, by the words."""
    marked = control.find(f"{WORD}sdtPr/{WORD}showingPlcHdr") is not None
    return marked or _text(control).strip() in HINTS


def _pieces(element: Any) -> Iterator[str]:
    for one in element.iter(f"{WORD}t", f"{WORD}br", f"{WORD}tab", f"{WORD}p"):
        yield one.text or "" if _name(one) == "t" else "\n"


def _text(element: Any) -> str:
    return "".join(_pieces(element))


def _outside(body: Any) -> Iterator[str]:
    """Words and names of figures' bookmarks in order, without the free fields and the contents."""
    for child in body.iterchildren():
        if _name(child) == "sdt" and (_tag(child).startswith(TAG) or child.find(CONTENTS) is not None):
            continue
        for one in child.iter(f"{WORD}t", f"{WORD}p", f"{WORD}bookmarkStart"):
            name = one.get(f"{WORD}name") or ""
            yield (
                one.text or ""
                if _name(one) == "t"
                else f"[{name}]"
                if FIGURE.fullmatch(name)
                else "\n"
                if _name(one) == "p"
                else ""
            )


def _bookmarks(body: Any) -> Iterator[tuple[str, str]]:
    """Names and texts of bookmarks, in the order in which they end; cells are set apart by spaces."""
    open_now: dict[str, tuple[str, list[str]]] = {}
    for one in body.iter(f"{WORD}bookmarkStart", f"{WORD}bookmarkEnd", f"{WORD}t", f"{WORD}br", f"{WORD}p"):
        kind = _name(one)
        if kind == "bookmarkStart":
            open_now[one.get(f"{WORD}id")] = (one.get(f"{WORD}name") or "", [])
        elif kind == "bookmarkEnd":
            name, pieces = open_now.pop(one.get(f"{WORD}id"), ("", []))
            yield name, "".join(pieces).strip()
        else:
            for _, pieces in open_now.values():
                pieces.append(one.text or "" if kind == "t" else " ")


def _kept(block: Any) -> bytes:
    """A paragraph or a table as it can stand in another file: without relations, ids, and attributes of newer versions."""
    copy = etree.fromstring(etree.tostring(block))
    for one in list(copy.iter()):
        kind = _name(one)
        if kind in DROPPED or not kind:
            _removed(one)
        elif kind in UNWRAPPED:
            _unwrapped(one)
        elif kind == "numPr":
            _dashed(one)
        for attribute in list(one.attrib):
            if (
                not attribute.startswith((WORD, "{http://www.w3.org/XML/"))
                or "rsid" in attribute
                or attribute.startswith(RELATIONS)
            ):
                del one.attrib[attribute]
    etree.cleanup_namespaces(copy)
    return bytes(etree.tostring(copy, encoding="utf-8"))


def _removed(one: Any) -> None:
    parent = one.getparent()
    if parent is not None:
        parent.remove(one)


def _unwrapped(one: Any) -> None:
    """Children take the place of their parent."""
    parent = one.getparent()
    for child in list(one):
        parent.insert(parent.index(one), child)
    parent.remove(one)


def _dashed(number: Any) -> None:
    """An item of a list names a list of its own file: a dash in front of the words takes its place."""
    properties = number.getparent()
    properties.remove(number)
    paragraph = properties.getparent()
    first = paragraph.find(f"{WORD}r/{WORD}t") if paragraph is not None and _name(paragraph) == "p" else None
    if first is not None:
        first.text = BULLET + (first.text or "")
