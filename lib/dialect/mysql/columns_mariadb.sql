-- Columns, views' included, in their order: MariaDB's information_schema gives them so. COLUMN_DEFAULT is SQL text.
SELECT
    c.table_name AS table_name,
    c.column_name AS name,
    c.column_type AS type,
    c.is_nullable AS is_nullable,
    c.column_default AS column_default,
    c.extra AS extra,
    c.collation_name AS collation,
    c.generation_expression AS generation_expression,
    c.column_comment AS comment,
    NULL AS srid
FROM information_schema.columns c
WHERE c.table_schema = database();
