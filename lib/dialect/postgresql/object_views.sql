-- Views, materialized views and the indexes of the latter.
WITH home AS (
    SELECT CASE
            WHEN $2::text IS NULL THEN current_schema()::text
            WHEN $2 = 'pg_temp' THEN (SELECT nspname::text FROM pg_namespace WHERE oid = pg_my_temp_schema())
            ELSE $2
        END AS name
), spaces AS (
    SELECT n.oid, nullif(n.nspname::text, home.name) AS name,
        CASE WHEN n.nspname::text = home.name THEN '' ELSE quote_ident(n.nspname) || '.' END AS prefix
    FROM pg_namespace n
    CROSS JOIN home
    WHERE n.nspname::text = ANY (coalesce($1::text[], ARRAY[home.name]))
        OR (n.oid = pg_my_temp_schema() AND 'pg_temp' = ANY ($1::text[]))
), views AS (
    SELECT c.oid, c.relkind, c.relname::text AS name, s.name AS schema, s.prefix,
        s.prefix || quote_ident(c.relname) AS full_name, c.reloptions, c.reltablespace, c.reltoastrelid, c.relam
    FROM pg_class c
    JOIN spaces s ON s.oid = c.relnamespace
    WHERE c.relkind IN ('v', 'm')
        AND NOT EXISTS (
            SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
), options AS (
    SELECT v.oid, string_agg(o.name || '=' || CASE
            WHEN o.value ~ '^([a-z_]+|[0-9]+(\.[0-9]+)?)$' THEN o.value ELSE quote_literal(o.value)
        END, ', ' ORDER BY o.name) AS list
    FROM views v
    CROSS JOIN LATERAL (
        SELECT option_name AS name, option_value AS value FROM pg_options_to_table(v.reloptions)
        UNION ALL
        SELECT 'toast.' || t.option_name, t.option_value
        FROM pg_class c, pg_options_to_table(c.reloptions) t WHERE c.oid = v.reltoastrelid
    ) o
    GROUP BY v.oid
), defaults AS (
    SELECT v.oid, string_agg(E';\nALTER VIEW ' || v.full_name || ' ALTER COLUMN ' || quote_ident(a.attname)
        || ' SET DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '' ORDER BY a.attnum) AS list
    FROM views v
    JOIN pg_attrdef d ON d.adrelid = v.oid
    JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    GROUP BY v.oid
), comments AS (
    SELECT v.oid, string_agg(E';\nCOMMENT ON COLUMN ' || v.full_name || '.' || quote_ident(a.attname) || ' IS '
        || quote_literal(o.description), '' ORDER BY a.attnum) AS list
    FROM views v
    JOIN pg_description o ON o.classoid = 'pg_class'::regclass AND o.objoid = v.oid AND o.objsubid > 0
    JOIN pg_attribute a ON a.attrelid = v.oid AND a.attnum = o.objsubid
    GROUP BY v.oid
)
SELECT 'c' || v.oid AS key, CASE v.relkind WHEN 'v' THEN 'view' ELSE 'materialized_view' END AS kind, v.schema, v.name,
    NULL::text AS table_name,
    CASE v.relkind WHEN 'v' THEN 'CREATE VIEW ' ELSE 'CREATE MATERIALIZED VIEW ' END || v.full_name
    || coalesce(' USING ' || quote_ident(m.amname), '')
    || coalesce(' WITH (' || o.list || ')', '')
    || coalesce(' TABLESPACE ' || quote_ident(t.spcname), '')
    || E' AS\n' || rtrim(pg_get_viewdef(v.oid), ';') || coalesce(d.list, '') || coalesce(k.list, '') AS definition,
    obj_description(v.oid, 'pg_class') AS comment
FROM views v
LEFT JOIN pg_am m ON m.oid = v.relam AND m.amname <> current_setting('default_table_access_method')
LEFT JOIN pg_tablespace t ON t.oid = v.reltablespace
LEFT JOIN options o ON o.oid = v.oid
LEFT JOIN defaults d ON d.oid = v.oid
LEFT JOIN comments k ON k.oid = v.oid
UNION ALL
SELECT 'c' || c.oid, 'index', v.schema, c.relname::text, v.name,
    pg_get_indexdef(i.indexrelid, 0, true)
    || coalesce(E';\nALTER INDEX ' || v.prefix || quote_ident(c.relname) || ' SET TABLESPACE ' || quote_ident(t.spcname), ''),
    obj_description(c.oid, 'pg_class')
FROM views v
JOIN pg_index i ON i.indrelid = v.oid AND i.indisvalid
JOIN pg_class c ON c.oid = i.indexrelid
LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace
WHERE v.relkind = 'm'
ORDER BY kind, schema NULLS FIRST, name
