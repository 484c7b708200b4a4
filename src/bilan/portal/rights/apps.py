"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "bilan.portal.rights"
    label = "rights"
    verbose_name = "权限"

    def ready(self) -> None:
        from bilan.portal.rights import checks  # noqa: F401
