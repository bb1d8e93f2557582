CREATE TABLE plain (
    a INT,
    b VARCHAR(100),
    c TEXT,
    d TEXT,
    g GEOMETRY NOT NULL,
    PRIMARY KEY (a, b),
    UNIQUE u (a),
    KEY (b (10), a DESC),
    FULLTEXT ft (c, d),
    SPATIAL sp (g),
    UNIQUE long_key (c),
    KEY ig (a) IGNORED,
    KEY cm (a) COMMENT 'it''s',
    KEY hs (a) USING HASH,
    KEY `od``d` (a)
);
CREATE TABLE parts (
    a VARCHAR(100),
    b INT,
    c INT,
    PRIMARY KEY (c, a (10), b DESC) COMMENT 'three'
);
CREATE TABLE in_memory (
    a INT PRIMARY KEY,
    b VARCHAR(5),
    KEY h (b),
    KEY bt (b) USING BTREE
) ENGINE = MEMORY;
CREATE TABLE counted (
    n SMALLINT UNSIGNED AUTO_INCREMENT,
    m INT,
    PRIMARY KEY (m, n),
    KEY (n)
);
CREATE TABLE bookings (
    room INT,
    s DATE,
    e DATE,
    PERIOD FOR p (s, e),
    UNIQUE KEY once (room, p WITHOUT OVERLAPS),
    UNIQUE KEY begins (s, room)
);
CREATE TABLE no_period (
    s DATE NOT NULL,
    e DATE NOT NULL,
    CONSTRAINT p CHECK (s < e)
);
