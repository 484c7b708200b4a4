"""PDF: lines and paragraphs, page furniture, tables over pages, scans, passwords."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bilan.plan.document import DocumentError
from bilan.plan.readers import pdf as reader

canvas = pytest.importorskip("reportlab.pdfgen.canvas", reason="reportlab writes the PDF files of these tests")

from PIL import Image  # noqa: E402
from reportlab.lib.pdfencrypt import StandardEncryption  # noqa: E402
from reportlab.lib.utils import ImageReader  # noqa: E402
from reportlab.pdfbase import pdfmetrics  # noqa: E402
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # noqa: E402

SONG = "STSong-Light"  # a CID font: named, not embedded
SIZE = 16
LEFT, TOP, WIDTH, HEIGHT = 90, 740, 595, 842
Draw = Callable[[canvas.Canvas], None]

pdfmetrics.registerFont(UnicodeCIDFont(SONG))


def pdf(*pages: Draw, **options: object) -> bytes:
    stream = io.BytesIO()
    sheet = canvas.Canvas(stream, pagesize=(WIDTH, HEIGHT), **options)
    for draw in pages:
        sheet.setFont(SONG, SIZE)
        draw(sheet)
        sheet.showPage()
    sheet.save()
    return stream.getvalue()


def lines(*texts: str, top: float = TOP) -> Draw:
    """Lines 28 points apart; each leading ideographic space is an indent of one character."""

    def draw(sheet: canvas.Canvas) -> None:
        for number, text in enumerate(texts):
            indent = len(text) - len(text.lstrip("\u3000"))
            sheet.drawString(LEFT + indent * SIZE, top - 28 * number, text.strip())

    return draw


def at(x: float, y: float, text: str, size: float = 10, font: str = SONG) -> Draw:
    def draw(sheet: canvas.Canvas) -> None:
        sheet.setFont(font, size)
        sheet.drawString(x, y, text)
        sheet.setFont(SONG, SIZE)

    return draw


def grid(top: float, rows: Sequence[Sequence[str]], edges: Sequence[float] = (90, 190, 300, 450)) -> Draw:
    """A ruled table; 30 points a row; ``|`` in a text breaks the line."""

    def draw(sheet: canvas.Canvas) -> None:
        bottom = top - 30 * len(rows)
        for number in range(len(rows) + 1):
            sheet.line(edges[0], top - 30 * number, edges[-1], top - 30 * number)
        for x in edges:
            sheet.line(x, bottom, x, top)
        sheet.setFont(SONG, 10)
        for number, row in enumerate(rows):
            for x, text in zip(edges, row, strict=False):
                for part, piece in enumerate(text.split("|")):
                    sheet.drawString(x + 5, top - 30 * number - 12 - 12 * part, piece)
        sheet.setFont(SONG, SIZE)

    return draw


def scan(sheet: canvas.Canvas) -> None:
    sheet.drawImage(ImageReader(Image.new("L", (60, 85), 200)), 0, 0, WIDTH, HEIGHT)


def both(*draws: Draw) -> Draw:
    def draw(sheet: canvas.Canvas) -> None:
        for one in draws:
            one(sheet)

    return draw


def test_paragraphs_begin_at_an_indent(read):
    document = read(
        pdf(
            lines(
                "\u3000\u3000\u3000\u3000\u3000\u3000临江市方案",
                "\u3000\u3000（一）治理扬尘。建筑工地严格落实围挡、洒水，",
                "到2026年完成PM2.5 监测点 12 个，良好 water body 达标",
                "率提高。",
                "\u3000\u3000（二）治水。",
            ),
            lines("接上页的一行，仍是同一段。", "\u3000\u3000（三）治土。"),
        ),
        "a.pdf",
    )
    assert document.text == (
        "临江市方案\n\n（一）治理扬尘。建筑工地严格落实围挡、洒水，\n"
        "到2026年完成PM2.5 监测点 12 个，良好 water body 达标\n"
        "率提高。\n\n（二）治水。\n接上页的一行，仍是同一段。\n\n（三）治土。\n"
    )
    assert document.media_type == "application/pdf"


def test_headers_footers_and_page_numbers_are_left_out(read):
    pages = [
        both(
            at(200, 800, f"临江市人民政府公报 2025年第{n}期"),
            lines(f"第{n}页的正文。", "十。"),
            at(270, 40, f"— {n} —"),
        )
        for n in range(1, 5)
    ]
    document = read(pdf(*pages), "a.pdf")
    assert "公报" not in document.text
    assert "—" not in document.text
    assert document.text.count("十。") == 4  # repeated, but in the body


def test_a_header_on_two_pages_only_is_text(read):
    pages = [both(at(200, 800, "临江市文件"), lines(f"正文{n}。")) for n in "一二"]
    assert read(pdf(*pages), "a.pdf").text.count("临江市文件") == 2


@pytest.mark.parametrize("number", ["3", "- 3 -", "—3—", "第 3 页", "第3页 共12页", "3 / 12"])
def test_forms_of_page_numbers(read, number):
    assert read(pdf(both(lines("正文。"), at(280, 40, number))), "a.pdf").text == "正文。\n"


def test_table_stands_in_reading_order(read, rows_of):
    table = grid(600, [["序号", "指标", "目标"], ["1", "PM2.5|年均浓度", "35"]])
    document = read(pdf(both(lines("前文。"), table, lines("后文。", top=400))), "a.pdf")
    assert rows_of(document) == [["序号", "指标", "目标"], ["1", "PM2.5 年均浓度", "35"]]
    assert document.text == "前文。\n序号\t指标\t目标\n1\tPM2.5 年均浓度\t35\n\n后文。\n"
    assert document.tables[0].page == 1


def test_wrapped_cell_text_is_joined(read, rows_of):
    table = grid(600, [["序号", "指标"], ["牵头责任|单位", "短|行"]], edges=(90, 142, 400))
    assert rows_of(read(pdf(table), "a.pdf"))[1] == ["牵头责任单位", "短 行"]


def test_merged_cells_are_expanded(read, rows_of):
    def draw(sheet: canvas.Canvas) -> None:
        for y, x in [(600, 90), (570, 190), (540, 90)]:
            sheet.line(x, y, 450, y)
        for x, top in [(90, 600), (190, 600), (300, 570), (450, 600)]:
            sheet.line(x, 540, x, top)
        for x, y, text in [(95, 580, "类别"), (195, 580, "指标"), (195, 550, "名称"), (305, 550, "值")]:
            sheet.drawString(x, y, text)

    assert rows_of(read(pdf(draw), "a.pdf")) == [["类别", "指标", "指标"], ["类别", "名称", "值"]]


@pytest.mark.parametrize("header", [[["序号", "指标", "目标"]], []])
def test_table_over_the_page_is_one(read, rows_of, header):
    first = both(lines("前文。"), grid(140, [["序号", "指标", "目标"], ["1", "甲", "35"]]), at(270, 40, "— 1 —"))
    second = both(at(90, 760, "续表"), grid(740, [*header, ["2", "乙", "36"]]), lines("后文。", top=500))
    document = read(pdf(first, second), "a.pdf")
    assert rows_of(document) == [["序号", "指标", "目标"], ["1", "甲", "35"], ["2", "乙", "36"]]
    assert "续表" not in document.text
    assert document.text.endswith("后文。\n")
    assert document.tables[0].page == 1


def test_row_cut_by_the_page_is_whole(read, rows_of):
    first = grid(140, [["序号", "任务", "目标"], ["1", "推进重点行业深度", "35"]])
    second = grid(740, [["序号", "任务", "目标"], ["", "治理", ""], ["2", "治水", "36"]])
    document = read(pdf(both(lines("前文。"), first), second), "a.pdf")
    assert rows_of(document)[1:] == [["1", "推进重点行业深度治理", "35"], ["2", "治水", "36"]]


def test_merged_cell_cut_by_the_page_covers_all_its_rows(read, rows_of):
    def ruled(top: float, category: str, *rows: tuple[str, str]) -> Draw:
        def draw(sheet: canvas.Canvas) -> None:
            bottom = top - 30 * len(rows)
            for number in range(len(rows) + 1):
                left = 90 if number in (0, len(rows)) else 190
                sheet.line(left, top - 30 * number, 450, top - 30 * number)
            for x in (90, 190, 300, 450):
                sheet.line(x, bottom, x, top)
            sheet.drawString(95, top - 20, category)
            for number, (name, goal) in enumerate(rows):
                sheet.drawString(195, top - 20 - 30 * number, name)
                sheet.drawString(305, top - 20 - 30 * number, goal)

        return draw

    first = both(lines("前文。"), ruled(160, "水", ("甲", "1"), ("乙", "2")))
    second = ruled(740, "", ("丙", "3"), ("丁", "4"))
    document = read(pdf(first, second), "a.pdf")
    assert rows_of(document) == [["水", "甲", "1"], ["水", "乙", "2"], ["水", "丙", "3"], ["水", "丁", "4"]]


def test_tables_with_text_or_other_columns_between_stay_apart(read):
    table = grid(600, [["序号", "指标", "目标"], ["1", "甲", "35"]])
    other = grid(740, [["序号", "目标"], ["1", "35"]], edges=(90, 200, 450))
    assert len(read(pdf(table, both(lines("中间。"), table)), "a.pdf").tables) == 2
    assert len(read(pdf(table, other), "a.pdf").tables) == 2


def cells(*rows: Sequence[str], edges: Sequence[float] = (90, 150, 300, 400), top: float = 600) -> Draw:
    """A table without rules."""
    return both(*(at(x, top - 20 * n, text) for n, row in enumerate(rows) for x, text in zip(edges, row, strict=False)))


def test_a_table_without_rules_is_noted(read):
    header, first, second = (
        ["序号", "指标", "现状值", "目标值"],
        ["1", "林木覆盖率", "41", "42"],
        ["2", "湿地", "55", "60"],
    )
    document = read(pdf(lines("前文。"), cells(header, first, second, ["3", "山塘", "8", "120"])), "a.pdf")
    assert document.tables == ()
    (note,) = document.notes
    assert note.startswith("第 2 页像有不带框线的表格")


def test_lines_that_are_no_table_without_rules(read):
    two_rows = cells(["1", "林木覆盖率", "41"], ["2", "湿地", "55"])
    signatures = cells(*([["山阳县水利局", "山阳县林业局", "山阳县财政局"]] * 4), edges=(90, 250, 400))
    staggered = both(
        *(cells(["1", "2", "3"], edges=(90 + 80 * n, 130 + 80 * n, 170 + 80 * n), top=600 - 20 * n) for n in range(4))
    )
    prose = lines(
        "\u3000\u3000（一）治理山塘。到2026年  完成  120口。",
        "第一章　总则",
        "PM2.5 监测点 12 个，良好 water body 3 个。",
    )
    assert read(pdf(two_rows, signatures, staggered, prose), "a.pdf").notes == ()


def test_frame_around_text_is_no_table(read):
    document = read(pdf(both(grid(600, [["框内文字"]], edges=(90, 450)))), "a.pdf")
    assert (document.tables, document.text) == ((), "框内文字\n")


def test_bold_at_the_start_of_a_line(read, headings_of):
    page = both(
        at(LEFT, 740, "Task 1.", SIZE, "Helvetica-Bold"),
        at(LEFT + 80, 740, "正文正文", SIZE),
        at(LEFT, 700, "正文", SIZE),
        at(LEFT + 40, 700, "bold", SIZE, "Helvetica-Bold"),
    )
    assert headings_of(read(pdf(page), "a.pdf")) == [("Task 1.", None)]


def test_overprinted_text_is_read_once(read):
    page = both(lines("（一）治理扬尘。"), lambda sheet: sheet.drawString(LEFT + 0.4, TOP, "（一）治理扬尘。"))
    assert read(pdf(page), "a.pdf").text == "（一）治理扬尘。\n"


def test_scans(read):
    text = lines("正文。")
    with pytest.raises(DocumentError, match=r"第 1、3-4 页没有可读的文字.*OCR"):
        read(pdf(scan, text, scan, scan, text), "a.pdf")
    document = read(pdf(text, scan, text), "a.pdf")
    assert document.unread == ("第 2 页没有可读的文字（扫描件、图片，或字体没有编码表），未读入",)
    with pytest.raises(DocumentError, match="第 1 页"):
        read(pdf(both(scan, at(10, 10, "扫描专家"))), "a.pdf")


def test_blank_pages_are_no_scans(read):
    blank = lambda sheet: None  # noqa: E731
    document = read(pdf(blank, lines("正文。"), blank), "a.pdf")
    assert (document.text, document.notes) == ("正文。\n", ())


def test_passwords(read):
    with pytest.raises(DocumentError, match="密码"):
        read(pdf(lines("正文。"), encrypt=StandardEncryption("secret")), "a.pdf")
    only_print = StandardEncryption("", "owner", canPrint=0)
    document = read(pdf(at(LEFT, TOP, "Plan", SIZE, "Helvetica"), encrypt=only_print), "a.pdf")
    assert document.text == "Plan\n"


class EnoughError(Exception):
    """Somebody wants the end."""


def test_who_ends_the_reading_is_not_told_of_damage(read):
    def stop(page, pages):
        raise EnoughError

    with pytest.raises(EnoughError):
        read(pdf(*[lines("正文。")] * 3), "a.pdf", progress=stop)


def test_want_of_memory_is_no_damage(read, monkeypatch):
    def hungry(page, number):
        raise MemoryError

    monkeypatch.setattr("bilan.plan.readers.pdf.read_page", hungry)
    with pytest.raises(MemoryError):
        read(pdf(lines("正文。")), "a.pdf")


def test_progress_and_page_limit(read, monkeypatch):
    seen: list[tuple[int, int]] = []
    read(pdf(*[lines("正文。")] * 3), "a.pdf", progress=lambda page, pages: seen.append((page, pages)))
    assert seen == [(1, 3), (2, 3), (3, 3)]
    monkeypatch.setattr(reader, "MAX_PAGES", 2)
    with pytest.raises(DocumentError, match="3 页，超过 2 页"):
        read(pdf(*[lines("正文。")] * 3), "a.pdf")


def test_truncated_file(read):
    data = pdf(lines("正文。"))
    with pytest.raises(DocumentError):
        read(data[: len(data) // 3], "a.pdf")


SAMPLE = pdf(both(lines("正文。"), grid(600, [["序号", "指标", "目标"], ["1", "甲", "35"]])), scan, lines("末页。"))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=8))
def test_flipped_bytes_are_read_or_refused(read, flips):
    data = bytearray(SAMPLE)
    for place, byte in flips:
        data[int(place * len(data))] = byte
    try:
        read(bytes(data), "a.pdf")
    except DocumentError as error:
        assert len(str(error).splitlines()) == 1
