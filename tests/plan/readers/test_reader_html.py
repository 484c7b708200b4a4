"""HTML: blocks, headings, tables, numbers of ordered lists, encodings, limits."""

from __future__ import annotations

import pytest

from bilan.plan.document import DocumentError


def page(body: str, head: str = '<meta charset="utf-8">') -> bytes:
    return f"<!DOCTYPE html><html><head>{head}<title>栏目</title></head><body>{body}</body></html>".encode()


def test_blocks_become_lines(read):
    document = read(
        page(
            "<nav>首页</nav><script>var a=1</script><style>p{}</style><div>甲<p>　　乙\n丙  d  e</p>丁<br/>戊</div>"
            '<p hidden>隐</p><p style="display: none">藏</p><!-- 注 --><pre>己\n 庚</pre>'
        )
    )
    assert document.text == "甲\n乙丙 d e\n丁\n戊\n己\n庚\n"
    assert document.media_type == "text/html"


def test_headings(read, headings_of):
    document = read(
        page(
            "<h1>临江市方案</h1><h3>一、<b>总则</b></h3><p><strong>（一）治水</strong></p>"
            '<p><b>一是</b><b>治气。</b>正文<b>着重</b></p><p><span style="font-weight:700">二是治土。</span>正文</p>'
            '<p style="font-weight:bold"><span style="font-weight:normal">细</span>粗</p><p>正文</p>'
        )
    )
    assert headings_of(document) == [
        ("临江市方案", 1),
        ("一、总则", 3),
        ("（一）治水", None),
        ("一是治气。", None),
        ("二是治土。", None),
    ]


def test_bold_means_nothing_where_everything_is_bold(read, headings_of):
    document = read(page("".join(f"<p><b>第{n}段，整页都是粗体，没有哪一段比别的更重要。</b></p>" for n in range(20))))
    assert headings_of(document) == []


def test_table_with_merged_cells(read, rows_of):
    document = read(
        page(
            "<p>前</p><table><caption>表1</caption><thead><tr><th rowspan=2>序<br>号</th><th colspan=2>指标</th></tr>"
            "<tr><th>名称</th><th>值</th></tr></thead><tr><td>1</td><td><p>PM<sub>2.5</sub></p></td><td>35</td></tr>"
            "<tr><td>2</td></tr></table><p>后</p>"
        )
    )
    assert rows_of(document) == [
        ["序 号", "指标", "指标"],
        ["序 号", "名称", "值"],
        ["1", "PM2.5", "35"],
        ["2", "", ""],
    ]
    assert document.text == "前\n表1\n序 号\t指标\t\n\t名称\t值\n1\tPM2.5\t35\n2\t\t\n后\n"


def test_table_for_layout_is_text(read):
    inner = "<table><tr><td>名称</td><td>值</td></tr></table>"
    document = read(page(f"<table><tr><td>栏目</td><td><p>段一</p><p>段二</p>{inner}</td></tr></table>"))
    assert document.text == "栏目\n段一\n段二\n名称\t值\n"
    assert len(document.tables) == 1


def test_ordered_list_numbers(read):
    document = read(
        page(
            "<ol><li>治水</li><li>治气<ol start=5><li>关停</li></ol></li><li>治土</li></ol><ul><li>点</li></ul>"
            '<ol style="list-style:none"><li>1. 自带编号</li></ol>'
        )
    )
    assert document.text == "1.治水\n2.治气\n5.关停\n3.治土\n点\n1. 自带编号\n"


def test_a_list_number_waits_for_the_first_words(read, headings_of):
    document = read(
        page(
            "<ol><li>\n<h1>治水</h1><p>疏浚河道。</p></li><li><h1>治气</h1>"
            "<ol><li><h2><b>关停</b></h2></li><li> <!-- 空 --> </li></ol></li>"
            "<li><pre>\n  治土</pre></li><li><table><tr><td>甲</td><td>乙</td></tr></table></li></ol><p>后</p>"
        )
    )
    assert document.text == "1.治水\n疏浚河道。\n2.治气\n1.关停\n3.治土\n甲\t乙\n后\n"
    assert headings_of(document) == [("1.治水", 1), ("2.治气", 1), ("1.关停", 2)]


