"""The closed words of the schema in Chinese, for the workbook, the difference and every page an office reads."""

from __future__ import annotations

from collections.abc import Mapping

KIND: Mapping[str, str] = {"target": "目标", "task_quantity": "工作量", "milestone": "节点事项"}
OPERATOR: Mapping[str, str] = {
    ">=": "不低于",
    "<=": "不高于",
    "=": "等于",
    "approx": "约",
    "increase_by": "上升幅度",
    "decrease_by": "下降幅度",
}
VALUE_KIND: Mapping[str, str] = {
    "number": "数值",
    "range": "区间",
    "implied": "隐含数值",
    "by_reference": "按上级下达",
    "standard_reference": "按标准",
    "qualitative": "定性",
    "class": "类别",
}
DUE_SOURCE: Mapping[str, str] = {
    "explicit": "本句写明",
    "inherited": "承接前句",
    "section": "本节开头",
    "document": "文件标题",
    "relative": "相对期限",
    "recurring": "周期性",
    "table": "表格",
}
NATURE: Mapping[str, str] = {"约束性": "约束性", "预期性": "预期性"}
ROLE: Mapping[str, str] = {"lead": "牵头", "support": "配合", "implementer": "落实"}
YES_NO: Mapping[bool, str] = {True: "是", False: "否"}
GAP_KIND: Mapping[str, str] = {
    "target_without_due": "目标无时限",
    "target_without_unit": "目标无计量单位",
    "task_without_lead": "任务无牵头单位",
    "refers_upward": "指标待上级下达",
    "contradiction": "前后不一致",
    "unknown_indicator": "指标未识别",
    "unreadable_table": "表格未能读出",
    "unknown_body": "责任单位未识别",
    "qualitative_goal": "定性目标",
    "nothing_read": "未读出任务和目标",
}


def number_text(value: float) -> str:
    """Return the shortest decimal that reads back as the same number, without a trailing ``.0``.

    >>> number_text(15.0), number_text(0.1)
    ('15', '0.1')
    """
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
