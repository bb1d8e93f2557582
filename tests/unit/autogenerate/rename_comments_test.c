/* "-- renamed from: x": what each comment is about. */
#include "autogenerate/rename_comments.h"

#include "support.h"

/* A line for each: kind, names and former name. */
static char *read_all(const Dialect *dialect, const char *sql)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) comments = rename_comments_read(dialect, "schema.sql", sql, strlen(sql), &error);
    assert_no_error(error);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < comments->len; i++) {
        const RenameComment *comment = comments->pdata[i];
        g_string_append_printf(text, "%s %s%s%s%s%s < %s\n", comment->kind, comment->schema ? comment->schema : "",
                               comment->schema ? "." : "", comment->owner ? comment->owner : "",
                               comment->owner ? "." : "", comment->name, comment->former_name);
    }
    return g_string_free(text, FALSE);
}

static void assert_comments(const Dialect *dialect, const char *sql, const char *expected)
{
    g_autofree char *text = read_all(dialect, sql);
    assert_string_equal(text, expected);
}

static void assert_refused(const Dialect *dialect, const char *sql, const char *expected)
{
    g_autoptr(GError) error = NULL;
    assert_null(rename_comments_read(dialect, "schema.sql", sql, strlen(sql), &error));
    assert_true(g_error_matches(error, SCHEMA_ERROR, SCHEMA_ERROR_MODEL));
    if (!g_str_has_prefix(error->message, expected))
        fail_msg("'%s' does not begin with '%s'", error->message, expected);
}

static void test_statements(void **state)
{
    (void)state;
    assert_comments(&sqlite_dialect,
                    "-- renamed from: a\nCREATE TABLE b (x);\n"
                    "CREATE TABLE c (x); -- Renamed From:  d  \n"
                    "CREATE TABLE e ( -- renamed from: f\n x\n);\n"
                    "/* renamed from: \"g h\" */ CREATE VIEW i AS SELECT 1;\n"
                    "-- words\n-- renamed from: j\n-- more words\n\nCREATE UNIQUE INDEX IF NOT EXISTS k ON b (x);\n"
                    "CREATE TRIGGER l AFTER INSERT ON b -- renamed from: m\nBEGIN SELECT 1; END;\n",
                    "table b < a\ntable c < d\ntable e < f\nview i < g h\nindex b.k < j\ntrigger b.l < m\n");
    assert_comments(&sqlite_dialect, "-- this was renamed from the old one\nCREATE TABLE b (x);", "");
    assert_comments(&sqlite_dialect, "CREATE TABLE b (x DEFAULT '-- renamed from: a');", "");
}

static void test_elements(void **state)
{
    (void)state;
    assert_comments(&sqlite_dialect,
                    "CREATE TABLE t (\n"
                    "  a INTEGER, -- renamed from: a1\n"
                    "  -- renamed from: b1\n"
                    "  b VARCHAR(10) DEFAULT (lower('x, y')),\n"
                    "  c INTEGER, d INTEGER, -- renamed from: d1\n"
                    "  e INTEGER\n"
                    "    NOT NULL, -- renamed from: e1\n"
                    "  /* renamed from: f1 */ f INTEGER,\n"
                    "  g /* renamed from: g1 */ INTEGER, /* renamed from: h1 */ h INTEGER,\n"
                    "  CONSTRAINT ck CHECK (a > 0), -- renamed from: ck1\n"
                    "  \"i j\" INTEGER -- renamed from: [i 1]\n"
                    ")",
                    "column t.a < a1\ncolumn t.b < b1\ncolumn t.d < d1\ncolumn t.e < e1\ncolumn t.f < f1\n"
                    "column t.g < g1\ncolumn t.h < h1\nconstraint t.ck < ck1\ncolumn t.i j < i 1\n");
    assert_comments(&sqlite_dialect, "CREATE TABLE t (a INTEGER, -- renamed from: a1\n b INTEGER)",
                    "column t.a < a1\n");
}

