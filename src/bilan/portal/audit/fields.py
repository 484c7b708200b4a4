"""What the fields of old and new values are called and what their codes mean, as the log keeps the program's names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bilan.board.status import STATUSES
from bilan.board.texts import phrase
from bilan.plan.workbook.cells import Names
from bilan.plan.workbook.sheets import SHEETS, Column, Sheet
from bilan.portal.board.models import ENTRY_KINDS as ENTERED
from bilan.portal.core.speech import language
from bilan.portal.jobs.kinds import kind_named
from bilan.portal.people.forms_units import UNIT_KINDS, department_name
from bilan.portal.people.models import Contact, Membership, Region, Unit, User
from bilan.portal.people.views_regions import REGION_KINDS
from bilan.portal.plans.models import CorrectionKind

# In the order in which they are told.
FIELDS: Mapping[str, Any] = {
    **ENTERED,
    "what": _("事项"),
    "title": _("标题"),
    "name": _("名称"),
    "year": _("年份"),
    "status": _("状态"),
    "period": _("时段"),
    "reason": _("理由"),
    "text": _("内容"),
    "note": _("说明"),
    "kind": _("类别"),
    "error": _("出错原因"),
    "attempt": _("第几次运行"),
    "on": _("日期"),
    "number": _("版次"),
    "version": _("版本"),
    "from": _("起自"),
    "draft": _("审核稿"),
    "edits": _("带过来的修改"),
    "unfit": _("带不过来的修改"),
    "drops": _("不再有效的修改"),
    "unreviewed": _("没有核对的条目"),
    "carried": _("沿用上一版的条目"),
    "step": _("步骤"),
    "of_step": _("所撤销或重做的步骤"),
    "items": _("条目数"),
    **dict(CorrectionKind.choices),
    "file": _("文件"),
    "files": _("文件"),
    "uploads": _("文件"),
    "size": _("大小"),
    "bytes": _("大小"),
    "station": _("站点"),
    "filter": _("筛选"),
    "format": _("格式"),
    "view": _("内容"),
    "form": _("格式"),
    "rows": _("行数"),
    "regions": _("地区"),
    "count": _("数量"),
    "slug": _("网址里的名称"),
    "plan_version": _("计划版本"),
    "lake_version": _("数据版本"),
}
# Ids, hashes and places in a file: the name stands beside them.
UNSAID = frozenset({"target", "item", "sha256", "id", "start", "end", "confidence"})
COUNTED = frozenset({"items", "unfit", "drops", "regions"})  # lists of ids
_MODELS: Mapping[str, type[Model]] = {
    "user": User,
    "role": Membership,
    "person": Contact,
    "unit": Unit,
    "region": Region,
}
_OWN = {
    ("role", "user"): _("用户名"),
    **{(object_, "unit"): _("所属单位") for object_ in ("user", "role", "person")},
}
_CODES: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("unit", "kind"): UNIT_KINDS,
    ("region", "kind"): REGION_KINDS,
    **{("entry", what): {"withdrawn": _("撤回")} for what in ENTERED},
}


def place(field: str, item: str = "") -> tuple[int, str]:
    """Return by what fields are sorted as people ask for them; those that nobody knows come last."""
    known = [column.field for sheet in _sheets(item) for column in sheet.columns] or list(FIELDS)
    return (known.index(field) if field in known else len(known)), field


def field_word(object_: str, field: str, item: str = "") -> str:
    """Return what a field of ``object_`` is called; one that nobody knows is called as the program calls it.

    ``item``: the id of the item of a plan whose field it is, if it is one.

    >>> from django.utils.translation import override
    >>> with override("zh-hans"):
    ...     field_word("entry", "reason"), field_word("entry", "what_is_new")
    ('理由', 'what_is_new')
    """
    if column := _column(item, field):
        return gettext(column.heading)
    known = _OWN.get((object_, field)) or getattr(_of_model(object_, field), "verbose_name", None)
    return str(known or FIELDS.get(field, field))


def value_word(object_: str, field: str, value: str, item: str = "") -> str:
    """Return what a value says where it is a code, else the value."""
    if column := _column(item, field):
        shown = str(column.codec.show(value, Names()))
        return shown if shown == value else gettext(shown)
    if field in ("status", "judgement") and value in STATUSES:
        return phrase(f"status.{value}", language())
    if field == "department":
        return department_name(value)
    if (object_, field) == ("job", "kind"):
        return str(kind_named(value).label)
    known = _CODES.get((object_, field)) or dict(getattr(_of_model(object_, field), "flatchoices", ()))
    return str(known.get(value, value))


def _column(item: str, field: str) -> Column | None:
    """The column of the workbook for a field of an item."""
    return next((column for sheet in _sheets(item) for column in sheet.columns if column.field == field), None)


def _sheets(item: str) -> list[Sheet]:
    """The sheet of the list in which an item stands; none for what is no item."""
    return [sheet for sheet in SHEETS if f"-{sheet.kind}-" in item]


def _of_model(object_: str, field: str) -> Any:
    try:
        return _MODELS[object_]._meta.get_field(field)
    except (KeyError, FieldDoesNotExist):
        return None
