-- The schema that is reported without a name: the given one, else the first of the search path. No row: there is none.
SELECT nspname
FROM pg_catalog.pg_namespace
WHERE oid = CASE
    WHEN $2::text = 'pg_temp' THEN pg_my_temp_schema()
    ELSE to_regnamespace(quote_ident(coalesce($2::text, current_schema()::text)))::oid
END
    AND ($1::text[] IS NULL OR $1::text[] IS NOT NULL);
