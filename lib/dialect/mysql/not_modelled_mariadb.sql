-- What only MariaDB has, behind not_modelled.sql.
    UNION ALL
    SELECT r.routine_name, lower(r.routine_type), NULL
    FROM information_schema.routines r
    WHERE r.routine_schema = database() AND r.routine_type IN ('PACKAGE', 'PACKAGE BODY')
    UNION ALL
    SELECT s.schema_name, concat('COMMENT ', quote(s.schema_comment)), NULL
    FROM information_schema.schemata s
    WHERE s.schema_name = database() AND s.schema_comment <> ''
