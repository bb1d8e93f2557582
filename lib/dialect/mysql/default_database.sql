-- The database looked at, and what tables in it have when they do not say.
SELECT
    s.schema_name AS name,
    s.default_collation_name AS collation,
    @@lower_case_table_names AS lower_case_table_names
FROM information_schema.schemata s
WHERE s.schema_name = database();
