-- Message: create the shop
-- Revision: 1975ea83b712
-- Revises:
-- Created: 2026-11-20T16:40:00Z

-- migrate:up
CREATE TABLE departments (
    id INTEGER NOT NULL,
    name VARCHAR(80) NOT NULL,
    CONSTRAINT pk_departments PRIMARY KEY (id),
    CONSTRAINT uq_departments_name UNIQUE (name)
);

CREATE TABLE users (
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

CREATE INDEX ix_users_department_id ON users (department_id);

CREATE TABLE products (
    id INTEGER NOT NULL,
    sku VARCHAR(40) NOT NULL,
    name VARCHAR(200) NOT NULL,
    description TEXT,
    price NUMERIC(10, 2) NOT NULL,
    stock INTEGER DEFAULT 0 NOT NULL,
    department_id INTEGER NOT NULL,
    CONSTRAINT pk_products PRIMARY KEY (id),
    CONSTRAINT fk_products_department_id FOREIGN KEY (department_id) REFERENCES departments (id) ON DELETE RESTRICT,
    CONSTRAINT ck_products_price CHECK (price >= 0),
    CONSTRAINT ck_products_stock CHECK (stock >= 0)
);

CREATE INDEX ix_products_department_id ON products (department_id);

CREATE UNIQUE INDEX ux_products_sku ON products (sku);

CREATE TABLE customers (
    id INTEGER NOT NULL,
    email VARCHAR(320) NOT NULL,
    name VARCHAR(200) NOT NULL,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
    CONSTRAINT pk_customers PRIMARY KEY (id),
    CONSTRAINT uq_customers_email UNIQUE (email)
);

CREATE INDEX ix_customers_lower_email ON customers (lower(email));

CREATE TABLE orders (
    id INTEGER NOT NULL,
    customer_id INTEGER NOT NULL,
    status VARCHAR(9) DEFAULT 'pending' NOT NULL,
    placed_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
    note TEXT,
    CONSTRAINT pk_orders PRIMARY KEY (id),
    CONSTRAINT fk_orders_customer_id FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE RESTRICT,
    CONSTRAINT ck_orders_status CHECK (status IN ('pending', 'paid', 'shipped', 'cancelled'))
);

CREATE INDEX ix_orders_customer_id ON orders (customer_id);

CREATE INDEX ix_orders_open ON orders (placed_at DESC) WHERE status = 'pending';

CREATE TABLE order_products (
    order_id INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    quantity INTEGER DEFAULT 1 NOT NULL,
    unit_price NUMERIC(10, 2) NOT NULL,
    CONSTRAINT pk_order_products PRIMARY KEY (order_id, product_id),
    CONSTRAINT fk_order_products_order_id FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
    CONSTRAINT fk_order_products_product_id FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE RESTRICT,
    CONSTRAINT ck_order_products_quantity CHECK (quantity > 0)
);

CREATE VIEW order_totals AS SELECT o.id AS order_id, o.customer_id, o.status, sum(p.quantity * p.unit_price) AS total FROM orders AS o JOIN order_products AS p ON p.order_id = o.id GROUP BY o.id, o.customer_id, o.status;

-- migrate:down
DROP VIEW order_totals;

DROP TABLE order_products;

DROP TABLE orders;

DROP TABLE customers;

DROP TABLE products;

DROP TABLE users;

DROP TABLE departments;
