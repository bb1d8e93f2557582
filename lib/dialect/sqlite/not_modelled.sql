-- What is there beside tables, indexes, views and triggers: see dialect_read_not_modelled() for the columns.
SELECT subject, text, NULL AS table_name, NULL AS kind, NULL AS schema, NULL AS name
FROM (
    SELECT v.name AS subject,
        'virtual table' || coalesce(' (' || (
            SELECT group_concat(name, ', ')
            FROM (
                SELECT s.name
                FROM pragma_table_list s
                WHERE s.schema = 'main' AND s.type = 'shadow'
                    AND lower(substr(s.name, 1, length(v.name) + 1)) = lower(v.name) || '_'
                ORDER BY s.name
            )
        ) || ')', '') AS text
    FROM pragma_table_list v
    WHERE v.schema = 'main' AND v.type = 'virtual'
    UNION ALL
    SELECT name, 'statistics of ANALYZE'
    FROM main.sqlite_schema
    WHERE name LIKE 'sqlite\_stat%' ESCAPE '\' AND type = 'table'
    UNION ALL
    SELECT name, 'attached database'
    FROM pragma_database_list
    WHERE name NOT IN ('main', 'temp')
    UNION ALL
    SELECT 'PRAGMA application_id', '= ' || application_id FROM pragma_application_id WHERE application_id <> 0
    UNION ALL
    SELECT 'PRAGMA user_version', '= ' || user_version FROM pragma_user_version WHERE user_version <> 0
    UNION ALL
    SELECT 'PRAGMA auto_vacuum', '= ' || auto_vacuum FROM pragma_auto_vacuum WHERE auto_vacuum <> 0
    UNION ALL
    SELECT 'PRAGMA page_size', '= ' || page_size FROM pragma_page_size WHERE page_size <> 4096
    UNION ALL
    SELECT 'PRAGMA encoding', '= ' || encoding FROM pragma_encoding WHERE encoding <> 'UTF-8'
)
ORDER BY subject, text;
