"""Addresses of jobs."""

from __future__ import annotations

from django.urls import path

from bilan.portal.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.Jobs.as_view(), name="list"),
    path("<int:pk>/", views.OneJob.as_view(), name="job"),
    path("<int:pk>/part/", views.JobPart.as_view(), name="part"),
    path("<int:pk>/cancel/", views.Cancel.as_view(), name="cancel"),
    path("<int:pk>/retry/", views.Retry.as_view(), name="retry"),
]
