"""Every address of the site; each app has its own list."""

from __future__ import annotations

from django.urls import include, path

from bilan.portal.board import views as board
from bilan.portal.core import styleguide, theme, views

urlpatterns = [
    path("", board.Front.as_view(), name="home"),
    path("", include("bilan.portal.board.urls")),
    path("language/", views.SetLanguage.as_view(), name="set_language"),
    path("theme/", theme.SetTheme.as_view(), name="set_theme"),
    path("style/", styleguide.StyleGuide.as_view(), name="style"),
    path("style/<slug:name>/", styleguide.StyleChart.as_view(), name="style_chart"),
    path("", include("bilan.portal.people.urls")),
    path("audit/", include("bilan.portal.audit.urls")),
    path("jobs/", include("bilan.portal.jobs.urls")),
    path("files/", include("bilan.portal.files.urls")),
    path("plans/", include("bilan.portal.plans.urls")),
]

handler400 = "bilan.portal.core.views.bad_request"
handler403 = "bilan.portal.core.views.forbidden"
handler404 = "bilan.portal.core.views.not_found"
handler500 = "bilan.portal.core.views.server_error"
