"""Defects of the file itself: what is no workbook, whose it is, what else it carries. Most leave room for nothing else."""

import hashlib
import re
import struct
import zipfile
from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path
from shutil import copyfile

from nmslib.demo.defects.bench import Bench
from nmslib.demo.defects.kind import WHOLE_FILE, Kinds
from nmslib.paths import appearing

KINDS = Kinds()
OLE_MAGIC = bytes.fromhex("D0CF11E0A1B11AE1")
SECTOR, END_OF_CHAIN, FREE, FAT_SECTOR = 512, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
BLANK = b" " * (1 << 20)
BLANK_MEGABYTES = 640
# More than a year: the previous monitoring, accepted before, is a year old.
MONITORING_APART = 400
NEIGHBOURS = {"amur": ("tynda", "zeya"), "leningrad": ("luzhskiy", "tikhvinskiy")}
LINKED_BOOK = "Свод за прошлый год.xlsx"


def _entry(name: str, kind: int, child: int, right: int, start: int, size: int) -> bytes:
    """An entry of the directory of an OLE file: 2 bytes a letter, then type, tree and place."""
    text = name.encode("utf-16-le")
    tree = struct.pack("<HBBIII16xI8x8xIQ", len(text) + 2 if name else 0, kind, 1, FREE, right, child, 0, start, size)
    return text.ljust(64, b"\0") + tree


