-- Views. Their ALGORITHM stands in SHOW CREATE VIEW only (MySQL 8.0 manual, "The INFORMATION_SCHEMA VIEWS Table").
SELECT
    'VIEW' AS kind,
    v.table_name AS name,
    v.view_definition AS definition,
    'UNDEFINED' AS algorithm,
    v.security_type AS security_type,
    v.check_option AS check_option,
    NULL AS comment
FROM information_schema.views v
WHERE v.table_schema = database();
