"""What is being written: parts of the body in order, and the running numbers of tables, pictures, bookmarks and headings."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from docx.document import Document
from docx.image.image import Image
from docx.shared import Mm
from lxml import etree

from nmslib.documents.note import markup, package
from nmslib.documents.note.markup import Inline, Markup
from nmslib.documents.note.sentences import Sentence, clauses_once

PORTRAIT_MM, LANDSCAPE_MM = 165.0, 257.0
# Width of the text → height that a heading and the caption leave to a picture.
TALLEST_MM = {PORTRAIT_MM: 215.0, LANDSCAPE_MM: 145.0}
LONGEST_NAME = 40
CONTENTS = "<!--contents-->"
# Keys are tags after «free:»; the analyst writes there, and the next run keeps it.
FIELDS = {
    "introduction": ("введение", "Впишите, если нужно: кем и как проведён мониторинг."),
    "context": ("характеристику", "Впишите, если нужно: особенности, которых нет в реестрах."),
    "analysis": ("анализ", "Впишите, если нужно: иные причины; лучшие практики; риски."),
    "conclusions": ("выводы", "Впишите, если нужно: дополнительные выводы."),
    "recommendations": ("рекомендации", "Впишите, если нужно: кому ещё, что сделать, к какому сроку."),
    "decisions": ("решения", "Впишите, если нужно: мера, срок, ответственный, результат."),
    "executor": ("исполнителя", "Впишите: должность, фамилия, инициалы; исполнитель, телефон."),
}
TAG, ALIAS = "free:", "Впишите: "


@dataclass(frozen=True)
class Column:
    """A column: its head, its part of the width, and the side its cells stand at."""

    title: str
    width: float
    align: Literal["left", "center", "right"] = "left"


@dataclass(frozen=True)
class Row:
    """Cells of a row, and the figure that it tells; a row of one cell stands across the table as a heading of those below."""

    cells: tuple[Inline, ...]
    figure: str | None = None


@dataclass
class Paper:
    """The note while it is written; ``place``: «amur/tynda», ``day``: «2024-11-24», ``kept``: tag → paragraphs of the analyst."""

    place: str
    day: str
    kept: Mapping[str, Sequence[bytes]]
    parts: list[str] = field(default_factory=list)
    document: Document = field(default_factory=package.blank)
    headings: list[tuple[int, str, str]] = field(default_factory=list)
    tables: int = 0
    pictures: int = 0
    marks: int = 0
    width_mm: float = PORTRAIT_MM

    def heading(self, level: int, text: str) -> None:
        """A heading that the table of contents lists."""
        self.marks += 1
        anchor = f"_Toc{len(self.headings) + 1:08d}"
        self.headings.append((level, text, anchor))
        told = markup.bookmarked(self.marks, anchor, text)
        self.parts.append(markup.paragraph(f"Heading{level}", told))

    def text(self, *parts: Inline, style: str = "Normal", keep: bool = False) -> None:
        """A paragraph."""
        self.parts.append(markup.paragraph(style, *parts, keep=keep))

    def told(self, sentences: Iterable[Sentence], before: Inline = "", style: str = "Normal", keep: bool = False) -> None:
        """A paragraph of sentences; those of one figure that follow each other stand in one bookmark of that figure."""
        groups = groupby(clauses_once(sentences), lambda one: one.figure)
        pieces = [self._marked(name, " ".join(map(str, group))) for name, group in groups]
        spaced = [piece for one in pieces for piece in (" ", one)][1:]
        self.text(*([before] if before else []), *spaced, style=style, keep=keep)

    def _marked(self, figure: str | None, text: str) -> Inline:
        name = self._name(figure)
        return markup.bookmarked(self.marks, name, text) if name else text

    def _name(self, figure: str | None) -> str | None:
        """A bookmark's name for a figure of this note's place and day; None for any other, whose id a name cannot hold."""
        if figure is None or not (figure.startswith(f"{self.place}/") and figure.endswith(f"/{self.day}")):
            return None
        self.marks += 1
        return f"f{self.marks}_{figure.split('/')[2]}"[:LONGEST_NAME]

    def place_name(self, text: str, style: str) -> None:
        """The name of the place, in the bookmark by which it is read back."""
        self.marks += 1
        self.text(markup.bookmarked(self.marks, "place", text), style=style)

    def table(self, title: str, columns: Sequence[Column], rows: Sequence[Row]) -> None:
        """A numbered table with its caption above; empty ones are never written."""
        self.tables += 1
        number = markup.field(r"SEQ Таблица \* ARABIC", str(self.tables))
        self.text("Таблица ", number, f" – {title}", style="CaptionTable", keep=True)
        total = sum(column.width for column in columns)
        widths = [markup.twips(self.width_mm * column.width / total) for column in columns]
        head = "".join(
            markup.cell(column.title, width, "center", "TableHead", keep=True)
            for column, width in zip(columns, widths, strict=True)
        )
        body = "".join(self._row(row, columns, widths) for row in rows)
        self.parts.append(markup.table(markup.row(head, header=True) + body, widths, title))
        self.text(style="AfterTable")

    def _row(self, row: Row, columns: Sequence[Column], widths: list[int]) -> str:
        if len(row.cells) == 1 < len(columns):
            told = row.cells[0]
            heading = told if isinstance(told, Markup) else markup.run(told, bold=True)
            return markup.row(markup.cell(heading, sum(widths), span=len(columns), keep=True))
        cells = list(row.cells)
        name = self._name(row.figure)
        if name:
            cells[0] = markup.inline(markup.mark_start(self.marks, name), cells[0])
            cells[-1] = markup.inline(cells[-1], markup.mark_end(self.marks))
        placed = zip(cells, widths, columns, strict=True)
        return markup.row("".join(markup.cell(one, width, column.align) for one, width, column in placed))

    def picture(self, png: bytes, title: str, description: str) -> None:
        """A numbered picture as wide as the text, or as high as the page allows, with its caption below."""
        self.pictures += 1
        image = Image.from_blob(png)
        scale = min(self.width_mm / image.px_width, TALLEST_MM[self.width_mm] / image.px_height)
        width, height = Mm(image.px_width * scale), Mm(image.px_height * scale)
        inline = self.document.part.new_pic_inline(io.BytesIO(png), width, height)
        inline.docPr.id, inline.docPr.name = self.pictures, f"Рисунок {self.pictures}"
        inline.docPr.set("descr", description)
        # LibreOffice leaves an eighth of an inch at the sides unless told otherwise.
        inline.attrib.update({f"dist{side}": "0" for side in "TBLR"})
        drawn = Markup(f"<w:r><w:drawing>{etree.tostring(inline, encoding='unicode')}</w:drawing></w:r>")
        self.text(drawn, style="Picture", keep=True)
        self.text("Рисунок ", markup.field(r"SEQ Рисунок \* ARABIC", str(self.pictures)), f" – {title}", style="CaptionPicture")

    def free(self, name: str) -> None:
        """A field where the analyst writes: what was kept from the file before, or the grey words that say what belongs there."""
        alias, hint = FIELDS[name]
        kept = self.kept.get(TAG + name)
        grey = markup.paragraph("Normal", markup.run(hint, style="PlaceholderText"))
        content = b"".join(kept).decode() if kept else grey
        number = 1000 + list(FIELDS).index(name)
        self.parts.append(markup.control(number, ALIAS + alias, TAG + name, content, placeholder=not kept))

    def contents(self) -> None:
        """The table of contents stands here; Word fills in the pages when it opens the note."""
        self.parts.append(CONTENTS)

    def page(self) -> None:
        """What follows begins on a new page."""
        self.parts.append('<w:p><w:pPr><w:pStyle w:val="TableText"/></w:pPr><w:r><w:br w:type="page"/></w:r></w:p>')

    def turn(self) -> None:
        """What follows stands on wide pages."""
        self.parts.append(markup.section_break(landscape=False))
        self.width_mm = LANDSCAPE_MM

    def body(self) -> str:
        """Everything as the body of the document."""
        written = "".join(self.parts).replace(CONTENTS, self._contents())
        return f"<w:body {markup.NAMESPACES}>{written}{markup.section(self.width_mm == LANDSCAPE_MM)}</w:body>"

    def _contents(self) -> str:
        """The field of contents, marked as out of date, with the headings it will list."""
        begin = (
            '<w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r><w:r><w:instrText xml:space="preserve"> '
            r'TOC \o "1-2" \h \z \u </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        )
        lines = []
        for number, (level, text, anchor) in enumerate(self.headings):
            link = Markup(f'<w:hyperlink w:anchor="{anchor}">{markup.run(text)}</w:hyperlink>')
            lines.append(markup.paragraph(f"TOC{level}", Markup(begin if number == 0 else ""), link))
        end = markup.paragraph("TableText", Markup('<w:r><w:fldChar w:fldCharType="end"/></w:r>'))
        gallery = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/></w:docPartObj>'
        content = markup.paragraph("Centred", markup.run("Содержание", bold=True)) + "".join(lines) + end
        return f'<w:sdt><w:sdtPr><w:id w:val="999"/>{gallery}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>'
