-- The spatial reference systems of columns, in the columns' order: MariaDB leaves F_GEOMETRY_COLUMN empty.
SELECT
    g.f_table_name AS table_name,
    g.srid AS srid
FROM information_schema.geometry_columns g
WHERE g.f_table_schema = database();
