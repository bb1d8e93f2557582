-- Collations, extended statistics and event triggers. The latter belong to the database: those are reported whose
-- function is in one of the schemas.
WITH home AS (
    SELECT CASE
            WHEN $2::text IS NULL THEN current_schema()::text
            WHEN $2 = 'pg_temp' THEN (SELECT nspname::text FROM pg_namespace WHERE oid = pg_my_temp_schema())
            ELSE $2
        END AS name
), spaces AS (
    SELECT n.oid, n.nspname, nullif(n.nspname::text, home.name) AS name,
        CASE WHEN n.nspname::text = home.name THEN '' ELSE quote_ident(n.nspname) || '.' END AS prefix
    FROM pg_namespace n
    CROSS JOIN home
    WHERE n.nspname::text = ANY (coalesce($1::text[], ARRAY[home.name]))
        OR (n.oid = pg_my_temp_schema() AND 'pg_temp' = ANY ($1::text[]))
), members AS (
    SELECT d.classid, d.objid FROM pg_depend d WHERE d.deptype = 'e'
), collations AS (
    SELECT c.*, s.name AS schema, s.prefix,
        -- the locale has moved twice: 15 and 17
        coalesce(to_jsonb(c) ->> 'colllocale', to_jsonb(c) ->> 'colliculocale', c.collcollate::text) AS locale
    FROM pg_collation c
    JOIN spaces s ON s.oid = c.collnamespace
    WHERE c.collprovider IN ('c', 'i')
        AND NOT EXISTS (SELECT FROM members e WHERE e.classid = 'pg_collation'::regclass AND e.objid = c.oid)
), states (letter, words) AS (VALUES ('D', 'DISABLE'), ('R', 'ENABLE REPLICA'), ('A', 'ENABLE ALWAYS'))
SELECT 'l' || c.oid AS key, 'collation' AS kind, c.schema, c.collname::text AS name, NULL::text AS table_name,
    'CREATE COLLATION ' || c.prefix || quote_ident(c.collname) || ' ('
    || CASE c.collprovider WHEN 'i' THEN 'provider = icu, ' ELSE 'provider = libc, ' END
    || CASE WHEN c.collprovider = 'i' OR c.collcollate = c.collctype THEN 'locale = ' || quote_literal(c.locale)
        ELSE 'lc_collate = ' || quote_literal(c.collcollate) || ', lc_ctype = ' || quote_literal(c.collctype) END
    || CASE WHEN c.collisdeterministic THEN '' ELSE ', deterministic = false' END || ')' AS definition,
    obj_description(c.oid, 'pg_collation') AS comment
FROM collations c
UNION ALL
SELECT 's' || x.oid, 'statistics', s.name, x.stxname::text, NULL,
    'CREATE STATISTICS ' || s.prefix || substr(
        pg_get_statisticsobjdef(x.oid), length('CREATE STATISTICS ' || quote_ident(s.nspname) || '.') + 1)
    || CASE WHEN coalesce((to_jsonb(x) ->> 'stxstattarget')::integer, -1) < 0 THEN '' ELSE
        E';\nALTER STATISTICS ' || s.prefix || quote_ident(x.stxname) || ' SET STATISTICS '
        || (to_jsonb(x) ->> 'stxstattarget') END,
    obj_description(x.oid, 'pg_statistic_ext')
FROM pg_statistic_ext x
JOIN spaces s ON s.oid = x.stxnamespace
WHERE NOT EXISTS (SELECT FROM members e WHERE e.classid = 'pg_statistic_ext'::regclass AND e.objid = x.oid)
UNION ALL
SELECT 'v' || t.oid, 'event_trigger', NULL, t.evtname::text, NULL,
    'CREATE EVENT TRIGGER ' || quote_ident(t.evtname) || ' ON ' || t.evtevent
    || coalesce(' WHEN TAG IN (' || (
        SELECT string_agg(quote_literal(g.tag), ', ' ORDER BY g.position)
        FROM unnest(t.evttags) WITH ORDINALITY g (tag, position)) || ')', '')
    || ' EXECUTE FUNCTION ' || s.prefix || quote_ident(p.proname) || '()'
    || coalesce(E';\nALTER EVENT TRIGGER ' || quote_ident(t.evtname) || ' ' || w.words, ''),
    obj_description(t.oid, 'pg_event_trigger')
FROM pg_event_trigger t
JOIN pg_proc p ON p.oid = t.evtfoid
JOIN spaces s ON s.oid = p.pronamespace
LEFT JOIN states w ON w.letter = t.evtenabled
WHERE NOT EXISTS (SELECT FROM members e WHERE e.classid = 'pg_event_trigger'::regclass AND e.objid = t.oid)
ORDER BY kind, schema NULLS FIRST, name
