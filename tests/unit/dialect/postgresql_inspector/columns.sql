CREATE SCHEMA other;
CREATE TYPE mood AS ENUM ('happy', 'it''s', 'a,"b"\c', 'NULL', 'half {');
ALTER TYPE mood ADD VALUE 'sad' BEFORE 'it''s';
COMMENT ON TYPE mood IS 'a mood';
CREATE TYPE "Odd ""name" AS ENUM ('y');
CREATE TYPE other.mood AS ENUM ('x');
CREATE DOMAIN amount AS numeric(10, 2) DEFAULT 0 CHECK (VALUE >= 0);
CREATE EXTENSION citext;
CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1';

CREATE TABLE types (
    dropped integer,
    a smallint,
    b integer NOT NULL,
    c bigint,
    d real,
    e double precision,
    f numeric,
    g numeric(10, 2),
    h boolean,
    i varchar(20),
    j text,
    k character(3),
    l "char",
    m bytea,
    n date,
    o time(3),
    p timestamptz,
    q timestamp(3),
    r interval day to second(3),
    s jsonb,
    t uuid,
    u bit varying(5),
    v int4range,
    w integer[][],
    x varchar(5)[],
    y mood,
    z mood[],
    aa other.mood,
    bb other.mood[],
    cc "Odd ""name",
    dd amount,
    ee amount[],
    ff citext,
    gg citext[],
    hh text COLLATE "C",
    ii varchar COLLATE "de-x-icu"
);
ALTER TABLE types DROP COLUMN dropped;

CREATE TABLE defaults (
    a integer DEFAULT 1 + 1,
    b varchar(20) NOT NULL DEFAULT 'pending',
    c timestamptz DEFAULT now(),
    d mood DEFAULT 'happy',
    e double precision DEFAULT '-1.5',
    f boolean DEFAULT true,
    g date DEFAULT '2026-01-31',
    h timestamptz DEFAULT '2026-01-31 00:00+01',
    i interval DEFAULT '1 day 2 hours',
    j bytea DEFAULT '\x00ff',
    k integer DEFAULT one(),
    l text DEFAULT 'it''s \ a',
    m text DEFAULT NULL,
    n integer GENERATED ALWAYS AS (a * (2 + 1)) STORED,
    o boolean GENERATED ALWAYS AS ((a > 1) AND (a < 5)) STORED
);
CREATE TABLE stored (a integer, b text, c text COMPRESSION lz4, d text COMPRESSION pglz, e numeric);
ALTER TABLE stored ALTER a SET STATISTICS 500, ALTER b SET STORAGE EXTERNAL, ALTER e SET STORAGE PLAIN;
COMMENT ON COLUMN stored.a IS 'line
two';
