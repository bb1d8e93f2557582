-- What is there beside the kinds of objects that are modelled, and what of these is not looked at: see
-- dialect_read_not_modelled() for the columns. What belongs to an extension is none of ours; objects that initdb makes
-- have numbers below 16384.
WITH home AS (
    SELECT CASE
            WHEN $2::text IS NULL THEN current_schema()::text
            WHEN $2 = 'pg_temp' THEN (SELECT nspname::text FROM pg_namespace WHERE oid = pg_my_temp_schema())
            ELSE $2
        END AS name
), members AS (
    SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
), spaces AS (
    SELECT n.oid, n.nspname::text AS full_name, nullif(n.nspname::text, home.name) AS name,
        CASE WHEN n.nspname::text = home.name THEN '' ELSE quote_ident(n.nspname) || '.' END AS prefix
    FROM pg_namespace n
    CROSS JOIN home
    WHERE n.nspname::text = ANY (coalesce($1::text[], ARRAY[home.name]))
        OR (n.oid = pg_my_temp_schema() AND 'pg_temp' = ANY ($1::text[]))
), base AS (
    SELECT oid, datname, datdba, datacl FROM pg_database WHERE datname = current_database()
), relations AS (
    SELECT c.*, s.name AS schema, s.prefix || quote_ident(c.relname) AS full_name
    FROM pg_class c
    JOIN spaces s ON s.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        AND NOT EXISTS (SELECT FROM members m WHERE m.classid = 'pg_class'::regclass AND m.objid = c.oid)
), routines AS (
    SELECT p.oid, p.proowner, p.proacl,
        s.prefix || quote_ident(p.proname) || '(' || oidvectortypes(p.proargtypes) || ')' AS full_name
    FROM pg_proc p
    JOIN spaces s ON s.oid = p.pronamespace
), types AS (
    SELECT t.oid, t.typowner, t.typacl, s.prefix || quote_ident(t.typname) AS full_name
    FROM pg_type t
    JOIN spaces s ON s.oid = t.typnamespace
    LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE t.typtype IN ('d', 'e', 'r') OR c.relkind = 'c'
), owned AS (
    SELECT 'pg_class'::regclass::oid AS classid, r.oid, r.full_name, r.relname::text AS table_name, r.relowner AS owner,
        r.relacl AS acl, acldefault(CASE r.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", r.relowner) AS usual
    FROM relations r
    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid, p.full_name, NULL, p.proowner, p.proacl, acldefault('f', p.proowner)
    FROM routines p
    UNION ALL
    SELECT 'pg_type'::regclass, t.oid, t.full_name, NULL, t.typowner, t.typacl, acldefault('T', t.typowner)
    FROM types t
    UNION ALL
    SELECT 'pg_namespace'::regclass, n.oid, quote_ident(n.nspname), NULL,
        CASE WHEN pg_get_userbyid(n.nspowner) = 'pg_database_owner' THEN b.datdba ELSE n.nspowner END, n.nspacl,
        acldefault('n', n.nspowner)
    FROM pg_namespace n
    JOIN spaces s ON s.oid = n.oid
    CROSS JOIN base b
    UNION ALL
    SELECT 'pg_database'::regclass, b.oid, quote_ident(b.datname), NULL, b.datdba, b.datacl, acldefault('d', b.datdba)
    FROM base b
), found (classid, objid, subject, text, table_name, kind, schema, name) AS (
    -- objects of the whole database
    SELECT 'pg_foreign_data_wrapper'::regclass::oid, w.oid, quote_ident(w.fdwname), 'foreign-data wrapper', NULL, NULL,
        NULL, NULL
    FROM pg_foreign_data_wrapper w
    UNION ALL
    SELECT 'pg_foreign_server'::regclass, s.oid, quote_ident(s.srvname), 'foreign server', NULL, NULL, NULL, NULL
    FROM pg_foreign_server s
    UNION ALL
    SELECT 0, 0, quote_ident(m.srvname), 'user mapping for ' || coalesce(quote_ident(m.usename), '?'), NULL, NULL, NULL,
        NULL
    FROM pg_user_mappings m
    UNION ALL
    SELECT 'pg_publication'::regclass, p.oid, quote_ident(p.pubname), 'publication', NULL, 'publication', NULL,
        p.pubname::text
    FROM pg_publication p
    UNION ALL
    SELECT 'pg_subscription'::regclass, s.oid, quote_ident(s.subname), 'subscription', NULL, NULL, NULL, NULL
    FROM pg_subscription s
    JOIN base b ON b.oid = s.subdbid
    UNION ALL
    SELECT 'pg_event_trigger'::regclass, t.oid, quote_ident(t.evtname), 'event trigger', NULL, 'event_trigger', NULL,
        t.evtname::text
    FROM pg_event_trigger t
    UNION ALL
    SELECT 'pg_cast'::regclass, c.oid,
        '(' || format_type(c.castsource, NULL) || ' AS ' || format_type(c.casttarget, NULL) || ')', 'cast', NULL, NULL,
        NULL, NULL
    FROM pg_cast c
    WHERE c.oid >= 16384
    UNION ALL
    SELECT 'pg_language'::regclass, l.oid, quote_ident(l.lanname), 'language', NULL, NULL, NULL, NULL
    FROM pg_language l
    WHERE l.oid >= 16384
    UNION ALL
    SELECT 'pg_transform'::regclass, t.oid,
        'FOR ' || format_type(t.trftype, NULL) || ' LANGUAGE ' || quote_ident(l.lanname), 'transform', NULL, NULL, NULL,
        NULL
    FROM pg_transform t
    JOIN pg_language l ON l.oid = t.trflang
    UNION ALL
    SELECT 'pg_am'::regclass, a.oid, quote_ident(a.amname), 'access method', NULL, NULL, NULL, NULL
    FROM pg_am a
    WHERE a.oid >= 16384
    UNION ALL
    SELECT 0, 0, 'large objects', count(*)::text, NULL, NULL, NULL, NULL
    FROM pg_largeobject_metadata
    HAVING count(*) > 0
    UNION ALL
    SELECT 0, 0, 'role ' || quote_ident(pg_get_userbyid(d.defaclrole)),
        'default privileges on ' || CASE d.defaclobjtype
            WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types'
            WHEN 'n' THEN 'schemas' ELSE 'large objects' END
        || coalesce(' in schema ' || quote_ident(n.nspname), '') || ': ' || d.defaclacl::text, NULL, NULL, NULL, NULL
    FROM pg_default_acl d
    LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
    UNION ALL
    SELECT 0, 0, 'database ' || quote_ident(b.datname) || CASE
            WHEN s.setrole <> 0 THEN ', role ' || quote_ident(pg_get_userbyid(s.setrole)) ELSE '' END,
        'SET ' || setting, NULL, NULL, NULL, NULL
    FROM pg_db_role_setting s
    JOIN base b ON b.oid = s.setdatabase
    CROSS JOIN LATERAL unnest(s.setconfig) setting
    UNION ALL
    SELECT 0, 0, 'database ' || quote_ident(b.datname), 'comment', NULL, NULL, NULL, NULL
    FROM base b
    WHERE shobj_description(b.oid, 'pg_database') IS NOT NULL
    UNION ALL
    SELECT 0, 0, quote_ident(e.extname), 'version ' || e.extversion || ' of the extension (' || a.default_version
        || ' is what the server installs)', NULL, NULL, NULL, NULL
    FROM pg_extension e
    JOIN pg_available_extensions a ON a.name = e.extname
    WHERE a.default_version <> e.extversion
    UNION ALL
    SELECT 0, 0, coalesce(l.objname, l.objtype), 'security label of ' || l.provider, NULL, NULL, NULL, NULL
    FROM pg_seclabels l
    WHERE l.objtype NOT IN ('role', 'tablespace', 'database')
    -- objects of the schemas looked at
    UNION ALL
    SELECT 'pg_class'::regclass, r.oid, r.full_name, 'foreign table', r.relname::text, 'foreign_table', r.schema,
        r.relname::text
    FROM relations r
    WHERE r.relkind = 'f'
    UNION ALL
    SELECT 'pg_statistic_ext'::regclass, e.oid, s.prefix || quote_ident(e.stxname), 'extended statistics', NULL,
        'statistics', s.name, e.stxname::text
    FROM pg_statistic_ext e
    JOIN spaces s ON s.oid = e.stxnamespace
    UNION ALL
    SELECT 'pg_collation'::regclass, c.oid, s.prefix || quote_ident(c.collname), 'collation', NULL, 'collation', s.name,
        c.collname::text
    FROM pg_collation c
    JOIN spaces s ON s.oid = c.collnamespace
    UNION ALL
    SELECT 'pg_conversion'::regclass, c.oid, s.prefix || quote_ident(c.conname), 'conversion', NULL, NULL, NULL, NULL
    FROM pg_conversion c
    JOIN spaces s ON s.oid = c.connamespace
    UNION ALL
    SELECT 'pg_operator'::regclass, o.oid,
        s.prefix || o.oprname || ' (' || coalesce(format_type(nullif(o.oprleft, 0), NULL), 'NONE') || ', '
        || coalesce(format_type(nullif(o.oprright, 0), NULL), 'NONE') || ')', 'operator', NULL, NULL, NULL, NULL
    FROM pg_operator o
    JOIN spaces s ON s.oid = o.oprnamespace
    UNION ALL
    SELECT 'pg_opclass'::regclass, o.oid, s.prefix || quote_ident(o.opcname), 'operator class for ' || a.amname, NULL,
        NULL, NULL, NULL
    FROM pg_opclass o
    JOIN spaces s ON s.oid = o.opcnamespace
    JOIN pg_am a ON a.oid = o.opcmethod
    UNION ALL
    SELECT 'pg_opfamily'::regclass, o.oid, s.prefix || quote_ident(o.opfname), 'operator family for ' || a.amname, NULL,
        NULL, NULL, NULL
    FROM pg_opfamily o
    JOIN spaces s ON s.oid = o.opfnamespace
    JOIN pg_am a ON a.oid = o.opfmethod
    UNION ALL
    SELECT 'pg_ts_config'::regclass, c.oid, s.prefix || quote_ident(c.cfgname), 'text search configuration', NULL, NULL,
        NULL, NULL
    FROM pg_ts_config c
    JOIN spaces s ON s.oid = c.cfgnamespace
    UNION ALL
    SELECT 'pg_ts_dict'::regclass, d.oid, s.prefix || quote_ident(d.dictname), 'text search dictionary', NULL, NULL,
        NULL, NULL
    FROM pg_ts_dict d
    JOIN spaces s ON s.oid = d.dictnamespace
    UNION ALL
    SELECT 'pg_ts_parser'::regclass, p.oid, s.prefix || quote_ident(p.prsname), 'text search parser', NULL, NULL, NULL,
        NULL
    FROM pg_ts_parser p
    JOIN spaces s ON s.oid = p.prsnamespace
    UNION ALL
    SELECT 'pg_ts_template'::regclass, t.oid, s.prefix || quote_ident(t.tmplname), 'text search template', NULL, NULL,
        NULL, NULL
    FROM pg_ts_template t
    JOIN spaces s ON s.oid = t.tmplnamespace
    -- base types: all that is no array, row, enum, domain or range
    UNION ALL
    SELECT 'pg_type'::regclass, t.oid, s.prefix || quote_ident(t.typname), 'base type', NULL, NULL, NULL, NULL
    FROM pg_type t
    JOIN spaces s ON s.oid = t.typnamespace
    WHERE t.typtype = 'b' AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)
    -- properties of modelled objects
    UNION ALL
    SELECT o.classid, o.oid, o.full_name, 'owner ' || quote_ident(pg_get_userbyid(o.owner)), o.table_name, NULL, NULL,
        NULL
    FROM owned o
    CROSS JOIN base b
    WHERE o.owner <> b.datdba
    UNION ALL
    SELECT o.classid, o.oid, o.full_name, 'privileges ' || o.acl::text, o.table_name, NULL, NULL, NULL
    FROM owned o
    LEFT JOIN pg_init_privs i ON i.classoid = o.classid AND i.objoid = o.oid AND i.objsubid = 0
    WHERE o.acl IS NOT NULL AND o.acl <> o.usual AND o.acl IS DISTINCT FROM i.initprivs
    UNION ALL
    SELECT 'pg_class'::regclass, r.oid, r.full_name || '.' || quote_ident(a.attname), 'privileges ' || a.attacl::text,
        r.relname::text, NULL, NULL, NULL
    FROM relations r
    JOIN pg_attribute a ON a.attrelid = r.oid
    WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
    UNION ALL
    -- servers keep things of their own among the options
    SELECT 'pg_class'::regclass, r.oid, r.full_name || '.' || quote_ident(a.attname), 'SET ' || option,
        r.relname::text, NULL, NULL, NULL
    FROM relations r
    JOIN pg_attribute a ON a.attrelid = r.oid
    CROSS JOIN LATERAL unnest(a.attoptions) option
    WHERE starts_with(option, 'n_distinct') AND NOT a.attisdropped
    UNION ALL
    SELECT 'pg_class'::regclass, r.oid, r.full_name,
        'REPLICA IDENTITY ' || CASE r.relreplident
            WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING'
            ELSE 'USING INDEX ' || coalesce((
                SELECT quote_ident(c.relname) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                WHERE i.indrelid = r.oid AND i.indisreplident), '?') END, r.relname::text, NULL, NULL, NULL
    FROM relations r
    WHERE r.relkind IN ('r', 'p', 'm') AND r.relreplident <> 'd'
    UNION ALL
    SELECT 'pg_class'::regclass, r.oid, r.full_name, 'CLUSTER ON ' || quote_ident(c.relname), r.relname::text, NULL,
        NULL, NULL
    FROM relations r
    JOIN pg_index i ON i.indrelid = r.oid AND i.indisclustered
    JOIN pg_class c ON c.oid = i.indexrelid
    UNION ALL
    SELECT 'pg_class'::regclass, r.oid, quote_ident(c.relname),
        'statistics target ' || a.attstattarget || ' of column ' || a.attnum, r.relname::text, NULL, NULL, NULL
    FROM relations r
    JOIN pg_index i ON i.indrelid = r.oid
    JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attstattarget >= 0 AND a.attnum > 0
    UNION ALL
    SELECT 'pg_class'::regclass, r.oid, r.full_name,
        'triggers of foreign keys ' || CASE t.tgenabled
            WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END,
        r.relname::text, NULL, NULL, NULL
    FROM relations r
    JOIN (SELECT DISTINCT tgrelid, tgenabled FROM pg_trigger WHERE tgisinternal AND tgenabled <> 'O' AND tgconstraint <> 0)
        t ON t.tgrelid = r.oid
    UNION ALL
    SELECT 'pg_class'::regclass, r.oid, r.full_name, 'comment of the index of ' || quote_ident(k.conname),
        r.relname::text, NULL, NULL, NULL
    FROM relations r
    JOIN pg_constraint k ON k.conrelid = r.oid AND k.contype IN ('p', 'u', 'x')
    WHERE obj_description(k.conindid, 'pg_class') IS NOT NULL
    UNION ALL
    SELECT 'pg_class'::regclass, r.oid, r.full_name, 'comment of a serial or identity column''s sequence', NULL,
        'sequence', r.schema, r.relname::text
    FROM relations r
    WHERE r.relkind = 'S' AND obj_description(r.oid, 'pg_class') IS NOT NULL
        AND EXISTS (
            SELECT FROM pg_depend d
            WHERE d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
                AND d.deptype IN ('a', 'i'))
    -- schemas that nobody asked for
    UNION ALL
    SELECT 'pg_namespace'::regclass, n.oid, 'schema ' || quote_ident(n.nspname),
        (SELECT count(*) FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p')) || ' tables', NULL,
        'out of scope', NULL, NULL
    FROM pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND NOT EXISTS (SELECT FROM spaces s WHERE s.oid = n.oid)
        AND EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = n.oid)
)
SELECT f.subject, f.text, f.table_name, f.kind, f.schema, f.name
FROM found f
WHERE NOT EXISTS (SELECT FROM members m WHERE m.classid = f.classid AND m.objid = f.objid)
    AND (f.classid = 0 OR f.objid >= 16384 OR f.classid IN ('pg_namespace'::regclass, 'pg_database'::regclass))
ORDER BY f.subject, f.text;
