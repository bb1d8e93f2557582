-- Columns, views' included, in their order (MySQL 8.0 manual, "The INFORMATION_SCHEMA COLUMNS Table"). COLUMN_DEFAULT is
-- the bare value, unless EXTRA says DEFAULT_GENERATED.
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
    c.srs_id AS srid
FROM information_schema.columns c
WHERE c.table_schema = database()
ORDER BY c.table_name, c.ordinal_position;
