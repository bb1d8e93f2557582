-- What hangs on tables and views: triggers, rules and policies. A state other than the usual follows as a statement of
-- its own.
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
), relations AS (
    SELECT c.oid, c.relname::text AS name, s.name AS schema, s.prefix || quote_ident(c.relname) AS full_name
    FROM pg_class c
    JOIN spaces s ON s.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
        AND NOT EXISTS (
            SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
), states (letter, words) AS (VALUES ('D', 'DISABLE'), ('R', 'ENABLE REPLICA'), ('A', 'ENABLE ALWAYS'))
SELECT 't' || t.oid AS key, 'trigger' AS kind, r.schema, t.tgname::text AS name, r.name AS table_name,
    pg_get_triggerdef(t.oid, true)
    || coalesce(E';\nALTER TABLE ' || r.full_name || ' ' || s.words || ' TRIGGER ' || quote_ident(t.tgname), '')
    AS definition,
    obj_description(t.oid, 'pg_trigger') AS comment
FROM relations r
JOIN pg_trigger t ON t.tgrelid = r.oid
LEFT JOIN states s ON s.letter = t.tgenabled
WHERE NOT t.tgisinternal
    AND coalesce(to_jsonb(t) ->> 'tgparentid', '0') = '0' -- from 13; the copies on partitions are internal before
    AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.classid = 'pg_trigger'::regclass AND d.objid = t.oid AND d.deptype = 'e')
UNION ALL
SELECT 'r' || w.oid, 'rule', r.schema, w.rulename::text, r.name,
    rtrim(pg_get_ruledef(w.oid, true), ';')
    || coalesce(E';\nALTER TABLE ' || r.full_name || ' ' || s.words || ' RULE ' || quote_ident(w.rulename), ''),
    obj_description(w.oid, 'pg_rewrite')
FROM relations r
JOIN pg_rewrite w ON w.ev_class = r.oid
LEFT JOIN states s ON s.letter = w.ev_enabled
WHERE w.rulename <> '_RETURN'
    AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.deptype = 'e')
UNION ALL
SELECT 'o' || p.oid, 'policy', r.schema, p.polname::text, r.name,
    'CREATE POLICY ' || quote_ident(p.polname) || ' ON ' || r.full_name
    || CASE WHEN p.polpermissive THEN '' ELSE ' AS RESTRICTIVE' END
    || CASE p.polcmd
        WHEN 'r' THEN ' FOR SELECT' WHEN 'a' THEN ' FOR INSERT' WHEN 'w' THEN ' FOR UPDATE' WHEN 'd' THEN ' FOR DELETE'
        ELSE '' END
    || coalesce(' TO ' || (
        SELECT string_agg(quote_ident(u.rolname), ', ' ORDER BY u.rolname)
        FROM pg_roles u WHERE u.oid = ANY (p.polroles) AND NOT 0::oid = ANY (p.polroles)), '')
    || coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
    || coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', ''),
    obj_description(p.oid, 'pg_policy')
FROM relations r
JOIN pg_policy p ON p.polrelid = r.oid
ORDER BY kind, schema NULLS FIRST, table_name, name