@pytest.mark.parametrize(
    "furniture",
    [
        "打印本页 关闭窗口",
        "【打印】【关闭】",
        "扫一扫在手机打开当前页",
        "分享到：微信 | 微博 | QQ空间",
        "上一篇：山阳县河道保洁办法",
        "下一条",
        "版权所有：山阳县人民政府办公室",
        "网站地图 | 联系我们",
        "云ICP备2026000009号-1 云公网安备 99010002000001号 网站标识码：9901000001",
        "当前位置：首页 > 政务公开 > 规划",
        "【字体：大 中 小】 浏览次数：128 次",
    ],
)
def test_page_furniture_is_left_out_with_a_note(read, furniture):
    body = "<p>山阳县方案</p><p>一、治水</p><p>疏浚河道。</p>"
    for markup in (f"<div>{furniture}</div>{body}", f"{body}<div>{furniture}</div>"):
        document = read(page(markup))
        assert document.text == "山阳县方案\n一、治水\n疏浚河道。\n"
        assert document.notes == (f"网页栏目 1 行未读入：{' '.join(furniture.split())}",)


@pytest.mark.parametrize(
    "words",
    [
        "打印机废墨盒回收",
        "主办单位：县水利局",
        "（二）版权所有",
        "完善网站地图功能，关闭窗口期排放。",
        "相关文件按程序关闭",
        "扫除河道垃圾",
    ],
)
def test_words_of_the_plan_are_no_furniture(read, words):
    document = read(page(f"<p>一、治水</p><p>疏浚河道。</p><p>{words}</p>"))
    assert document.text.endswith(words + "\n")
    assert document.notes == ()


def test_furniture_stands_outside_the_sentences(read):
    document = read(page("<p>打印</p><p>疏浚河道。</p><p>打印</p><p>植树造林。</p><p>打印</p><p>主办：县政府</p>"))
    assert document.text == "疏浚河道。\n打印\n植树造林。\n"


def test_a_table_of_links_ends_no_document(read):
    links = "<table><tr><td>网站地图</td><td>主办：县政府</td></tr></table>"
    goals = "<table><tr><td>指标</td><td>目标</td></tr></table>"
    sentence, button = "<p>疏浚河道。</p>", "<p>打印本页</p>"
    assert read(page(sentence + button + links)).text == "疏浚河道。\n网站地图\t主办：县政府\n"
    assert read(page(sentence + button + goals)).text == "疏浚河道。\n打印本页\n指标\t目标\n"


def test_furniture_costs_little_whatever_the_line(read):
    hostile = [
        unit * (118 // len(unit)) + "。x" for unit in ("上一篇", "字体：】", "大 中 ", "扫一扫", "分享到：QQ", "首页|")
    ]
    assert read(page("".join(f"<p>{line}</p>" for line in hostile * 20)))


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("gb18030", "gb2312"), ("utf-8", "gb2312"), ("gb18030", "utf-8"), ("gb18030", ""), ("utf-16", "")],
)
def test_bytes_decide_the_encoding(read, encoding, declared):
    text = "加强大气污染防治，完善生态环境监测网络，落实企业主体责任，镕鑫村①。"
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    document = read(page(f"<p>{text}</p>", meta).decode().encode(encoding), "a.html")
    assert document.text == text + "\n"
    assert document.encoding == encoding


def test_a_bad_byte_is_told_of(read):
    data = page("<p>加强大气污染防治@，落实企业主体责任</p>").replace(b"@", b"\xff")
    document = read(data, "a.html")
    assert "1 处字符无法解码" in document.unread[0]
    assert document.text.startswith("加强大气污染防治")


def test_nesting_is_limited(read):
    assert read(page("<div>" * 200 + "深" + "</div>" * 200)).text == "深\n"
    with pytest.raises(DocumentError, match="嵌套过深"):
        read(page("<div>" * 5000 + "深" + "</div>" * 5000))


def test_huge_spans_are_harmless(read, rows_of):
    document = read(page("<table><tr><td rowspan=65534 colspan=0>甲</td><td rowspan=0>乙</td></tr><tr></tr></table>"))
    assert rows_of(document) == [["甲", "乙"], ["甲", "乙"]]
    hostile = "<table>" + "<tr><td colspan=1000 rowspan=60000>甲</td></tr>" * 3000 + "</table>"
    assert "甲" in read(page(hostile)).text
