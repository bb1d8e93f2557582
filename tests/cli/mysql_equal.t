#!/usr/bin/env bash
# What means the same is no difference, on MariaDB: each line says one thing as the client does and as a model does. A
# database is made by hand and another one from the model; both are checked against the model and against each other.
# What does not mean the same is a difference, and a change of one attribute is one ALTER TABLE of one line.
. "$(dirname "$0")/../support/tap.sh"
. "$ROOT/tests/support/mysql-tap.sh"

# column | a column's definition by hand | the model's column
# table | what stands behind its name by hand | the model's table
# object | CREATE … by hand | the model's object
# Every line has a table (or object) of its own, whose name is @.
pairs() {
    cat <<'PAIRS'
column | INT(11) | {"type": "Integer"}
column | INTEGER(5) UNSIGNED | {"type": "INT(10) UNSIGNED"}
column | INT(10) UNSIGNED | {"type": "INTEGER UNSIGNED"}
column | INT4 | {"type": "INT(7)"}
column | BIGINT(20) | {"type": "BigInteger"}
column | INT8 | {"type": "BIGINT(3)"}
column | SMALLINT(6) | {"type": "SmallInteger"}
column | MIDDLEINT | {"type": "MEDIUMINT(9)"}
column | INT1 | {"type": "TINYINT"}
column | TINYINT(4) | {"type": "TINYINT(3)"}
column | BOOL | {"type": "Boolean"}
column | TINYINT(2) | {"type": "Boolean"}
column | BOOLEAN NOT NULL DEFAULT FALSE | {"type": "TINYINT(1)", "nullable": false, "server_default": "0"}
column | TINYINT(1) DEFAULT '1' | {"type": "BOOL", "server_default": "true"}
column | BOOL DEFAULT 1 | {"type": "Boolean", "server_default": "TRUE"}
column | NUMERIC(10,2) | {"type": "DECIMAL(10,2)"}
column | DEC(8) | {"type": "Numeric(8)"}
column | FIXED(8,3) | {"type": "NUMERIC(8, 3)"}
column | DECIMAL | {"type": "DECIMAL(10,0)"}
column | NUMERIC | {"type": "Numeric"}
column | REAL | {"type": "Double"}
column | DOUBLE PRECISION | {"type": "FLOAT8"}
column | FLOAT4 | {"type": "FLOAT"}
column | CHARACTER VARYING(20) | {"type": "String(20)"}
column | CHAR VARYING (20) | {"type": "VARCHAR(20)"}
column | CHARACTER(3) | {"type": "CHAR(3)"}
column | CHAR | {"type": "CHAR(1)"}
column | NATIONAL VARCHAR(20) | {"type": "NVARCHAR(20)"}
column | NCHAR(3) | {"type": "NATIONAL CHARACTER(3)"}
column | BINARY | {"type": "BINARY(1)"}
column | BIT | {"type": "BIT(1)"}
column | TEXT(60) | {"type": "TINYTEXT"}
column | TINYTEXT | {"type": "TEXT(60)"}
column | LONG VARCHAR | {"type": "MEDIUMTEXT"}
column | BLOB(300) | {"type": "BLOB"}
column | YEAR | {"type": "YEAR(4)"}
column | DATETIME(0) | {"type": "DateTime"}
column | ENUM("a","b") | {"type": "Enum('a', 'b')"}
column | SET('a','b') | {"type": "SET(\"a\", \"b\")"}
column | enum('it''s','a,b') | {"type": "ENUM('it''s', 'a,b')"}
column | INT(5) UNSIGNED ZEROFILL | {"type": "INT(5) ZEROFILL"}
column | INT DEFAULT NULL | {"type": "Integer"}
column | INT NULL | {"type": "Integer", "server_default": "NULL"}
column | INT NULL DEFAULT NULL | {"type": "Integer", "server_default": "(null)"}
column | VARCHAR(20) DEFAULT NULL | {"type": "String(20)", "server_default": "null"}
column | TEXT DEFAULT NULL | {"type": "Text"}
column | DATETIME DEFAULT now() | {"type": "DateTime", "server_default": "CURRENT_TIMESTAMP"}
column | DATETIME DEFAULT CURRENT_TIMESTAMP | {"type": "DateTime", "server_default": "now()"}
column | DATETIME DEFAULT current_timestamp() | {"type": "DATETIME", "server_default": "localtime"}
column | DATETIME DEFAULT localtime | {"type": "DATETIME", "server_default": "LOCALTIMESTAMP()"}
column | DATETIME DEFAULT localtimestamp() | {"type": "DATETIME", "server_default": "(NOW())"}
column | DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6) | {"type": "DATETIME(6)", "server_default": "now(6)"}
column | DATETIME(3) DEFAULT now(3) ON UPDATE localtime(3) | {"type": "DATETIME(3)", "server_default": "CURRENT_TIMESTAMP(3)", "options": {"mysql": {"on_update": "NOW(3)"}}}
column | DATETIME(3) DEFAULT now() | {"type": "DATETIME(3)", "server_default": "now(3)"}
column | DATETIME(6) DEFAULT now(3) | {"type": "DATETIME(6)", "server_default": "CURRENT_TIMESTAMP(3)"}
column | DATETIME(6) DEFAULT now(6) ON UPDATE now(6) | {"type": "DATETIME(6)", "server_default": "CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)"}
column | DATETIME ON UPDATE now() | {"type": "DATETIME", "options": {"mysql": {"on_update": "current_timestamp()"}}}
column | DATETIME ON UPDATE CURRENT_TIMESTAMP | {"type": "DATETIME", "server_default": "NULL ON UPDATE localtimestamp"}
column | DATETIME DEFAULT 0 ON UPDATE now() | {"type": "DATETIME", "server_default": "'0000-00-00 00:00:00' ON UPDATE now()"}
column | TIMESTAMP NOT NULL DEFAULT now() ON UPDATE now() | {"type": "TIMESTAMP", "nullable": false, "server_default": "CURRENT_TIMESTAMP", "options": {"mysql": {"on_update": "CURRENT_TIMESTAMP"}}}
column | TIMESTAMP NULL | {"type": "TIMESTAMP"}
column | TIMESTAMP NULL DEFAULT NULL | {"type": "TIMESTAMP", "nullable": true, "server_default": "NULL"}
column | TIMESTAMP NOT NULL DEFAULT '2020-01-01 00:00:00' | {"type": "TIMESTAMP", "nullable": false, "server_default": "'2020-01-01'"}
column | TIMESTAMP NULL DEFAULT now() | {"type": "TIMESTAMP", "server_default": "now()"}
column | INT DEFAULT '0' | {"type": "Integer", "server_default": "0"}
column | INT DEFAULT 0 | {"type": "Integer", "server_default": "'0'"}
column | INT NOT NULL DEFAULT -1 | {"type": "Integer", "nullable": false, "server_default": "'-1'"}
column | INT DEFAULT +7 | {"type": "Integer", "server_default": "07"}
column | INT DEFAULT (7) | {"type": "Integer", "server_default": "7"}
column | INT DEFAULT 1.0 | {"type": "Integer", "server_default": "1"}
column | VARCHAR(20) DEFAULT 0 | {"type": "String(20)", "server_default": "'0'"}
column | VARCHAR(20) DEFAULT "x" | {"type": "String(20)", "server_default": "'x'"}
column | VARCHAR(20) DEFAULT 'x' | {"type": "String(20)", "server_default": "\"x\""}
column | VARCHAR(20) DEFAULT 'it''s' | {"type": "String(20)", "server_default": "'it\\'s'"}
column | VARCHAR(20) DEFAULT 'a\\b' | {"type": "String(20)", "server_default": "\"a\\\\b\""}
column | VARCHAR(20) DEFAULT ('x') | {"type": "String(20)", "server_default": "'x'"}
column | VARCHAR(20) DEFAULT _utf8mb4'x' | {"type": "String(20)", "server_default": "'x'"}
column | VARCHAR(20) DEFAULT true | {"type": "String(20)", "server_default": "1"}
column | VARCHAR(20) DEFAULT x'6162' | {"type": "String(20)", "server_default": "'ab'"}
column | VARCHAR(20) DEFAULT 'a' 'b' | {"type": "String(20)", "server_default": "'ab'"}
column | DECIMAL(8,2) DEFAULT '1.5' | {"type": "Numeric(8, 2)", "server_default": "1.50"}
column | DECIMAL(8,2) DEFAULT 1.5 | {"type": "Numeric(8, 2)", "server_default": "'1.5'"}
column | DECIMAL(8,2) DEFAULT 0 | {"type": "Numeric(8, 2)", "server_default": "'0.00'"}
column | DECIMAL(8,2) DEFAULT 1.555 | {"type": "Numeric(8, 2)", "server_default": "1.56"}
column | DECIMAL(8,2) DEFAULT .5 | {"type": "Numeric(8, 2)", "server_default": "0.5"}
column | DECIMAL(8,2) DEFAULT -0.5 | {"type": "Numeric(8, 2)", "server_default": "'-.5'"}
column | DECIMAL(8,2) DEFAULT 1e2 | {"type": "Numeric(8, 2)", "server_default": "100"}
column | DECIMAL(8,2) DEFAULT '007' | {"type": "Numeric(8, 2)", "server_default": "7"}
column | DOUBLE DEFAULT 1.50 | {"type": "Double", "server_default": "1.5"}
column | DOUBLE DEFAULT 0.0 | {"type": "Double", "server_default": "'0'"}
column | DOUBLE DEFAULT 1e3 | {"type": "Double", "server_default": "1000"}
column | FLOAT DEFAULT '0.10' | {"type": "FLOAT", "server_default": "0.1"}
column | FLOAT(7,3) DEFAULT 1.5 | {"type": "FLOAT(7,3)", "server_default": "1.500"}
column | DOUBLE(7,3) DEFAULT 1.5 | {"type": "DOUBLE(7,3)", "server_default": "'1.5'"}
column | DATE DEFAULT '2020-1-2' | {"type": "Date", "server_default": "'2020-01-02'"}
column | DATE DEFAULT DATE '2020-01-02' | {"type": "Date", "server_default": "'2020-01-02'"}
column | DATE DEFAULT 20200102 | {"type": "Date", "server_default": "'2020-01-02'"}
column | DATETIME DEFAULT '2020-01-02' | {"type": "DateTime", "server_default": "'2020-01-02 00:00:00'"}
column | DATETIME(3) DEFAULT '2020-01-02 03:04:05' | {"type": "DATETIME(3)", "server_default": "'2020-01-02 03:04:05.000'"}
column | DATETIME DEFAULT TIMESTAMP '2020-01-02 03:04:05' | {"type": "DateTime", "server_default": "'2020-01-02T03:04:05'"}
column | TIME DEFAULT '1:2:3' | {"type": "Time", "server_default": "'01:02:03'"}
column | TIME DEFAULT TIME '10:00:00' | {"type": "Time", "server_default": "'10:00'"}
column | YEAR DEFAULT 2020 | {"type": "YEAR", "server_default": "'2020'"}
column | YEAR DEFAULT '20' | {"type": "YEAR", "server_default": "2020"}
column | BIT(4) DEFAULT b'101' | {"type": "BIT(4)", "server_default": "B'0101'"}
column | BIT(4) DEFAULT 5 | {"type": "BIT(4)", "server_default": "b'101'"}
column | BIT(8) DEFAULT 0x05 | {"type": "BIT(8)", "server_default": "X'05'"}
column | BIT DEFAULT 1 | {"type": "BIT(1)", "server_default": "b'1'"}
column | BIT DEFAULT true | {"type": "BIT(1)", "server_default": "1"}
column | INT DEFAULT 0x10 | {"type": "Integer", "server_default": "16"}
column | INT DEFAULT b'101' | {"type": "Integer", "server_default": "5"}
column | BINARY(2) DEFAULT x'4142' | {"type": "BINARY(2)", "server_default": "'AB'"}
column | VARBINARY(4) DEFAULT 'AB' | {"type": "VARBINARY(4)", "server_default": "0x4142"}
column | ENUM('a','b') DEFAULT "b" | {"type": "Enum('a','b')", "server_default": "'b'"}
column | ENUM('a','b') DEFAULT 'B' | {"type": "Enum('a','b')", "server_default": "'b'"}
column | SET('a','b') DEFAULT 'b,a' | {"type": "SET('a','b')", "server_default": "'a,b'"}
column | TEXT DEFAULT ('x') | {"type": "Text", "server_default": "'x'"}
column | TEXT DEFAULT "x" | {"type": "Text", "server_default": "('x')"}
column | BLOB DEFAULT 'x' | {"type": "BLOB", "server_default": "\"x\""}
column | JSON DEFAULT '{}' | {"type": "JSON", "server_default": "\"{}\""}
column | UUID DEFAULT uuid() | {"type": "Uuid", "server_default": "(UUID())"}
column | UUID DEFAULT '123e4567e89b12d3a456426655440000' | {"type": "Uuid", "server_default": "'123E4567-E89B-12D3-A456-426655440000'"}
column | INET6 DEFAULT '::0' | {"type": "INET6", "server_default": "'::'"}
column | VARCHAR(36) DEFAULT (uuid()) | {"type": "VARCHAR(36)", "server_default": "uuid()"}
column | INT DEFAULT (1+1) | {"type": "Integer", "server_default": "1 + 1"}
column | VARCHAR(40) DEFAULT (concat('a','b')) | {"type": "VARCHAR(40)", "server_default": "CONCAT(\"a\", 'b')"}
column | DATE DEFAULT (curdate()) | {"type": "Date", "server_default": "CURRENT_DATE"}
column | DATE DEFAULT (current_date + interval 1 day) | {"type": "Date", "server_default": "(curdate() + INTERVAL 1 DAY)"}
column | VARCHAR(90) DEFAULT USER() | {"type": "VARCHAR(90)", "server_default": "session_user()"}
column | VARCHAR(20) CHARACTER SET utf8 | {"type": "String(20)", "options": {"mysql": {"charset": "utf8mb3"}}}
column | VARCHAR(20) CHARACTER SET utf8mb3 | {"type": "VARCHAR(20) CHARSET utf8"}
column | VARCHAR(20) COLLATE utf8_bin | {"type": "String(20)", "collation": "utf8mb3_bin"}
column | VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin | {"type": "VARCHAR(20)", "collation": "utf8mb4_bin"}
column | VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci | {"type": "VARCHAR(20)"}
column | VARCHAR(20) | {"type": "VARCHAR(20)", "collation": "utf8mb4_general_ci"}
column | VARCHAR(20) | {"type": "VARCHAR(20)", "collation": "UTF8MB4_GENERAL_CI"}
column | VARCHAR(20) | {"type": "VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"}
column | VARCHAR(20) CHARACTER SET latin1 | {"type": "String(20)", "collation": "latin1_swedish_ci"}
column | VARCHAR(20) COLLATE latin1_swedish_ci | {"type": "String(20)", "options": {"mysql": {"charset": "latin1"}}}
column | VARCHAR(20) CHARACTER SET utf8mb4 | {"type": "String(20)", "options": {"mysql": {"charset": "utf8mb4"}}}
column | VARCHAR(20) BINARY | {"type": "String(20)", "collation": "utf8mb4_bin"}
column | VARCHAR(20) ASCII | {"type": "String(20)", "options": {"mysql": {"charset": "latin1"}}}
column | VARCHAR(20) COLLATE latin1_bin | {"type": "VARCHAR(20) CHARACTER SET latin1 BINARY"}
column | VARCHAR(20) CHARACTER SET binary | {"type": "VARBINARY(20)"}
column | ENUM('a','b') CHARACTER SET latin1 | {"type": "Enum('a','b')", "options": {"mysql": {"charset": "latin1"}}, "collation": "latin1_swedish_ci"}
column | JSON | {"type": "JSON"}
column | JSON CHECK (json_valid(d)) | {"type": "JSON"}
column | LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin CHECK (JSON_VALID(`d`)) | {"type": "JSON"}
column | JSON NOT NULL DEFAULT '[]' | {"type": "JSON", "nullable": false, "server_default": "'[]'"}
column | INT COMMENT '' | {"type": "Integer"}
column | INT | {"type": "Integer", "comment": ""}
column | INT COMMENT "it's" | {"type": "Integer", "comment": "it's"}
column | INT GENERATED ALWAYS AS (id+1) VIRTUAL | {"type": "Integer", "computed": {"expression": "id + 1"}}
column | INT AS (id * 2) PERSISTENT | {"type": "Integer", "computed": {"expression": "(id*2)", "persisted": true}}
column | INT AS (id * 2) STORED | {"type": "Integer", "computed": {"expression": "`id` * 2", "persisted": true}}
column | INT AS ((`id`) MOD 3) | {"type": "Integer", "computed": {"expression": "id % 3"}}
column | INT GENERATED ALWAYS AS (IF(id > 1, 1, 0)) | {"type": "Integer", "computed": {"expression": "if((id>1),1,0)"}}
column | VARCHAR(20) AS (CONCAT(id, "x")) STORED | {"type": "VARCHAR(20)", "computed": {"expression": "concat( `id`,'x')", "persisted": true}}
column | VARCHAR(20) AS (CASE WHEN id > 1 THEN 'a' ELSE 'b' END) | {"type": "VARCHAR(20)", "computed": {"expression": "case when (id > 1) then 'a' else 'b' end"}}
column | INT AS (CAST(id AS SIGNED INTEGER)) | {"type": "Integer", "computed": {"expression": "cast(id as signed)"}}
column | INT CHECK (((d > 0))) | {"type": "Integer"}, {"check_constraints": [{"name": "d", "expression": "d > 0", "options": {"mysql": {"column": "d"}}}]}
column | INT INVISIBLE | {"type": "Integer", "options": {"mysql": {"invisible": true}}}
column | INT REFERENCES base (id) | {"type": "Integer"}, {"foreign_keys": [{"columns": ["d"], "referred_table": "base", "referred_columns": ["id"], "name": null}]}
table | (id INT, a INT, b VARCHAR(20)) ENGINE=InnoDB | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}]}
table | (id INT, a INT, b VARCHAR(20)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "options": {"mysql": {"engine": "innodb"}}}
table | (id INT, a INT, b VARCHAR(20)) engine = myisam | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "options": {"mysql": {"engine": "MyISAM"}}}
table | (id INT, a INT, b VARCHAR(20)) DEFAULT CHARSET=utf8mb4 | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}]}
table | (id INT, a INT, b VARCHAR(20)) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "options": {"mysql": {"charset": "utf8mb4"}}}
table | (id INT, a INT, b VARCHAR(20)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "options": {"mysql": {"collate": "utf8mb4_general_ci"}}}
table | (id INT, a INT, b VARCHAR(20)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "options": {"mysql": {"charset": "utf8mb4", "collate": "utf8mb4_general_ci"}}}
table | (id INT, a INT, b VARCHAR(20)) CHARSET=utf8 | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "options": {"mysql": {"charset": "utf8mb3"}}}
table | (id INT, a INT, b VARCHAR(20)) CHARSET=utf8mb3 | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "options": {"mysql": {"collate": "utf8_general_ci"}}}
table | (id INT, a INT, b VARCHAR(20)) COLLATE=latin1_swedish_ci | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "options": {"mysql": {"default_charset": "latin1"}}}
table | (id INT, a INT, b VARCHAR(20)) CHARSET=latin1 | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "options": {"mysql": {"charset": "latin1", "collate": "latin1_swedish_ci"}}}
table | (id INT, a INT, b VARCHAR(20) CHARACTER SET latin1) CHARSET=latin1 | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)", "collation": "latin1_swedish_ci"}], "options": {"mysql": {"charset": "latin1"}}}
table | (id INT, a INT, b VARCHAR(20)) CHARSET=latin1 | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)", "options": {"mysql": {"charset": "latin1"}}}], "options": {"mysql": {"charset": "latin1"}}}
table | (id INT, a INT, b VARCHAR(20) CHARACTER SET utf8mb4) CHARSET=latin1 | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)", "options": {"mysql": {"charset": "utf8mb4"}}}], "options": {"mysql": {"charset": "latin1"}}}
table | (id INT, a INT, b VARCHAR(20)) COMMENT='' | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}]}
table | (id INT, a INT, b VARCHAR(20)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "comment": ""}
table | (id INT, a INT, b VARCHAR(20)) ROW_FORMAT=DEFAULT | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}]}
table | (id INT, a INT, b VARCHAR(20)) row_format=compressed | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "options": {"mysql": {"row_format": "Compressed"}}}
table | (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, a INT, b VARCHAR(20)) AUTO_INCREMENT=77 | {"columns": [{"name": "id", "type": "Integer", "primary_key": true}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}]}
table | (id INT AUTO_INCREMENT, a INT, b VARCHAR(20), CONSTRAINT pk PRIMARY KEY USING BTREE (id ASC)) | {"columns": [{"name": "id", "type": "Integer", "primary_key": true, "autoincrement": true}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "options": {"mysql": {"auto_increment": 5}}}
table | (id SERIAL, a INT) | {"columns": [{"name": "id", "type": "SERIAL"}, {"name": "a", "type": "Integer"}]}
table | (id INT, a INT, b VARCHAR(20), KEY k (a ASC, b ASC)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "indexes": [{"name": "k", "columns": ["a", "b"]}]}
table | (id INT, a INT, b VARCHAR(20), KEY k (a, b(20))) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "indexes": [{"name": "k", "columns": ["a", {"column": "b", "length": 20, "order": "asc"}]}]}
table | (id INT, a INT, b VARCHAR(20), KEY k (b(20))) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "indexes": [{"name": "k", "columns": ["b"]}]}
table | (id INT, a INT, b VARCHAR(20), KEY k (b)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "indexes": [{"name": "k", "columns": ["b"], "options": {"mysql": {"length": {"b": 20}}}}]}
table | (id INT, a INT, b VARCHAR(20), KEY k (b) USING BTREE) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "indexes": [{"name": "k", "columns": ["b"]}]}
table | (id INT, a INT, b VARCHAR(20), KEY k (b)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "indexes": [{"name": "k", "columns": ["b"], "using": "BTREE"}]}
table | (id INT, a INT, b VARCHAR(20), KEY k (b) COMMENT '') | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "indexes": [{"name": "k", "columns": ["b"], "comment": ""}]}
table | (id INT, a INT, b VARCHAR(20), KEY k (b) NOT IGNORED) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "indexes": [{"name": "k", "columns": ["b"], "options": {"mysql": {"invisible": false}}}]}
table | (id INT, a INT, b VARCHAR(20), UNIQUE KEY k (b)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "unique_constraints": [{"name": "k", "columns": ["b"]}]}
table | (id INT, a INT, b VARCHAR(20), CONSTRAINT k UNIQUE (a, b)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "indexes": [{"name": "k", "columns": ["a", "b"], "unique": true}]}
table | (id INT, a INT, b VARCHAR(20), UNIQUE (b)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "unique_constraints": [{"name": null, "columns": ["b"]}]}
table | (id INT, a INT, b VARCHAR(20), UNIQUE INDEX K (b)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "unique_constraints": [{"name": "k", "columns": ["b"]}]}
table | (id INT, a INT, b TEXT, FULLTEXT f (b)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "Text"}], "indexes": [{"name": "f", "columns": ["b"], "options": {"mysql": {"prefix": "fulltext"}}}]}
table | (id INT, a INT, b VARCHAR(20), CONSTRAINT fk_@ FOREIGN KEY (a) REFERENCES base (id)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "foreign_keys": [{"name": "fk_@", "columns": ["a"], "referred_table": "base", "referred_columns": ["id"]}]}
table | (id INT, a INT, b VARCHAR(20), FOREIGN KEY (a) REFERENCES base (id)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "foreign_keys": [{"name": null, "columns": ["a"], "referred_table": "base", "referred_columns": ["id"]}]}
table | (id INT, a INT, b VARCHAR(20), CONSTRAINT fk_@ FOREIGN KEY another (a) REFERENCES base (id)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "foreign_keys": [{"name": "fk_@", "columns": ["a"], "referred_table": "base", "referred_columns": ["id"]}]}
table | (id INT, a INT, b VARCHAR(20), KEY cover (a, b), CONSTRAINT fk_@ FOREIGN KEY (a) REFERENCES base (id)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "indexes": [{"name": "cover", "columns": ["a", "b"]}], "foreign_keys": [{"name": "fk_@", "columns": ["a"], "referred_table": "base", "referred_columns": ["id"]}]}
table | (a INT, id INT, PRIMARY KEY (a, id), CONSTRAINT fk_@ FOREIGN KEY (a) REFERENCES base (id)) | {"columns": [{"name": "a", "type": "Integer", "primary_key": true}, {"name": "id", "type": "Integer", "primary_key": true}], "foreign_keys": [{"name": "fk_@", "columns": ["a"], "referred_table": "base", "referred_columns": ["id"]}]}
table | (id INT, a INT, b VARCHAR(20), UNIQUE u (a), CONSTRAINT fk_@ FOREIGN KEY (a) REFERENCES base (id)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "unique_constraints": [{"name": "u", "columns": ["a"]}], "foreign_keys": [{"name": "fk_@", "columns": ["a"], "referred_table": "base", "referred_columns": ["id"]}]}
table | (id INT, a INT, b VARCHAR(20), CONSTRAINT fk_@ FOREIGN KEY (a) REFERENCES base (id) ON DELETE RESTRICT ON UPDATE NO ACTION) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "foreign_keys": [{"name": "fk_@", "columns": ["a"], "referred_table": "base", "referred_columns": ["id"], "ondelete": "no action", "onupdate": "RESTRICT"}]}
table | (id INT, a INT, b VARCHAR(20), CONSTRAINT fk_@ FOREIGN KEY (a) REFERENCES base (id) ON DELETE cascade ON UPDATE set null) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "foreign_keys": [{"name": "fk_@", "columns": ["a"], "referred_table": "base", "referred_columns": ["id"], "ondelete": "cascade", "onupdate": "SET NULL"}]}
table | (id INT, a INT, b VARCHAR(20), CONSTRAINT FK_@ FOREIGN KEY (A) REFERENCES base (ID)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "foreign_keys": [{"name": "fk_@", "columns": ["a"], "referred_table": "base", "referred_columns": ["id"]}]}
table | (id INT, a INT, b VARCHAR(20), CONSTRAINT ck_@ CHECK (((a > 0)))) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "check_constraints": [{"name": "ck_@", "expression": "a>0"}]}
table | (id INT, a INT, b VARCHAR(20), CONSTRAINT ck_@ CHECK (A > 0 AND B <> "x")) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "check_constraints": [{"name": "ck_@", "expression": "a > 0 and (b != 'x')"}]}
table | (id INT, a INT, b VARCHAR(20), CONSTRAINT ck_@ CHECK (a IN (1,2) OR a IS NOT NULL)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "check_constraints": [{"name": "ck_@", "expression": "(a in (1, 2)) or (a is not null)"}]}
table | (id INT, a INT, b VARCHAR(20), CONSTRAINT ck_@ CHECK (a BETWEEN 1 AND 9)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "check_constraints": [{"name": "ck_@", "expression": "`a` between 1 and 9"}]}
table | (id INT, a INT, b VARCHAR(20), CONSTRAINT ck_@ CHECK (NOT (a = 1))) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "check_constraints": [{"name": "ck_@", "expression": "a != 1"}]}
table | (id INT, a INT, b VARCHAR(20), CONSTRAINT ck_@ CHECK (b LIKE 'x%')) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "check_constraints": [{"name": "ck_@", "expression": "(`b` LIKE \"x%\")"}]}
table | (id INT, a INT, b VARCHAR(20), CONSTRAINT ck_@ CHECK (a <=> NULL && 1)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "check_constraints": [{"name": "ck_@", "expression": "(a <=> null) AND 1"}]}
table | (id INT, a INT, b VARCHAR(20), CONSTRAINT ck_@ CHECK (CHAR_LENGTH(b) > 2)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "check_constraints": [{"name": "ck_@", "expression": "character_length(`b`) > 2"}]}
table | (id INT, a INT, b VARCHAR(20), CONSTRAINT ck_@ CHECK (b REGEXP '^[a-z]+$')) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "check_constraints": [{"name": "ck_@", "expression": "b RLIKE '^[a-z]+$'"}]}
table | (id INT, a INT, b VARCHAR(20), CONSTRAINT ck_@ CHECK (a >= (1 + 2) * 3)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "check_constraints": [{"name": "ck_@", "expression": "a >= (1+2)*3"}]}
table | (id INT, a INT, b VARCHAR(20), CONSTRAINT ck_@ CHECK (coalesce(a, 0) >= 0)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "check_constraints": [{"name": "ck_@", "expression": "COALESCE(a,0) >= 0"}]}
table | (id INT, a INT, b VARCHAR(20), CONSTRAINT CK_@ CHECK (a > 0)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "check_constraints": [{"name": "ck_@", "expression": "a > 0"}]}
table | (id INT, a INT, b VARCHAR(20), CHECK (a > 0)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "check_constraints": [{"name": null, "expression": "a > 0"}]}
table | (id INT, a INT, b VARCHAR(20)) PARTITION BY HASH(id) PARTITIONS 4 | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "options": {"mysql": {"partition_by": "hash ( `id` )  partitions 4"}}}
table | (id INT, a INT, b VARCHAR(20)) PARTITION BY RANGE (a) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "options": {"mysql": {"partition_by": "range(`a`) (partition `p0` values less than (10) engine = innodb, partition p1 values less than maxvalue)"}}}
table | (id INT, a INT, b VARCHAR(20)) PARTITION BY RANGE (a+1) (PARTITION p0 VALUES LESS THAN (5+5)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "options": {"mysql": {"partition_by": "range (`a` + 1) (partition p0 values less than (10))"}}}
table | (id INT, a INT, b VARCHAR(20)) PARTITION BY LIST (a) (PARTITION p0 VALUES IN (1,2), PARTITION p1 VALUES IN (NULL, 3)) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "options": {"mysql": {"partition_by": "LIST (a) (PARTITION p0 VALUES IN (1, 2), PARTITION p1 VALUES IN (NULL,3))"}}}
table | (id INT, a INT, b VARCHAR(20)) PARTITION BY RANGE COLUMNS(b) (PARTITION p0 VALUES LESS THAN ("m")) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "options": {"mysql": {"partition_by": "range columns (`b`) (partition p0 values less than ('m'))"}}}
table | (id INT, a INT, b VARCHAR(20)) PARTITION BY KEY (id) PARTITIONS 2 | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "options": {"mysql": {"partition_by": "key(id) partitions 2"}}}
table | (id INT, a INT, b VARCHAR(20)) PARTITION BY HASH (id) | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "options": {"mysql": {"partition_by": "hash(id) partitions 1"}}}
table | (id INT, a INT, b VARCHAR(20)) PARTITION BY LINEAR HASH (id) PARTITIONS 2 | {"columns": [{"name": "id", "type": "Integer"}, {"name": "a", "type": "Integer"}, {"name": "b", "type": "String(20)"}], "options": {"mysql": {"partition_by": "linear hash(id) partitions 2"}}}
object | CREATE VIEW @ AS SELECT id, a FROM base | {"kind": "view", "name": "@", "definition": "CREATE VIEW @ AS SELECT `base`.`id` AS `id`, base.a FROM `base`", "depends_on": ["base"]}
object | CREATE VIEW @ AS SELECT * FROM base | {"kind": "view", "name": "@", "definition": "CREATE VIEW @ AS SELECT id, a, b FROM base", "depends_on": ["base"]}
object | CREATE VIEW @ AS SELECT id, a, b FROM base | {"kind": "view", "name": "@", "definition": "CREATE VIEW @ AS select * from base", "depends_on": ["base"]}
object | CREATE VIEW $DB.@ AS SELECT $DB.base.id FROM $DB.base | {"kind": "view", "name": "@", "definition": "CREATE VIEW @ AS SELECT base.id FROM base", "depends_on": ["base"]}
object | CREATE ALGORITHM=UNDEFINED SQL SECURITY DEFINER VIEW @ AS SELECT 1 AS one | {"kind": "view", "name": "@", "definition": "CREATE VIEW @ AS SELECT 1 AS one", "depends_on": ["base"]}
object | CREATE VIEW @ AS SELECT 1 AS one | {"kind": "view", "name": "@", "definition": "CREATE OR REPLACE ALGORITHM=UNDEFINED DEFINER=CURRENT_USER SQL SECURITY DEFINER VIEW @ AS SELECT 1 AS one", "depends_on": ["base"]}
object | CREATE DEFINER=somebody@else VIEW @ AS SELECT id FROM base | {"kind": "view", "name": "@", "definition": "CREATE VIEW @ AS SELECT id FROM base", "depends_on": ["base"]}
object | CREATE VIEW @ (x) AS SELECT id FROM base | {"kind": "view", "name": "@", "definition": "CREATE VIEW @ AS SELECT id AS x FROM base", "depends_on": ["base"]}
object | CREATE VIEW @ AS SELECT id FROM base WHERE a > 1 AND b = "x" ORDER BY id ASC | {"kind": "view", "name": "@", "definition": "CREATE VIEW @ AS SELECT id FROM base WHERE ((a > 1) and (b = 'x')) ORDER BY id", "depends_on": ["base"]}
object | CREATE VIEW @ AS SELECT now() AS t, count(*) AS n FROM base | {"kind": "view", "name": "@", "definition": "CREATE VIEW @ AS SELECT CURRENT_TIMESTAMP AS t, COUNT( * ) AS n FROM base", "depends_on": ["base"]}
object | CREATE VIEW @ AS SELECT x.id FROM base AS x INNER JOIN base y ON x.id = y.a | {"kind": "view", "name": "@", "definition": "CREATE VIEW @ AS SELECT x.id FROM base x JOIN base AS y ON (x.id = y.a)", "depends_on": ["base"]}
object | CREATE VIEW @ AS SELECT id FROM base WHERE a > 0 WITH CHECK OPTION | {"kind": "view", "name": "@", "definition": "CREATE VIEW @ AS SELECT id FROM base WHERE a > 0 WITH CASCADED CHECK OPTION", "depends_on": ["base"]}
object | CREATE VIEW @ AS SELECT id FROM base WHERE id IN (SELECT a FROM base) | {"kind": "view", "name": "@", "definition": "create view `@` as select id from base where id in (select a from base);", "depends_on": ["base"]}
object | CREATE FUNCTION @(a VARCHAR(20) CHARSET utf8mb4) RETURNS INT DETERMINISTIC RETURN 1 | {"kind": "function", "name": "@", "definition": "CREATE FUNCTION @(a VARCHAR(20)) RETURNS INTEGER DETERMINISTIC RETURN 1"}
object | CREATE FUNCTION @(a VARCHAR(20)) RETURNS INT(11) DETERMINISTIC RETURN 1 | {"kind": "function", "name": "@", "definition": "CREATE FUNCTION @(a VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci) RETURNS INTEGER DETERMINISTIC RETURN 1"}
object | CREATE FUNCTION @(a VARCHAR(20)) RETURNS VARCHAR(20) SQL SECURITY DEFINER CONTAINS SQL NOT DETERMINISTIC RETURN a | {"kind": "function", "name": "@", "definition": "CREATE FUNCTION @(a VARCHAR(20)) RETURNS VARCHAR(20) CHARSET utf8mb4 RETURN a"}
object | CREATE DEFINER=somebody@else PROCEDURE @(IN a INT, OUT b NUMERIC(8,2)) BEGIN SET b = a; END | {"kind": "procedure", "name": "@", "definition": "CREATE OR REPLACE PROCEDURE @(a INTEGER, OUT b DECIMAL(8,2)) LANGUAGE SQL SQL SECURITY DEFINER COMMENT '' BEGIN SET b = a; END"}
object | CREATE PROCEDURE @() SELECT 1 | {"kind": "procedure", "name": "@", "definition": "CREATE PROCEDURE `@` () CONTAINS SQL SELECT 1"}
object | CREATE TRIGGER @ BEFORE INSERT ON base FOR EACH ROW SET NEW.a = 1 | {"kind": "trigger", "name": "@", "definition": "CREATE DEFINER=CURRENT_USER TRIGGER `@` before insert ON `base` FOR EACH ROW SET NEW.a = 1", "depends_on": ["base"]}
object | CREATE DEFINER=somebody@else TRIGGER @ AFTER UPDATE ON $DB.base FOR EACH ROW BEGIN SET @@SESSION.max_error_count = 1; END | {"kind": "trigger", "name": "@", "definition": "CREATE TRIGGER IF NOT EXISTS @ AFTER UPDATE ON base FOR EACH ROW BEGIN SET @@SESSION.max_error_count = 1; END", "depends_on": ["base"]}
object | CREATE EVENT @ ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1 | {"kind": "event", "name": "@", "definition": "CREATE EVENT @ ON SCHEDULE EVERY 1 DAY ON COMPLETION NOT PRESERVE DISABLE COMMENT '' DO SELECT 1"}
object | CREATE DEFINER=somebody@else EVENT @ ON SCHEDULE EVERY 90 MINUTE STARTS '2030-01-01' DO SELECT 1 | {"kind": "event", "name": "@", "definition": "CREATE EVENT @ ON SCHEDULE EVERY '90' MINUTE STARTS '2030-01-01 00:00:00' ENABLE DO SELECT 1"}
object | CREATE EVENT @ ON SCHEDULE AT '2030-01-01 00:00:00' DO DELETE FROM base | {"kind": "event", "name": "@", "definition": "CREATE EVENT @ ON SCHEDULE AT TIMESTAMP '2030-01-01 00:00:00' DO DELETE FROM base"}
PAIRS
}

