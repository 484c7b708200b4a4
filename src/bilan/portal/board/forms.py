"""Forms of the page of a target. What is entered is checked by the library, by the rule that files go through."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bilan.board.entries import COLUMNS, EntriesError, read_entries
from bilan.board.entries import Entry as Decision
from bilan.board.status import STATUSES
from bilan.board.texts import phrase
from bilan.plan.model import CompiledPlan
from bilan.portal.board.models import KINDS
from bilan.portal.core.speech import language

WITHDRAWN = "withdrawn"
_REPORTED = ("figure",)  # what any unit says that answers for a target
_DECIDED = ("judgement", "reference", "baseline", "milestone")  # by those who judge


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

    def __init__(self, *args: Any, district: bool = False, decides: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"on": timezone.localdate()})
        super().__init__(*args, **{"prefix": "entry", **kwargs})
        kinds = [*_REPORTED, *(_DECIDED if decides else ()), *(["goal"] if decides and district else [])]
        self._choices("what", [(one, KINDS[one]) for one in kinds])
        answers = [(one, phrase(f"status.{one}", language())) for one in STATUSES]
        self._choices("status", [("", "—"), *answers])

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise forms.ValidationError(_("日期不能晚于今天。"))
        return on

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
            return _read(row, plan)
        except EntriesError as error:
            words = str(error).partition(_PLACE)[2].strip()
            column, _colon, why = words.partition("：")
            name = column.removesuffix("列").strip()
            name = "status" if name == "value" and told["what"] == "judgement" else name
            self.add_error(name if name in self.fields else None, why or words)
            return None


class NoteForm(forms.Form):
    """A remark."""

    text = forms.CharField(label=_("备注"), max_length=2000, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": "note", **kwargs})


class ClosingForm(forms.Form):
    """The approval of a judgement."""

    remark = forms.CharField(label=_("说明"), required=False, max_length=500, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": "closing", **kwargs})


class ReopeningForm(forms.Form):
    """Why a closed period is opened again."""

    reason = forms.CharField(label=_("理由"), max_length=500)


_PLACE = "第 2 行"


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
