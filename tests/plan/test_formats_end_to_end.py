"""One plan in every format: what is compiled depends on the words, not on the file that carries them."""

from __future__ import annotations

import codecs
import html
import os
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from opencc import OpenCC

from bilan.cli.demo import SAMPLE
from bilan.plan import CompiledPlan, compile_file, diff_plans, read_document
from bilan.plan.model import Section, Task

Lists = dict[str, list[tuple[object, ...]]]

LINE_COLUMNS = 56  # of a page of official prose: 28 characters

needs_office = pytest.mark.skipif(
    shutil.which("soffice") is None and os.environ.get("BILAN_REQUIRE_ALL") != "1",
    reason="LibreOffice (soffice) is not installed",
)


@pytest.fixture(scope="module")
def sample() -> Iterator[Path]:
    with as_file(files("bilan") / "demo" / SAMPLE) as path:
        yield path


@pytest.fixture(scope="module")
def expected(sample: Path) -> CompiledPlan:
    return compiled(sample)


@pytest.fixture(scope="module")
def typed(sample: Path) -> str:
    """The sample as plain text: a paragraph or a table row a line, a tab between cells, merged cells written out."""
    return with_tables(sample, lambda rows: ["\t".join(row) for row in rows])


@pytest.fixture(scope="module")
def prose(sample: Path) -> str:
    """The sample without its tables."""
    document = read_document(sample)
    text = document.text
    for table in reversed(document.tables):
        text = text[: table.start] + text[table.end :]
    return text


def with_tables(sample: Path, form: Callable[[list[list[str]]], list[str]]) -> str:
    """The text of the sample, its tables as the lines that ``form`` makes of their cells."""
    document = read_document(sample)
    text = document.text
    for table in reversed(document.tables):
        lines = form([[cell.text for cell in row] for row in table.rows])
        text = text[: table.start] + "\n".join(lines) + text[table.end :]
    return text


def compiled(path: Path) -> CompiledPlan:
    plan = compile_file(path)
    assert_quotes_stand_in_the_source(plan, read_document(path).text)
    return plan


def assert_quotes_stand_in_the_source(plan: CompiledPlan, text: str) -> None:
    assert plan.source.characters == len(text)
    assert all(target.quote == text[target.start : target.end] for target in plan.targets)


def squeezed(text: str | None) -> str:
    """The words without what readers may keep or drop: blanks, bars between cells and the width of characters."""
    return "".join(unicodedata.normalize("NFKC", text or "").replace("|", " ").split())


def lists_of(plan: CompiledPlan) -> Lists:
    """The five lists and the gaps without ids and spans, which count characters of one file."""
    headings: list[Section | Task] = [*plan.sections, *plan.tasks]
    titles = {part.id: squeezed(part.title) for part in headings}

    def under(item: str | None) -> str | None:
        return titles[item] if item else None

    def units(*roles: list[str]) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(map(squeezed, role)) for role in roles)

    return {
        "head": [tuple(plan.plan.model_dump(exclude={"id", "version"}).items())],
        "sections": [(s.number, squeezed(s.title), s.level, under(s.parent)) for s in plan.sections],
        "tasks": [
            (
                *(t.number, squeezed(t.title), under(t.parent), t.due, t.open_ended),
                *units(t.leads, t.supports, t.implementers),
            )
            for t in plan.tasks
        ],
        "targets": [
            (
                *(squeezed(t.name), squeezed(t.quote), under(t.task), len(t.restated)),
                *t.model_dump(exclude={"id", "start", "end", "name", "quote", "task", "restated"}).items(),
            )
            for t in plan.targets
        ],
        "measures": [(squeezed(m.text), under(m.task), m.due, *units(m.leads, m.supports)) for m in plan.measures],
        "projects": [(squeezed(p.name), squeezed(p.quantity), p.place, under(p.task), p.due) for p in plan.projects],
        "duties": [
            (d.unit, d.role, d.department, tuple(d.functions), tuple(d.written), len(d.items)) for d in plan.duties
        ],
        "gaps": [(gap.kind, squeezed(gap.message), len(gap.items)) for gap in plan.gaps],
    }


def assert_same_lists(plan: CompiledPlan, expected: CompiledPlan) -> None:
    found, wanted = lists_of(plan), lists_of(expected)
    for name, items in wanted.items():
        assert found[name] == items, name


# --- formats that LibreOffice makes of the sample ---------------------------------------------------------------------


