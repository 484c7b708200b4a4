"""Every change of a draft: who, when, what it was and what it became."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from bilan.plan.corrections import Edit, sheet_named
from bilan.plan.workbook.cells import Names
from bilan.plan.workbook.sheets import Column, names_of
from bilan.portal.audit.record import record
from bilan.portal.files.export import csv_response
from bilan.portal.plans.models import Correction, CorrectionKind
from bilan.portal.plans.naming import column_word, list_name, name_of
from bilan.portal.plans.state import Review, review_of
from bilan.portal.plans.views.base import OfPlan, crumbs

_PER_PAGE = 50


@dataclass(frozen=True)
class Shown:
    """A correction, its fields in words, and whether it is in force."""

    row: Correction
    list_label: str
    fields: list[tuple[str, str, str]]  # heading, old, new
    holds: bool


class History(OfPlan, View):
    """The corrections of a draft, latest first; of one item with ``?item=``."""

    guards = ("draft", "read")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self.draft(pk)
        review = review_of(draft)
        corrections = draft.corrections.select_related("by").order_by("-number")
        item = request.GET.get("item", "")
        if item:
            corrections = corrections.filter(item=item)
        page = Paginator(corrections, _PER_PAGE).get_page(request.GET.get("page"))
        holding = {step.number for step in review.in_force}
        names = names_of(review.plan)
        shown = [shown_row(row, names, holding) for row in page.object_list]
        way = crumbs(draft.plan, (_("核对"), draft.get_absolute_url()), (_("修改记录"), ""))
        there = {"draft": draft, "page": page, "shown": shown, "item": item, "crumbs": way}
        return render(request, "plans/history.html", there)


class HistoryExport(OfPlan, View):
    """The same as CSV."""

    guards = ("draft", "export")

    def get(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        draft = self.draft(pk)
        review = review_of(draft)
        names, holding = names_of(review.plan), {step.number for step in review.in_force}
        record("draft.export", row=draft, new={"what": "history"}, plan=str(draft.plan_id))
        header = ("编号", "时间", "操作人", "操作", "清单", "条目", "字段", "原值", "新值", "是否有效", "来源")
        rows = draft.corrections.select_related("by").order_by("number")
        lines = (line for row in rows for line in _lines(shown_row(row, names, holding)))
        return csv_response(f"draft-{draft.pk}-history.csv", [_(word) for word in header], lines)


def _lines(shown: Shown) -> Iterator[list[Any]]:
    row = shown.row
    at = timezone.localtime(row.at).isoformat(timespec="seconds")
    first = [row.number, at, str(row.by), row.get_kind_display(), shown.list_label, row.label]
    for heading, old, new in shown.fields or [("", "", "")]:
        yield [*first, heading, old, new, _("有效") if shown.holds else _("已被撤销"), row.source]


def shown_row(row: Correction, names: Names, holding: set[int]) -> Shown:
    """Return a correction as people read it."""
    holds = row.of_step is not None or row.step in holding
    label = list_name(row.list_name) if row.list_name else ""
    return Shown(row, label, _fields(row, names) if row.kind == CorrectionKind.CORRECT else [], holds)


def _fields(row: Correction, names: Names) -> list[tuple[str, str, str]]:
    old, new = json.loads(row.old or "{}"), json.loads(row.new or "{}")
    return field_words(row.list_name, old, new, names)


def field_words(list_name: str, old: dict[str, Any], new: dict[str, Any], names: Names) -> list[tuple[str, str, str]]:
    """Return heading, old and new of each changed field, as the workbook shows them."""
    sheet = sheet_named(list_name)
    found = []
    for field, value in new.items():
        column = next((one for one in sheet.columns if one.field == field), None)
        before, after = (_shown(column, each, names) for each in (old.get(field), value))
        found.append((column_word(sheet, field), _text(before), _text(after)))
    return found


def _shown(column: Column | None, value: Any, names: Names) -> Any:
    """A value as its cell shows it, a closed word in the language of the page."""
    if column is None:
        return value
    shown = column.codec.show(value, names)
    return _(shown) if isinstance(shown, str) and shown in column.codec.choices else shown


def _text(value: Any) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def edits_shown(review: Review, edits: list[Edit]) -> list[dict[str, Any]]:
    """Return what edits do, as a table shows it."""
    names = names_of(review.plan)
    words = {"correct": _("修改"), "remove": _("剔除"), "add": _("补充")}
    found = []
    for edit in edits:
        fields = field_words(edit.list_name, dict(edit.old), dict(edit.new), names) if edit.kind == "correct" else []
        found.append(
            {
                "kind": words[edit.kind],
                "list": list_name(edit.list_name),
                "name": _name(review, edit),
                "fields": fields,
            }
        )
    return found


def _name(review: Review, edit: Edit) -> str:
    if edit.kind == "add":
        return name_of(sheet_named(edit.list_name).model.model_validate(edit.new))
    try:
        return name_of(review.find(edit.item)[1])
    except KeyError:
        return (
            name_of(sheet_named(edit.list_name).model.model_validate(edit.old)) if edit.kind == "remove" else edit.item
        )
