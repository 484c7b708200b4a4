"""What a document loses on its way into the lists is said: on stderr, in the exit code, in every form of the result."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest

from bilan import cli
from bilan.plan.model import CompiledPlan

LINES = (
    "青石县碧水提升行动计划",
    "一、主要目标",
    "到2027年，考核断面水质优良比例达到88%以上。",
    "二、重点任务",
    "（一）规范入河排污口。（县生态环境局牵头）",
)
SCAN = "第 2 页没有可读的文字（扫描件、图片，或字体没有编码表），未读入"
NOTHING = "没有读出任务和目标，这可能不是行动计划"


@pytest.fixture
def half_scanned(tmp_path: Path) -> Path:
    """A PDF with text on its first page and a picture on its second."""
    canvas = pytest.importorskip("reportlab.pdfgen.canvas", reason="reportlab writes the PDF of this test")
    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    stream = io.BytesIO()
    sheet = canvas.Canvas(stream, pagesize=(595, 842))
    sheet.setFont("STSong-Light", 16)
    for number, line in enumerate(LINES):
        sheet.drawString(90, 740 - 28 * number, line)
    sheet.showPage()
    sheet.drawImage(ImageReader(Image.new("L", (60, 85), 200)), 0, 0, 595, 842)
    sheet.showPage()
    sheet.save()
    path = tmp_path / "计划.pdf"
    path.write_bytes(stream.getvalue())
    return path


@pytest.fixture
def with_contents(tmp_path: Path) -> Path:
    """A docx whose table of contents is left out."""
    document = docx.Document()
    document.styles.add_style("toc 1", 1)
    document.add_paragraph("一、主要目标……1", style="toc 1")
    for line in LINES:
        document.add_paragraph(line)
    path = tmp_path / "计划.docx"
    document.save(str(path))
    return path


@pytest.fixture
def with_furniture(tmp_path: Path) -> Path:
    """A page whose buttons are left out."""
    path = tmp_path / "计划.html"
    path.write_text(f"<html><body>{''.join(f'<p>{line}</p>' for line in (*LINES, '打印本页'))}</body></html>", "utf-8")
    return path


def plan_of(path: Path) -> CompiledPlan:
    return CompiledPlan.model_validate_json(path.read_bytes())


def test_a_scanned_page_is_named_and_the_rest_is_written(
    half_scanned: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "a.json"
    assert cli.main(["compile", str(half_scanned), "-o", str(output), "--quiet"]) == 3
    assert capsys.readouterr().err == f"注意：{SCAN}\n"
    plan = plan_of(output)
    assert (plan.source.unread, plan.source.notes) == ([SCAN], [])
    assert plan.targets
    assert plan.tasks


def test_a_scanned_page_is_named_above_the_lists(half_scanned: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["compile", str(half_scanned)]) == 3
    shown = capsys.readouterr()
    assert shown.err == f"注意：{SCAN}\n"
    assert shown.out.index(f"未能读入：{SCAN}") < shown.out.index("目标清单")


@pytest.mark.parametrize(
    ("document", "note"),
    [("with_contents", "目录 1 行未读入正文"), ("with_furniture", "网页栏目 1 行未读入：打印本页")],
)
def test_what_was_left_out_on_purpose_is_named_and_no_failure(
    document: str, note: str, tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    path, output = request.getfixturevalue(document), tmp_path / "a.json"
    assert cli.main(["compile", str(path), "-o", str(output), "--quiet"]) == 0
    assert capsys.readouterr().err == f"注意：{note}\n"
    assert (plan_of(output).source.unread, plan_of(output).source.notes) == ([], [note])
    assert cli.main(["compile", str(path)]) == 0
    assert f"读入说明：{note}" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["# bilan\n\nInstall it, then run it.\n", "会议通知\n请各科室准时参加。\n"])
def test_a_document_that_is_no_plan_is_doubted(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, output = tmp_path / "README.md", tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    assert cli.main(["compile", str(path), "-o", str(output), "--quiet"]) == 0
    assert capsys.readouterr().err == f"注意：{NOTHING}\n"
    assert [(gap.kind, gap.message, gap.items) for gap in plan_of(output).gaps] == [("nothing_read", NOTHING, [])]
    assert cli.main(["compile", str(path)]) == 0
    shown = capsys.readouterr().out
    assert "待补事项（1）" in shown
    assert NOTHING in shown
