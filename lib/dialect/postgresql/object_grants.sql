-- What a CREATE does not give back: the owner, where it is not who asks, and privileges other than the default ones, as
-- the words before and behind the name in a statement.
WITH home AS (
    SELECT CASE
            WHEN $2::text IS NULL THEN current_schema()::text
            WHEN $2 = 'pg_temp' THEN (SELECT nspname::text FROM pg_namespace WHERE oid = pg_my_temp_schema())
            ELSE $2
        END AS name
), spaces AS (
    SELECT n.oid
    FROM pg_namespace n
    CROSS JOIN home
    WHERE n.nspname::text = ANY (coalesce($1::text[], ARRAY[home.name]))
        OR (n.oid = pg_my_temp_schema() AND 'pg_temp' = ANY ($1::text[]))
), things AS (
    SELECT 'c' || c.oid AS key, CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END AS words,
        'TABLE' AS class, c.relowner AS owner, c.relacl AS acl, acldefault('r', c.relowner) AS usual
    FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm')
    UNION ALL
    SELECT 'p' || p.oid, w.word, CASE w.word WHEN 'PROCEDURE' THEN w.word ELSE 'FUNCTION' END, p.proowner, p.proacl,
        acldefault('f', p.proowner)
    FROM pg_proc p JOIN spaces s ON s.oid = p.pronamespace
    CROSS JOIN LATERAL (
        SELECT CASE p.prokind WHEN 'p' THEN 'PROCEDURE' WHEN 'a' THEN 'AGGREGATE' ELSE 'FUNCTION' END AS word) w
    UNION ALL
    SELECT 'y' || t.oid, CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END,
        CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, t.typowner, t.typacl, acldefault('T', t.typowner)
    FROM pg_type t JOIN spaces s ON s.oid = t.typnamespace
    LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE t.typtype IN ('d', 'r') OR c.relkind = 'c'
), differences AS (
    SELECT t.key, t.class, e.grantee, e.privilege_type, e.is_grantable, TRUE AS given
    FROM things t, aclexplode(t.acl) e
    WHERE NOT EXISTS (
        SELECT FROM aclexplode(t.usual) u WHERE u.grantee = e.grantee AND u.privilege_type = e.privilege_type)
    UNION ALL
    SELECT t.key, t.class, u.grantee, u.privilege_type, FALSE, FALSE
    FROM things t, aclexplode(t.usual) u
    WHERE t.acl IS NOT NULL AND NOT EXISTS (
        SELECT FROM aclexplode(t.acl) e WHERE e.grantee = u.grantee AND e.privilege_type = u.privilege_type)
), roles AS (
    SELECT r.oid, quote_ident(r.rolname) AS name FROM pg_roles r
    UNION ALL SELECT 0, 'PUBLIC'
)
SELECT t.key, 1 AS position, 'ALTER ' || t.words AS before, 'OWNER TO ' || r.name AS behind
FROM things t JOIN roles r ON r.oid = t.owner
WHERE t.owner <> (SELECT u.oid FROM pg_roles u WHERE u.rolname = current_user)
UNION ALL
SELECT d.key, CASE WHEN d.given THEN 3 ELSE 2 END,
    CASE WHEN d.given THEN 'GRANT ' ELSE 'REVOKE ' END || string_agg(d.privilege_type, ', ' ORDER BY d.privilege_type)
    || ' ON ' || d.class,
    CASE WHEN d.given THEN 'TO ' ELSE 'FROM ' END || r.name || CASE WHEN d.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
FROM differences d JOIN roles r ON r.oid = d.grantee
GROUP BY d.key, d.class, d.given, d.is_grantable, r.name
UNION ALL
SELECT 'c' || c.oid, 4, 'GRANT ' || e.privilege_type || ' (' || quote_ident(a.attname) || ') ON TABLE',
    'TO ' || r.name || CASE WHEN e.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
FROM pg_class c
JOIN spaces s ON s.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attacl IS NOT NULL AND a.attnum > 0 AND NOT a.attisdropped
CROSS JOIN LATERAL aclexplode(a.attacl) e
JOIN roles r ON r.oid = e.grantee
WHERE c.relkind IN ('r', 'p', 'v', 'm')
ORDER BY key, position, before, behind
