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


def test_a_bad_byte_is_noted(read):
    data = page("<p>加强大气污染防治@，落实企业主体责任</p>").replace(b"@", b"\xff")
    document = read(data, "a.html")
    assert "1 处字符无法解码" in document.notes[0]
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
