-- What a database of MySQL or MariaDB is beside SHOW CREATE, one row per fact; the tool's own tables left out.
SELECT 'column', table_name, column_name, ifnull(column_default, 'NULL'), is_nullable, column_type, ifnull(collation_name, '-'), extra, column_comment, ifnull(generation_expression, '-')
FROM information_schema.columns WHERE table_schema = database() AND table_name NOT LIKE 'migrate\_%'
UNION ALL SELECT 'key', table_name, index_name, non_unique, seq_in_index, ifnull(column_name, '-'), concat_ws(' ', collation, sub_part, nullable, index_type), index_comment, comment, ''
FROM information_schema.statistics WHERE table_schema = database() AND table_name NOT LIKE 'migrate\_%'
UNION ALL SELECT 'table', table_name, table_type, ifnull(engine, '-'), ifnull(table_collation, '-'), trim(replace(create_options, 'page_checksum=1', '')), if(table_type = 'VIEW', '', table_comment), '', '', ''
FROM information_schema.tables WHERE table_schema = database() AND table_name NOT LIKE 'migrate\_%'
UNION ALL SELECT 'reference', constraint_name, table_name, referenced_table_name, replace(update_rule, 'NO ACTION', 'RESTRICT'), replace(delete_rule, 'NO ACTION', 'RESTRICT'), '', '', '', ''
FROM information_schema.referential_constraints WHERE constraint_schema = database()
UNION ALL SELECT 'parameter', routine_type, specific_name, ordinal_position, ifnull(parameter_mode, '-'), ifnull(parameter_name, '-'), dtd_identifier, ifnull(character_set_name, '-'), ifnull(collation_name, '-'), ''
FROM information_schema.parameters WHERE specific_schema = database()
UNION ALL SELECT 'trigger', event_object_table, trigger_name, action_timing, event_manipulation, action_order, '', '', '', ''
FROM information_schema.triggers WHERE trigger_schema = database()
