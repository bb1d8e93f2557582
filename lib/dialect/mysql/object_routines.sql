-- Functions and procedures (position -1), each with its result (position 0) and parameters behind it. MariaDB's
-- packages are not looked at. A collation is given where it is not the database's at the time of the CREATE, with
-- whether it is its character set's default.
SELECT
    r.routine_type AS kind,
    r.routine_name AS name,
    -1 AS position,
    r.is_deterministic AS is_deterministic,
    r.sql_data_access AS data_access,
    r.security_type AS security_type,
    r.routine_comment AS comment,
    r.database_collation AS collation,
    NULL AS is_default,
    r.routine_definition AS definition,
    r.sql_mode AS sql_mode
FROM information_schema.routines r
WHERE r.routine_schema = database() AND r.routine_type IN ('FUNCTION', 'PROCEDURE')
UNION ALL
SELECT
    p.routine_type,
    p.specific_name,
    p.ordinal_position,
    p.parameter_mode,
    p.parameter_name,
    NULL,
    NULL,
    p.collation_name,
    c.is_default,
    p.dtd_identifier,
    NULL
FROM information_schema.parameters p
LEFT JOIN information_schema.collations c ON c.collation_name = p.collation_name
WHERE p.specific_schema = database() AND p.routine_type IN ('FUNCTION', 'PROCEDURE')
ORDER BY 1, 2, 3;
