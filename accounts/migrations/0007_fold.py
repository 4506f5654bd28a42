"""PostgreSQL's function for words that people seek: what `common.text.name_key` makes of a text, `common.sent.seeking`.

SQLite is given it with each connection. Case goes as Python's casefold where PostgreSQL has it (18), else to small
letters.
"""

from django.db import migrations

CONTROL = r"[\u0001-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
NOISE = (
    r"[\u0009\u000a\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
    r"()（）〔〕\[\]【】{}<>〈〉《》「」『』.,，。、_"
    r"\u00b7\u0387\u1427\u16eb\u2022\u2024\u2027\u2219\u22c5\u25cf\u25e6\u2981\u2e31\u2e33\u30fb\ua78f"
    r"\u002d\u00ad\u2010-\u2015\u2043\u2212\u2500\u2501"
    r"\u0022\u0027\u0060\u00b4\u02b9\u02bc\u2018-\u201f\u2032\u2033"
    r"\u034f\u061c\u180e\u2060\ufe00-\ufe0f]"
)


def make(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    plain = f"regexp_replace(normalize(regexp_replace(text, '{CONTROL}', '', 'g'), NFKC), '{NOISE}', '', 'g')"
    newer = schema_editor.connection.pg_version >= 180_000
    small = f'casefold({plain} COLLATE "pg_unicode_fast")' if newer else f"lower({plain})"
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION jinshi_fold(text text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE "
            f"AS $fold$ SELECT {small} $fold$"
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION jinshi_fold")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_export_filters")]
    operations = [migrations.RunPython(make, drop)]
