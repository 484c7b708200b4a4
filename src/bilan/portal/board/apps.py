from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BoardConfig(AppConfig):
    name = "bilan.portal.board"
    label = "board"
    verbose_name = _("看板")
