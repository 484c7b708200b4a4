"""Publishing, published versions, what changed between two of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views import View

from bilan.plan import CompiledPlan, diff_plans
from bilan.portal.audit.record import record
from bilan.portal.core.sentences import again
from bilan.portal.core.speech import language, listed
from bilan.portal.plans import publish
from bilan.portal.plans.decide import ConflictError, DecisionError
from bilan.portal.plans.doubts import doubts
from bilan.portal.plans.forms import PublishForm
from bilan.portal.plans.models import Draft, Plan, Version
from bilan.portal.plans.naming import LISTS, due_words, gap_word, list_name
from bilan.portal.plans.overtaken import changed, go_on, overtaken
from bilan.portal.plans.published import published_items
from bilan.portal.plans.state import Review, review_of
from bilan.portal.plans.views.base import OfPlan, crumbs, works_on
from bilan.portal.plans.views.history import edits_shown
from bilan.portal.rights.reach import allowed, reach, visible


class Publish(OfPlan, View):
    """What is unreviewed and open, then the version."""

    guards = ("plan", "publish")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, self.draft(pk))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self.draft(pk)
        form = PublishForm(request.POST, known=_to_own_up(draft, review_of(draft)))
        if not form.is_valid():
            return self._page(request, draft, form)
        given = form.cleaned_data
        dropping = given.get("dropping_known", False)
        user: Any = request.user
        try:
            version = publish.publish(draft, user, given["note"], given["seen"], given["over"], dropping=dropping)
        except ConflictError as refused:  # the page is made anew, of what there is now
            return self._page(request, self.draft(pk), note=given["note"], conflict=str(refused))
        except DecisionError as refused:
            form.add_error(None, str(refused))
            return self._page(request, draft, form)
        messages.success(request, _("第 %d 版已发布。") % version.number)
        return redirect(version)

    def _page(
        self, request: HttpRequest, draft: Draft, form: PublishForm | None = None, note: str = "", conflict: str = ""
    ) -> HttpResponse:
        review = review_of(draft)
        previous = draft.plan.current
        newer = overtaken(draft, review)
        difference = diff_plans(previous.compiled_plan(), review.plan) if previous else None
        initial = {"note": note, "seen": review.number, "over": previous.number if previous else 0}
        there = {
            "draft": draft,
            "form": form or PublishForm(known=_to_own_up(draft, review), initial=initial),
            "told": publish.summary(review),
            "empty": publish.is_empty(review.plan),
            "doubts": doubts(review.plan, draft.region),
            "previous": previous,
            "changes": edits_shown(review, changed(draft, review)) if draft.revises else [],
            "overtaken": newer,
            "lost": edits_shown(review, newer.lost) if newer else [],
            "conflict": conflict,
            "counts": difference.counts() if difference else None,
            "crumbs": crumbs(draft.plan, (_("核对"), draft.get_absolute_url()), (_("发布"), "")),
        }
        return render(request, "plans/publish.html", there, status=409 if conflict else 200)


def _to_own_up(draft: Draft, review: Review) -> dict[str, bool]:
    """What a person must say that he knows."""
    return {
        "unreviewed_known": bool(publish.summary(review).unreviewed),
        "dropping_known": overtaken(draft, review) is not None,
    }


class Continue(OfPlan, View):
    """Goes on with a draft from the version that overtook it."""

    guards = ("draft", "create")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self.draft(pk)
        if not allowed(request.user, "draft", "delete", draft):  # the draft that is left ends, as if it were given up
            raise PermissionDenied
        try:
            new, unfit = go_on(draft, request.user)  # type: ignore[arg-type]
        except DecisionError as refused:
            messages.error(request, str(refused))
            return redirect(draft)
        messages.success(request, _("已在现行版本上继续，原来的审核稿留作记录。"))
        if unfit:
            names = listed(one["name"] for one in edits_shown(review_of(draft), unfit))
            messages.warning(request, _("现行版本也改过的没有带过来，请再看一遍：%s") % names)
        return redirect(new)


class Discard(OfPlan, View):
    """Gives a draft up."""

    guards = ("draft", "delete")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        draft = self.draft(pk)
        try:
            publish.discard(draft, request.user)  # type: ignore[arg-type]
        except DecisionError as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("审核稿已丢弃，修改记录仍可查看。"))
        return redirect(draft.plan)


class Revise(OfPlan, View):
    """Begins a draft with a published version."""

    guards = ("draft", "create")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = self.version(pk)
        try:
            draft = publish.revise(version, request.user)  # type: ignore[arg-type]
        except DecisionError as refused:
            messages.error(request, str(refused))
            return redirect(version.plan)
        return redirect(draft)


class OneVersion(OfPlan, View):
    """A published version: its five lists, for everybody."""

    guards = ("plan", "read")

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = self.version(pk)
        plan = version.plan
        compiled = version.compiled_plan()
        inside = works_on(request, plan)
        lists = (*LISTS, "gaps") if inside else tuple(LISTS)  # what the plan leaves open is for the office
        name = request.GET.get("list", "")
        name = name if name in lists else "targets"
        words = request.GET.get("q", "").strip()[:100]
        rows = [] if name == "gaps" else list(published_items(compiled, name, words, inside=inside))
        gaps = _gaps(compiled, words) if name == "gaps" else []
        there = {
            "plan": plan,
            "version": version,
            "inside": inside,
            "info": compiled.plan,
            "superior": listed(compiled.plan.superior),
            "period": due_words(compiled.plan.period),
            "list_name": name,
            "words": words,
            "total": len(getattr(compiled, name)),
            "tabs": [_tab(one, len(getattr(compiled, one)), name) for one in lists],
            "rows": rows,
            "gaps": gaps,
            "fitting": len(rows) + len(gaps),
            "on_board": name == "targets" and version.pk == plan.current_id and _sees_targets(request, plan),
            "crumbs": crumbs(plan, (_("第 %d 版") % version.number, "")),
        }
        return render(request, "plans/version.html", there)


def _gaps(plan: CompiledPlan, words: str) -> list[tuple[str, str]]:
    gaps = [(gap_word(one.kind), again(one.message)) for one in plan.gaps]
    return [gap for gap in gaps if words.lower() in "\n".join(gap).lower()]


def _sees_targets(request: HttpRequest, plan: Plan) -> bool:
    """Whether the reader may open the page of each target in the plan's own region."""
    return reach(request.user, "target", "read").holds(region=plan.region.path)


