"""What scanning, page layout and file-sharing sites did to a document, undone and put on record."""

from __future__ import annotations

import pytest

from bilan.plan.document import Cell, Document, Table
from bilan.plan.mapped import Mapped
from bilan.plan.repair import repair


def repaired(text: str, media_type: str = "text/plain") -> Mapped:
    return repair(Document("a.txt", media_type, "", text, is_plain=media_type == "text/plain"))


def rules(mapped: Mapped) -> set[str]:
    return {r.rule for r in mapped.repairs}


# --- spelling ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("达到８８．５％（含）以上；", "达到88.5%(含)以上;"),
        ("二〇二七年—二〇二八年", "二〇二七年-二〇二八年"),
        ("40—45μg/m3", "40-45µg/m3"),
        ("青环发〔2027〕6号", "青环发〔2027〕6号"),
        ("【试行】", "(试行)"),
        ("墨溪\u200b治理", "墨溪治理"),
        ("⽔环境", "水环境"),  # a Kangxi radical
    ],
)
def test_one_spelling(text: str, read: str) -> None:
    assert repaired(text).text == read


def test_traditional_characters_are_read_and_quoted_as_printed() -> None:
    source = "二、環境質量目標\n到2027年，細顆粒物濃度達到28微克/立方米以下，優良水體比例達到90%，實現產業轉型發展。"
    mapped = repaired(source)
    assert "细颗粒物浓度达到28微克/立方米以下,优良水体比例达到90%" in mapped.text
    assert mapped.repairs == []
    start = mapped.text.index("细颗粒物")
    assert mapped.printed(start, start + 6) == "細顆粒物濃度"


def test_a_traditional_name_is_quoted_as_printed() -> None:
    text = "青屿市依托“雲臺”书院开展生态文化宣传,建设环境教育基地,推动全民参与绿色生活,到2027年建成基地6个。" * 3
    mapped = repaired(text)
    assert mapped.printed(0, len(mapped.text)) == text


# --- scanning ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "read"),
    [
        pytest.param("浓度低于27.4ugm3。", "浓度低于27.4µg/m3。", id="unit without a stroke"),
        pytest.param("比例达到88.6%o推进治理", "比例达到88.6%。推进治理", id="full stop read as o"),
        pytest.param("加强PM2.5和03协同治理", "加强PM2.5和O3协同治理", id="O3"),
        pytest.param("PM2.5与03污染", "PM2.5与O3污染", id="O3 before 污染"),
        pytest.param("持续力口大执法力度", "持续加大执法力度", id="one character read as two"),
        pytest.param("保护鱼类泡游通道", "保护鱼类洄游通道", id="洄游"),
        pytest.param("市政府印发V青屿市湿地办法》", "市政府印发《青屿市湿地办法》", id="title mark read as V"),
        pytest.param("达到或好于III类水体", "达到或好于Ⅲ类水体", id="III"),
        pytest.param("消除劣V类断面", "消除劣Ⅴ类断面", id="劣V"),
        pytest.param("处置率保持IO0%", "处置率保持100%", id="100 read as letters"),
        pytest.param("落实任务要求”责任单位:市水务局", "落实任务要求。责任单位:市水务局", id="。 read as ”"),
        pytest.param("PM2。5浓度", "PM2.5浓度", id="PM2.5"),
    ],
)
def test_scan_damage(text: str, read: str) -> None:
    mapped = repaired(text)
    assert mapped.text == read
    assert rules(mapped) == {"scan damage"}
    assert all(mapped.source[r.start : r.end] == r.before for r in mapped.repairs)


@pytest.mark.parametrize("text", ["VOCs治理", "电话0318", "2003年", "第03号断面", "IV级响应", "XX湾XX镇", "I/O接口"])
def test_what_only_looks_damaged_stays(text: str) -> None:
    assert repaired(text).text == text


# --- page marks, headers, contents, sites -----------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["－ 3 －", "— 12 —", "-4-", "第 7 页", "第7页 共20页"])
def test_a_page_mark_in_the_middle_of_a_word(mark: str) -> None:
    line = "持续推进墨溪两岸生态缓冲带建设和农村黑臭水体综合整治工作,完成入河排"
    mapped = repaired(f"{line}\n{mark}\n口规范化整治。")
    assert mapped.text == f"{line}口规范化整治。"
    assert "page mark" in rules(mapped)


def test_a_page_mark_within_a_number_phrase() -> None:
    line = "持续推进墨溪两岸生态缓冲带建设和水土流失综合治理,到2028年治理面积达到 2"
    mapped = repaired(f"{line}\n— 5 —\n6 平方公里。")
    assert mapped.text.endswith("治理面积达到26平方公里。")


def test_page_mark_inside_a_line() -> None:
    assert repaired("全市建成区绿化 - 6 - 覆盖率达到43%。").text == "全市建成区绿化覆盖率达到43%。"


