-- Constraints that tables have of their own, those of columns' NOT NULL aside. A catalog column that older servers lack
-- is NULL there: its name is then the one of "missing".
WITH scope AS MATERIALIZED (
    SELECT n.oid, n.nspname
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname = ANY (coalesce($1::text[], ARRAY[coalesce($2::text, current_schema()::text)]))
        OR (n.oid = pg_my_temp_schema()
            AND 'pg_temp' = ANY (coalesce($1::text[], ARRAY[$2::text])))
)
SELECT k.*
FROM (VALUES (NULL::int2[], NULL::boolean, NULL::boolean, NULL::boolean))
        AS missing (confdelsetcols, conenforced, conperiod, indnullsnotdistinct)
    CROSS JOIN LATERAL (
        SELECT
            con.conrelid,
            con.contype,
            con.conname,
            d.description,
            con.conkey,
            CASE con.contype
                WHEN 'c' THEN pg_get_expr(con.conbin, con.conrelid)
                WHEN 'x' THEN pg_get_constraintdef(con.oid)
            END AS expression,
            con.condeferrable,
            con.condeferred,
            con.convalidated,
            con.contype = 'c' AND con.connoinherit AS no_inherit,
            con.confrelid,
            fn.nspname AS referred_schema,
            f.relname AS referred_table,
            con.confkey,
            con.confdeltype,
            con.confupdtype,
            con.confmatchtype,
            confdelsetcols,
            CASE WHEN i.indnatts > i.indnkeyatts THEN i.indkey END AS include_key,
            i.indnkeyatts,
            indnullsnotdistinct,
            ic.reloptions,
            ts.spcname,
            conenforced,
            conperiod
        FROM scope n
            JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid
            JOIN pg_catalog.pg_constraint con ON con.conrelid = c.oid
            LEFT JOIN pg_catalog.pg_description d
                ON d.objoid = con.oid AND d.classoid = 'pg_catalog.pg_constraint'::regclass
            LEFT JOIN pg_catalog.pg_class f ON f.oid = con.confrelid
            LEFT JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace
            LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = con.conindid AND con.contype IN ('p', 'u')
            LEFT JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
            LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = ic.reltablespace
        WHERE c.relkind IN ('r', 'p')
            AND con.conislocal
            AND con.conparentid = 0
            AND con.contype NOT IN ('n', 't')
    ) k;
