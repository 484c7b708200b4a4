"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "bilan.portal.files"
    label = "files"
    verbose_name = "文件"
