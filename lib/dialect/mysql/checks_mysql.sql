-- Checks (MySQL 8.0 manual, "The INFORMATION_SCHEMA CHECK_CONSTRAINTS Table" and "… TABLE_CONSTRAINTS Table"): a name is
-- the only one in its database.
SELECT
    t.table_name AS table_name,
    c.constraint_name AS name,
    c.check_clause AS expression,
    0 AS of_column,
    t.enforced AS enforced
FROM information_schema.check_constraints c
    JOIN information_schema.table_constraints t
        ON t.constraint_schema = c.constraint_schema AND t.constraint_name = c.constraint_name
WHERE c.constraint_schema = database() AND t.table_schema = database() AND t.constraint_type = 'CHECK';
