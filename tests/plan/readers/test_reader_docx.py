"""docx: automatic numbers, headings, tracked changes, merged cells, footnotes, limits."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import given, settings
from hypothesis import strategies as st

from bilan.plan.document import DocumentError
from bilan.plan.readers import docx as reader
from bilan.plan.readers.docx_numerals import numeral

W = nsdecls("w")


def saved(document: WordDocument) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The package with one part replaced or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        new.writestr(name, content)
    return stream.getvalue()


def add_list(document: WordDocument, number: int, *levels: tuple[str, str], extra: str = "") -> None:
    """A multi-level list ``number`` with (number format, printed form) for each level."""
    root = document.part.numbering_part.element
    inner = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{fmt}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for i, (fmt, text) in enumerate(levels)
    )
    root.insert(0, parse_xml(f'<w:abstractNum {W} w:abstractNumId="{number}">{inner}</w:abstractNum>'))
    add_num(document, number, number, extra)


def add_num(document: WordDocument, number: int, abstract: int, extra: str = "") -> None:
    root = document.part.numbering_part.element
    root.append(parse_xml(f'<w:num {W} w:numId="{number}"><w:abstractNumId w:val="{abstract}"/>{extra}</w:num>'))


def numbered(document: WordDocument, text: str, number: int, level: int = 0, bold: str = "") -> None:
    paragraph = document.add_paragraph()
    if bold:
        paragraph.add_run(bold).bold = True
    paragraph.add_run(text)
    properties = f'<w:numPr {W}><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    paragraph._p.get_or_add_pPr().append(parse_xml(properties))


def raw(document: WordDocument, xml: str) -> None:
    """Puts XML before the section properties at the end of the body."""
    document.element.body.insert(len(document.element.body) - 1, parse_xml(xml))


def test_automatic_numbers_are_in_the_text(read):
    document = docx.Document()
    add_list(
        document,
        91,
        ("chineseCountingThousand", "%1、"),
        ("chineseCounting", "（%2）"),
        ("decimal", "%3."),
        ("decimal", "%1.%3"),
    )
    for text, level in [
        ("总则", 0),
        ("治水", 1),
        ("河道", 2),
        ("2025年前清淤", 2),
        ("治气", 1),
        ("保障", 0),
        ("资金", 1),
    ]:
        numbered(document, text, 91, level)
    numbered(document, "附则", 91, 3)
    assert read(saved(document), "a.docx").text.splitlines() == [
        "一、总则",
        "（一）治水",
        "1.河道",
        "2. 2025年前清淤",
        "（二）治气",
        "二、保障",
        "（一）资金",
        "二.1 附则",
    ]


def test_lists_share_counters_and_restart(read):
    document = docx.Document()
    add_list(document, 91, ("decimal", "%1、"))
    add_num(document, 92, 91)
    add_num(document, 93, 91, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>')
    for text, number in [("甲", 91), ("乙", 92), ("丙", 93), ("丁", 93), ("", 93), ("戊", 93), ("己", 0)]:
        numbered(document, text, number)
    assert read(saved(document), "a.docx").text.splitlines() == ["1、甲", "2、乙", "1、丙", "2、丁", "4、戊", "己"]


def test_number_from_the_style_and_bullets(read, headings_of):
    document = docx.Document()
    add_list(document, 91, ("ideographTraditional", "%1、"), ("bullet", "\uf0b7"))
    properties = document.styles["Heading 2"].element.get_or_add_pPr()
    properties.append(parse_xml(f'<w:numPr {W}><w:numId w:val="91"/></w:numPr>'))
    document.add_heading("治水", 2)
    document.add_heading("治气", 2)
    numbered(document, "点", 91, 1)
    result = read(saved(document), "a.docx")
    assert result.text == "甲、治水\n乙、治气\n点\n"
    assert headings_of(result) == [("甲、治水", 2), ("乙、治气", 2)]


@pytest.mark.parametrize(
    ("number", "number_format", "printed"),
    [
        (11, "chineseCounting", "十一"),
        (20, "chineseCountingThousand", "二十"),
        (110, "japaneseCounting", "一百一十"),
        (1003, "chineseCounting", "一千零三"),
        (10, "ideographTraditional", "癸"),
        (11, "ideographTraditional", "11"),
        (3, "decimalEnclosedCircleChinese", "③"),
        (7, "decimalZero", "07"),
        (28, "lowerLetter", "bb"),
        (1994, "upperRoman", "MCMXCIV"),
        (12, "chineseLegalSimplified", "壹拾贰"),
        (5, "somethingNew", "5"),
    ],
)
def test_number_formats(number, number_format, printed):
    assert numeral(number, number_format) == printed


@given(st.integers(0, 20_000), st.sampled_from(["chineseCounting", "lowerLetter", "upperRoman", "ideographZodiac"]))
def test_numerals_never_fail(number, number_format):
    assert numeral(number, number_format)


def test_headings(read, headings_of):
    document = docx.Document()
    document.add_heading("临江市方案", 0)
    document.add_heading("总体要求", 1)
    outlined = document.add_paragraph("重点任务")
    outlined._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {W} w:val="1"/>'))
    add_list(document, 91, ("decimal", "%1."))
    numbered(document, "到2026年完成。", 91, bold="治理扬尘。")
    plain = document.add_paragraph("正文里")
    plain.add_run("着重").bold = True
    document.add_paragraph("粗体样式。", style="Intense Quote")
    face = document.add_paragraph()
    face.add_run("（一）治水。")._r.get_or_add_rPr().append(parse_xml(f'<w:rFonts {W} w:eastAsia="楷体_GB2312"/>'))
    face.add_run("正文")
    result = read(saved(document), "a.docx")
    assert headings_of(result) == [
        ("临江市方案", None),
        ("总体要求", 1),
        ("重点任务", 2),
        ("1.治理扬尘。", None),
        ("粗体样式。", None),
        ("（一）治水。", None),
    ]


def test_tracked_changes_are_accepted(read):
    document = docx.Document()
    raw(
        document,
        f'<w:p {W}><w:r><w:t>到</w:t></w:r><w:del w:id="1"><w:r><w:delText>2025</w:delText></w:r></w:del>'
        '<w:ins w:id="2"><w:r><w:t>2026</w:t></w:r></w:ins><w:r><w:t>年</w:t></w:r>'
        '<w:moveFrom w:id="3"><w:r><w:t>移走</w:t></w:r></w:moveFrom></w:p>',
    )
    raw(document, f'<w:p {W}><w:pPr><w:rPr><w:del w:id="4"/></w:rPr></w:pPr><w:r><w:t>前半，</w:t></w:r></w:p>')
    raw(document, f"<w:p {W}><w:r><w:t>后半。</w:t></w:r></w:p>")
    raw(
        document,
        f'<w:tbl {W}><w:tr><w:trPr><w:del w:id="5"/></w:trPr><w:tc><w:p/></w:tc><w:tc><w:p/></w:tc></w:tr>'
        "<w:tr><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>乙</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
    )
    assert read(saved(document), "a.docx").text == "到2026年\n前半，后半。\n甲\t乙\n"


def test_breaks_hyperlinks_fields_hidden_text_and_text_boxes(read):
    document = docx.Document()
    document.add_paragraph("甲\n乙\t丙").add_run("隐藏").font.hidden = True
    raw(
        document,
        f"<w:p {W}><w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink><w:r><w:instrText>PAGE</w:instrText></w:r>"
        "<w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent><w:r><w:t>控件</w:t></w:r></w:sdtContent>"
        "</w:sdt></w:p>",
    )
    box = f"<w:txbxContent {W}><w:p><w:r><w:t>框内</w:t></w:r></w:p></w:txbxContent>"
    raw(
        document,
        f'<w:p {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:r><w:t>框外</w:t></w:r><w:r>'
        f'<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>",
    )
    raw(document, f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>块控件</w:t></w:r></w:p></w:sdtContent></w:sdt>")
    document.sections[0].header.paragraphs[0].text = "页眉"
    assert read(saved(document), "a.docx").text == "甲\n乙 丙\n链接控件\n框外\n框内\n块控件\n"


def test_table_with_merged_and_nested_cells(read, rows_of):
    document = docx.Document()
    document.add_paragraph("前")
    table = document.add_table(4, 3)
    table.cell(0, 0).merge(table.cell(2, 0)).text = "水"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "指标"
    table.cell(1, 1).text, table.cell(1, 2).text = "名称", "值"
    table.cell(2, 1).text = "第一段\n软"
    table.cell(2, 1).add_paragraph("第二段")
    nested = table.cell(2, 2).add_table(1, 2)
    nested.cell(0, 0).text, nested.cell(0, 1).text = "内左", "内右"
    document.add_paragraph("后")
    result = read(saved(document), "a.docx")
    assert rows_of(result) == [
        ["水", "指标", "指标"],
        ["水", "名称", "值"],
        ["水", "第一段 软 第二段", "内左 内右"],
        ["", "", ""],
    ]
    assert result.text.startswith("前\n水\t指标\t\n\t名称\t值\n")
    assert result.text.endswith("\n后\n")


def test_frame_of_one_cell_is_text_and_counts_once(read):
    document = docx.Document()
    add_list(document, 91, ("decimal", "%1."))
    cell = document.add_table(1, 1).cell(0, 0)
    numbered(document, "甲", 91)
    cell._tc.append(document.paragraphs[-1]._p)
    numbered(document, "乙", 91)
    result = read(saved(document), "a.docx")
    assert result.text == "1.甲\n2.乙\n"
    assert result.tables == ()


def test_contents_footnotes_and_pictures_go_to_the_notes(read):
    document = docx.Document()
    document.styles.add_style("toc 1", 1)
    document.add_paragraph("总则……1", style="toc 1")
    document.add_paragraph("正文。")
    part = docx.opc.part.Part(
        docx.opc.packuri.PackURI("/word/footnotes.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml",
        f'<w:footnotes {W}><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        f'<w:footnote w:id="1"><w:p><w:r><w:t>以实测为准。</w:t></w:r></w:p></w:footnote></w:footnotes>'.encode(),
        document.part.package,
    )
    document.part.relate_to(part, docx.opc.constants.RELATIONSHIP_TYPE.FOOTNOTES)
    result = read(saved(document), "a.docx")
    assert result.text == "正文。\n"
    assert result.notes == ("目录 1 行未读入正文", "脚注（未并入正文）：以实测为准。")


def test_foreign_parts_are_unread_in_cells_too(read):
    document = docx.Document()
    document.add_paragraph("正文。")
    chunk = f'<w:altChunk {W} r:id="rId99" {nsdecls("r")}/>'
    document.element.body.insert(0, parse_xml(chunk))
    document.add_table(1, 2).cell(0, 0)._tc.insert(1, parse_xml(chunk))
    result = read(saved(document), "a.docx")
    assert (result.unread, result.notes) == (("嵌入的外部文档 2 处未读入",), ())


def test_zip_bomb_is_refused(read, monkeypatch):
    document = docx.Document()
    document.add_paragraph("正文")
    bomb = with_part(saved(document), "word/media/image1.bin", b"\0" * 3 * 2**20)
    assert read(bomb, "a.docx")
    monkeypatch.setattr(reader, "MAX_UNPACKED_BYTES", 2**21)
    with pytest.raises(DocumentError, match="解压后过大"):
        read(bomb, "a.docx")


def test_entities_are_not_expanded(read):
    document = docx.Document()
    document.add_paragraph("正文")
    data = saved(document)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        body = archive.read("word/document.xml").decode().split("?>", 1)[1]
    laughing = '<!DOCTYPE x [<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">]>' + body.replace("正文", "正文&a;")
    assert "哈" not in read(with_part(data, "word/document.xml", laughing.encode()), "a.docx").text


def test_encrypted_and_damaged(read):
    document = docx.Document()
    document.add_paragraph("正文")
    data = saved(document)
    with pytest.raises(DocumentError, match="加密"):
        flagged = bytearray(data)
        flagged[flagged.index(b"PK\x01\x02") + 8] |= 1
        read(bytes(flagged), "a.docx")
    with pytest.raises(DocumentError, match="损坏"):
        read(with_part(data, "word/document.xml", b"<w:document"), "a.docx")
    with pytest.raises(DocumentError, match="没有文字"):
        read(saved(docx.Document()), "a.docx")


def test_style_cycle_ends(read):
    document = docx.Document()
    style = document.styles["Heading 1"].element
    style.find(qn("w:basedOn")).set(qn("w:val"), "Heading1")
    document.add_heading("总则", 1)
    assert read(saved(document), "a.docx").text == "总则\n"


def _sample() -> bytes:
    document = docx.Document()
    add_list(document, 91, ("chineseCounting", "%1、"))
    numbered(document, "治水", 91)
    document.add_table(2, 2).cell(1, 1).text = "值"
    return saved(document)


SAMPLE = _sample()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=8))
def test_flipped_bytes_are_read_or_refused(read, flips):
    data = bytearray(SAMPLE)
    for place, byte in flips:
        data[int(place * len(data))] = byte
    try:
        read(bytes(data), "a.docx")
    except DocumentError as error:
        assert len(str(error).splitlines()) == 1
