"""What a web page puts around a document: print and share buttons, neighbours, the lines at the foot of the site."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bilan.plan.readers.layout import Block, Line

_MAX_LINE: Final = 120  # characters
_SENTENCE: Final = "。"

# Each names one thing that stands there; a line of several of them, and of nothing else, is furniture.
_FURNITURE: Final = (
    r"打印(?:本页|此页|本文|文章|页面)?|关闭(?:本页|窗口|此页|页面)?|(?:加入)?收藏(?:本页|本站|此页)?|返回(?:顶部|首页|上一页|列表)",
    r"分享(?:到|至)?[:：]?|微信|朋友圈|(?:新浪|腾讯)?微博|QQ(?:好友|空间)?",
    r"(?:微信|手机)?扫[一码][^。]*",
    r"[上下]一[篇条页][:：]?[^。]*|相关(?:阅读|链接|文档|附件|稿件|解读|信息)[:：]?|延伸阅读[:：]?",
    r"(?:网站)?首页|(?:网站|站点)地图|(?:联系|关于)我们|(?:网站|法律|版权)声明|隐私(?:声明|政策)|友情链接|使用帮助|设为首页",
    r"无障碍(?:阅读|浏览)?|适老化(?:模式)?|长者(?:模式|专区)|[繁简][体體](?:中文|版)?|English|RSS(?:订阅)?|登录|注册",
    r"[您你]?(?:当前|现在)?(?:所在)?的?位置(?:是)?[:：][^。]*",
    r"(?:字体|字号|文字大小)[:：]?[\s\[【(（]*(?:[大中小][\s|\]】)）]*)*",
    r"(?:浏览|阅读|点击|访问)(?:次数|量|数)?[:：]\s*\d*\s*次?",
    r"(?:©|Copyright|版权所有)[^。]*",
    r"[^\W\dA-Za-z_]?ICP[备证][^。]*|[^\W\dA-Za-z_]?公网安备[^。]*|网站标识码[^。]*|备案号[:：][^。]*",
)
# Words that a plan may use as well: furniture only after a line that is furniture for certain.
_FOOT: Final = (
    r"(?:网站)?(?:主办|承办|协办|维护|管理|技术支持)(?:单位)?[:：][^。]*",
    r"(?:地址|邮编|邮政编码|电话|联系电话|传真|邮箱)[:：][^。]*|建议使用[^。]{0,60}浏览[^。]*",
)
_BETWEEN: Final = r"[\s|｜/·、,，>»\[\]【】()（）]*"


def _line_of(*things: str) -> re.Pattern[str]:
    # Atomic: a thing that has been read is not read in another way, which keeps hostile lines cheap.
    return re.compile(rf"{_BETWEEN}(?>(?:{'|'.join(things)}){_BETWEEN})+", re.I)


_CERTAIN: Final = _line_of(*_FURNITURE)
_AFTER_CERTAIN: Final = _line_of(*_FURNITURE, *_FOOT)


def without_furniture(blocks: Sequence[Block]) -> tuple[list[Block], list[str]]:
    """The blocks of the document itself, and the words of the lines left out before and after its sentences.

    >>> from bilan.plan.readers.layout import Run
    >>> page = [Line([Run(words)]) for words in ("首页 | 打印", "一、治水", "疏浚河道。", "下一篇：治气", "主办：市府")]
    >>> kept, left_out = without_furniture(page)
    >>> [block.runs[0].text for block in kept], left_out
    (['一、治水', '疏浚河道。'], ['首页 | 打印', '下一篇：治气', '主办：市府'])
    """
    words = ["".join(run.text for run in block.runs).strip() if isinstance(block, Line) else None for block in blocks]
    body = [i for i, (block, text) in enumerate(zip(blocks, words, strict=True)) if _is_body(block, text)]
    first, last = (body[0], body[-1]) if body else (len(blocks), len(blocks))
    kept: list[Block] = []
    left_out: list[str] = []
    pattern = _CERTAIN
    for i, (block, text) in enumerate(zip(blocks, words, strict=True)):
        if text is not None and not first <= i <= last and _is(text, pattern):
            left_out.append(text)
            pattern = _AFTER_CERTAIN if i > last else _CERTAIN
        else:
            kept.append(block)
    return kept, left_out


def _is_body(block: Block, text: str | None) -> bool:
    """Whether a block is a sentence or a table of the document."""
    if isinstance(block, Line):
        return text is not None and _SENTENCE in text and not _is(text, _CERTAIN)
    return not any(_is(box.text, _CERTAIN) for box in block.boxes)


def _is(text: str, pattern: re.Pattern[str]) -> bool:
    return len(text) <= _MAX_LINE and pattern.fullmatch(text) is not None
