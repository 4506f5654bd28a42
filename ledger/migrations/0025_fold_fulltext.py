"""PostgreSQL's full text of the ledger is kept folded, so that it is found however its names are written."""

from importlib import import_module

from django.db import migrations

PARTS = ("entry.number", "entry.title", "entry.content", "entry.outcome", "enterprise.name", "project.name")
FOLDED = f"""
CREATE OR REPLACE FUNCTION ledger_write_text(ids bigint[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO ledger_entry_text (entry_id, text)
  SELECT entry.id, concat_ws('|', {", ".join(f"jinshi_fold({part})" for part in PARTS)}, notes.text)
  FROM ledger_problementry entry
  LEFT JOIN enterprises_enterprise enterprise ON enterprise.id = entry.enterprise_id
  LEFT JOIN enterprises_keyproject project ON project.id = entry.project_id
  LEFT JOIN LATERAL (
    SELECT string_agg(jinshi_fold(event.note), '|') AS text FROM ledger_entryevent event
    WHERE event.entry_id = entry.id AND event.note <> ''
  ) notes ON true
  WHERE entry.id = ANY (ids)
  ON CONFLICT (entry_id) DO UPDATE SET text = excluded.text WHERE ledger_entry_text.text <> excluded.text
$$;
"""  # noqa: S608 -- our own columns
AGAIN = "SELECT ledger_write_text(ARRAY(SELECT id FROM ledger_problementry));"


def as_it_was():
    """The function as migration 0003 made it."""
    made = import_module("ledger.migrations.0003_fulltext").MAKE
    start = made.index("CREATE FUNCTION ledger_write_text")
    return made[start : made.index("CREATE FUNCTION ledger_entry_written")].replace("CREATE", "CREATE OR REPLACE", 1)


def run(statement):
    def on_postgres(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            with schema_editor.connection.cursor() as cursor:
                cursor.execute(statement() if callable(statement) else statement)

    return on_postgres


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_fold"), ("ledger", "0024_number_order")]
    operations = [migrations.RunPython(run(FOLDED + AGAIN), run(lambda: as_it_was() + AGAIN))]
