"""Addresses of the plan workspace. An item is named in the query, as its draft is what rights are asked of."""

from __future__ import annotations

from django.urls import path

from bilan.portal.plans.views import exchange, history, items, review, shelf, versions, withdrawal

app_name = "plans"

_DRAFT = "drafts/<int:pk>/"
_VERSION = "versions/<int:pk>/"
_PLAN = "<slug:slug>/"

urlpatterns = [
    path("", shelf.Plans.as_view(), name="list"),
    path("upload/", shelf.Upload.as_view(), name="upload"),
    path(_DRAFT, review.ReviewPage.as_view(), name="review"),
    path(f"{_DRAFT}confirm/", items.Confirm.as_view(), name="confirm"),
    path(f"{_DRAFT}confirm-shown/", items.ConfirmShown.as_view(), name="confirm_shown"),
    path(f"{_DRAFT}reject/", items.Reject.as_view(), name="reject"),
    path(f"{_DRAFT}restore/", items.Restore.as_view(), name="restore"),
    path(f"{_DRAFT}edit/", items.Edit.as_view(), name="edit"),
    path(f"{_DRAFT}add/", items.Add.as_view(), name="add"),
    path(f"{_DRAFT}undo/", items.Undo.as_view(), name="undo"),
    path(f"{_DRAFT}redo/", items.Redo.as_view(), name="redo"),
    path(f"{_DRAFT}history/", history.History.as_view(), name="history"),
    path(f"{_DRAFT}history.csv", history.HistoryExport.as_view(), name="history_csv"),
    path(f"{_DRAFT}import/", exchange.Import.as_view(), name="import"),
    path(f"{_DRAFT}plan.xlsx", exchange.DraftFile.as_view(), {"form": "xlsx"}, name="draft_xlsx"),
    path(f"{_DRAFT}plan.json", exchange.DraftFile.as_view(), {"form": "json"}, name="draft_json"),
    path(f"{_DRAFT}publish/", versions.Publish.as_view(), name="publish"),
    path(f"{_DRAFT}continue/", versions.Continue.as_view(), name="continue"),
    path(f"{_DRAFT}discard/", versions.Discard.as_view(), name="discard"),
    path(_VERSION, versions.OneVersion.as_view(), name="version"),
    path(f"{_VERSION}revise/", versions.Revise.as_view(), name="revise"),
    path(f"{_VERSION}plan.xlsx", exchange.VersionFile.as_view(), {"form": "xlsx"}, name="version_xlsx"),
    path(f"{_VERSION}plan.json", exchange.VersionFile.as_view(), {"form": "json"}, name="version_json"),
    path("documents/<int:pk>/aside/", shelf.PutAside.as_view(), name="aside"),
    path(_PLAN, shelf.OnePlan.as_view(), name="plan"),
    path(f"{_PLAN}upload/", shelf.Upload.as_view(), name="upload_to"),
    path(f"{_PLAN}drop/", shelf.Drop.as_view(), name="drop"),
    path(f"{_PLAN}withdraw/", withdrawal.Withdraw.as_view(), name="withdraw"),
    path(f"{_PLAN}put-back/", withdrawal.PutBack.as_view(), name="put_back"),
    path(f"{_PLAN}compare/", versions.Compare.as_view(), name="compare"),
]
