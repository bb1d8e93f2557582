CREATE SEQUENCE numbers;
CREATE TABLE kinds (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    yes BOOLEAN DEFAULT 1,
    tiny TINYINT(4),
    bits BIT(8) DEFAULT b'101',
    price DECIMAL(10, 2) DEFAULT 1.50,
    year_of YEAR,
    kind ENUM('a', 'b''c') DEFAULT 'b''c',
    letters SET('x', 'y'),
    packed VARCHAR(10) COMPRESSED,
    zeros INT(5) ZEROFILL,
    place POINT NOT NULL DEFAULT point(1, 2),
    earth POINT REF_SYSTEM_ID = 4326,
    here GEOMETRY,
    number INT NOT NULL COMMENT 'it''s\n "x"'
) COMMENT = 'all ''kinds''';
CREATE TABLE texts (
    a CHAR(3) CHARACTER SET latin1,
    b VARCHAR(20) COLLATE utf8mb4_bin,
    c NVARCHAR(10),
    d TEXT,
    e VARCHAR(10) CHARACTER SET utf8mb4
) DEFAULT CHARACTER SET latin1;
CREATE TABLE json (
    a JSON,
    b LONGTEXT CHECK (json_valid(b)),
    c JSON NOT NULL DEFAULT '{}',
    d LONGTEXT COLLATE utf8mb4_bin,
    e JSON CHECK (json_valid(e) AND e <> '1')
);
CREATE TABLE defaults (
    a INT DEFAULT NULL,
    b VARCHAR(10) DEFAULT 'NULL',
    c VARCHAR(10) DEFAULT '',
    d VARCHAR(20) DEFAULT 'a''b\\c\né',
    e INT DEFAULT (1 + 2),
    f TEXT DEFAULT (concat('a', 'b')),
    g INT DEFAULT -5,
    h BIGINT DEFAULT 0x41,
    i VARCHAR(20) DEFAULT _latin1'abc',
    j UUID DEFAULT uuid(),
    k INT DEFAULT (NEXT VALUE FOR numbers),
    l DATE DEFAULT '2020-01-01',
    m INT NOT NULL
);
CREATE TABLE times (
    a TIMESTAMP,
    b TIMESTAMP NULL,
    c TIMESTAMP NOT NULL DEFAULT '2020-01-01 00:00:00',
    d DATETIME DEFAULT now() ON UPDATE localtimestamp,
    e DATETIME(6) DEFAULT current_timestamp(6) ON UPDATE current_timestamp(6),
    f TIME(3)
);
CREATE TABLE generated (
    a INT,
    b INT AS (a + 1) VIRTUAL,
    c VARCHAR(50) AS (concat(a, '''', "d\\e")) STORED,
    d INT INVISIBLE DEFAULT 3,
    e INT AS (a * 2) VIRTUAL INVISIBLE
);
