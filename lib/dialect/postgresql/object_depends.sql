-- What the objects use, by the names that it is reported by. What a view uses is noted at its rule, what a composite
-- type uses at its relation, what a domain's check uses at the constraint.
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
), subjects AS (
    SELECT 'pg_type'::regclass::oid AS classid, t.oid AS objid, 'y' || t.oid AS key, t.typrelid AS own
    FROM pg_type t JOIN spaces s ON s.oid = t.typnamespace
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, CASE c.relkind WHEN 'c' THEN 'y' || c.reltype ELSE 'c' || c.oid END, c.oid
    FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace
    WHERE c.relkind IN ('c', 'i')
    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid, 'p' || p.oid, 0
    FROM pg_proc p JOIN spaces s ON s.oid = p.pronamespace
    UNION ALL
    SELECT 'pg_constraint'::regclass, c.oid, 'y' || c.contypid, 0
    FROM pg_constraint c JOIN pg_type t ON t.oid = c.contypid JOIN spaces s ON s.oid = t.typnamespace
    UNION ALL
    SELECT 'pg_rewrite'::regclass, w.oid, CASE w.rulename WHEN '_RETURN' THEN 'c' || c.oid ELSE 'r' || w.oid END, c.oid
    FROM pg_rewrite w JOIN pg_class c ON c.oid = w.ev_class JOIN spaces s ON s.oid = c.relnamespace
    UNION ALL
    SELECT 'pg_trigger'::regclass, t.oid, 't' || t.oid, c.oid
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN spaces s ON s.oid = c.relnamespace
    WHERE NOT t.tgisinternal
    UNION ALL
    SELECT 'pg_policy'::regclass, p.oid, 'o' || p.oid, c.oid
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN spaces s ON s.oid = c.relnamespace
    UNION ALL
    SELECT 'pg_statistic_ext'::regclass, x.oid, 's' || x.oid, 0
    FROM pg_statistic_ext x JOIN spaces s ON s.oid = x.stxnamespace
    UNION ALL
    SELECT 'pg_event_trigger'::regclass, t.oid, 'v' || t.oid, 0
    FROM pg_event_trigger t
), members AS (
    SELECT d.classid, d.objid FROM pg_depend d WHERE d.deptype = 'e'
), names AS (
    SELECT 'pg_collation'::regclass::oid AS classid, c.oid AS objid, c.collname::text AS name, NULL::oid AS own,
        NULL AS key
    FROM pg_collation c JOIN spaces s ON s.oid = c.collnamespace
    WHERE NOT EXISTS (SELECT FROM members e WHERE e.classid = 'pg_collation'::regclass AND e.objid = c.oid)
    UNION ALL
    SELECT 'pg_class'::regclass::oid AS classid, c.oid AS objid, c.relname::text AS name, c.oid AS own, NULL AS key
    FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
        AND NOT EXISTS (SELECT FROM members e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid)
    UNION ALL
    -- an array is as good as its elements, a table's row type as good as the table
    SELECT 'pg_type'::regclass, t.oid, e.typname::text, nullif(e.typrelid, 0), 'y' || e.oid
    FROM pg_type t JOIN spaces s ON s.oid = t.typnamespace
    JOIN pg_type e ON e.oid = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END
    WHERE NOT EXISTS (SELECT FROM members m WHERE m.classid = 'pg_type'::regclass AND m.objid = e.oid)
    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid,
        p.proname || CASE
            WHEN count(*) OVER (PARTITION BY p.pronamespace, p.proname) > 1
            THEN '(' || oidvectortypes(p.proargtypes) || ')' ELSE '' END,
        NULL, NULL
    FROM pg_proc p JOIN spaces s ON s.oid = p.pronamespace
    WHERE NOT EXISTS (
        SELECT FROM pg_depend d
        WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
)
SELECT DISTINCT u.key, n.name
FROM subjects u
JOIN pg_depend d ON d.classid = u.classid AND d.objid = u.objid
JOIN names n ON n.classid = d.refclassid AND n.objid = d.refobjid
WHERE d.deptype IN ('n', 'a') AND n.own IS DISTINCT FROM u.own AND n.key IS DISTINCT FROM u.key
ORDER BY u.key, n.name
