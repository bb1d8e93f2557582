-- Functions, procedures and aggregates; not those that come with a range type (deptype i) or an extension (e).
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
), routines AS (
    SELECT p.*, s.name AS schema, s.prefix, count(*) OVER (PARTITION BY p.pronamespace, p.proname) AS namesakes
    FROM pg_proc p
    JOIN spaces s ON s.oid = p.pronamespace
    WHERE NOT EXISTS (
        SELECT FROM pg_depend d
        WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
), aggregates AS (
    SELECT a.aggfnoid, string_agg(v.word || coalesce(' = ' || coalesce(v.value,
        CASE WHEN pg_function_is_visible(f.oid) THEN '' ELSE quote_ident(n.nspname) || '.' END
        || quote_ident(f.proname)), ''), ', ' ORDER BY v.position) AS list
    FROM routines p
    JOIN pg_aggregate a ON a.aggfnoid = p.oid
    LEFT JOIN pg_operator o ON o.oid = a.aggsortop
    LEFT JOIN pg_namespace w ON w.oid = o.oprnamespace
    CROSS JOIN LATERAL (VALUES
        (1, 'SFUNC', a.aggtransfn::oid, NULL::text),
        (2, 'STYPE', 0, format_type(a.aggtranstype, NULL)),
        (3, 'SSPACE', 0, nullif(a.aggtransspace, 0)::text),
        (4, 'FINALFUNC', a.aggfinalfn::oid, NULL),
        (5, 'FINALFUNC_EXTRA', CASE WHEN a.aggfinalextra THEN -1 ELSE 0 END, NULL),
        (6, 'FINALFUNC_MODIFY', 0, CASE
            WHEN a.aggfinalfn = 0 OR a.aggfinalmodify = CASE a.aggkind WHEN 'n' THEN 'r' ELSE 'w' END THEN NULL
            ELSE CASE a.aggfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END),
        (7, 'COMBINEFUNC', a.aggcombinefn::oid, NULL),
        (8, 'SERIALFUNC', a.aggserialfn::oid, NULL),
        (9, 'DESERIALFUNC', a.aggdeserialfn::oid, NULL),
        (10, 'INITCOND', 0, quote_literal(a.agginitval)),
        (11, 'MSFUNC', a.aggmtransfn::oid, NULL),
        (12, 'MINVFUNC', a.aggminvtransfn::oid, NULL),
        (13, 'MSTYPE', 0, CASE WHEN a.aggmtranstype <> 0 THEN format_type(a.aggmtranstype, NULL) END),
        (14, 'MSSPACE', 0, nullif(a.aggmtransspace, 0)::text),
        (15, 'MFINALFUNC', a.aggmfinalfn::oid, NULL),
        (16, 'MFINALFUNC_EXTRA', CASE WHEN a.aggmfinalextra THEN -1 ELSE 0 END, NULL),
        (17, 'MFINALFUNC_MODIFY', 0, CASE
            WHEN a.aggmfinalfn = 0 OR a.aggmfinalmodify = CASE a.aggkind WHEN 'n' THEN 'r' ELSE 'w' END THEN NULL
            ELSE CASE a.aggmfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END),
        (18, 'MINITCOND', 0, quote_literal(a.aggminitval)),
        (19, 'SORTOP', 0, CASE
            WHEN pg_operator_is_visible(o.oid) THEN o.oprname
            ELSE 'OPERATOR(' || quote_ident(w.nspname) || '.' || o.oprname || ')' END),
        (20, 'PARALLEL', 0, CASE p.proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED' END),
        (21, 'HYPOTHETICAL', CASE a.aggkind WHEN 'h' THEN -1 ELSE 0 END, NULL)
    ) v (position, word, function, value)
    LEFT JOIN pg_proc f ON f.oid = v.function::bigint::oid AND v.function > 0
    LEFT JOIN pg_namespace n ON n.oid = f.pronamespace
    WHERE v.function <> 0 OR v.value IS NOT NULL
    GROUP BY a.aggfnoid
)
SELECT 'p' || p.oid AS key,
    CASE p.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure' ELSE 'function' END AS kind,
    p.schema, p.proname || CASE WHEN p.namesakes > 1 THEN '(' || oidvectortypes(p.proargtypes) || ')' ELSE '' END AS name,
    NULL::text AS table_name,
    CASE p.prokind
        WHEN 'a' THEN 'CREATE AGGREGATE ' || p.prefix || quote_ident(p.proname) || '('
            || coalesce(nullif(pg_get_function_identity_arguments(p.oid), ''), '*') || ') (' || a.list || ')'
        ELSE 'CREATE OR REPLACE ' || w.word || p.prefix || rtrim(substr(
            pg_get_functiondef(p.oid), length('CREATE OR REPLACE ' || w.word || quote_ident(n.nspname) || '.') + 1), E'\n')
    END AS definition,
    obj_description(p.oid, 'pg_proc') AS comment
FROM routines p
JOIN pg_namespace n ON n.oid = p.pronamespace
CROSS JOIN LATERAL (SELECT CASE p.prokind WHEN 'p' THEN 'PROCEDURE ' ELSE 'FUNCTION ' END AS word) w
LEFT JOIN aggregates a ON a.aggfnoid = p.oid
ORDER BY kind, schema NULLS FIRST, name
