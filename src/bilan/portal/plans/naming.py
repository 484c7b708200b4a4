"""What items, columns and reasons are called on a page, in its language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext, gettext_noop, pgettext

from bilan.plan.diff.targets import figure
from bilan.plan.model import Duty, Item, Measure, Project, Target, Task
from bilan.plan.wording import GAP_KIND, NATURE, ROLE
from bilan.plan.workbook.rows import CellNote
from bilan.plan.workbook.sheets import Sheet
from bilan.policy.told import in_language
from bilan.portal.core.sentences import again
from bilan.portal.core.speech import language, listed

# list -> its name and the mark of its spans, both by language: in a catalogue such short words have other meanings, too
LISTS = {
    "targets": {"zh": ("目标", "目"), "en": ("Targets", "Ta")},
    "tasks": {"zh": ("任务", "任"), "en": ("Tasks", "Tk")},
    "measures": {"zh": ("措施", "措"), "en": ("Measures", "M")},
    "projects": {"zh": ("项目", "项"), "en": ("Projects", "P")},
    "duties": {"zh": ("责任", "责"), "en": ("Duties", "D")},
}
ITEM_KINDS = {"targets": "target", "tasks": "task", "measures": "measure", "projects": "project", "duties": "duty"}
STATE_WORDS = {
    "unreviewed": gettext_noop("未核对"),
    "carried": gettext_noop("沿用上一版"),
    "confirmed": gettext_noop("已确认"),
    "corrected": gettext_noop("已修改"),
    "rejected": gettext_noop("已剔除"),
    "added": gettext_noop("已补充"),
}


def name_of(item: Item) -> str:
    """Return what an item is called, in the words of the plan."""
    match item:
        case Target():
            return f"{item.name}（{item.scope}）" if item.scope else item.name
        case Task():
            return f"{item.number} {item.title}" if item.number else item.title
        case Measure():
            return item.text
        case Project():
            return item.name
        case Duty():
            return item.unit
    return item.id


def list_name(name: str) -> str:
    """Return what a list is called."""
    return LISTS[name][language()][0]


def mark(name: str) -> str:
    """Return the sign at the head of the spans of a list."""
    return LISTS[name][language()][1]


def gap_word(kind: str) -> str:
    """Return what a kind of gap is called."""
    return gettext(GAP_KIND[kind])


def role_word(role: str) -> str:
    """Return what a role is called."""
    return pgettext("role", ROLE[role])


def column_word(sheet: Sheet, field: str) -> str:
    """Return the heading of the column of a field; of one without a column, the field."""
    if field == "item":
        return gettext("整项")
    return next((pgettext("column", column.heading) for column in sheet.columns if column.field == field), field)


def due_words(due: str | None) -> str:
    """Return a period as people write it.

    >>> from django.utils.translation import override
    >>> with override("zh-hans"):
    ...     due_words("2027-12"), due_words("2025Q1"), due_words("2026/2028"), due_words(None)
    ('2027年12月', '2025年第1季度', '2026—2028年', '')
    """
    if not due:
        return ""
    if language() == "en":
        return due.replace("/", "–")
    ends = [_end_words(end) for end in due.split("/")]
    if len(ends) == 2 and due.replace("/", "").isdigit():
        return f"{due.split('/')[0]}—{ends[1]}"
    return "—".join(ends)


def _end_words(end: str) -> str:
    year, _, month = end.partition("-")
    if month:
        return f"{year}年{int(month)}月" if month.isdigit() else end
    year, _, quarter = end.partition("Q")
    return f"{year}年第{quarter}季度" if quarter else f"{year}年"


def about(item: Item) -> list[str]:
    """Return what a row says of an item beside its name, a few words each."""
    match item:
        case Target():
            said = [figure_words(item), due_words(item.due), item.recurrence, item.season]
            said += [gettext("力争") if item.soft else None, gettext(NATURE[item.nature]) if item.nature else None]
        case Task():
            said = [*_units(item), due_words(item.due)]
        case Measure():
            said = [*_units(item), due_words(item.due)]
        case Project():
            said = [item.quantity, item.place, due_words(item.due)]
        case Duty():
            said = [role_word(item.role), gettext("%d 项") % len(item.items)]
        case _:
            said = []
    return [one for one in said if one]


def sentences(said: Iterable[str]) -> str:
    """Return short sentences one after the other."""
    return ("；" if language() == "zh" else " ").join(said)


def of_field(note: CellNote) -> str:
    """Return what is to be said of a field, with its heading."""
    return f"{gettext(note.column)}{_colon()}{again(note.reason)}"


def _colon() -> str:
    return "：" if language() == "zh" else ": "


def figure_words(target: Target) -> str:
    """Return what a target asks for, in the language of the page."""
    return in_language(figure(target), language())


def _units(item: Task | Measure) -> list[str]:
    said: list[tuple[str, Any]] = [(pgettext("role", "牵头"), item.leads), (pgettext("role", "配合"), item.supports)]
    return [f"{word}{_colon()}{listed(units)}" for word, units in said if units]
