CREATE TABLE parents (
    id INT PRIMARY KEY,
    x INT,
    y INT,
    UNIQUE KEY xy (x, y)
);
CREATE TABLE children (
    id INT,
    p INT,
    q INT,
    r INT,
    CONSTRAINT f1 FOREIGN KEY (p) REFERENCES parents (id) ON DELETE CASCADE ON UPDATE SET NULL,
    CONSTRAINT f2 FOREIGN KEY (q, r) REFERENCES parents (x, y) ON DELETE RESTRICT ON UPDATE NO ACTION,
    FOREIGN KEY (id) REFERENCES parents (id)
);
CREATE TABLE selves (
    id INT PRIMARY KEY REFERENCES selves (id),
    parent INT,
    FOREIGN KEY (parent) REFERENCES selves (id)
);
CREATE TABLE checked (
    a INT CHECK (a > 0),
    b INT,
    c VARCHAR(10) CHECK (c <> 'it''s'),
    `x y` INT,
    CONSTRAINT named CHECK (a < b AND (b > 1 OR a < 1)),
    CHECK (b IN (1, 2)),
    CONSTRAINT `we ird` CHECK (`x y` IS NOT NULL)
);
