-- Domains, composite types and range types. Array, row and multirange types come with what they belong to.
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
), types AS (
    SELECT t.*, s.name AS schema, s.prefix || quote_ident(t.typname) AS full_name
    FROM pg_type t
    JOIN spaces s ON s.oid = t.typnamespace
    LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE (t.typtype IN ('d', 'r') OR c.relkind = 'c')
        AND NOT EXISTS (
            SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
), collations AS (
    SELECT c.oid,
        CASE WHEN pg_collation_is_visible(c.oid) THEN '' ELSE quote_ident(n.nspname) || '.' END
        || quote_ident(c.collname) AS name
    FROM pg_collation c
    JOIN pg_namespace n ON n.oid = c.collnamespace
), constraints AS (
    SELECT c.contypid,
        string_agg(' CONSTRAINT ' || quote_ident(c.conname) || ' ' || pg_get_constraintdef(c.oid), '' ORDER BY c.conname)
            FILTER (WHERE c.convalidated) AS valid,
        string_agg(E';\nALTER DOMAIN ' || t.full_name || ' ADD CONSTRAINT ' || quote_ident(c.conname) || ' '
            || pg_get_constraintdef(c.oid), '' ORDER BY c.conname) FILTER (WHERE NOT c.convalidated) AS not_valid,
        string_agg(E';\nCOMMENT ON CONSTRAINT ' || quote_ident(c.conname) || ' ON DOMAIN ' || t.full_name || ' IS '
            || quote_literal(o.description), '' ORDER BY c.conname) AS comments
    FROM pg_constraint c
    JOIN types t ON t.oid = c.contypid
    LEFT JOIN pg_description o ON o.classoid = 'pg_constraint'::regclass AND o.objoid = c.oid AND o.objsubid = 0
    WHERE c.contype = 'c'
    GROUP BY c.contypid
), attributes AS (
    SELECT t.oid,
        string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
            || coalesce(' COLLATE ' || c.name, ''), ', ' ORDER BY a.attnum) AS list,
        string_agg(E';\nCOMMENT ON COLUMN ' || t.full_name || '.' || quote_ident(a.attname) || ' IS '
            || quote_literal(o.description), '' ORDER BY a.attnum) AS comments
    FROM types t
    JOIN pg_attribute a ON a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type y ON y.oid = a.atttypid
    LEFT JOIN collations c ON c.oid = a.attcollation AND a.attcollation <> y.typcollation
    LEFT JOIN pg_description o ON o.classoid = 'pg_class'::regclass AND o.objoid = a.attrelid AND o.objsubid = a.attnum
    WHERE t.typtype = 'c'
    GROUP BY t.oid
), ranges AS (
    SELECT t.oid,
        'SUBTYPE = ' || format_type(r.rngsubtype, NULL)
        || CASE WHEN o.opcdefault THEN '' ELSE ', SUBTYPE_OPCLASS = '
            || CASE WHEN pg_opclass_is_visible(o.oid) THEN '' ELSE quote_ident(n.nspname) || '.' END
            || quote_ident(o.opcname) END
        || coalesce(', COLLATION = ' || c.name, '')
        || CASE WHEN r.rngcanonical = 0 THEN '' ELSE ', CANONICAL = ' || r.rngcanonical::regproc END
        || CASE WHEN r.rngsubdiff = 0 THEN '' ELSE ', SUBTYPE_DIFF = ' || r.rngsubdiff::regproc END
        -- the server's own choice of the name: range becomes multirange, or _multirange is added
        || CASE
            WHEN m.typname IS NULL OR m.typname = CASE
                WHEN position('range' IN t.typname) > 0
                THEN overlay(t.typname::text PLACING 'multirange' FROM position('range' IN t.typname) FOR 5)
                ELSE t.typname || '_multirange' END
            THEN ''
            ELSE ', MULTIRANGE_TYPE_NAME = '
                || (SELECT s.prefix FROM spaces s WHERE s.oid = t.typnamespace) || quote_ident(m.typname)
        END AS list
    FROM types t
    JOIN pg_range r ON r.rngtypid = t.oid
    JOIN pg_type y ON y.oid = r.rngsubtype
    JOIN pg_opclass o ON o.oid = r.rngsubopc
    JOIN pg_namespace n ON n.oid = o.opcnamespace
    LEFT JOIN collations c ON c.oid = r.rngcollation AND r.rngcollation <> y.typcollation
    LEFT JOIN pg_type m ON m.oid = (to_jsonb(r) ->> 'rngmultitypid')::oid -- from 14
)
SELECT 'y' || t.oid AS key,
    CASE t.typtype WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range_type' ELSE 'composite_type' END AS kind,
    t.schema, t.typname::text AS name, NULL::text AS table_name,
    CASE t.typtype
        WHEN 'd' THEN 'CREATE DOMAIN ' || t.full_name || ' AS ' || format_type(t.typbasetype, t.typtypmod)
            || coalesce(' COLLATE ' || c.name, '')
            || coalesce(' DEFAULT ' || pg_get_expr(t.typdefaultbin, 0), '')
            || CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END
            || coalesce(k.valid, '') || coalesce(k.not_valid, '') || coalesce(k.comments, '')
        WHEN 'r' THEN 'CREATE TYPE ' || t.full_name || ' AS RANGE (' || r.list || ')'
        ELSE 'CREATE TYPE ' || t.full_name || ' AS (' || coalesce(a.list, '') || ')' || coalesce(a.comments, '')
    END AS definition,
    coalesce(obj_description(t.oid, 'pg_type'), obj_description(nullif(t.typrelid, 0), 'pg_class')) AS comment
FROM types t
LEFT JOIN pg_type b ON b.oid = t.typbasetype
LEFT JOIN collations c ON c.oid = t.typcollation AND t.typcollation <> b.typcollation
LEFT JOIN constraints k ON k.contypid = t.oid
LEFT JOIN attributes a ON a.oid = t.oid
LEFT JOIN ranges r ON r.oid = t.oid
ORDER BY kind, schema NULLS FIRST, name
