"""The forms of the workspace. Fields of items come from the columns of the workbook; its codecs check them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from bilan import policy
from bilan.plan.corrections import editable, sheet_named
from bilan.plan.model import CompiledPlan, Item
from bilan.plan.workbook.cells import Lines, Names, Reference, YesNo
from bilan.plan.workbook.rows import Refusal
from bilan.plan.workbook.sheets import SOURCE_WORDS, Column, Sheet, field_value, names_of
from bilan.portal.core.sentences import again
from bilan.portal.files.fields import CheckedFile
from bilan.portal.jobs.models import OPEN
from bilan.portal.people.models import Region
from bilan.portal.plans.models import Document, DraftState
from bilan.portal.rights.reach import reach
from bilan.portal.rights.subject import SELF, Subject

if TYPE_CHECKING:
    from bilan.portal.people.models import User
    from bilan.portal.plans.models import Plan

_FIRST_DAY = date(1949, 10, 1)
_LONGEST = 32_000  # of what is entered, as a cell of the workbook
_LONG = frozenset({"quote", "text", SOURCE_WORDS})
_ISSUING = ("administrative", "functional_zone")  # kinds of regions with a government or a committee
_OFFERED = frozenset({"tasks", "sections"})  # short enough for a list to choose from


class UploadForm(forms.Form):
    """A document; for a new plan also the region it is of."""

    document = CheckedFile(label=_("规划文件"))
    region = forms.ModelChoiceField(Region.objects.none(), label=_("地区"), empty_label=None)
    issued = forms.DateField(
        label=_("印发日期"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text=_("文中写明了就不用填。"),
    )

    def __init__(self, *args: Any, user: User, plan: Plan | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.plan = user, plan
        if plan is not None:
            del self.fields["region"]
            return
        field = self.fields["region"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = regions_for(user)
        if user.region_id:
            field.initial = user.region_id

    def clean_issued(self) -> date | None:
        day: date | None = self.cleaned_data["issued"]
        if day is not None and not _FIRST_DAY <= day <= date.today() + timedelta(days=366):
            raise forms.ValidationError(_("这个日期不像印发日期，请核对。"))
        return day

    @property
    def twin(self) -> Document | None:
        """The same file, uploaded before for the same region, that is being read or reviewed or was published."""
        import hashlib

        file = self.cleaned_data["document"]
        file.seek(0)
        sha256 = hashlib.file_digest(file.file, "sha256").hexdigest()
        file.seek(0)
        region = self.plan.region if self.plan else self.cleaned_data["region"]
        used = Q(drafts__state__in=(DraftState.REVIEWING, DraftState.PUBLISHED)) | Q(job__state__in=OPEN)
        found = Document.objects.filter(used, file__sha256=sha256, region=region, plan__dropped__isnull=True)
        if self.plan:
            found = found.filter(plan=self.plan)
        return found.select_related("plan").defer("text").first()


def regions_for(user: User) -> Any:
    """Return the regions for which a person may make plans; sections and basins have nobody who issues any."""
    found = reach(user, "plan", "create")
    regions = Region.objects.now().filter(kind__in=_ISSUING).order_by("path")
    return regions if found.everything else regions.filter(found.rows(Subject("plan", region=SELF)))


class ItemForm(forms.Form):
    """The fields of one item as text. Nothing is checked here: the library reads each field and says what is wrong."""

    def __init__(self, *args: Any, sheet: Sheet, plan: CompiledPlan, item: Item | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet, self.plan = sheet, plan
        names = names_of(plan)
        for column in _columns(sheet, new=item is None):
            self.fields[column.field] = _field(column, names, required=column.required)
            if item is not None:
                shown = column.codec.show(field_value(plan, item, column), names)
                self.initial[column.field] = _shown(column, shown, item)

    @property
    def given(self) -> dict[str, str]:
        """What was entered, of a valid form."""
        return {name: str(value) for name, value in self.cleaned_data.items() if name in self.data}

    @property
    def otherwise(self) -> list[tuple[str, str]]:
        """What the item says now in the fields that were filled in otherwise, by their labels."""
        return [(str(self[name].label), _in_words(self.fields[name], self.initial[name])) for name in self.changed_data]

    def refuse(self, refused: Iterable[Refusal]) -> None:
        """Say at each field why it was not taken."""
        fields = {column.heading: column.field for column in self.sheet.columns}
        for one in refused:
            field = fields.get(one.column, "")
            self.add_error(field if field in self.fields else None, again(one.reason))

    @property
    def main(self) -> list[forms.BoundField]:
        """The fields that are looked at first: those of the columns in view."""
        return [
            self[column.field] for column in self.sheet.columns if column.field in self.fields and not column.tucked
        ]

    @property
    def more(self) -> list[forms.BoundField]:
        return [self[column.field] for column in self.sheet.columns if column.field in self.fields and column.tucked]

    @property
    def more_wrong(self) -> bool:
        """Whether one of the fields that are folded away is wrong."""
        return any(bound.errors for bound in self.more)


def new_item_form(list_name: str, plan: CompiledPlan, *args: Any, **kwargs: Any) -> ItemForm:
    """Return the form of an item that is to be added to a list."""
    return ItemForm(*args, sheet=sheet_named(list_name), plan=plan, **kwargs)


def _columns(sheet: Sheet, *, new: bool) -> Sequence[Column]:
    """Those that a person may change; a new item also has the words it stands for."""
    found = editable(sheet)
    if new:
        words = [column for column in sheet.columns if column.field in _LONG]
        return [*words, *(column for column in found if column not in words)]
    return found


def _field(column: Column, names: Names, *, required: bool) -> forms.Field:
    label, hint = pgettext("column", column.heading), gettext(column.note) if column.note else ""
    if column.field in _LONG:
        hint = gettext("照抄原文；在核对页的原文里选中文字后点“补充”，会自动填好。")
    options: dict[str, Any] = {"label": label, "required": required, "help_text": hint, "strip": False}
    codec = column.codec
    choices = getattr(codec, "words", None)
    if isinstance(codec, YesNo):
        return forms.ChoiceField(
            label=label,
            required=False,
            help_text=hint,
            choices=[(word, gettext(word)) for word in reversed(codec.choices)],
        )
    if choices:
        offered = [(code, gettext(word)) for code, word in choices.items()]
        return forms.ChoiceField(
            label=label,
            required=required,
            help_text=hint,
            choices=offered if column.required else [("", "—"), *offered],
        )
    if isinstance(codec, Reference) and codec.table in _OFFERED:
        table = names.tables[codec.table]
        return forms.ChoiceField(
            label=label,
            required=required,
            help_text=hint,
            choices=[("", "—"), *((id_, name[:60]) for id_, name in table.items())],
        )
    if isinstance(codec, Reference) and codec.table == "indicators":
        widget = forms.TextInput({"list": "indicator-codes", "autocomplete": "off"})
        return forms.CharField(max_length=_LONGEST, widget=widget, **options)
    if isinstance(codec, Lines) or column.field in _LONG:
        rows = 3 if isinstance(codec, Lines) else 4
        if isinstance(codec, Lines):
            options["help_text"] = gettext("每行一个单位。")
        return forms.CharField(max_length=_LONGEST, widget=forms.Textarea({"rows": rows}), **options)
    return forms.CharField(max_length=_LONGEST, **options)


def _in_words(field: forms.Field, value: object) -> str:
    """A value of a field as a person reads it."""
    choices: Any = field.choices if isinstance(field, forms.ChoiceField) else ()
    return str(dict(choices).get(value, value)) or "—"


def _shown(column: Column, shown: object, item: Item) -> object:
    """What stands in the field before it is changed: a code where one chooses, what the workbook shows elsewhere."""
    if getattr(column.codec, "words", None) or getattr(column.codec, "table", "") in _OFFERED:
        return getattr(item, column.field) or ""
    if isinstance(shown, float) and shown.is_integer():
        return str(int(shown))
    return "" if shown is None else shown


def indicator_codes() -> list[tuple[str, str]]:
    """Return code and name of every indicator, for the field that offers them."""
    return [(entry.code, entry.name) for entry in policy.indicators()]


class PublishForm(forms.Form):
    """What is said of a version; what was not looked at, and what of a newer version is lost, must be owned up to."""

    note = forms.CharField(
        label=_("版本说明"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("例如：印发稿。"),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    over = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    unreviewed_known = forms.BooleanField(label=_("我知道还有条目没有核对，仍要发布"), required=False)
    dropping_known = forms.BooleanField(label=_("我知道现行版本的这些修改会被去掉，仍要发布"), required=False)

    def __init__(self, *args: Any, known: Mapping[str, bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, needed in known.items():
            if needed:
                self.fields[name].required = True
            else:
                del self.fields[name]


class WorkbookForm(forms.Form):
    """A corrected workbook."""

    workbook = CheckedFile(label=_("改好的工作簿"), kinds=("xlsx",))


class WithdrawalForm(forms.Form):
    """Why a published plan is taken back."""

    reason = forms.CharField(label=_("理由"), max_length=500)
