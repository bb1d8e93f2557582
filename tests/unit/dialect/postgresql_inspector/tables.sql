CREATE UNLOGGED TABLE fast (a integer) WITH (fillfactor = 70);
COMMENT ON TABLE fast IS 'it''s "fast"';
CREATE TABLE stored (a text)
WITH (fillfactor = 70, autovacuum_analyze_scale_factor = 0.5, toast.autovacuum_enabled = false);
CREATE TABLE "Odd Name" ("a b" integer PRIMARY KEY, "select" text);
CREATE TABLE secured (a integer);
ALTER TABLE secured ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- Partitions have what is their own only.
CREATE TABLE events (id bigint, at timestamptz, kind text CHECK (kind <> ''), PRIMARY KEY (id, at))
PARTITION BY RANGE (at);
CREATE INDEX ix_events_kind ON events (kind);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01 00:00+00') TO ('2027-01-01 00:00+00')
WITH (fillfactor = 50);
CREATE INDEX own ON events_2026 (id, kind) INCLUDE (at);
CREATE TABLE events_rest PARTITION OF events DEFAULT;
CREATE TABLE events_2025 (
    id bigint NOT NULL,
    at timestamptz NOT NULL,
    kind text,
    CONSTRAINT ck_local CHECK (id > 0),
    CONSTRAINT events_kind_check CHECK (kind <> ''),
    CONSTRAINT pk_events_2025 PRIMARY KEY (id, at)
);
ALTER TABLE events ATTACH PARTITION events_2025 FOR VALUES FROM ('2025-01-01 00:00+00') TO ('2026-01-01 00:00+00');
CREATE TABLE refers (e bigint, at timestamptz, FOREIGN KEY (e, at) REFERENCES events);
CREATE TABLE list (a text, b integer) PARTITION BY LIST (lower(a));
CREATE TABLE list_x PARTITION OF list FOR VALUES IN ('x', 'y', NULL) PARTITION BY HASH (b);
CREATE TABLE list_x_0 PARTITION OF list_x FOR VALUES WITH (MODULUS 2, REMAINDER 0);

CREATE TABLE base (a integer CHECK (a > 0), b text DEFAULT 'b');
CREATE TABLE "Base 2" (b text, c integer);
CREATE TABLE child (c integer, d date) INHERITS (base, "Base 2");
CREATE TYPE pair AS (x integer, y text);
CREATE TABLE typed OF pair (PRIMARY KEY (x));

-- No tables of ours.
CREATE EXTENSION file_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE foreign_table (a integer) SERVER files OPTIONS (filename '/dev/null');
CREATE TABLE of_extension (id serial PRIMARY KEY);
CREATE TYPE enum_of_extension AS ENUM ('a');
ALTER EXTENSION file_fdw ADD TABLE of_extension;
ALTER EXTENSION file_fdw ADD SEQUENCE of_extension_id_seq;
ALTER EXTENSION file_fdw ADD TYPE enum_of_extension;
CREATE SCHEMA elsewhere;
CREATE TABLE elsewhere.fast (a integer);
CREATE TABLE ignored (id serial PRIMARY KEY, a integer UNIQUE);