def _tab(name: str, count: int, current: str) -> dict[str, Any]:
    label = _("缺口") if name == "gaps" else list_name(name)
    return {"label": label, "url": f"?list={name}", "count": count, "current": name == current}


class Compare(OfPlan, View):
    """What changed from one version to another, or to a draft."""

    guards = ("plan", "read")

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        plan = self.plan(slug)
        choices = self._choices(request, plan)
        keys = [key for key, _label in choices]
        old, new = request.GET.get("old", ""), request.GET.get("new", "")
        if len(keys) >= 2:
            old, new = old or keys[1], new or keys[0]
        there: dict[str, Any] = {"plan": plan, "choices": choices, "old": old, "new": new}
        if old and new:
            if old not in keys or new not in keys:
                raise Http404
            numbers = [key[6:] for key in (old, new) if key.startswith("draft-")]
            drafts = Draft.objects.filter(plan=plan, pk__in=numbers).defer("compiled")
            may_export = all(allowed(request.user, "draft", "export", draft) for draft in drafts)
            difference = diff_plans(self._edition(plan, old), self._edition(plan, new))
            if request.GET.get("format") == "json":
                if not may_export:
                    raise PermissionDenied
                for draft in drafts:  # what is published is everybody's
                    record("draft.export", row=draft, new={"form": "diff", "old": old, "new": new}, plan=plan.slug)
                return JsonResponse(difference.to_dict(), json_dumps_params={"ensure_ascii": False})
            there |= {
                "may_export": may_export,
                "difference": difference,
                "counts": difference.counts(),
                "parts": [(list_name(name), getattr(difference, name).spoken(language())) for name in LISTS],
            }
        there["crumbs"] = crumbs(plan, (_("比较版本"), ""))
        return render(request, "plans/compare.html", there)

    def _choices(self, request: HttpRequest, plan: Plan) -> list[tuple[str, str]]:
        """Key and label of what the reader may compare, newest first."""
        drafts = visible(plan.drafts.filter(state="reviewing"), request.user).values_list("pk", flat=True)
        found = [(f"draft-{number}", _("审核稿 %d") % number) for number in drafts]
        versions = plan.versions.order_by("-number").values_list("number", flat=True)
        return [*found, *((f"v{number}", _("第 %d 版") % number) for number in versions)]

    def _edition(self, plan: Plan, key: str) -> CompiledPlan:
        if key.startswith("draft-"):
            draft = get_object_or_404(Draft.objects.select_related("document", "base"), plan=plan, pk=key[6:])
            return review_of(draft).plan
        return get_object_or_404(Version, plan=plan, number=key[1:]).compiled_plan()
