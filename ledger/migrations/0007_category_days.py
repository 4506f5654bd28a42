from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_deadline_rules")]
    operations = [
        migrations.RemoveConstraint(
            model_name="problemcategory",
            name="category_days_positive",
        ),
        migrations.RemoveField(
            model_name="problemcategory",
            name="working_days",
        ),
    ]
