"""Addresses of boards and targets. Those of everybody begin with ``public``."""

from __future__ import annotations

from django.urls import path

from bilan.portal.board import views, views_data, views_deciding, views_export, views_target

app_name = "board"

_TARGET = "targets/<slug:plan>/<str:target>/"
_PUBLIC = "public/<slug:plan>/<str:target>/"
_CHART = "chart/<slug:kind>.<slug:format>"

urlpatterns = [
    path("board/", views.Board.as_view(), name="board"),
    path("board/making/", views.Making.as_view(), name="making"),
    path("board/summary/", views.Summary.as_view(), name="summary"),
    path("public/making/", views.PublicMaking.as_view(), name="public_making"),
    path("public/summary/", views.PublicSummary.as_view(), name="public_summary"),
    path("public/", views.PublicBoard.as_view(), name="public"),
    path("public/board.<slug:format>", views_export.PublicExport.as_view(), name="public_export"),
    path(f"{_PUBLIC}{_CHART}", views_target.PublicPicture.as_view(), name="public_chart"),
    path(_PUBLIC, views_target.PublicTarget.as_view(), name="public_target"),
    path(f"{_PUBLIC}proof/", views_target.PublicProof.as_view(), name="public_proof"),
    path("targets/", views.Targets.as_view(), name="targets"),
    path("targets/board.<slug:format>", views_export.Export.as_view(), name="export"),
    path(f"{_TARGET}{_CHART}", views_target.Picture.as_view(), name="chart"),
    path(_TARGET, views_target.Target.as_view(), name="target"),
    path(f"{_TARGET}proof/", views_target.Proof.as_view(), name="proof"),
    path(f"{_TARGET}data/", views_data.Data.as_view(), name="data"),
    path(f"{_TARGET}data/value/", views_data.Value.as_view(), name="value"),
    path(f"{_TARGET}data.csv", views_data.DataFile.as_view(), name="data_file"),
    path(f"{_TARGET}entries/", views_deciding.Enter.as_view(), name="enter"),
    path(f"{_TARGET}notes/", views_deciding.Remark.as_view(), name="remark"),
    path(f"{_TARGET}close/", views_deciding.Close.as_view(), name="close"),
    path("closings/<int:pk>/reopen/", views_deciding.Reopen.as_view(), name="reopen"),
]
