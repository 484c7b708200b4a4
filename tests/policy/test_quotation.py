"""Names with quotation marks of their own between quotation marks."""

from __future__ import annotations

import pytest

from bilan.policy.quotation import within_quotes


@pytest.mark.parametrize(
    ("name", "within"),
    [
        ("清河断面水质", "清河断面水质"),
        ("农村“千吨万人”水源地水质达标率", "农村‘千吨万人’水源地水质达标率"),
        ("“散乱污”企业和“两高”项目", "‘散乱污’企业和‘两高’项目"),
        ("落实“国家‘双碳’战略”", "落实‘国家“双碳”战略’"),
        ("创建“无废细胞……", "创建‘无废细胞……"),  # cut off before it ended
        ("the city’s “zero-waste” cells", "the city’s ‘zero-waste’ cells"),
        ("", ""),
    ],
)
def test_inner_marks_are_of_the_other_kind(name: str, within: str) -> None:
    assert within_quotes(name) == within
