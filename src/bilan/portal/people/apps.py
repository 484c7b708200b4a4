"""The app as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "bilan.portal.people"
    label = "people"
    verbose_name = "人员、单位、地区"
