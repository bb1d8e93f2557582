-- Schemas other than the default one, and extensions, wherever they keep their objects.
-- An extension whose control file fixes the schema is created without one.
WITH home AS (
    SELECT CASE
            WHEN $2::text IS NULL THEN current_schema()::text
            WHEN $2 = 'pg_temp' THEN (SELECT nspname::text FROM pg_namespace WHERE oid = pg_my_temp_schema())
            ELSE $2
        END AS name
), spaces AS (
    SELECT n.oid, nullif(n.nspname::text, home.name) AS name,
        CASE WHEN n.nspname::text IN (home.name, 'public') THEN '' ELSE quote_ident(n.nspname) || '.' END AS prefix
    FROM pg_namespace n
    CROSS JOIN home
    WHERE n.nspname::text = ANY (coalesce($1::text[], ARRAY[home.name]))
        OR (n.oid = pg_my_temp_schema() AND 'pg_temp' = ANY ($1::text[]))
)
SELECT 'n' || n.oid AS key, 'schema' AS kind, NULL::text AS schema, s.name, NULL::text AS table_name,
    'CREATE SCHEMA ' || quote_ident(s.name) AS definition, obj_description(n.oid, 'pg_namespace') AS comment
FROM spaces s
JOIN pg_namespace n ON n.oid = s.oid
WHERE s.name IS NOT NULL AND s.name <> 'public' AND s.name !~ '^pg_' AND s.name <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e')
UNION ALL
SELECT 'e' || e.oid, 'extension', NULL, e.extname::text, NULL,
    'CREATE EXTENSION ' || quote_ident(e.extname) || CASE
        WHEN n.nspname::text IN (home.name, 'public') THEN ''
        WHEN EXISTS (
            SELECT FROM pg_available_extension_versions v
            WHERE v.name = e.extname AND v.version = e.extversion AND v.schema IS NOT NULL) THEN ''
        ELSE ' SCHEMA ' || quote_ident(n.nspname)
    END,
    -- the comment of the control file is no comment of ours
    nullif(obj_description(e.oid, 'pg_extension'),
        (SELECT a.comment FROM pg_available_extensions a WHERE a.name = e.extname))
FROM pg_extension e
JOIN pg_namespace n ON n.oid = e.extnamespace
CROSS JOIN home
WHERE e.extname <> 'plpgsql'
ORDER BY kind, name
