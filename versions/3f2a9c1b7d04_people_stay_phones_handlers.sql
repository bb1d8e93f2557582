-- Message: people stay, phones, handlers
-- Revision: 3f2a9c1b7d04
-- Revises: 1975ea83b712
-- Created: 2026-11-21T08:15:00Z

-- migrate:up foreign-keys:off
-- Table users is rebuilt and keeps its rows; ALTER TABLE of SQLite cannot do this:
--   drop foreign key fk_users_department_id on users
--   alter column users.name: type String(80) -> String(200)
--   alter column users.department_id: nullable
--   create foreign key fk_users_department_id on users
CREATE TEMP TABLE _migrate_guard (unknown TEXT, CONSTRAINT "table users has columns, indexes or triggers that this revision would drop unasked" CHECK (unknown IS NULL));

INSERT INTO _migrate_guard (unknown)
SELECT name
FROM pragma_table_xinfo('users')
WHERE name COLLATE NOCASE NOT IN ('id', 'email', 'name', 'department_id', 'is_active', 'created_at')
UNION ALL
SELECT name
FROM sqlite_schema
WHERE tbl_name = 'users' COLLATE NOCASE AND type IN ('index', 'trigger') AND sql IS NOT NULL AND name COLLATE NOCASE NOT IN ('ix_users_department_id');

DROP TABLE _migrate_guard;

CREATE TABLE _migrate_new_users (
    id INTEGER NOT NULL,
    email VARCHAR(320) NOT NULL,
    name VARCHAR(200) NOT NULL,
    department_id INTEGER,
    is_active BOOLEAN DEFAULT true NOT NULL,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT uq_users_email UNIQUE (email),
    CONSTRAINT fk_users_department_id FOREIGN KEY (department_id) REFERENCES departments (id) ON DELETE SET NULL
);

INSERT INTO _migrate_new_users (id, email, name, department_id, is_active, created_at)
SELECT id, email, name, department_id, is_active, created_at
FROM users
ORDER BY rowid;

DROP TABLE users;

ALTER TABLE _migrate_new_users RENAME TO users;

CREATE INDEX ix_users_department_id ON users (department_id);

ALTER TABLE customers ADD COLUMN phone VARCHAR(40);

ALTER TABLE orders ADD COLUMN handled_by INTEGER CONSTRAINT fk_orders_handled_by REFERENCES users (id) ON DELETE SET NULL;

CREATE INDEX ix_orders_handled_by ON orders (handled_by);

CREATE INDEX ix_order_products_product_id ON order_products (product_id);

-- migrate:down foreign-keys:off
DROP INDEX ix_orders_handled_by;

DROP INDEX ix_order_products_product_id;

-- Table orders is rebuilt and keeps its rows; ALTER TABLE of SQLite cannot do this:
--   drop foreign key fk_orders_handled_by on orders
--   drop index ix_orders_handled_by on orders
--   drop column orders.handled_by
-- The values of 'handled_by' are dropped.
CREATE TEMP TABLE _migrate_guard (unknown TEXT, CONSTRAINT "table orders has columns, indexes or triggers that this revision would drop unasked" CHECK (unknown IS NULL));

INSERT INTO _migrate_guard (unknown)
SELECT name
FROM pragma_table_xinfo('orders')
WHERE name COLLATE NOCASE NOT IN ('id', 'customer_id', 'status', 'placed_at', 'note', 'handled_by')
UNION ALL
SELECT name
FROM sqlite_schema
WHERE tbl_name = 'orders' COLLATE NOCASE AND type IN ('index', 'trigger') AND sql IS NOT NULL AND name COLLATE NOCASE NOT IN ('ix_orders_customer_id', 'ix_orders_open');

DROP TABLE _migrate_guard;

CREATE TABLE _migrate_new_orders (
    id INTEGER NOT NULL,
    customer_id INTEGER NOT NULL,
    status VARCHAR(9) DEFAULT 'pending' NOT NULL,
    placed_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
    note TEXT,
    CONSTRAINT pk_orders PRIMARY KEY (id),
    CONSTRAINT fk_orders_customer_id FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE RESTRICT,
    CONSTRAINT ck_orders_status CHECK (status IN ('pending', 'paid', 'shipped', 'cancelled'))
);

INSERT INTO _migrate_new_orders (id, customer_id, status, placed_at, note)
SELECT id, customer_id, status, placed_at, note
FROM orders
ORDER BY rowid;

DROP TABLE orders;

ALTER TABLE _migrate_new_orders RENAME TO orders;

CREATE INDEX ix_orders_customer_id ON orders (customer_id);

CREATE INDEX ix_orders_open ON orders (placed_at DESC) WHERE status = 'pending';

-- Table users is rebuilt and keeps its rows; ALTER TABLE of SQLite cannot do this:
--   drop foreign key fk_users_department_id on users
--   alter column users.department_id: not null
--   alter column users.name: type String(200) -> String(80)
--   create foreign key fk_users_department_id on users
-- Fails, and changes nothing, while 'department_id' holds NULL.
CREATE TEMP TABLE _migrate_guard (unknown TEXT, CONSTRAINT "table users has columns, indexes or triggers that this revision would drop unasked" CHECK (unknown IS NULL));

INSERT INTO _migrate_guard (unknown)
SELECT name
FROM pragma_table_xinfo('users')
WHERE name COLLATE NOCASE NOT IN ('id', 'email', 'name', 'department_id', 'is_active', 'created_at')
UNION ALL
SELECT name
FROM sqlite_schema
WHERE tbl_name = 'users' COLLATE NOCASE AND type IN ('index', 'trigger') AND sql IS NOT NULL AND name COLLATE NOCASE NOT IN ('ix_users_department_id');

DROP TABLE _migrate_guard;

CREATE TABLE _migrate_new_users (
    id INTEGER NOT NULL,
    email VARCHAR(320) NOT NULL,
    name VARCHAR(80) NOT NULL,
    department_id INTEGER NOT NULL,
    is_active BOOLEAN DEFAULT true NOT NULL,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT uq_users_email UNIQUE (email),
    CONSTRAINT fk_users_department_id FOREIGN KEY (department_id) REFERENCES departments (id) ON DELETE CASCADE
);

INSERT INTO _migrate_new_users (id, email, name, department_id, is_active, created_at)
SELECT id, email, name, department_id, is_active, created_at
FROM users
ORDER BY rowid;

DROP TABLE users;

ALTER TABLE _migrate_new_users RENAME TO users;

CREATE INDEX ix_users_department_id ON users (department_id);

ALTER TABLE customers DROP COLUMN phone;
