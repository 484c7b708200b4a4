"""Addresses of log-in and one's own account."""

from __future__ import annotations

from django.urls import path

from bilan.portal.people import login

app_name = "people"
urlpatterns = [
    path("", login.Profile.as_view(), name="profile"),
    path("login/", login.Login.as_view(), name="login"),
    path("logout/", login.Logout.as_view(), name="logout"),
    path("password/", login.ChangePassword.as_view(), name="password"),
]
