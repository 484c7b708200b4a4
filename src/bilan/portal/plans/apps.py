"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "bilan.portal.plans"
    label = "plans"
    verbose_name = "规划"
