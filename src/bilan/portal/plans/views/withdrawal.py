"""Taking a published plan back from boards and public pages, and putting it there again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views import View

from bilan.portal.people.models import User
from bilan.portal.plans import publish
from bilan.portal.plans.decide import DecisionError
from bilan.portal.plans.forms import WithdrawalForm
from bilan.portal.plans.views.base import OfPlan


class Withdraw(OfPlan, View):
    """Takes a published plan back, with a reason."""

    guards = ("plan", "publish")

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        assert isinstance(request.user, User)
        plan, form = self.plan(slug), WithdrawalForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("请写明撤回的理由。"))
            return redirect(plan)
        try:
            publish.withdraw(plan, request.user, form.cleaned_data["reason"])
            messages.success(request, _("已撤回。看板和公开页面不再有这份规划；各版本、填报和结账都还在。"))
        except DecisionError as refused:
            messages.error(request, str(refused))
        return redirect(plan)


class PutBack(OfPlan, View):
    """Puts a plan that was withdrawn in force again."""

    guards = ("plan", "publish")

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        assert isinstance(request.user, User)
        plan = self.plan(slug)
        try:
            publish.put_back(plan, request.user)
            messages.success(request, _("已恢复，看板和公开页面又有这份规划。"))
        except DecisionError as refused:
            messages.error(request, str(refused))
        return redirect(plan)
