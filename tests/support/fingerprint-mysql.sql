-- What a database of MySQL or MariaDB is beside SHOW CREATE, one row per fact; the tool's own tables left out.
SELECT 'column', table_name, column_name, ifnull(column_default, 'NULL'), is_nullable, column_type, ifnull(collation_name, '-'), extra, column_comment, ifnull(generation_expression, '-')
FROM information_schema.columns WHERE table_schema = database() AND table_name NOT LIKE 'migrate\_%'
UNION ALL SELECT 'key', table_name, index_name, non_unique, seq_in_index, ifnull(column_name, '-'), concat_ws(' ', collation, sub_part, nullable, index_type), index_comment, comment, ''
FROM information_schema.statistics WHERE table_schema = database() AND table_name NOT LIKE 'migrate\_%'
UNION ALL SELECT 'table', table_name, table_type, ifnull(engine, '-'), ifnull(table_collation, '-'), trim(replace(create_options, 'page_checksum=1', '')), if(table_type = 'VIEW', '', table_comment), '', '', ''
FROM information_schema.tables WHERE table_schema = database() AND table_name NOT LIKE 'migrate\_%'
UNION ALL SELECT 'reference', constraint_name, table_name, referenced_table_name, update_rule, delete_rule, '', '', '', ''
FROM information_schema.referential_constraints WHERE constraint_schema = database()
