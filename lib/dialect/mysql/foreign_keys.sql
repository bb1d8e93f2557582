-- What happens when the referred row changes.
SELECT
    r.table_name AS table_name,
    r.constraint_name AS name,
    r.referenced_table_name AS referred_table,
    r.delete_rule AS delete_rule,
    r.update_rule AS update_rule
FROM information_schema.referential_constraints r
WHERE r.constraint_schema = database();
