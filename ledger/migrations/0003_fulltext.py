"""PostgreSQL's full text of the ledger: one row an entry, kept by triggers, indexed by pairs of characters.

Statement triggers see every write, bulk ones and COPY too, and cost one statement each. SQLite needs none of it.
"""

from django.db import migrations

MAKE = r"""
CREATE TABLE ledger_entry_text (entry_id bigint PRIMARY KEY, text text NOT NULL);

CREATE FUNCTION ledger_bigrams(text text) RETURNS bigint[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100 AS $$
  SELECT coalesce(array_agg(DISTINCT ascii(a)::bigint << 21 | ascii(b)), '{}')
  FROM (SELECT string_to_array(text, NULL) AS c) AS letters, unnest(c, c[2:]) AS pair(a, b)
  WHERE b IS NOT NULL AND ascii(a) > 32 AND ascii(b) > 32
$$;

CREATE INDEX ledger_entry_text_bigrams ON ledger_entry_text USING gin (ledger_bigrams(text));

CREATE FUNCTION ledger_write_text(ids bigint[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO ledger_entry_text (entry_id, text)
  SELECT entry.id, lower(concat_ws(E'\n', entry.number, entry.title, entry.content, entry.outcome,
                                   enterprise.name, project.name, notes.text) COLLATE "C")
  FROM ledger_problementry entry
  LEFT JOIN enterprises_enterprise enterprise ON enterprise.id = entry.enterprise_id
  LEFT JOIN enterprises_keyproject project ON project.id = entry.project_id
  LEFT JOIN LATERAL (
    SELECT string_agg(event.note, E'\n') AS text FROM ledger_entryevent event
    WHERE event.entry_id = entry.id AND event.note <> ''
  ) notes ON true
  WHERE entry.id = ANY (ids)
  ON CONFLICT (entry_id) DO UPDATE SET text = excluded.text WHERE ledger_entry_text.text <> excluded.text
$$;

CREATE FUNCTION ledger_entry_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM ledger_write_text(ARRAY(SELECT id FROM new_rows));
  ELSE
    PERFORM ledger_write_text(ids) FROM (
      SELECT array_agg(n.id) AS ids FROM new_rows n JOIN old_rows o ON o.id = n.id
      WHERE (n.number, n.title, n.content, n.outcome, n.enterprise_id, n.project_id)
        IS DISTINCT FROM (o.number, o.title, o.content, o.outcome, o.enterprise_id, o.project_id)
    ) changed WHERE ids IS NOT NULL;
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION ledger_entry_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    DELETE FROM ledger_entry_text;
  ELSE
    DELETE FROM ledger_entry_text USING old_rows WHERE entry_id = old_rows.id;
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION ledger_note_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM ledger_write_text(ids) FROM (
    SELECT array_agg(DISTINCT entry_id) AS ids FROM new_rows WHERE note <> ''
  ) told WHERE ids IS NOT NULL;
  RETURN NULL;
END $$;

CREATE FUNCTION ledger_name_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM new_rows n JOIN old_rows o ON o.id = n.id WHERE n.name <> o.name) THEN
    PERFORM ledger_write_text(ARRAY(
      SELECT entry.id FROM new_rows n JOIN old_rows o ON o.id = n.id AND n.name <> o.name
      JOIN ledger_problementry entry
        ON CASE TG_TABLE_NAME WHEN 'enterprises_enterprise' THEN entry.enterprise_id ELSE entry.project_id END = n.id
    ));
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER ledger_text_added AFTER INSERT ON ledger_problementry
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_written();
CREATE TRIGGER ledger_text_changed AFTER UPDATE ON ledger_problementry
  REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_written();
CREATE TRIGGER ledger_text_removed AFTER DELETE ON ledger_problementry
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_gone();
CREATE TRIGGER ledger_text_emptied AFTER TRUNCATE ON ledger_problementry
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_gone();
CREATE TRIGGER ledger_text_noted AFTER INSERT ON ledger_entryevent
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ledger_note_written();
CREATE TRIGGER ledger_text_renamed AFTER UPDATE ON enterprises_enterprise
  REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION ledger_name_changed();
CREATE TRIGGER ledger_text_renamed AFTER UPDATE ON enterprises_keyproject
  REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION ledger_name_changed();

SELECT ledger_write_text(ARRAY(SELECT id FROM ledger_problementry));
"""
UNDO = """
DROP TRIGGER ledger_text_renamed ON enterprises_keyproject;
DROP TRIGGER ledger_text_renamed ON enterprises_enterprise;
DROP TRIGGER ledger_text_noted ON ledger_entryevent;
DROP TRIGGER ledger_text_emptied ON ledger_problementry;
DROP TRIGGER ledger_text_removed ON ledger_problementry;
DROP TRIGGER ledger_text_changed ON ledger_problementry;
DROP TRIGGER ledger_text_added ON ledger_problementry;
DROP FUNCTION ledger_name_changed, ledger_note_written, ledger_entry_gone, ledger_entry_written, ledger_write_text;
DROP TABLE ledger_entry_text;
DROP FUNCTION ledger_bigrams;
"""


def on_postgres(statements):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            with schema_editor.connection.cursor() as cursor:
                cursor.execute(statements)

    return run


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0002_workstreams"), ("ledger", "0002_calendar_and_categories")]
    operations = [migrations.RunPython(on_postgres(MAKE), on_postgres(UNDO))]
