"""What is in a database, for backups: rows by table, files of attachments."""

from odoo.tools import SQL


def count_rows(cr) -> dict[str, int]:
    """Table → number of its rows."""
    cr.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    tables = [table for (table,) in cr.fetchall()]
    counts = [
        SQL("(SELECT count(*) FROM %s)", SQL.identifier(table)) for table in tables
    ]
    cr.execute(SQL("SELECT ARRAY[%s]", SQL(", ").join(counts)))
    [(numbers,)] = cr.fetchall()
    return dict(zip(tables, numbers, strict=True))


def stored_files(cr) -> list[str]:
    """Paths, in the filestore, of the files that attachments refer to."""
    cr.execute(
        "SELECT DISTINCT store_fname FROM ir_attachment"
        " WHERE store_fname IS NOT NULL ORDER BY 1"
    )
    return [name for (name,) in cr.fetchall()]
