"""The file of the note: a package of python-docx with our styles and pages; the same note is the same bytes."""

import io
from dataclasses import dataclass
from datetime import date, datetime, time
from importlib.resources import files
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.section import Section
from docx.shared import Mm

from nmslib.documents.note import markup

SYNTHETIC = "СИНТЕТИЧЕСКИЕ ДАННЫЕ: реестры вымышлены для показа"
# The template of python-docx brings a preview, a theme and lists of its own besides.
NEEDED = {
    RELATIONSHIP_TYPE.OFFICE_DOCUMENT,
    RELATIONSHIP_TYPE.CORE_PROPERTIES,
    RELATIONSHIP_TYPE.STYLES,
    RELATIONSHIP_TYPE.SETTINGS,
}


@dataclass(frozen=True)
class About:
    """Properties of the file: ``identifier`` is «amur/tynda/2024-11-24»; ``mark`` stands in the header of every page."""

    title: str
    identifier: str
    day: date
    mark: str


def blank() -> Document:
    """An empty document with our styles and settings in place of those of the template."""
    document = docx.Document()
    for part in (document.part.package, document.part):
        for name in [name for name, relation in part.rels.items() if relation.reltype not in NEEDED]:
            del part.rels[name]
    for element, source in ((document.styles.element, "styles.xml"), (document.settings.element, "settings.xml")):
        element[:] = parse_xml(files(__package__).joinpath("parts", source).read_bytes())
    return document


def packed(document: Document, body: str, about: About) -> bytes:
    """The docx of a body, ``<w:body>`` as text, that refers to pictures of this very document."""
    document.element.replace(document.element.body, parse_xml(body))
    for section in document.sections:
        _page(section)
    _headers(document.sections[0], about.mark)
    _properties(document, about)
    buffer = io.BytesIO()
    document.save(buffer)
    return _dated(buffer, about.day)


def _page(section: Section) -> None:
    """A4; the margin of 30 mm is on the side where the sheet is bound."""
    wide = section.orientation == WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
    top, right, bottom, left = (20, 20, 15, 20) if wide else (20, 15, 20, 30)
    section.top_margin, section.right_margin = Mm(top), Mm(right)
    section.bottom_margin, section.left_margin = Mm(bottom), Mm(left)
    section.header_distance, section.footer_distance, section.gutter = Mm(8), Mm(8), Mm(0)


def _headers(section: Section, mark: str) -> None:
    """The number of the page and the mark; the first page has no number. Later sections take these headers over."""
    section.different_first_page_header_footer = True
    number = markup.paragraph("Header", markup.field("PAGE", "2"))
    told = markup.paragraph("HeaderMark", mark) if mark else ""
    later = number + told
    for header, content in ((section.header, later), (section.first_page_header, told or markup.paragraph("Header"))):
        header.part.element[:] = parse_xml(f"<w:hdr {markup.NAMESPACES}>{content}</w:hdr>")


def _properties(document: Document, about: About) -> None:
    found = document.core_properties
    found.title, found.subject, found.identifier = about.title, about.identifier, about.identifier
    found.author, found.comments, found.language = "", "", "ru-RU"
    found.created = found.modified = datetime.combine(about.day, time())


def _dated(package: io.BytesIO, day: date) -> bytes:
    """The same parts, all of one date: python-docx gives them the time of the clock."""
    buffer = io.BytesIO()
    with ZipFile(package) as given, ZipFile(buffer, "w") as file:
        for name in given.namelist():
            info = ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            info.compress_type = ZIP_STORED if name.endswith(".png") else ZIP_DEFLATED
            file.writestr(info, given.read(name))
    return buffer.getvalue()
