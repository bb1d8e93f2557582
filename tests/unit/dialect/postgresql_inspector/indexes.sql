CREATE EXTENSION pg_trgm;
CREATE EXTENSION citext;
CREATE SCHEMA ext;
CREATE EXTENSION btree_gin SCHEMA ext;
CREATE EXTENSION intarray SCHEMA ext;
CREATE TABLE t (
    dropped integer,
    a integer,
    b text,
    c text COLLATE "C",
    d jsonb,
    e tsvector,
    f citext,
    g date,
    h varchar(20),
    i integer[],
    "J j" integer,
    k name
);
ALTER TABLE t DROP COLUMN dropped;
CREATE UNIQUE INDEX i01 ON t (a DESC, b COLLATE "C" NULLS FIRST, c DESC NULLS LAST, h) INCLUDE (g, "J j")
WITH (fillfactor = 60) WHERE (a > 0 AND b IS NOT NULL);
CREATE INDEX i02 ON t (lower(b), (a + 1), lower(c), lower(b) COLLATE "C", (b COLLATE "POSIX"), (h::text) DESC);
CREATE INDEX i03 ON t USING gin (d jsonb_path_ops, "J j");
COMMENT ON INDEX i03 IS 'third';
CREATE INDEX i04 ON t USING gist (b gist_trgm_ops (siglen = 32), e tsvector_ops (siglen = 100), e);
CREATE INDEX i05 ON t (b text_pattern_ops, h varchar_pattern_ops, h, k, f);
CREATE INDEX i06 ON t USING brin (g date_minmax_multi_ops (values_per_range = 16), a) WITH (pages_per_range = 32);
CREATE INDEX i07 ON t USING hash (f);
CREATE UNIQUE INDEX i08 ON t (a) NULLS NOT DISTINCT;
CREATE INDEX i09 ON t USING spgist (b);
CREATE INDEX i10 ON t USING gin (i ext.gin__int_ops);
CREATE INDEX i11 ON t ((a IS NULL), (ROW(a, b) IS NULL), coalesce(b, ')'));
CREATE TABLE parts (a integer, b integer) PARTITION BY LIST (a);
CREATE TABLE part_1 PARTITION OF parts FOR VALUES IN (1);
CREATE INDEX parts_a ON parts (a);
CREATE INDEX parts_b ON ONLY parts (b);
CREATE INDEX part_1_b ON part_1 (b);
CREATE UNIQUE INDEX behind ON t (c);
ALTER TABLE t ADD CONSTRAINT uq UNIQUE USING INDEX behind;
