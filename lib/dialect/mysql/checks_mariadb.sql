-- Checks; LEVEL (MariaDB 10.5.10 and later) is Column where one stands in its column's definition, and has its name.
SELECT
    c.table_name AS table_name,
    c.constraint_name AS name,
    c.check_clause AS expression,
    c.level = 'Column' AS of_column,
    NULL AS enforced
FROM information_schema.check_constraints c
WHERE c.constraint_schema = database();
