# A history with everything that can be interrupted: plain DDL, a rebuild, data, triggers, statements outside
# transactions. Writes it into migrations/versions of the current project. `crash_history`.
crash_history() {
    revision_file 0001 '' create <<'SQL'
-- migrate:up
CREATE TABLE author (id INTEGER CONSTRAINT pk_author PRIMARY KEY AUTOINCREMENT, name VARCHAR(40) NOT NULL);
CREATE TABLE book (
    id INTEGER NOT NULL,
    author_id INTEGER NOT NULL,
    title VARCHAR(80),
    CONSTRAINT pk_book PRIMARY KEY (id),
    CONSTRAINT fk_book_author FOREIGN KEY (author_id) REFERENCES author (id) ON DELETE CASCADE
);
CREATE INDEX ix_book_title ON book (title);

-- migrate:down
DROP TABLE book;
DROP TABLE author;
SQL
    revision_file 0002 0001 data <<'SQL'
-- migrate:up
INSERT INTO author (name) VALUES ('Ada'), ('Grace'), ('Edsger; "quoted"');
DELETE FROM author WHERE id = 3;
INSERT INTO book (author_id, title) SELECT id, 'Notes of ' || name FROM author;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
INSERT INTO book (author_id, title) SELECT 1 + i % 2, 'Volume ' || i FROM n;

-- migrate:down
DELETE FROM book;
DELETE FROM author;
SQL
    revision_file 0003 0002 rebuild <<'SQL'
-- migrate:up foreign-keys:off
CREATE TABLE _new_author (
    id INTEGER CONSTRAINT pk_author PRIMARY KEY AUTOINCREMENT,
    name VARCHAR(60) DEFAULT 'unknown' NOT NULL,
    CONSTRAINT ck_author_name CHECK (length(name) > 1)
);
INSERT INTO _new_author (id, name) SELECT id, name FROM author ORDER BY rowid;
DELETE FROM sqlite_sequence WHERE name = '_new_author';
INSERT INTO sqlite_sequence (name, seq) SELECT '_new_author', seq FROM sqlite_sequence WHERE name = 'author';
DROP TABLE author;
ALTER TABLE _new_author RENAME TO author;

-- migrate:down foreign-keys:off
CREATE TABLE _new_author (id INTEGER CONSTRAINT pk_author PRIMARY KEY AUTOINCREMENT, name VARCHAR(40) NOT NULL);
INSERT INTO _new_author (id, name) SELECT id, name FROM author ORDER BY rowid;
DELETE FROM sqlite_sequence WHERE name = '_new_author';
INSERT INTO sqlite_sequence (name, seq) SELECT '_new_author', seq FROM sqlite_sequence WHERE name = 'author';
DROP TABLE author;
ALTER TABLE _new_author RENAME TO author;
SQL
    revision_file 0004 0003 outside <<'SQL'
-- migrate:up
CREATE TABLE log (id INTEGER NOT NULL, n INTEGER NOT NULL, CONSTRAINT pk_log PRIMARY KEY (id));

-- migrate:up transaction:false
INSERT INTO log (n) VALUES (1);
UPDATE log SET n = n + 1;
UPDATE log SET n = n + 1;
VACUUM;
INSERT INTO log (n) SELECT n + 1 FROM log;
PRAGMA user_version = 4;
UPDATE log SET n = n * 2;

-- migrate:up
UPDATE log SET n = n + 100;

-- migrate:down
DROP TABLE log;

-- migrate:down transaction:false
PRAGMA user_version = 0;
VACUUM;
SQL
    revision_file 0005 0004 trigger <<'SQL'
-- migrate:up
CREATE TRIGGER tr_book AFTER INSERT ON book BEGIN
    INSERT INTO log (n) VALUES (CASE WHEN NEW.title IS NULL THEN 0 ELSE length(NEW.title) END);
END;
INSERT INTO book (author_id, title) VALUES (1, 'last; one');
CREATE VIEW books_of_authors AS SELECT a.name, b.title FROM author a JOIN book b ON b.author_id = a.id;

-- migrate:down
DROP VIEW books_of_authors;
DROP TRIGGER tr_book;
DELETE FROM book WHERE title = 'last; one';
SQL
}
