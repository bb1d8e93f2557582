-- What is there beside tables, views, triggers, routines, events and sequences, and what of these is not looked at: see
-- dialect_read_not_modelled() for the columns. MariaDB's own things (not_modelled_mariadb.sql) and the end of the
-- statement are added behind it.
SELECT subject, text, table_name, NULL AS kind, NULL AS object_schema, NULL AS name
FROM (
    SELECT v.table_name AS subject, concat('DEFINER=', v.definer) AS text, NULL AS table_name
    FROM information_schema.views v
    WHERE v.table_schema = database() AND v.definer <> current_user()
    UNION ALL
    SELECT t.trigger_name, concat('DEFINER=', t.definer), t.event_object_table
    FROM information_schema.triggers t
    WHERE t.trigger_schema = database() AND t.definer <> current_user()
    UNION ALL
    SELECT r.routine_name, concat('DEFINER=', r.definer), NULL
    FROM information_schema.routines r
    WHERE r.routine_schema = database() AND r.routine_type IN ('FUNCTION', 'PROCEDURE')
        AND r.definer <> current_user()
    UNION ALL
    SELECT e.event_name, concat('DEFINER=', e.definer), NULL
    FROM information_schema.events e
    WHERE e.event_schema = database() AND e.definer <> current_user()
    UNION ALL
    SELECT p.table_schema,
        concat('privileges of ', p.grantee, ': ', group_concat(p.privilege_type ORDER BY p.privilege_type SEPARATOR ', ')),
        NULL
    FROM information_schema.schema_privileges p
    WHERE p.table_schema = database()
    GROUP BY p.table_schema, p.grantee
    UNION ALL
    SELECT p.table_name,
        concat('privileges of ', p.grantee, ': ', group_concat(p.privilege_type ORDER BY p.privilege_type SEPARATOR ', ')),
        p.table_name
    FROM information_schema.table_privileges p
    WHERE p.table_schema = database()
    GROUP BY p.table_name, p.grantee
    UNION ALL
    SELECT concat(p.table_name, '.', p.column_name),
        concat('privileges of ', p.grantee, ': ', group_concat(p.privilege_type ORDER BY p.privilege_type SEPARATOR ', ')),
        p.table_name
    FROM information_schema.column_privileges p
    WHERE p.table_schema = database()
    GROUP BY p.table_name, p.column_name, p.grantee
    UNION ALL
    SELECT t.table_name,
        CASE t.engine WHEN 'MRG_MyISAM' THEN 'UNION' ELSE concat('what its engine ', t.engine, ' keeps elsewhere') END,
        t.table_name
    FROM information_schema.tables t
    WHERE t.table_schema = database() AND t.table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')
        AND t.engine NOT IN ('InnoDB', 'MyISAM', 'MEMORY', 'Aria', 'CSV', 'ARCHIVE', 'BLACKHOLE', 'ROCKSDB', 'ndbcluster')
