"""Pieces of WordprocessingML as text: runs, paragraphs, fields, bookmarks, cells. Knows nothing of indicators.

Text, because python-docx has no content controls, bookmarks or fields, and would take seconds for two thousand cells; packages,
pages, headers, properties and pictures are python-docx's (``package.py``, ``paper.py``).
"""

import re
from xml.sax.saxutils import escape, quoteattr

from nmslib.model.states import Shown

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
TWIPS_IN_MM = 1440 / 25.4
# «№ 464», «п. 2.3.3», «разд. 5»: a number never begins a line without its word, nor «— 12» without what it counts.
TIED = re.compile(r"(?<=№) (?=\d)|(?<=\b[Пп]\.) (?=\d)|(?<=\bразд\.) (?=\d)|(?<=\bприл\.) (?=\d)|(?<=\bст\.) (?=\d)| (?=— \d)")
NBSP = "\N{NO-BREAK SPACE}"


class Markup(str):
    """Runs that are WordprocessingML already; a plain ``str`` is text and is escaped."""

    __slots__ = ()


Inline = str | Markup


def twips(millimetres: float) -> int:
    """Millimetres in twentieths of a point."""
    return round(millimetres * TWIPS_IN_MM)


def run(text: str, bold: bool = False, italic: bool = False, colour: str | None = None, style: str | None = None) -> Markup:
    """One run of text; a line break stands for each newline."""
    look = f"<w:rStyle w:val={quoteattr(style)}/>" if style else ""
    look += "<w:b/>" if bold else ""
    look += "<w:i/>" if italic else ""
    look += f'<w:color w:val="{colour.removeprefix("#")}"/>' if colour else ""
    look = f"<w:rPr>{look}</w:rPr>" if look else ""
    text = TIED.sub(NBSP, text)
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n"))
    return Markup(f"<w:r>{look}{lines}</w:r>")


def inline(*parts: Inline) -> Markup:
    """Texts and markup one after another."""
    return Markup("".join(part if isinstance(part, Markup) else run(part) for part in parts))


def state(shown: Shown, count: str = "") -> Markup:
    """Shape in its colour and the word: a state is never colour alone."""
    return inline(run(shown.shape, colour=shown.colour), f"{NBSP}{shown.word}{count}")


def paragraph(style: str, *parts: Inline, keep: bool = False, extra: str = "") -> str:
    """A paragraph of a style; ``keep``: on the page of the next one; ``extra``: further properties, before indents."""
    kept = "<w:keepNext/>" if keep else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{kept}{extra}</w:pPr>{inline(*parts)}</w:p>'


def field(instruction: str, cached: Inline) -> Markup:
    """A field with the value it had when the note was made."""
    code = f'<w:r><w:instrText xml:space="preserve"> {escape(instruction)} </w:instrText></w:r>'
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
    return Markup(f"{begin}{code}{separate}{inline(cached)}{end}")


def bookmarked(number: int, name: str, *parts: Inline) -> Markup:
    """Runs inside a bookmark."""
    return Markup(f"{mark_start(number, name)}{inline(*parts)}{mark_end(number)}")


def mark_start(number: int, name: str) -> Markup:
    """Where a bookmark begins; it may end in another cell of the same row."""
    return Markup(f'<w:bookmarkStart w:id="{number}" w:name={quoteattr(name)}/>')


def mark_end(number: int) -> Markup:
    """Where a bookmark ends."""
    return Markup(f'<w:bookmarkEnd w:id="{number}"/>')


def cell(content: Inline, width: int, align: str = "left", style: str = "TableText", span: int = 1, keep: bool = False) -> str:
    """A cell of one paragraph, ``width`` in twips."""
    merged = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    side = f'<w:jc w:val="{align}"/>' if align != "left" else ""
    told = paragraph(style, content, keep=keep, extra=side)
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{merged}</w:tcPr>{told}</w:tc>'


def row(cells: str, header: bool = False) -> str:
    """A row that is never split between pages; a header row stands on each page."""
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if header else ''}</w:trPr>{cells}</w:tr>"


def table(rows: str, widths: list[int], description: str) -> str:
    """A table of fixed widths in twips with a thin grid."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    look = f'<w:tblStyle w:val="Grid"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
    look += f"<w:tblCaption w:val={quoteattr(description)}/>"
    return f"<w:tbl><w:tblPr>{look}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"


def control(number: int, alias: str, tag: str, content: str, placeholder: bool) -> str:
    """A content control around paragraphs that cannot be deleted itself; with a placeholder, one click selects all of it."""
    shown = "<w:showingPlcHdr/>" if placeholder else ""
    about = f'<w:alias w:val={quoteattr(alias)}/><w:tag w:val={quoteattr(tag)}/><w:id w:val="{number}"/>'
    return f'<w:sdt><w:sdtPr>{about}<w:lock w:val="sdtLocked"/>{shown}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>'


def section(landscape: bool) -> str:
    """Page setup of what stands before it; its sizes are set when the note is packed."""
    turned = "landscape" if landscape else "portrait"
    return f'<w:sectPr><w:pgSz w:orient="{turned}"/></w:sectPr>'


def section_break(landscape: bool) -> str:
    """A paragraph that ends a section."""
    return f'<w:p><w:pPr><w:pStyle w:val="TableText"/>{section(landscape)}</w:pPr></w:p>'
