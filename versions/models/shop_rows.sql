-- Rows for the small shop as it was at first, for the demo and the tests.
INSERT INTO departments (id, name) VALUES (1, 'Books'), (2, 'Music');
INSERT INTO users (id, email, name, department_id) VALUES
    (1, 'ada@example.com', 'Ada', 1),
    (2, 'grace@example.com', 'Grace', 2);
INSERT INTO products (id, sku, name, price, stock, department_id) VALUES
    (1, 'B-1', 'A book', 12.50, 10, 1),
    (2, 'B-2', 'Another book', 8, 3, 1),
    (3, 'M-1', 'A record', 21.90, 0, 2);
INSERT INTO customers (id, email, name) VALUES (1, 'c@example.com', 'Carla'), (2, 'd@example.com', 'Dan O''Neill');
INSERT INTO orders (id, customer_id, status) VALUES (1, 1, 'paid'), (2, 2, 'pending'), (3, 1, 'shipped');
INSERT INTO order_products (order_id, product_id, quantity, unit_price) VALUES
    (1, 1, 2, 12.50), (1, 3, 1, 21.90), (2, 2, 1, 8), (3, 1, 1, 12.50);
