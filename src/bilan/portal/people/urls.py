"""Addresses of log-in and one's own account, of units and their people, and of administration."""

from __future__ import annotations

from django.urls import path

from bilan.portal.people import (
    login,
    views_administration,
    views_matching,
    views_regions,
    views_unit_changes,
    views_units,
    views_user_changes,
    views_users,
)

app_name = "people"

_UNIT = "units/<int:pk>/"
_CONTACT = "units/people/<int:pk>/"
_USER = "administration/users/<int:pk>/"
_ROLE = "administration/roles/<int:pk>/"
_REGION = "administration/regions/<str:pk>/"

urlpatterns = [
    path("account/", login.Profile.as_view(), name="profile"),
    path("account/login/", login.Login.as_view(), name="login"),
    path("account/logout/", login.Logout.as_view(), name="logout"),
    path("account/password/", login.ChangePassword.as_view(), name="password"),
    path("units/", views_units.Units.as_view(), name="units"),
    path("units/units.<slug:format>", views_units.UnitsFile.as_view(), name="units_file"),
    path("units/new/", views_unit_changes.NewUnit.as_view(), name="unit_new"),
    path("units/names/", views_matching.Matching.as_view(), name="matching"),
    path("units/names/<int:pk>/forget/", views_matching.ForgetName.as_view(), name="name_forget"),
    path(_UNIT, views_units.OneUnit.as_view(), name="unit"),
    path(f"{_UNIT}edit/", views_unit_changes.EditUnit.as_view(), name="unit_edit"),
    path(f"{_UNIT}rename/", views_unit_changes.RenameUnit.as_view(), name="unit_rename"),
    path(f"{_UNIT}merge/", views_unit_changes.MergeUnit.as_view(), name="unit_merge"),
    path(f"{_UNIT}restore/", views_unit_changes.RestoreUnit.as_view(), name="unit_restore"),
    path(f"{_UNIT}people/", views_unit_changes.NewContact.as_view(), name="contact_new"),
    path(f"{_CONTACT}edit/", views_unit_changes.EditContact.as_view(), name="contact_edit"),
    path(f"{_CONTACT}end/", views_unit_changes.EndContact.as_view(), name="contact_end"),
    path("administration/", views_administration.Administration.as_view(), name="administration"),
    path("administration/settings/", views_administration.Settings.as_view(), name="settings"),
    path("administration/settings/ping/", views_administration.Ping.as_view(), name="ping"),
    path("administration/users/", views_users.Users.as_view(), name="users"),
    path("administration/users/users.<slug:format>", views_users.UsersFile.as_view(), name="users_file"),
    path("administration/users/new/", views_user_changes.NewUser.as_view(), name="user_new"),
    path(_USER, views_users.OneUser.as_view(), name="user"),
    path(f"{_USER}edit/", views_user_changes.EditUser.as_view(), name="user_edit"),
    path(f"{_USER}deactivate/", views_user_changes.Deactivate.as_view(), name="user_deactivate"),
    path(f"{_USER}activate/", views_user_changes.Activate.as_view(), name="user_activate"),
    path(f"{_USER}unlock/", views_user_changes.Unlock.as_view(), name="user_unlock"),
    path(f"{_USER}password/", views_user_changes.ResetPassword.as_view(), name="user_password"),
    path(f"{_USER}roles/", views_user_changes.GiveRole.as_view(), name="role_new"),
    path(f"{_ROLE}edit/", views_user_changes.EditRole.as_view(), name="role_edit"),
    path(f"{_ROLE}end/", views_user_changes.EndRole.as_view(), name="role_end"),
    path("administration/regions/", views_regions.Regions.as_view(), name="regions"),
    path("administration/regions.<slug:format>", views_regions.RegionsFile.as_view(), name="regions_file"),
    path(_REGION, views_regions.OneRegion.as_view(), name="region"),
    path(f"{_REGION}edit/", views_regions.EditRegion.as_view(), name="region_edit"),
    path(f"{_REGION}add/", views_regions.NewRegion.as_view(), name="region_new"),
]
