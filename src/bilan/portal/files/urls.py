"""Addresses of files."""

from __future__ import annotations

from django.urls import path

from bilan.portal.files import views

app_name = "files"
urlpatterns = [path("<int:pk>/", views.Download.as_view(), name="download")]
