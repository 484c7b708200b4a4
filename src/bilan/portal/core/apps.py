"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "bilan.portal.core"
    label = "core"
    verbose_name = "首页、语言、出错页"
