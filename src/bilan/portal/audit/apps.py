"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "bilan.portal.audit"
    label = "audit"
    verbose_name = "操作日志"

    def ready(self) -> None:
        from bilan.portal.audit import guards, signals  # noqa: F401

        post_migrate.connect(guards.install, sender=self, dispatch_uid="audit.guards")
