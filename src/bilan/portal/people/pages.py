"""What the pages of units and of administration share: their frame, one form each, the row that they are about."""

from __future__ import annotations

from typing import Any, ClassVar, TypeAlias, TypeVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView

from bilan.portal.audit.models import Entry
from bilan.portal.core.navigation import way
from bilan.portal.people.fields import REGIONS_IN_USE, in_use, inside, written
from bilan.portal.rights.reach import allowed, visible
from bilan.portal.rights.views import Reached

M = TypeVar("M", bound=Model)
Touched: TypeAlias = list[tuple[Any, list[tuple[Any, int]]]]  # what happens, to what how many
_SHOWN = 12  # entries of the log on the page of a row

# label, address, what one must be allowed to do
_PARTS = (
    (gettext_lazy("概览"), "people:administration", ("user", "read")),
    (gettext_lazy("用户"), "people:users", ("user", "read")),
    (gettext_lazy("各地区"), "people:regions", ("region", "change")),
    (gettext_lazy("设置"), "people:settings", ("setting", "read")),
    (gettext_lazy("操作日志"), "audit:list", ("audit", "read")),
    (gettext_lazy("后台任务"), "jobs:list", ("job", "read")),
)


def tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the parts of administration that the reader may see."""
    return [
        {"label": label, "url": reverse(name), "current": request.path == reverse(name)}
        for label, name, guards in _PARTS
        if allowed(request.user, *guards)
    ]


def told_of(request: HttpRequest, row: Model) -> QuerySet[Entry]:
    """Return the latest entries of the log about a row, as far as the reader may see the log."""
    of_row = Entry.objects.filter(object=row._meta.model_name or "", object_id=str(row.pk))
    return visible(of_row, request.user)[:_SHOWN]


class FormPage(Reached, FormView):
    """A page that is one form: ``act`` does what it says, in one transaction, and returns where to go."""

    template_name = "people/form.html"
    form_class: Any
    heading: ClassVar[Any]
    submit: ClassVar[Any] = gettext_lazy("保存")
    done: ClassVar[Any] = gettext_lazy("已保存。")
    explained: ClassVar[Any] = ""
    danger: ClassVar[bool] = False

    def came_from(self) -> list[tuple[Any, str]]:
        """The pages above this one, the nearest last: where one goes who gives up."""
        raise NotImplementedError

    def touched(self) -> Touched:
        """What it changes beyond the row itself: for each thing that happens, of what how many."""
        return []

    def act(self, form: Any) -> str:
        """Do it. Raises ValidationError where it cannot be done."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        above = self.came_from()
        regions = self.suggested() if any("list" in one.field.widget.attrs for one in kwargs["form"]) else []
        told = {
            "heading": self.heading,
            "submit": self.submit,
            "explained": self.explained,
            "touched": self.touched(),
            "danger": self.danger,
            "crumbs": way(*above, (self.heading, "")),
            "back": above[-1][1],
            "regions": regions,
            "regions_id": REGIONS_IN_USE,
        }
        return super().get_context_data(**told, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=self.get_form()))

    def suggested(self) -> list[str]:
        """The regions that are offered where one is typed."""
        return [written(one) for one in inside(self.reach, in_use())]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What the form is checked against stays as it is until the change is saved."""
        with transaction.atomic():
            return super().post(request, *args, **kwargs)

    def locked(self, rows: QuerySet[M]) -> QuerySet[M]:
        """Return ``rows``; the one that is taken to be changed is nobody else's until it is saved."""
        return locked(rows) if self.request.method == "POST" else rows

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                url = self.act(form)
        except ValidationError as refused:
            form.add_error(None, refused)
            return self.form_invalid(form)
        messages.success(self.request, str(self.done))
        return redirect(url)


def locked(rows: QuerySet[M]) -> QuerySet[M]:
    """Return ``rows`` to be changed in this transaction; rows that only point at them may still be written."""
    return rows.select_for_update(of=("self",), no_key=True)


def refused_if(wrong: bool, words: str) -> None:
    """Raise ValidationError with ``words`` where something is wrong."""
    if wrong:
        raise ValidationError(words)


def not_found() -> str:
    """What is said of something that is not there, or not for the reader."""
    return _("没有找到，或者它不归您管理。")
