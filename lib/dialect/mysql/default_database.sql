-- The database looked at, and what tables in it have when they do not say; whether its character set alone means that
-- collation.
SELECT
    s.schema_name AS name,
    s.default_collation_name AS collation,
    @@lower_case_table_names AS lower_case_table_names,
    (SELECT c.is_default FROM information_schema.collations c WHERE c.collation_name = s.default_collation_name LIMIT 1)
        AS is_default
FROM information_schema.schemata s
WHERE s.schema_name = database();
