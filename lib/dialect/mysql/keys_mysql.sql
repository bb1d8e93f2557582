-- Keys of all kinds, a row for each of their parts, in order (MySQL 8.0 manual, "The INFORMATION_SCHEMA STATISTICS
-- Table").
SELECT
    s.table_name AS table_name,
    s.index_name AS name,
    s.non_unique AS non_unique,
    s.index_type AS type,
    s.index_comment AS comment,
    s.is_visible = 'NO' AS invisible,
    s.column_name AS column_name,
    s.collation AS collation,
    s.sub_part AS sub_part,
    s.expression AS expression
FROM information_schema.statistics s
WHERE s.table_schema = database()
ORDER BY s.table_name, s.index_name, s.seq_in_index;
