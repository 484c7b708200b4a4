"""Forms of the page of a target. What is entered is checked by the library, by the rule that files go through."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bilan.board.entries import COLUMNS, EntriesError, is_of_later, read_entries
from bilan.board.entries import Entry as Decision
from bilan.board.model import Row
from bilan.board.status import STATUSES
from bilan.board.texts import phrase
from bilan.plan.model import CompiledPlan
from bilan.portal.board.models import ENTRY_KINDS
from bilan.portal.core.speech import language

WITHDRAWN = "withdrawn"
BY_PERSON = "by_person"  # the reason of a row that a person judged
_REPORTED = ("figure",)  # what any unit says that answers for a target
_DECIDED = ("reference", "baseline", "milestone")  # by those who judge


@dataclass(frozen=True)
class MayEnter:
    """What a person may enter about ``row`` on the board of ``as_of``: ``decides`` who judges, others report."""

    row: Row
    as_of: date
    decides: bool
    district: bool

    @property
    def kinds(self) -> list[str]:
        """What may be entered. A judgement counts only where no figure answers, so it is not offered elsewhere."""
        if not self.decides:
            return [*_REPORTED]
        judgement = ["judgement"] if self.open_to_judgement else []
        return [*_REPORTED, *judgement, *_DECIDED, *(["goal"] if self.district else [])]

    @property
    def first(self) -> str:
        """What is most likely to be entered: a judgement where it may be and there is no figure."""
        return "judgement" if "judgement" in self.kinds and self.row.figure is None else self.kinds[0]

    @property
    def open_to_judgement(self) -> bool:
        """Whether a person's judgement would count: nothing else answers."""
        return self.row.status == "cannot_be_judged" or self.row.reason == BY_PERSON


class EntryForm(forms.Form):
    """One decision. ``value`` is a number, or for a judgement one of the five answers."""

    what = forms.ChoiceField(label=_("事项"))
    status = forms.ChoiceField(label=_("判定为"), required=False, help_text=_("只用于判定。"))
    value = forms.CharField(label=_("数值"), required=False, max_length=40, help_text=_("用目标的单位；判定不填。"))
    year = forms.CharField(
        label=_("年份"), required=False, max_length=7, help_text=_("如 2026；分年度目标可写 2026-06。")
    )
    withdraw = forms.BooleanField(label=_("撤销以前填的同一事项"), required=False)
    on = forms.DateField(label=_("日期"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    reason = forms.CharField(
        label=_("理由或依据"), max_length=500, widget=forms.Textarea({"rows": 3}), help_text=_("写明文号或出处。")
    )

    def __init__(self, *args: Any, may_enter: MayEnter, **kwargs: Any) -> None:
        initial = {"on": may_enter.as_of, "what": may_enter.first}
        super().__init__(*args, **{"prefix": "entry", "initial": initial, **kwargs})
        self._choices("what", [(one, ENTRY_KINDS[one]) for one in may_enter.kinds])
        self._may_enter = may_enter
        answers = [(one, phrase(f"status.{one}", language())) for one in STATUSES]
        if "judgement" in may_enter.kinds:
            self._choices("status", [("", "—"), *answers])
        else:
            del self.fields["status"]
            self.fields["value"].help_text = _("用目标的单位。")

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise forms.ValidationError(_("日期不能晚于今天。"))
        return on

    def clean(self) -> dict[str, Any]:
        """Say all at once what was left empty: without it the library would say one thing after another."""
        told = self.cleaned_data
        name = "status" if told.get("what") == "judgement" else "value"
        asked = not told.get("withdraw") and name in self.fields and name not in self.errors
        if asked and not str(told.get(name) or "").strip():
            self.add_error(name, _REFUSED[name])
        return told

    def decision(self, target: str, by: str, region: str | None, plan: CompiledPlan) -> Decision | None:
        """Return what was entered as the library reads it, None where it refuses; the form then says why."""
        told = self.cleaned_data
        value = told["status"] if told["what"] == "judgement" else told["value"].strip()
        row = {
            "target": target,
            "what": told["what"],
            "year": told["year"].strip(),
            "value": WITHDRAWN if told["withdraw"] else value,
            "reason": " ".join(told["reason"].split()),
            "by": by,
            "on": told["on"].isoformat(),
            "region": region or "",
        }
        try:
            return self._counted(_read(row, plan))
        except EntriesError as error:
            column = str(error).partition(_PLACE)[2].partition("列：")[0].strip()
            name = "status" if column == "value" and told["what"] == "judgement" else column
            self.add_error(name if name in self.fields else None, _REFUSED.get(name, _REFUSED[""]))
            return None

    def _counted(self, found: Decision) -> Decision | None:
        """The decision, None where it would count for nothing; the form says so."""
        if found.what == "figure" and is_of_later(found):
            self.add_error("year", _("这个时段在填报那天还没有开始。"))
            return None
        return found


class NoteForm(forms.Form):
    """A remark."""

    text = forms.CharField(label=_("备注"), max_length=2000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": "note", **kwargs})


class ClosingForm(forms.Form):
    """The approval of a judgement. ``seen`` carries the one that the page showed, so that no other is approved."""

    remark = forms.CharField(label=_("说明"), required=False, max_length=500, widget=forms.Textarea({"rows": 2}))
    seen = forms.JSONField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": "closing", **kwargs})

    def clean_seen(self) -> dict[str, str]:
        """Return the fields of the judgement; none where something else was sent."""
        seen = self.cleaned_data["seen"]
        return {name: str(value) for name, value in seen.items()} if isinstance(seen, dict) else {}


class ReopeningForm(forms.Form):
    """Why a closed period is opened again."""

    reason = forms.CharField(label=_("理由"), max_length=500)


_PLACE = "第 2 行"
# What the library refuses, by field, in the language of the page.
_REFUSED: Mapping[str, Any] = {
    "status": _("应为五种判定之一。"),
    "value": _("应为数，小数点前后各不超过 15 位；没有数的，用撤销。"),
    "year": _("应为四位年份；分年度目标和现状值也可以写成 2026-06 这样的月份。"),
    "on": _("应为 2026-05-08 这样的日期。"),
    "reason": _("不能为空。"),
    "": _("这一项不能这样填，请检查各栏。"),
}


def _read(row: dict[str, str], plan: CompiledPlan) -> Decision:
    """The row as a file of one line, which is how decisions come in everywhere."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [*COLUMNS, "region"])
    writer.writeheader()
    writer.writerow(row)
    with tempfile.TemporaryDirectory(prefix="bilan-entry-") as folder:
        path = Path(folder) / "entry.csv"
        path.write_text(text.getvalue(), encoding="utf-8")
        (found,) = read_entries(path, plan)
    return found
