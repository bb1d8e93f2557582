-- Sequences, and the column that owns each: deptype 'a' by OWNED BY or SERIAL, 'i' for an identity column.
WITH scope AS MATERIALIZED (
    SELECT n.oid, n.nspname
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname = ANY (coalesce($1::text[], ARRAY[coalesce($2::text, current_schema()::text)]))
        OR (n.oid = pg_my_temp_schema()
            AND 'pg_temp' = ANY (coalesce($1::text[], ARRAY[$2::text])))
)
SELECT
    n.nspname,
    c.relname,
    d.description,
    format_type(s.seqtypid, NULL) AS type,
    s.seqstart,
    s.seqincrement,
    s.seqmin,
    s.seqmax,
    s.seqcache,
    s.seqcycle,
    dep.deptype,
    dep.refobjid,
    dep.refobjsubid,
    c.relpersistence,
    'nextval(' || quote_literal(c.oid::regclass::text) || '::regclass)' AS nextval
FROM scope n
    JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid
    JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid
    LEFT JOIN pg_catalog.pg_depend dep
        ON dep.classid = 'pg_catalog.pg_class'::regclass
            AND dep.objid = c.oid
            AND dep.refclassid = 'pg_catalog.pg_class'::regclass
            AND dep.deptype IN ('a', 'i')
    LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = 0
WHERE NOT EXISTS (
    SELECT
    FROM pg_catalog.pg_depend e
    WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e'
);