def _ole(streams: dict[str, bytes]) -> bytes:
    """A small OLE compound file: header, one sector of allocation, one of directory, then each stream (up to three)."""
    fat, body, entries = [FAT_SECTOR, END_OF_CHAIN], b"", [_entry("Root Entry", 5, 1, FREE, END_OF_CHAIN, 0)]
    for number, (name, content) in enumerate(streams.items(), 1):
        content = content.ljust(4096, b"\0")
        sectors, start = -(-len(content) // SECTOR), len(fat)
        entries.append(_entry(name, 2, FREE, number + 1 if number < len(streams) else FREE, start, len(content)))
        fat += [*range(start + 1, start + sectors), END_OF_CHAIN]
        body += content.ljust(sectors * SECTOR, b"\0")
    head = OLE_MAGIC + struct.pack(
        "<16xHHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, END_OF_CHAIN, 0, END_OF_CHAIN, 0, 0
    )
    head += b"\xff" * (SECTOR - len(head))
    directory = b"".join(entries).ljust(SECTOR, b"\0")
    return head + b"".join(struct.pack("<I", one) for one in fat).ljust(SECTOR, b"\xff") + directory + body


def _becomes(bench: Bench, content: bytes) -> None:
    def step(draft: Path) -> None:
        draft.write_bytes(content)

    bench.steps.append(step)
    bench.note(None, None)


def _repack(change: Callable[[str, bytes], bytes], added: dict[str, bytes] | None = None) -> Callable[[Path], None]:
    """A step that passes every member of the saved workbook through ``change`` and adds some."""

    def step(draft: Path) -> None:
        with zipfile.ZipFile(draft) as old:
            members = {name: change(name, old.read(name)) for name in old.namelist()}
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as new:
            for name, content in (members | (added or {})).items():
                new.writestr(name, content)

    return step


@KINDS.kind("macros", "В книге лежит проект VBA", "about.macros")
def _macros(bench: Bench) -> None:
    kind = b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    meaning = b"http://schemas.microsoft.com/office/2006/relationships/vbaProject"
    link = b'<Relationship Id="rIdVba" Type="' + meaning + b'" Target="vbaProject.bin"/>'

    def change(name: str, content: bytes) -> bytes:
        if name == "[Content_Types].xml":
            return re.sub(rb"(<Types[^>]*>)", lambda found: found[1] + kind, content, count=1)
        return content.replace(b"</Relationships>", link + b"</Relationships>") if name.endswith("workbook.xml.rels") else content

    bench.steps.append(_repack(change, {"xl/vbaProject.bin": _ole({"VBA": b"Attribute VB_Name"})}))
    bench.note(None, None)


@KINDS.kind("external_links", "Часы взяты формулой из другой книги", "completions.hours", "about.links")
def _external_links(bench: Bench) -> None:
    from openpyxl.packaging.relationship import Relationship
    from openpyxl.workbook.external_link import ExternalLink
    from openpyxl.workbook.external_link.external import ExternalBook, ExternalSheetNames

    row = bench.one("completions")
    hours, place = row["hours"], row.cells.cell(row.number, row.columns["hours"]).coordinate
    row["hours"] = "='[1]Лист1'!$D$4"
    link = ExternalLink(externalBook=ExternalBook(sheetNames=ExternalSheetNames(["Лист1"]), id="rId1"))
    link.file_link = Relationship(type="externalLinkPath", Target=LINKED_BOOK, TargetMode="External", Id="rId1")
    bench.book._external_links.append(link)
    member = f"xl/worksheets/sheet{bench.book.worksheets.index(row.cells) + 1}.xml"
    formula = re.compile(rf'(<c r="{place}"[^>]*><f>[^<]*</f>)<v ?/?>(?:</v>)?'.encode())
    value = f"<v>{hours}</v>".encode()

    def change(name: str, content: bytes) -> bytes:
        return formula.sub(lambda found: found[1] + value, content) if name == member else content

    bench.steps.append(_repack(change))
    bench.note(None, None)


@KINDS.kind("other_version", "«Версия формы» прошлогодняя", "about.version")
def _other_version(bench: Bench) -> None:
    bench.about("Версия формы")["value"] = "2021.1"
    bench.note(None, None)


@KINDS.kind("data_day_missing", "Строка «Данные на» не заполнена", "about.data_day")
def _data_day_missing(bench: Bench) -> None:
    bench.about("Данные на")["value"] = None
    bench.note(None, None)


@KINDS.kind("older_data", "«Данные на» раньше, чем в уже принятой книге", WHOLE_FILE)
def _older_data(bench: Bench) -> None:
    earlier = bench.ago(MONITORING_APART)
    held = bench.about("Данные на")["value"]
    bench.about("Данные на")["value"] = earlier if isinstance(held, datetime) else f"{earlier:%d.%m.%Y}"
    bench.note(None, None)


@KINDS.kind("future_data_day", "«Данные на» через десять лет: описка в годе", WHOLE_FILE)
def _future_data_day(bench: Bench) -> None:
    typed = bench.data_day.replace(year=bench.data_day.year + 10)
    bench.about("Данные на")["value"] = f"{typed:%d.%m.%Y}"
    bench.note(None, None)


@KINDS.kind("no_registries", "В книге нет листов реестров, только «О файле»", WHOLE_FILE)
def _no_registries(bench: Bench) -> None:
    titles = {sheet.title for sheet in bench.schema.sheets}
    for sheet in [one for one in bench.book.worksheets if one.title in titles]:
        bench.book.remove(sheet)
    bench.note(None, None)


@KINDS.kind("foreign_sender", "На листе «О файле» назван другой муниципалитет", WHOLE_FILE)
def _foreign_sender(bench: Bench) -> None:
    others = NEIGHBOURS.get(bench.path.parent.name, NEIGHBOURS["amur"])
    bench.about("Муниципалитет")["value"] = next(name for name in others if name != bench.path.stem)
    bench.note(None, None)


@KINDS.kind("unknown_sender", "Файл назван «Книга1.xlsx», муниципалитет не указан", WHOLE_FILE)
def _unknown_sender(bench: Bench) -> None:
    names = (bench.path.with_name(f"Книга{number}.xlsx") for number in count(1))
    bench.target = next(path for path in names if not path.exists())
    bench.about("Муниципалитет")["value"] = None
    bench.note(None, None)


@KINDS.kind("second_file", "Рядом лежит «… (копия).xlsx» с другим содержанием", WHOLE_FILE)
def _second_file(bench: Bench) -> None:
    copy = bench.path.with_name(f"{bench.path.stem} (копия).xlsx")
    with appearing(copy) as draft:
        copyfile(bench.path, draft)
    # Sealed as ours, so that the next demo may take it away.
    copy.with_name(f".{copy.name}.sha256").write_text(hashlib.sha256(copy.read_bytes()).hexdigest(), encoding="utf-8")
    bench.drop("routes", bench.all_rows("routes")[-1:])
    bench.note(None, None)


@KINDS.kind("open_in_excel", "Рядом лежит «~$…xlsx»: книга открыта", WHOLE_FILE)
def _open_in_excel(bench: Bench) -> None:
    owner = "Специалист"
    narrow, wide = owner.encode("cp1251"), owner.encode("utf-16-le")
    with appearing(bench.path.with_name(f"~${bench.path.name}")) as draft:
        draft.write_bytes(bytes([len(owner)]) + narrow.ljust(54) + bytes([len(owner), 0]) + wide.ljust(108, b" \0"[:1]))
    bench.note(None, None)


@KINDS.kind("not_excel", "Текст с табуляцией, переименованный в .xlsx", WHOLE_FILE)
def _not_excel(bench: Bench) -> None:
    lines = ["Код работника\tДата диагностики\tГде пройдена", "Р00001\t05.09.2023\tЦНППМ", "Р00002\t06.09.2023\tЦНППМ"]
    _becomes(bench, "\r\n".join(lines).encode("cp1251"))


@KINDS.kind("old_excel", "Книга .xls с расширением .xlsx", WHOLE_FILE)
def _old_excel(bench: Bench) -> None:
    _becomes(bench, _ole({"Workbook": b"\x09\x08\x10\x00\x00\x06\x05\x00" + bench.random.randbytes(6000)}))


@KINDS.kind("password", "Книга зашифрована паролем на открытие", WHOLE_FILE)
def _password(bench: Bench) -> None:
    _becomes(
        bench, _ole({"EncryptionInfo": b"\x04\x00\x04\x00\x40\x00\x00\x00", "EncryptedPackage": bench.random.randbytes(9000)})
    )


@KINDS.kind("damaged", "Файл обрезан на середине: письмо не догрузилось", WHOLE_FILE)
def _damaged(bench: Bench) -> None:
    content = bench.path.read_bytes()
    _becomes(bench, content[: len(content) * 3 // 5])


@KINDS.kind("too_large", "Лист раздут пробелами до 640 МБ, сам файл мал", WHOLE_FILE)
def _too_large(bench: Bench) -> None:
    def step(draft: Path) -> None:
        with zipfile.ZipFile(draft) as old:
            members = {name: old.read(name) for name in old.namelist()}
        blown = max(name for name in members if name.startswith("xl/worksheets/sheet"))
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as new:
            for name, content in members.items():
                head, end = (content, b"") if name != blown else (content[: content.rindex(b"</worksheet>")], b"</worksheet>")
                with new.open(name, "w", force_zip64=False) as member:
                    member.write(head)
                    for _ in range(BLANK_MEGABYTES if end else 0):
                        member.write(BLANK)
                    member.write(end)

    bench.steps.append(step)
    bench.note(None, None)


@KINDS.kind("too_large", "Задеты последний столбец и последняя строка листа", WHOLE_FILE)
def _too_wide(bench: Bench) -> None:
    sheet = bench.sheet("execution")
    sheet["XFD1"] = "."
    sheet["A1048576"] = "."
    bench.note(None, None)
