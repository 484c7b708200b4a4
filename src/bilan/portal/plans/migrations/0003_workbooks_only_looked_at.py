"""Workbooks from before uploads had an end: those that nobody took in get one, and a sweep takes them."""

from datetime import timedelta
from typing import Any

from django.db import migrations
from django.db.models import Exists, F, OuterRef

WAITS = timedelta(days=2)


def end_the_wait(apps: Any, _schema_editor: Any) -> None:
    """Give workbooks that no correction and no document comes from the end that they have today."""
    corrections = apps.get_model("plans", "Correction").objects
    taken_in = corrections.filter(plan=OuterRef("plan"), by=OuterRef("owner"), source=OuterRef("name"))
    documents = apps.get_model("plans", "Document").objects.filter(file=OuterRef("pk"))
    workbooks = apps.get_model("files", "StoredFile").objects.filter(kind="xlsx", until=None)
    workbooks.exclude(Exists(taken_in)).exclude(Exists(documents)).update(until=F("created") + WAITS)


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0002_uploads_that_wait"),
        ("plans", "0002_aside_and_continues"),
    ]

    operations = [migrations.RunPython(end_the_wait, migrations.RunPython.noop)]