def test_running_headers_go_but_for_the_first() -> None:
    page = "青屿市碧水蓝天行动计划\n{n}.推进河湖治理。\n完善管网,提升能力。\n加强执法。\n"
    text = "".join(page.format(n=n) for n in range(1, 7))
    mapped = repaired(text)
    assert mapped.text.count("青屿市碧水蓝天行动计划") == 1
    assert sum(r.rule == "running header" for r in mapped.repairs) == 5
    assert mapped.text.count("推进河湖治理") == 6


def test_contents_go() -> None:
    text = "目  录\n一、总体要求……………………3\n二、重点任务........................12\n一、总体要求\n改善水质。"
    mapped = repaired(text)
    assert mapped.text.strip() == "一、总体要求\n改善水质。"
    assert "contents" in rules(mapped)


def test_lone_page_numbers_that_count_go_and_others_stay() -> None:
    body = "\n".join(["推进治理。"] * 10)
    text = "\n".join(f"{body}\n{n}" for n in range(1, 6)) + "\n监测点位\n48"
    assert [line for line in repaired(text).text.split("\n") if line.isdigit()] == ["48"]


def test_site_lines_hold_no_content() -> None:
    text = (
        "青屿市净水方案.docx\n本文由会员分享,可在线阅读,更多相关青屿市净水方案(12页珍藏版)请在网站上搜索。\n"
        "1、一、目标\n资源ID:90321 资源大小:31KB 全文页数:12页 下载积分:8\n友情提示\n"
        "到2027年,优良水体比例达到91%。"
    )
    mapped = repaired(text)
    assert not {"90321", "31KB", "珍藏版", "友情提示"} & {
        w for w in ("90321", "31KB", "珍藏版", "友情提示") if w in mapped.text
    }
    assert "优良水体比例达到91%" in mapped.text
    assert "site line" in rules(mapped)


# --- gaps and line wraps ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("打好碧水 保卫战", "打好碧水保卫战"),
        ("到 2027 年，达到 88 %", "到2027年,达到88%"),
        ("《青屿 湿地图鉴》", "《青屿湿地图鉴》"),
        ("示范带 ,打造", "示范带,打造"),
        ("水质 (牵头单位:市水务局)", "水质(牵头单位:市水务局)"),
        ("实施 green building 行动", "实施green building行动"),
        ("达到 2 0 2 7 年", "达到2027年"),
    ],
)
def test_gaps_close(text: str, read: str) -> None:
    assert repaired(text).text == read


def test_the_lines_of_a_page_become_paragraphs() -> None:
    lines = [
        "一、总体要求",
        "    深入贯彻生态优先理念，以改善生态环境质量为核心，统筹推进水环境治",
        "理、水生态修复和水资源保护，着力解决群众身边的突出环境问题，不断增强",
        "人民群众的获得感。",
        "    坚持源头治理，落实城乡污水收集处理设施建设，提升管网覆盖水平，推进",
        "入河排污口整治，实现水质稳定改善。",
        "二、重点任务",
        "    完善监测网络，到2027年，优良水体比例达到91%，黑臭水体基本消除，水源",
        "地水质达标。",
    ]
    paragraphs = repaired("\n".join(lines)).text.split("\n")
    assert [p[:6] for p in paragraphs] == [
        "一、总体要求",
        "深入贯彻生态",
        "坚持源头治理",
        "二、重点任务",
        "完善监测网络",
    ]
    assert "水环境治理、水生态" in paragraphs[1]


def test_a_bracket_keeps_its_lines_together() -> None:
    text = "完成河道清淤(牵头单位:市水务局;配合单位:市财政局、\n市农业农村局)。\n(二)治理扬尘"
    assert repaired(text).text == "完成河道清淤(牵头单位:市水务局;配合单位:市财政局、市农业农村局)。\n(二)治理扬尘"


def test_headings_and_long_paragraphs_are_not_joined() -> None:
    text = "一、目标\n二、任务\n(一)治水\n1.清淤\n" + "完善机制" * 60 + "\n" + "加强执法" * 60
    assert repaired(text).text.count("\n") == 5


def test_tables_leave_the_text() -> None:
    text = "目标见表。\n指标\t88\n后文。"
    cells = (Cell("指标", 6, 8), Cell("88", 9, 11))
    mapped = repair(Document("a.docx", "application/docx", "", text, tables=(Table((cells,), 6, 12),)))
    assert mapped.text.split() == ["目标见表。", "后文。"]
    start = mapped.text.index("后文")
    assert mapped.span(start, start + 2) == (12, 14)


def test_nothing_is_repaired_in_a_sound_text() -> None:
    text = "青屿市净水方案\n一、目标\n到2027年，优良水体比例达到91%。"
    mapped = repaired(text)
    assert mapped.repairs == []
    assert mapped.text == text.replace("，", ",")
