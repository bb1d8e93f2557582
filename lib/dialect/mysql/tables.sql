-- Base tables, with what stands behind CREATE TABLE's column list. TABLE_TYPE is 'SYSTEM VERSIONED' for MariaDB's
-- versioned tables; temporary tables (MariaDB 11.2 and later lists them) have another one.
SELECT
    t.table_name AS name,
    t.table_type AS type,
    t.engine AS engine,
    t.table_collation AS collation,
    t.create_options AS create_options,
    t.table_comment AS comment
FROM information_schema.tables t
WHERE t.table_schema = database() AND t.table_type IN ('BASE TABLE', 'SYSTEM VERSIONED');
