-- Indexes that stand behind no constraint and belong to no parent's index. A catalog column that older servers lack is
-- NULL there: its name is then the one of "missing".
WITH scope AS MATERIALIZED (
    SELECT n.oid, n.nspname
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname = ANY (coalesce($1::text[], ARRAY[coalesce($2::text, current_schema()::text)]))
        OR (n.oid = pg_my_temp_schema()
            AND 'pg_temp' = ANY (coalesce($1::text[], ARRAY[$2::text])))
)
SELECT k.*
FROM (VALUES (NULL::boolean)) AS missing (indnullsnotdistinct)
    CROSS JOIN LATERAL (
        SELECT
            i.indexrelid,
            i.indrelid,
            ic.relname,
            d.description,
            am.amname,
            i.indisunique,
            pg_get_expr(i.indpred, i.indrelid) AS predicate,
            ic.reloptions,
            ts.spcname,
            indnullsnotdistinct,
            i.indisvalid
        FROM scope n
            JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid
            JOIN pg_catalog.pg_index i ON i.indrelid = c.oid
            JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
            JOIN pg_catalog.pg_am am ON am.oid = ic.relam
            LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = ic.reltablespace
            LEFT JOIN pg_catalog.pg_constraint con
                ON con.conindid = i.indexrelid AND con.conrelid = i.indrelid AND con.contype IN ('p', 'u', 'x')
            LEFT JOIN pg_catalog.pg_description d
                ON d.objoid = ic.oid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = 0
        WHERE c.relkind IN ('r', 'p') AND con.oid IS NULL AND NOT ic.relispartition
    ) k;