static void test_postgresql(void **state)
{
    (void)state;
    assert_comments(&postgresql_dialect,
                    "-- renamed from: S.Old\nCREATE TABLE \"S\".New (A int, -- renamed from: B\n"
                    "  \"C\" int -- renamed from: \"D\"\n);\n"
                    "CREATE TYPE mood AS ENUM ( -- renamed from: feeling\n  'sad',\n  'so so', -- renamed from: 'so'\n"
                    "  -- renamed from: glad\n  'happy');\n"
                    "-- renamed from: p\nCREATE TYPE q AS (\n  a int -- renamed from: b\n);\n"
                    "-- renamed from: m1\nCREATE MATERIALIZED VIEW m2 AS SELECT 1;\n"
                    "-- renamed from: f1\nCREATE OR REPLACE FUNCTION public.f2(a int) RETURNS int LANGUAGE sql\n"
                    "AS $$ -- renamed from: no\nSELECT 1 $$;\n"
                    "-- renamed from: d1\nCREATE DOMAIN d2 AS text;\n-- renamed from: s1\nCREATE SEQUENCE s2;\n"
                    "-- renamed from: p1\nCREATE POLICY p2 ON ONLY public.t;\n"
                    "-- renamed from: r1\nCREATE RULE r2 AS ON DELETE TO t DO NOTHING;\n"
                    "-- renamed from: c1\nALTER TABLE ONLY public.t\n    ADD CONSTRAINT c2 UNIQUE (a);\n",
                    "table S.new < old\ncolumn S.new.a < b\ncolumn S.new.C < D\ntype mood < feeling\n"
                    "enum value mood.so so < so\nenum value mood.happy < glad\ntype q < p\nattribute q.a < b\n"
                    "materialized_view m2 < m1\nfunction public.f2 < f1\ndomain d2 < d1\nsequence s2 < s1\n"
                    "policy t.p2 < p1\nrule t.r2 < r1\nconstraint public.t.c2 < c1\n");
    assert_comments(&postgresql_dialect,
                    "COPY t FROM STDIN;\n-- renamed from: row\n\\.\n-- renamed from: a\nCREATE TABLE b (x int);\n",
                    "table b < a\n");
}

static void test_mysql(void **state)
{
    (void)state;
    assert_comments(&mariadb_dialect,
                    "CREATE TABLE `t` ( # renamed from: Old\n  `a` int, # renamed from: A1\n"
                    "  PRIMARY KEY (`a`),\n  UNIQUE KEY `u` (`a`), -- renamed from: u1\n"
                    "  KEY `k` (`a`) -- renamed from: `k 1`\n) ENGINE=InnoDB;\n"
                    "DELIMITER $$\n-- renamed from: tr1\nCREATE DEFINER=`root`@`%` TRIGGER tr2 BEFORE INSERT ON t FOR "
                    "EACH ROW\nBEGIN\n  SET @a = 1;\nEND$$\nDELIMITER ;\n"
                    "-- renamed from: e1\nCREATE EVENT e2 ON SCHEDULE EVERY 1 DAY DO SELECT 1;\n",
                    "table t < Old\ncolumn t.a < A1\nkey t.u < u1\nkey t.k < k 1\ntrigger t.tr2 < tr1\n"
                    "event e2 < e1\n");
}

static void test_misplaced(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *expected;
    } rows[] = {
        {"CREATE TABLE t (a);\n  -- renamed from: b\n", "schema.sql:2:3: 'renamed from:' is about nothing here"},
        {"CREATE TABLE t (\n  a\n); -- renamed from: b\nCREATE TABLE u (a);", "schema.sql:3:4: "},
        {"CREATE TABLE t (\n  a\n) -- renamed from: b\n;", "schema.sql:3:3: "},
        {"CREATE TABLE t (\n  a\n  -- renamed from: b\n);", ""},
        {"-- renamed from: b\nINSERT INTO t VALUES (1);", "schema.sql:1:1: "},
        {"-- renamed from:\nCREATE TABLE t (a);", "schema.sql:1:1: 'renamed from:' wants the former name"},
        {"-- renamed from: a b\nCREATE TABLE t (a);", "schema.sql:1:1: 'renamed from:' wants the former name"},
        {"CREATE TABLE t (\n  a,\n  CHECK (a > 0) -- renamed from: b\n);",
         "schema.sql:3:17: 'renamed from:' is about a constraint without a name"},
        {"CREATE TABLE (\n  a -- renamed from: b\n);", "schema.sql:2:5: "},
        {"CREATE VIEW v AS\nSELECT 1 -- renamed from: b\nFROM t;", "schema.sql:2:10: "},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_refused(&sqlite_dialect, rows[i].sql, rows[i].expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statements), cmocka_unit_test(test_elements),  cmocka_unit_test(test_postgresql),
        cmocka_unit_test(test_mysql),      cmocka_unit_test(test_misplaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
