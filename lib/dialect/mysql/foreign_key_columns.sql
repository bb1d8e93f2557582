-- The columns of foreign keys, in order, and the database that each refers to.
SELECT
    k.table_name AS table_name,
    k.constraint_name AS name,
    k.column_name AS column_name,
    k.referenced_table_schema AS referred_schema,
    k.referenced_column_name AS referred_column
FROM information_schema.key_column_usage k
WHERE k.table_schema = database() AND k.referenced_table_name IS NOT NULL
ORDER BY k.table_name, k.constraint_name, k.ordinal_position;
