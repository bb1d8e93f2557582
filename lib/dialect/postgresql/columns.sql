-- Columns of the tables, and the names of those in tables that foreign keys refer to. A catalog column that older
-- servers lack is NULL there: its name is then the one of "missing". Defaults name no columns, and without a table
-- pg_get_expr() need not look at it.
WITH scope AS MATERIALIZED (
    SELECT n.oid, n.nspname
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname = ANY (coalesce($1::text[], ARRAY[coalesce($2::text, current_schema()::text)]))
        OR (n.oid = pg_my_temp_schema()
            AND 'pg_temp' = ANY (coalesce($1::text[], ARRAY[$2::text])))
),
tables AS (
    SELECT c.oid
    FROM scope n
        JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid
    WHERE c.relkind IN ('r', 'p')
),
named AS (
    SELECT oid FROM tables
    UNION
    SELECT con.confrelid
    FROM tables
        JOIN pg_catalog.pg_constraint con ON con.conrelid = tables.oid
    WHERE con.contype = 'f'
)
SELECT c.*
FROM (VALUES (NULL::"char")) AS missing (attcompression)
    CROSS JOIN LATERAL (
        SELECT
            a.attrelid,
            a.attnum,
            a.attname,
            a.attislocal,
            format_type(a.atttypid, a.atttypmod) AS type,
            base.typtype,
            bn.nspname AS type_schema,
            base.typname,
            base.oid <> t.oid AS is_array,
            CASE WHEN bn.nspname <> 'pg_catalog' THEN pg_type_is_visible(base.oid) END AS type_visible,
            a.attnotnull,
            pg_get_expr(def.adbin, CASE WHEN a.attgenerated <> '' THEN def.adrelid ELSE 0 END) AS expression,
            a.attgenerated,
            a.attidentity,
            co.collname,
            CASE WHEN NOT pg_collation_is_visible(co.oid) THEN cn.nspname END AS collation_schema,
            CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END AS storage,
            nullif(attcompression, '') AS compression,
            nullif(a.attstattarget, -1) AS statistics,
            d.description,
            NOT a.attislocal AND a.attgenerated = ''
                AND parent.expression IS DISTINCT FROM pg_get_expr(def.adbin, 0) AS own_default,
            NOT a.attislocal AND a.attnotnull AND NOT parent.not_null
                AND NOT EXISTS (
                    SELECT
                    FROM pg_catalog.pg_index i
                    WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey)
                ) AS own_not_null
        FROM named
            JOIN pg_catalog.pg_attribute a ON a.attrelid = named.oid
            JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
            JOIN pg_catalog.pg_type base
                ON base.oid = CASE WHEN t.typelem <> 0 AND t.typlen = -1 THEN t.typelem ELSE t.oid END
            JOIN pg_catalog.pg_namespace bn ON bn.oid = base.typnamespace
            LEFT JOIN pg_catalog.pg_attrdef def ON def.adrelid = a.attrelid AND def.adnum = a.attnum
            LEFT JOIN LATERAL (
                SELECT max(pg_get_expr(pd.adbin, 0)) AS expression, bool_or(pa.attnotnull) AS not_null
                FROM pg_catalog.pg_inherits h
                    JOIN pg_catalog.pg_attribute pa ON pa.attrelid = h.inhparent AND pa.attname = a.attname
                    LEFT JOIN pg_catalog.pg_attrdef pd ON pd.adrelid = pa.attrelid AND pd.adnum = pa.attnum
                WHERE h.inhrelid = a.attrelid AND NOT a.attislocal
            ) parent ON TRUE
            LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation AND a.attcollation <> t.typcollation
            LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
            LEFT JOIN pg_catalog.pg_description d
                ON d.objoid = a.attrelid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = a.attnum
        WHERE a.attnum > 0 AND NOT a.attisdropped
    ) c
ORDER BY c.attrelid, c.attnum;
