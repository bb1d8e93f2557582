-- Views and the names of sequences, which are tables of a kind.
SELECT
    'VIEW' AS kind,
    v.table_name AS name,
    v.view_definition AS definition,
    v.algorithm AS algorithm,
    v.security_type AS security_type,
    v.check_option AS check_option,
    NULL AS comment
FROM information_schema.views v
WHERE v.table_schema = database()
UNION ALL
SELECT t.table_type, t.table_name, NULL, NULL, NULL, NULL, t.table_comment
FROM information_schema.tables t
WHERE t.table_schema = database() AND t.table_type = 'SEQUENCE';
