"""Writes the sample plan: sample_plan.txt as the docx that ``bilan demo`` compiles.

    python tools/make_sample_plan.py

The same text gives the same bytes. The first mark of a line says what it is:

====== =====================================================================================================
``!``  a centred line above the body; ``!!`` the title
``~``  a line without indent (addressees, notes); ``>`` a line at the right margin (issuer, date)
``#``  a chapter and ``##`` a section, numbered by Word (一、 and （一）)
``###`` a task heading: with the number it has in the text, or, without one, numbered by Word from where the text left
``**`` a task whose bold heading runs into its text (``heading|text``)
``=``  the caption of the table whose rows follow as ``| cell | cell``; ``^`` merges with the cell above
====== =====================================================================================================
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

SOURCE = Path(__file__).with_name("sample_plan.txt")
SAMPLE = Path(__file__).parents[1] / "src" / "bilan" / "demo" / "qinghe.docx"
TITLE = "清河市生态环境保护行动计划"
ISSUED = datetime(2026, 3, 18)

CHAPTERS, TASKS = 901, 902  # ids of the two lists in numbering.xml
FONTS = {"Normal": "仿宋", "Heading 1": "黑体", "Heading 2": "楷体", "Heading 3": "仿宋", "Title": "宋体"}


def main() -> None:
    """Write :data:`SAMPLE`."""
    SAMPLE.parent.mkdir(parents=True, exist_ok=True)
    SAMPLE.write_bytes(sample(SOURCE.read_text(encoding="utf-8")))


def sample(text: str) -> bytes:
    """The docx made of ``text``."""
    document = Document()
    lines = [line for line in text.splitlines() if line]
    typed = [int(number) for line in lines if (number := line.removeprefix("### ").partition(".")[0]).isdigit()]
    _dress(document)
    _lists(document, first_task=typed[-1] + 1)
    rows: list[list[str]] = []
    for line in [*lines, ""]:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line[1:].split("|")])
            continue
        if rows:
            _table(document, rows)
            rows = []
        if line:
            _paragraph(document, *_marked(line))
    stored = io.BytesIO()
    document.save(stored)
    return _without_clock(stored.getvalue())


def _marked(line: str) -> tuple[str, str]:
    match = re.match(r"([!~>#*=]+) (.*)", line)
    return (match[1], match[2]) if match else ("", line)


def _paragraph(document: Any, mark: str, text: str) -> None:
    if mark == "!!":
        document.add_paragraph(text, style="Title")
    elif mark.startswith("#"):
        heading = document.add_paragraph(text, style=f"Heading {len(mark)}")
        if len(mark) < 3:
            _number(heading, CHAPTERS, len(mark) - 1)
        elif not text[0].isdigit():
            _number(heading, TASKS, 0)
    elif mark == "**":
        title, _, rest = text.partition("|")
        paragraph = document.add_paragraph()
        paragraph.add_run(title).bold = True
        paragraph.add_run(rest)
        paragraph.paragraph_format.first_line_indent = Pt(32)
    else:
        paragraph = document.add_paragraph(text)
        if mark in ("!", "="):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        elif mark == ">":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        elif mark == "":
            paragraph.paragraph_format.first_line_indent = Pt(32)


def _table(document: Any, rows: list[list[str]]) -> None:
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    for column, grid in enumerate(table.columns):
        grid.width = Cm(1.5 if column == 0 else 13.5 / (len(rows[0]) - 1))
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            cell = table.cell(number, column)
            if text == "^":
                table.cell(number - 1, column).merge(cell)
            else:
                cell.text = text
            for run in cell.paragraphs[0].runs:
                run.font.size = Pt(12)


def _number(paragraph: Any, list_id: int, level: int) -> None:
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = level
    properties.get_or_add_numId().val = list_id


def _lists(document: Any, first_task: int) -> None:
    """Add the two lists to numbering.xml: 一、 over （一） for headings, and the tasks that Word numbers."""
    counting = "chineseCountingThousand"
    levels = {
        CHAPTERS: _level(0, 1, counting, "%1、") + _level(1, 1, counting, "（%2）"),
        TASKS: _level(0, first_task, "decimal", "%1."),
    }
    numbering = document.part.numbering_part.element
    for list_id, content in levels.items():
        # abstract lists stand before all lists that use them
        abstract = f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{list_id}">{content}</w:abstractNum>'
        numbering.insert(0, parse_xml(abstract))
        use = f'<w:num {nsdecls("w")} w:numId="{list_id}"><w:abstractNumId w:val="{list_id}"/></w:num>'
        numbering.append(parse_xml(use))


def _level(level: int, start: int, form: str, text: str) -> str:
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>'
        f'<w:suff w:val="nothing"/><w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/></w:lvl>'
    )


def _dress(document: Any) -> None:
    """Give the styles the type of an official document, and the file the properties of one."""
    for name, font in FONTS.items():
        style = document.styles[name]
        style.font.name, style.font.size = font, Pt(20 if name == "Title" else 16)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    title = document.styles["Title"]
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.element.pPr.remove(title.element.pPr.find(qn("w:pBdr")))  # the template draws a line under it
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = TITLE, "清河市人民政府", ""
    properties.comments, properties.created, properties.modified = "", ISSUED, ISSUED


def _without_clock(stored: bytes) -> bytes:
    """The same zip with one fixed time on every member."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(stored)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            member = zipfile.ZipInfo(name, ISSUED.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, old.read(name))
    return packed.getvalue()


if __name__ == "__main__":
    main()
