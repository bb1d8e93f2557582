-- Enum types with their values in order.
WITH scope AS MATERIALIZED (
    SELECT n.oid, n.nspname
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname = ANY (coalesce($1::text[], ARRAY[coalesce($2::text, current_schema()::text)]))
        OR (n.oid = pg_my_temp_schema()
            AND 'pg_temp' = ANY (coalesce($1::text[], ARRAY[$2::text])))
)
SELECT
    n.nspname,
    t.typname,
    d.description,
    array_agg(e.enumlabel ORDER BY e.enumsortorder) FILTER (WHERE e.enumlabel IS NOT NULL) AS labels
FROM scope n
    JOIN pg_catalog.pg_type t ON t.typnamespace = n.oid
    LEFT JOIN pg_catalog.pg_enum e ON e.enumtypid = t.oid
    LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = t.oid AND d.classoid = 'pg_catalog.pg_type'::regclass AND d.objsubid = 0
WHERE t.typtype = 'e'
    AND NOT EXISTS (
        SELECT
        FROM pg_catalog.pg_depend x
        WHERE x.classid = 'pg_catalog.pg_type'::regclass AND x.objid = t.oid AND x.deptype = 'e'
    )
GROUP BY n.nspname, t.typname, d.description;
