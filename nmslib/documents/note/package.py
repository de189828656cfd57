"""The file of the note: its parts, zipped so that the same note is the same bytes. Knows nothing of what the note says."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from nmslib.documents.note import markup

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SYNTHETIC = "СИНТЕТИЧЕСКИЕ ДАННЫЕ: реестры вымышлены для показа"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
KINDS = {
    "word/document.xml": f"{WORD}.document.main+xml",
    "word/styles.xml": f"{WORD}.styles+xml",
    "word/settings.xml": f"{WORD}.settings+xml",
    "word/header.xml": f"{WORD}.header+xml",
    "word/header_first.xml": f"{WORD}.header+xml",
    "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
}
# Word asks whether to update fields once, when it opens the note: the contents have no pages until then. Words are divided in
# tables alone (styles.xml), where columns are narrow.
SETTINGS = (
    f'{HEAD}<w:settings {markup.NAMESPACES}><w:defaultTabStop w:val="709"/><w:autoHyphenation/>'
    '<w:characterSpacingControl w:val="doNotCompress"/><w:updateFields w:val="true"/><w:compat>'
    '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    '<w:themeFontLang w:val="ru-RU"/></w:settings>'
)


@dataclass(frozen=True)
class About:
    """Properties of the file: ``identifier`` is «amur/tynda/2024-11-24»; ``mark`` stands in the header of every page."""

    title: str
    identifier: str
    day: date
    mark: str


def packed(body: str, images: Sequence[bytes], about: About) -> bytes:
    """The docx of a body with its pictures (relations rIdImage1, rIdImage2, …)."""
    pictures = {f"word/media/image{number}.png": png for number, png in enumerate(images, 1)}
    number = markup.paragraph("Header", markup.field("PAGE", "2"))
    mark = markup.paragraph("HeaderMark", about.mark) if about.mark else markup.paragraph("Header")
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(
            ("rId1", f"{OFFICE}/officeDocument", "word/document.xml"),
            ("rId2", f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": _core(about),
        "word/document.xml": f"{HEAD}<w:document {markup.NAMESPACES}>{body}</w:document>",
        "word/_rels/document.xml.rels": _relations(
            ("rIdStyles", f"{OFFICE}/styles", "styles.xml"),
            ("rIdSettings", f"{OFFICE}/settings", "settings.xml"),
            ("rIdHeader", f"{OFFICE}/header", "header.xml"),
            ("rIdFirstHeader", f"{OFFICE}/header", "header_first.xml"),
            *((f"rIdImage{n}", f"{OFFICE}/image", f"media/image{n}.png") for n in range(1, len(images) + 1)),
        ),
        "word/header.xml": f"{HEAD}<w:hdr {markup.NAMESPACES}>{number}{mark if about.mark else ''}</w:hdr>",
        "word/header_first.xml": f"{HEAD}<w:hdr {markup.NAMESPACES}>{mark}</w:hdr>",
        "word/settings.xml": SETTINGS,
        "word/styles.xml": files(__package__).joinpath("parts/styles.xml").read_text("utf-8"),
    }
    return _zipped({name: text.encode() for name, text in parts.items()} | pictures, about.day)


def _zipped(parts: dict[str, bytes], day: date) -> bytes:
    """Parts in order, all of one date: the clock of the machine must not show in the file."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as file:
        for name, content in parts.items():
            info = ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            info.compress_type = ZIP_STORED if name.endswith(".png") else ZIP_DEFLATED
            file.writestr(info, content)
    return buffer.getvalue()


def _content_types() -> str:
    named = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in KINDS.items())
    usual = {"rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml", "png": "image/png"}
    defaults = "".join(f'<Default Extension="{end}" ContentType="{kind}"/>' for end, kind in usual.items())
    return f'{HEAD}<Types xmlns="{PACKAGE}/content-types">{defaults}{named}</Types>'


def _relations(*relations: tuple[str, str, str]) -> str:
    told = "".join(f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>' for name, kind, target in relations)
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{told}</Relationships>'


def _core(about: About) -> str:
    moment = f"{about.day.isoformat()}T00:00:00Z"
    dates = "".join(f'<dcterms:{one} xsi:type="dcterms:W3CDTF">{moment}</dcterms:{one}>' for one in ("created", "modified"))
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(about.title)}</dc:title><dc:subject>{escape(about.identifier)}</dc:subject>"
        f"<dc:language>ru-RU</dc:language><dc:identifier>{escape(about.identifier)}</dc:identifier>{dates}</cp:coreProperties>"
    )
