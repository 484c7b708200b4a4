"""Addresses of the log."""

from __future__ import annotations

from django.urls import path

from bilan.portal.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.Log.as_view(), name="list"),
    path("export/", views.Export.as_view(), name="export"),
]
