-- All that has a definition: tables and virtual tables, then their indexes, then views and triggers, each sorted by
-- name. ?1: those of this table alone.
-- Without SQLite's own tables and automatic indexes. Of the tables that virtual tables keep their data in only the
-- names count.
SELECT CASE
       WHEN type <> 'table' THEN type
       WHEN name IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'virtual') THEN 'virtual_table'
       WHEN name IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow') THEN 'shadow'
       ELSE type END, name, tbl_name, sql
FROM main.sqlite_schema
WHERE (?1 IS NULL OR tbl_name = ?1 COLLATE NOCASE)
  AND sql IS NOT NULL
  AND lower(substr(name, 1, 7)) <> 'sqlite_'
ORDER BY CASE type WHEN 'table' THEN 1 WHEN 'index' THEN 2 WHEN 'view' THEN 3 ELSE 4 END, name;
