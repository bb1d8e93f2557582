-- What indexes.sql's indexes are made of, in order. An operator class is named where it is not what the column's type
-- implies, a collation where it is not the column's own.
WITH scope AS MATERIALIZED (
    SELECT n.oid, n.nspname
    FROM pg_catalog.pg_namespace n
    WHERE n.nspname = ANY (coalesce($1::text[], ARRAY[coalesce($2::text, current_schema()::text)]))
        OR (n.oid = pg_my_temp_schema()
            AND 'pg_temp' = ANY (coalesce($1::text[], ARRAY[$2::text])))
),
preferred AS MATERIALIZED (
    SELECT oid, opcmethod, opcintype FROM pg_catalog.pg_opclass WHERE opcdefault
)
SELECT
    i.indexrelid,
    i.indrelid,
    i.indkey[ia.attnum - 1] AS attnum,
    ia.attnum > i.indnkeyatts AS included,
    CASE
        WHEN i.indkey[ia.attnum - 1] = 0 THEN pg_get_indexdef(i.indexrelid, ia.attnum, false)
    END AS expression,
    i.indoption[ia.attnum - 1] AS options,
    pg_indexam_has_property(ic.relam, 'can_order') AS ordered,
    CASE
        WHEN NOT opc.opcdefault OR preferred.oid <> opc.oid OR ia.attoptions IS NOT NULL THEN opc.opcname
    END AS opclass,
    CASE WHEN NOT pg_opclass_is_visible(opc.oid) THEN opn.nspname END AS opclass_schema,
    ia.attoptions,
    co.collname,
    CASE WHEN NOT pg_collation_is_visible(co.oid) THEN cn.nspname END AS collation_schema,
    CASE WHEN a.attnum IS NULL AND co.oid IS NOT NULL THEN pg_get_indexdef(i.indexrelid) END AS definition
FROM scope n
    JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid
    JOIN pg_catalog.pg_index i ON i.indrelid = c.oid
    JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
    JOIN pg_catalog.pg_attribute ia ON ia.attrelid = i.indexrelid
    LEFT JOIN pg_catalog.pg_constraint con
        ON con.conindid = i.indexrelid AND con.conrelid = i.indrelid AND con.contype IN ('p', 'u', 'x')
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[ia.attnum - 1]
    LEFT JOIN pg_catalog.pg_type t ON t.oid = coalesce(a.atttypid, ia.atttypid)
    LEFT JOIN pg_catalog.pg_opclass opc ON opc.oid = i.indclass[ia.attnum - 1] AND ia.attnum <= i.indnkeyatts
    LEFT JOIN pg_catalog.pg_namespace opn ON opn.oid = opc.opcnamespace
    LEFT JOIN preferred ON preferred.opcmethod = opc.opcmethod AND preferred.opcintype = a.atttypid
    LEFT JOIN pg_catalog.pg_collation co
        ON co.oid = i.indcollation[ia.attnum - 1]
            AND ia.attnum <= i.indnkeyatts
            AND co.oid <> coalesce(a.attcollation, t.typcollation)
    LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
WHERE c.relkind IN ('r', 'p') AND con.oid IS NULL AND NOT ic.relispartition
ORDER BY i.indexrelid, ia.attnum;
