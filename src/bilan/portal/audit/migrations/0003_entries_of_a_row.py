"""The entries about one row are found by an index."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0002_changed")]
    operations: ClassVar = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["object", "object_id", "-number"], name="entries_of_a_row"),
        ),
    ]
