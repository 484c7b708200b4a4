from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plans", "0003_workbooks_only_looked_at")]

    operations = [
        migrations.AddField("plan", "withdrawn", models.DateTimeField(blank=True, null=True)),
    ]