# All lines on stdin: by hand, as a script for the client with // behind each statement.
write_script() { # DATABASE
    jq -nRr --arg db "$1" '
        [inputs | select(length > 0)] | to_entries | map(
            ("p" + (.key | tostring)) as $name | (.value | split(" | ")) as $parts | $parts[1]
            | gsub("(?<![@])@(?![@a-zA-Z])"; $name) | gsub("[$]DB"; $db)
            | if $parts[0] == "column" then "CREATE TABLE \($name) (id INTEGER, d \(.))"
            elif $parts[0] == "table" then "CREATE TABLE \($name) \(.)"
            else . end)
        | ["DELIMITER //", "CREATE TABLE base (id INTEGER PRIMARY KEY AUTO_INCREMENT, a INTEGER, b VARCHAR(20))//"] + map(. + "//") | .[]'
}
write_model() {
    jq -nR '
        [inputs | select(length > 0)] | to_entries | map(
            ("p" + (.key | tostring)) as $name | (.value | split(" | ")) as $parts
            | ("[" + ($parts[2] | gsub("(?<![@])@(?![@a-zA-Z])"; $name)) + "]" | fromjson) as $said
            | if $parts[0] == "column" then
                {tables: [{name: $name, columns: [{name: "id", type: "Integer"}, {name: "d"} + $said[0]]} + ($said[1] // {})]}
            elif $parts[0] == "table" then {tables: [{name: $name} + $said[0]]}
            else {objects: $said} end)
        | {tables: ([{name: "base", columns: [{name: "id", type: "Integer", primary_key: true}, {name: "a", type: "Integer"},
               {name: "b", type: "String(20)"}]}] + [.[].tables // [] | .[]]),
           objects: [.[].objects // [] | .[]]}'
}
# As above, but different: what the model says stands on the database that was made by hand.
others() {
    cat <<'OTHERS'
column | INT UNSIGNED | {"type": "Integer"}
column | INT(5) ZEROFILL | {"type": "INT(6) ZEROFILL"}
column | DECIMAL(10,2) | {"type": "Numeric(10, 3)"}
column | DATETIME | {"type": "DATETIME(3)"}
column | TIMESTAMP NULL | {"type": "TIMESTAMP", "nullable": false, "server_default": "CURRENT_TIMESTAMP"}
column | DATETIME DEFAULT now() | {"type": "DateTime", "server_default": "(utc_timestamp())"}
column | DATETIME DEFAULT now() ON UPDATE now() | {"type": "DateTime", "server_default": "now()"}
column | VARCHAR(30) DEFAULT 'now()' | {"type": "String(30)", "server_default": "now()"}
column | VARCHAR(20) DEFAULT 'NULL' | {"type": "String(20)", "server_default": "NULL"}
column | VARCHAR(20) DEFAULT '' | {"type": "String(20)"}
column | VARCHAR(20) DEFAULT 'x' | {"type": "String(20)", "server_default": "'X'"}
column | VARCHAR(20) DEFAULT 'x' | {"type": "String(20)", "server_default": "'x '"}
column | VARCHAR(20) DEFAULT '1' | {"type": "String(20)", "server_default": "'1.0'"}
column | VARCHAR(20) DEFAULT 'a\\b' | {"type": "String(20)", "server_default": "'ab'"}
column | DECIMAL(8,2) DEFAULT 1.5 | {"type": "Numeric(8, 2)", "server_default": "1.51"}
column | BIT(4) DEFAULT b'101' | {"type": "BIT(4)", "server_default": "b'111'"}
column | BINARY(2) DEFAULT x'4142' | {"type": "BINARY(2)", "server_default": "x'4143'"}
column | ENUM('a','b') | {"type": "Enum('a','B')"}
column | ENUM('a','b') | {"type": "Enum('b','a')"}
column | VARCHAR(20) COLLATE utf8mb4_bin | {"type": "String(20)"}
column | VARCHAR(20) | {"type": "String(20)", "collation": "utf8mb4_unicode_ci"}
column | VARCHAR(20) CHARACTER SET utf8mb3 | {"type": "String(20)"}
column | JSON | {"type": "LONGTEXT"}
column | LONGTEXT COLLATE utf8mb4_bin | {"type": "JSON"}
column | INT COMMENT 'x' | {"type": "Integer", "comment": "X"}
column | INT AS (id + 1) | {"type": "Integer", "computed": {"expression": "id + 2"}}
column | INT AS (id + 1) | {"type": "Integer", "computed": {"expression": "id + 1", "persisted": true}}
column | VARCHAR(20) AS (concat(id, 'x')) | {"type": "VARCHAR(20)", "computed": {"expression": "concat(id, 'X')"}}
column | INT INVISIBLE | {"type": "Integer"}
table | (id INT, b VARCHAR(20)) COLLATE=utf8mb4_bin | {"columns": [{"name": "id", "type": "Integer"}, {"name": "b", "type": "String(20)"}]}
table | (id INT) ROW_FORMAT=COMPRESSED | {"columns": [{"name": "id", "type": "Integer"}]}
table | (id INT, KEY k (id DESC)) | {"columns": [{"name": "id", "type": "Integer"}], "indexes": [{"name": "k", "columns": ["id"]}]}
table | (b VARCHAR(20), KEY k (b(10))) | {"columns": [{"name": "b", "type": "String(20)"}], "indexes": [{"name": "k", "columns": ["b"]}]}
table | (b INT, KEY k (b)) | {"columns": [{"name": "b", "type": "Integer"}], "indexes": [{"name": "k", "columns": ["b"], "unique": true}]}
table | (b INT, KEY k (b)) | {"columns": [{"name": "b", "type": "Integer"}], "indexes": [{"name": "other", "columns": ["b"]}]}
table | (a INT, CONSTRAINT ck_@ CHECK (a > 0)) | {"columns": [{"name": "a", "type": "Integer"}], "check_constraints": [{"name": "ck_@", "expression": "a >= 0"}]}
table | (a INT, CONSTRAINT fk_@ FOREIGN KEY (a) REFERENCES base (id)) | {"columns": [{"name": "a", "type": "Integer"}], "foreign_keys": [{"name": "fk_@", "columns": ["a"], "referred_table": "base", "referred_columns": ["id"], "ondelete": "CASCADE"}]}
table | (id INT) PARTITION BY HASH (id) PARTITIONS 4 | {"columns": [{"name": "id", "type": "Integer"}], "options": {"mysql": {"partition_by": "HASH (id)"}}}
table | (id INT) PARTITION BY HASH (id) PARTITIONS 11 | {"columns": [{"name": "id", "type": "Integer"}], "options": {"mysql": {"partition_by": "HASH (id) PARTITIONS 12"}}}
object | CREATE SQL SECURITY INVOKER VIEW @ AS SELECT id FROM base | {"kind": "view", "name": "@", "depends_on": ["base"], "definition": "CREATE VIEW @ AS SELECT id FROM base"}
object | CREATE VIEW @ AS SELECT id FROM base | {"kind": "view", "name": "@", "depends_on": ["base"], "definition": "CREATE VIEW @ AS SELECT id FROM base WHERE id > 0"}
object | CREATE FUNCTION @(a VARCHAR(20) CHARSET latin1) RETURNS INT RETURN 1 | {"kind": "function", "name": "@", "definition": "CREATE FUNCTION @(a VARCHAR(20)) RETURNS INT RETURN 1"}
object | CREATE FUNCTION @(a VARCHAR(20)) RETURNS INT RETURN 1 | {"kind": "function", "name": "@", "definition": "CREATE FUNCTION @(a VARCHAR(20) COLLATE utf8mb4_bin) RETURNS INT RETURN 1"}
object | CREATE FUNCTION @(a VARCHAR(20)) RETURNS INT RETURN 1 | {"kind": "function", "name": "@", "definition": "CREATE FUNCTION @(a VARCHAR(20)) RETURNS INT RETURN 2"}
object | CREATE PROCEDURE @() SELECT 'a' | {"kind": "procedure", "name": "@", "definition": "CREATE PROCEDURE @() SELECT 'A'"}
object | CREATE EVENT @ ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01' DO SELECT 1 | {"kind": "event", "name": "@", "definition": "CREATE EVENT @ ON SCHEDULE EVERY 2 DAY STARTS '2030-01-01' DO SELECT 1"}
OTHERS
}
settings() { # URL: the project's, with its model
    printf '[migrate]\nscript_location = %%(here)s/migrations\nurl = %s\nmodels = %%(here)s/migrations/%s\n' "$1" "${2:-models.json}" >migrate.ini
}
agrees() { # NAME
    run migrate check
    exits 0 "$1: check finds nothing"
    [ "$status" = 0 ] || explain
    run migrate diff --json
    [ "$status" = 0 ] && [ "$(jq '.operations | length' <<<"$out")" = 0 ]
    ok "$1: the difference is empty"
}

# --- the same ---
new_project equal
pairs | write_model >migrations/models.json
[ "$(jq '.tables | length' migrations/models.json)" -gt 200 ] && [ "$(jq '.objects | length' migrations/models.json)" -gt 20 ]
ok "a model"
for way in hand made built; do
    declare "url_$way=$(newdb "$way")"
done
pairs | write_script hand >script.sql
mysql_client hand <script.sql
ok "a database by hand"
settings "$url_hand"
agrees "the model on the database by hand"
settings "$url_made"
run migrate create_all
exits 0 "a database from the model"
agrees "the model on it"
settings "$url_built"
run migrate revision --autogenerate -m "the whole"
exits 0 "a revision"
run migrate upgrade head
exits 0 "a database from the revision"
agrees "the model on that"
rm -f migrations/versions/*.sql
# What the one says of itself is a model for the other.
migrate inspect --url "$url_hand" >migrations/hand.json
migrate inspect --url "$url_made" >migrations/made.json
settings "$url_made" hand.json
agrees "the words of the database by hand on the other"
settings "$url_hand" made.json
agrees "and the other way round"

# --- different ---
others | write_model >migrations/models.json
url_hand=$(newdb hand)
others | write_script hand >script.sql
mysql_client hand <script.sql
ok "another database by hand"
settings "$url_hand"
run migrate check --json
exits 3 "it differs"
n=0
while read -r line; do
    jq -e --arg name "p$n" '[.operations[] | tostring | select(test("\\b(ck_|fk_)?" + $name + "\\b"))] | length > 0' >/dev/null <<<"$out"
    ok "different: $line"
    n=$((n + 1))
done < <(others)

# --- an index that serves a foreign key has a name of its own, which a model need not say ---
url=$(newdb served)
mysql_client served -e 'CREATE TABLE base (id INT PRIMARY KEY); CREATE TABLE t (a INT, KEY other (a), CONSTRAINT f FOREIGN KEY (a) REFERENCES base (id))'
settings "$url"
jq -n '{tables: [{name: "base", columns: [{name: "id", type: "Integer", primary_key: true, autoincrement: false}]},
    {name: "t", columns: [{name: "a", type: "Integer"}], foreign_keys: [{name: "f", columns: ["a"], referred_table: "base", referred_columns: ["id"]}]}]}' >migrations/models.json
agrees "a foreign key with an index of another name"

# --- one attribute changes: one ALTER TABLE, and one line of SHOW CREATE TABLE ---
shown() { mysql_client -N -B -r single -e 'SHOW CREATE TABLE t' | sed '1s/^t\t//; s/ AUTO_INCREMENT=[0-9]*//'; }
url=$(newdb single)
mysql_client single <<'SQL'
CREATE TABLE t (
    id INT NOT NULL AUTO_INCREMENT COMMENT 'number',
    c VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT 'it''s' COMMENT 'a "text"',
    d DATETIME(3) NOT NULL DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3) INVISIBLE COMMENT 'when',
    e ENUM('a','b') CHARACTER SET latin1 NOT NULL DEFAULT 'a' COMMENT 'kind',
    n DECIMAL(8,2) UNSIGNED NOT NULL DEFAULT 1.50 COMMENT 'how many' CHECK (n < 100),
    g VARCHAR(40) CHARACTER SET latin1 COLLATE latin1_bin GENERATED ALWAYS AS (concat(c, '!')) STORED INVISIBLE COMMENT 'made',
    v INT AS (n * 2) COMMENT 'twice',
    s TIMESTAMP NULL DEFAULT NULL ON UPDATE current_timestamp() COMMENT 'stamp',
    j JSON NOT NULL DEFAULT '{}' COMMENT 'more',
    plain INT,
    PRIMARY KEY (id),
    KEY k (c, e) COMMENT 'both'
) COMMENT='of all';
INSERT INTO t (c, e, n, plain) VALUES ('x', 'b', 2, 7);
SQL
ok "a table with all attributes"
settings "$url"
migrate inspect >migrations/whole.json
before=$(shown)
# single NAME COLUMN JQ LINE: the filter changes the column; LINE is what SHOW CREATE TABLE says then.
single() {
    jq --arg column "$2" "(.tables[0].columns[] | select(.name == \$column)) |= ($3)" migrations/whole.json >migrations/models.json
    rm -f migrations/versions/*.sql
    run migrate revision --autogenerate -m single
    exits 0 "$1: a revision"
    [ "$status" = 0 ] || explain
    [ "$(sed '/migrate:down/,$d' "$out" | grep -c '^ALTER TABLE')" = 1 ] && ! sed '/migrate:down/,$d' "$out" | grep -qE '^(CREATE|DROP|RENAME|UPDATE|SET)'
    ok "$1: one ALTER TABLE"
    run migrate upgrade head
    exits 0 "$1: up"
    [ "$status" = 0 ] || explain
    same "$(diff <(echo "$before") <(shown) | grep '^>')" ">   $4" "$1: one line, and nothing is lost"
    [ "$(diff <(echo "$before") <(shown) | grep -c '^<')" = 1 ]
    ok "$1: instead of one"
    agrees "$1"
    run migrate downgrade base
    exits 0 "$1: down"
    [ "$status" = 0 ] || explain
    same "$(shown)" "$before" "$1: as it was"
}
c="\`c\` varchar(20) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT 'it''s' COMMENT 'a \"text\"',"
d="\`d\` datetime(3) NOT NULL INVISIBLE DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3) COMMENT 'when',"
e="\`e\` enum('a','b') CHARACTER SET latin1 COLLATE latin1_swedish_ci NOT NULL DEFAULT 'a' COMMENT 'kind',"
n="\`n\` decimal(8,2) unsigned NOT NULL DEFAULT 1.50 COMMENT 'how many' CHECK (\`n\` < 100),"
g="\`g\` varchar(40) CHARACTER SET latin1 COLLATE latin1_bin GENERATED ALWAYS AS (concat(\`c\`,'!')) STORED INVISIBLE COMMENT 'made',"
v="\`v\` int(11) GENERATED ALWAYS AS (\`n\` * 2) VIRTUAL COMMENT 'twice',"
s="\`s\` timestamp NULL DEFAULT NULL ON UPDATE current_timestamp() COMMENT 'stamp',"
j="\`j\` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '{}' COMMENT 'more' CHECK (json_valid(\`j\`)),"
id="\`id\` int(11) NOT NULL AUTO_INCREMENT COMMENT 'number',"
for line in "$c" "$d" "$e" "$n" "$g" "$v" "$s" "$j" "$id"; do grep -qxF "  $line" <<<"$before" || { echo "# $line"; false; }; ok "as it stands"; done
single "comment" c '.comment = "other"' "${c/a \"text\"/other}"
single "no comment" d 'del(.comment)' "${d/ COMMENT \'when\'/}"
single "a comment" plain '.comment = "new"' "\`plain\` int(11) DEFAULT NULL COMMENT 'new',"
single "comment of a generated column" g '.comment = "other"' "${g/made/other}"
single "comment of a virtual column" v '.comment = "other"' "${v/twice/other}"
single "comment of a column with a check" n '.comment = "other"' "${n/how many/other}"
single "comment of JSON" j '.comment = "other"' "${j/more/other}"
single "comment of the numbered column" id '.comment = "other"' "${id/number/other}"
single "default" c ".server_default = \"'y'\"" "${c/\'it\'\'s\'/\'y\'}"
single "no default" c 'del(.server_default)' "${c/ DEFAULT \'it\'\'s\'/}"
single "default of a column with ON UPDATE" d ".server_default = \"'2020-01-01'\"" "${d/DEFAULT current_timestamp(3)/DEFAULT \'2020-01-01 00:00:00.000\'}"
single "default of a number" n '.server_default = "2"' "${n/1.50/2.00}"
single "default of JSON" j '.server_default = "json_array()"' "${j/\'\{\}\'/json_array()}"
single "NULL" c 'del(.nullable)' "${c/NOT NULL /}"
single "NULL of a time" d 'del(.nullable)' "${d/NOT NULL /}"
single "NULL of JSON" j 'del(.nullable)' "${j/NOT NULL /}"
single "NOT NULL" plain '.nullable = false' "\`plain\` int(11) NOT NULL,"
single "collation" c '.collation = "latin1_german1_ci"' "${c/latin1_bin/latin1_german1_ci}"
single "no ON UPDATE" d 'del(.options.mysql.on_update, .options.mariadb.on_update)' "${d/ ON UPDATE current_timestamp(3)/}"
single "no ON UPDATE of a timestamp" s 'del(.options.mysql.on_update, .options.mariadb.on_update)' "${s/ ON UPDATE current_timestamp()/}"
single "visible" d 'del(.options.mysql.invisible, .options.mariadb.invisible)' "${d/ INVISIBLE/}"
single "invisible" plain '.options = {"mariadb": {"invisible": true}}' "\`plain\` int(11) INVISIBLE DEFAULT NULL,"
single "an enum's value more" e ".type = \"Enum('a', 'b', 'c')\"" "${e/\'b\'/\'b\',\'c\'}"
single "a longer text" c '.type = "String(30)"' "${c/20/30}"
single "precision" n '.type = "DECIMAL(9,2) UNSIGNED"' "${n/8,2/9,2}"
single "a stored expression" g ".computed.expression = \"concat(c, '?')\"" "${g/!/?}"
single "a virtual expression" v '.computed.expression = "n * 3"' "${v/2/3}"
single "AUTO_INCREMENT" id '.autoincrement = false' "${id/ AUTO_INCREMENT/}"
same "$(sql_rows single 'SELECT id, c, e, n, g, v FROM t')" '1|x|b|2.00|x!|4' "its row"
finish