@needs_office
@pytest.mark.parametrize("suffix", ["doc", "pdf"])
def test_converted_sample_compiles_to_the_same_lists(
    sample: Path, expected: CompiledPlan, suffix: str, tmp_path: Path
) -> None:
    shutil.copy(sample, tmp_path / "plan.docx")
    profile = (tmp_path / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", suffix, "plan.docx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    plan = compiled(tmp_path / f"plan.{suffix}")
    assert_same_lists(plan, expected)
    assert diff_plans(expected, plan).render("text") == "两个版本没有差别。"


# --- a web page, as government sites publish plans --------------------------------------------------------------------


def web_page(sample: Path) -> str:
    """The sample as a page: a paragraph a line, tables as tables."""
    document = read_document(sample)
    body, at = [], 0
    for table in document.tables:
        body.append(paragraphs(document.text[at : table.start]))
        cells = ("".join(f"<td>{html.escape(cell.text)}</td>" for cell in row) for row in table.rows)
        body.append("<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>")
        at = table.end
    body.append(paragraphs(document.text[at:]))
    return "".join(body)


def paragraphs(text: str) -> str:
    return "".join(f"<p>　　{html.escape(line)}</p>\n" for line in text.split("\n") if line.strip())


@pytest.mark.parametrize(("charset", "encoding"), [("utf-8", "utf-8"), ("gb2312", "gb18030")])
def test_web_page_compiles_to_the_same_lists(
    sample: Path, expected: CompiledPlan, charset: str, encoding: str, tmp_path: Path
) -> None:
    path = tmp_path / "plan.html"
    head = f'<!DOCTYPE html><html><head><meta charset="{charset}"></head><body>'
    path.write_text(f"{head}{web_page(sample)}</body></html>", encoding=encoding)
    assert_same_lists(compiled(path), expected)


LIST_ITEM = re.compile(r"(\d+)[.．](.+)")


def numbered_by_the_browser(page: str) -> str:
    """The page with the numbers of its tasks as markers of list items, which are not in the text."""

    def item(line: re.Match[str]) -> str:
        found = LIST_ITEM.fullmatch(html.unescape(line[1]))
        if found is None:
            return line[0]
        number, words = found.groups()
        words = html.escape(words)
        inner = f"<p>{words}</p>" if "。" in words else f"<h3>{words}</h3>"
        return f'<ol start="{number}">\n<li>{inner}</li>\n</ol>\n'

    return re.sub(r"<p>　　(.*)</p>\n", item, page)


def test_markers_of_list_items_are_numbers_of_headings(sample: Path, expected: CompiledPlan, tmp_path: Path) -> None:
    path = tmp_path / "plan.html"
    page = numbered_by_the_browser(web_page(sample))
    assert page.count("<li>") > 20
    path.write_text(f"<!DOCTYPE html><html><body>{page}</body></html>", encoding="utf-8")
    assert_same_lists(compiled(path), expected)


def test_what_the_site_puts_around_a_plan_is_not_read(sample: Path, expected: CompiledPlan, tmp_path: Path) -> None:
    path = tmp_path / "plan.html"
    head = "<div>首页 &gt; 政务公开</div><div>当前位置：首页 &gt; 规划计划</div><div>字体：[大 中 小] 打印本页</div>"
    foot = "<p>分享到：微信 微博</p><p>上一篇：没有了</p><p>主办：清河市人民政府办公室</p><p>云ICP备2026000001号-1</p>"
    path.write_text(f"<html><body>{head}{web_page(sample)}{foot}</body></html>", encoding="utf-8")
    plan = compiled(path)
    assert_same_lists(plan, expected)


# --- plain text -------------------------------------------------------------------------------------------------------

ENCODINGS = {
    "utf-8 with a mark": ("utf-8-sig", b""),
    "utf-16 with a mark": ("utf-16-be", codecs.BOM_UTF16_BE),
    "utf-16 without a mark": ("utf-16-le", b""),
    "gb18030": ("gb18030", b""),
}


@pytest.mark.parametrize(("encoding", "mark"), ENCODINGS.values(), ids=ENCODINGS.keys())
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_encoding_changes_nothing(
    typed: str, expected: CompiledPlan, encoding: str, mark: bytes, newline: str, tmp_path: Path
) -> None:
    path = tmp_path / "plan.txt"
    path.write_bytes(mark + typed.replace("\n", newline).encode(encoding))
    assert_same_lists(compiled(path), expected)


LAYOUTS = {
    "blank lines between paragraphs": lambda text: text.replace("\n", "\n\n"),
    "indented paragraphs": lambda text: "　　" + text.replace("\n", "\n　　"),
    "lines of a page": lambda text: "\n".join(
        line for paragraph in text.split("\n") for line in ([paragraph] if "\t" in paragraph else wrapped(paragraph))
    ),
}


def wrapped(paragraph: str) -> list[str]:
    """The paragraph in lines of a page; as in print, no line begins with a closing mark."""
    lines, columns = [""], 0
    for character in paragraph:
        width = 2 if unicodedata.east_asian_width(character) in "WFA" else 1
        if columns + width > LINE_COLUMNS and character not in "，。、；：）”》":
            lines.append("")
            columns = 0
        lines[-1] += character
        columns += width
    return lines


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_layout_of_plain_text_changes_nothing(
    typed: str, expected: CompiledPlan, layout: Callable[[str], str], tmp_path: Path
) -> None:
    path = tmp_path / "plan.txt"
    path.write_text(layout(typed), encoding="utf-8")
    assert_same_lists(compiled(path), expected)


def columns_of(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def padded(rows: list[list[str]]) -> list[str]:
    """Rows whose cells stand below each other, as a text export of a laid-out page has them."""
    widths = [max(columns_of(cell) for cell in column) + 5 for column in zip(*rows, strict=True)]
    return [
        "".join(cell + " " * (width - columns_of(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


TABLE_FORMS: dict[str, Callable[[list[list[str]]], list[str]]] = {
    "tabs, trailing ones cut": lambda rows: ["\t".join(row).rstrip() for row in rows],
    "bars": lambda rows: [" | ".join(row) for row in rows],
    "Markdown": lambda rows: [
        f"| {' | '.join(row)} |" + (f"\n|{'---|' * len(row)}" if row is rows[0] else "") for row in rows
    ],
    "equal gaps": lambda rows: [("    ").join(row) for row in rows],
    "columns": padded,
}


@pytest.mark.parametrize("form", TABLE_FORMS.values(), ids=TABLE_FORMS.keys())
def test_tables_typed_in_plain_text_are_read(
    sample: Path, expected: CompiledPlan, form: Callable[[list[list[str]]], list[str]], tmp_path: Path
) -> None:
    path = tmp_path / "plan.txt"
    path.write_text(with_tables(sample, form), encoding="utf-8")
    assert_same_lists(compiled(path), expected)


def test_cells_one_a_line_do_not_join_headings(typed: str, expected: CompiledPlan, tmp_path: Path) -> None:
    """What office programs save as text loses the table, not the headings around it."""
    path = tmp_path / "plan.txt"
    path.write_text(typed.replace("\t", "\n"), encoding="utf-8")
    plan = compiled(path)

    def headings(one: CompiledPlan) -> list[tuple[str, str]]:
        found: list[Section | Task] = sorted([*one.sections, *one.tasks], key=lambda part: part.start)
        return [(part.number or "", squeezed(part.title)) for part in found]

    assert headings(plan) == headings(expected)
    assert [gap.kind for gap in plan.gaps].count("unreadable_table") == 2


@pytest.mark.parametrize("encoding", ["utf-8", "big5"])
def test_traditional_characters_are_read_as_simplified_ones(prose: str, encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_text(prose, encoding="utf-8")
    expected = compiled(path)
    path.write_text(OpenCC("s2tw").convert(prose), encoding=encoding)
    plan = compiled(path)
    assert plan.source.encoding == encoding
    simplified = OpenCC("t2s").convert
    for field in ("kind", "indicator", "operator", "value", "value_max", "unit", "value_kind", "due", "baseline_year"):
        assert [getattr(t, field) for t in plan.targets] == [getattr(t, field) for t in expected.targets], field
    assert [simplified(t.title) for t in plan.tasks] == [t.title for t in expected.tasks]
    assert [[simplified(u) for u in t.leads] for t in plan.tasks] == [t.leads for t in expected.tasks]
    assert [[simplified(u) for u in t.supports] for t in plan.tasks] == [t.supports for t in expected.tasks]
    assert [simplified(m.text) for m in plan.measures] == [m.text for m in expected.measures]


def test_compiling_twice_gives_the_same_bytes(sample: Path, expected: CompiledPlan) -> None:
    assert compile_file(sample).model_dump_json() == expected.model_dump_json()
