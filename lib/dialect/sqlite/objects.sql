-- All that has a definition: tables, then their indexes, then views and triggers, each sorted by name.
-- ?1: those of this table alone.
-- Without SQLite's own tables and automatic indexes. Of virtual tables, and the tables that these keep their data in,
-- only the names count.
SELECT CASE WHEN name IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('virtual', 'shadow'))
       THEN 'virtual' ELSE type END, name, tbl_name, sql
FROM main.sqlite_schema
WHERE (?1 IS NULL OR tbl_name = ?1 COLLATE NOCASE)
  AND sql IS NOT NULL
  AND lower(substr(name, 1, 7)) <> 'sqlite_'
ORDER BY CASE type WHEN 'table' THEN 1 WHEN 'index' THEN 2 WHEN 'view' THEN 3 ELSE 4 END, name;
