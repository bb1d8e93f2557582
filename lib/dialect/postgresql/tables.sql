-- Ordinary and partitioned tables, with what stands behind CREATE TABLE's column list.
WITH scope AS MATERIALIZED (
    SELECT n.oid, n.nspname
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname = ANY (coalesce($1::text[], ARRAY[coalesce($2::text, current_schema()::text)]))
        OR (n.oid = pg_my_temp_schema()
            AND 'pg_temp' = ANY (coalesce($1::text[], ARRAY[$2::text])))
)
SELECT
    c.oid,
    n.nspname,
    c.relname,
    d.description,
    c.relpersistence,
    c.relrowsecurity,
    c.relforcerowsecurity,
    c.reloptions,
    toast.reloptions AS toast_reloptions,
    ts.spcname,
    CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_by,
    CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END AS partition_bound,
    parents.schemas,
    parents.names,
    CASE WHEN am.amname <> 'heap' THEN am.amname END AS access_method,
    CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END AS of_type
FROM scope n
    JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid
    LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = 0
    LEFT JOIN pg_catalog.pg_class toast ON toast.oid = c.reltoastrelid
    LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace
    LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
    LEFT JOIN (
        SELECT
            i.inhrelid,
            array_agg(pn.nspname ORDER BY i.inhseqno) AS schemas,
            array_agg(p.relname ORDER BY i.inhseqno) AS names
        FROM pg_catalog.pg_inherits i
            JOIN pg_catalog.pg_class p ON p.oid = i.inhparent AND p.relkind IN ('r', 'p', 'f')
            JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
        GROUP BY i.inhrelid
    ) parents ON parents.inhrelid = c.oid
WHERE c.relkind IN ('r', 'p')
    AND NOT EXISTS (
        SELECT
        FROM pg_catalog.pg_depend e
        WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e'
    );
