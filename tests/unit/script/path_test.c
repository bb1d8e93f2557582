#include "unit/script/graph.h"

/*
 * The graph of most tests: two bases, a branch and its merge, and a dependency from one base's line to the other's.
 *
 *   a1 - a2 -+- b1 - b2 -+- m1        (b1 #billing, c1 #cart)
 *            +- c1 ------+
 *   x1 - x2 - x3                      (x1 #ext; x2 depends on b1)
 */
#define GRAPH "a1 <; a2 < a1; b1 < a2 #billing; b2 < b1; c1 < a2 #cart; m1 < b2,c1; x1 < #ext; x2 < x1 + b1; x3 < x2"

typedef GPtrArray *(*PathFunction)(const RevisionMap *, const char *, const char *const *, GError **);

/* `current` is a list with spaces; NULL: unknown. `expected`: ids, or "!CODE words" for an error. */
static void expect(PathFunction function, const char *graph, const char *spec, const char *current,
                   const char *expected)
{
    g_autoptr(RevisionMap) map = graph_map(graph);
    g_auto(GStrv) rows = current != NULL ? g_strsplit(current, " ", -1) : NULL;
    if (rows != NULL && rows[0] != NULL && *rows[0] == '\0')
        g_clear_pointer(&rows[0], g_free);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) path = function(map, spec, (const char *const *)rows, &error);
    if (*expected == '!') {
        static const char *const codes[] = {[SCRIPT_ERROR_SPEC] = "SPEC",
                                            [SCRIPT_ERROR_AMBIGUOUS] = "AMBIGUOUS",
                                            [SCRIPT_ERROR_MULTIPLE_HEADS] = "HEADS",
                                            [SCRIPT_ERROR_RANGE] = "RANGE"};
        if (path != NULL)
            fail_msg("'%s' from '%s' gives a path", spec, current);
        g_auto(GStrv) wanted = g_strsplit(expected + 1, " ", 2);
        if (strcmp(wanted[0], codes[error->code]) != 0 ||
            (wanted[1] != NULL && strstr(error->message, wanted[1]) == NULL))
            fail_msg("'%s' from '%s': wanted %s, got %s %s", spec, current, expected, codes[error->code],
                     error->message);
        return;
    }
    if (path == NULL)
        fail_msg("'%s' from '%s': %s", spec, current, error->message);
    g_autofree char *ids = graph_ids(path);
    if (strcmp(ids, expected) != 0)
        fail_msg("'%s' from '%s': wanted '%s', got '%s'", spec, current, expected, ids);
}

static void up(const char *spec, const char *current, const char *expected)
{
    expect(revision_map_upgrade_path, GRAPH, spec, current, expected);
}

static void down(const char *spec, const char *current, const char *expected)
{
    expect(revision_map_downgrade_path, GRAPH, spec, current, expected);
}

static void stamp(const char *spec, const char *current, const char *expected)
{
    expect(revision_map_stamp_targets, GRAPH, spec, current, expected);
}

static void range(const char *spec, const char *current, const char *expected)
{
    expect(revision_map_range, GRAPH, spec, current, expected);
}

static void test_upgrade(void **state)
{
    (void)state;
    up("heads", "", "a1 a2 c1 b1 x1 x2 x3 b2 m1");
    up("heads", NULL, "a1 a2 c1 b1 x1 x2 x3 b2 m1");
    up("head", "", "!HEADS there are several heads:\n  'm1' in 'm1.sql'\n  'x3' in 'x3.sql'\nname one");
    up("m1", "b1", "c1 b2 m1");
    up("m1", "c1", "b1 b2 m1");
    up("m1", "m1", "");
    up("a2", "m1", "");
    up("base", "m1", "");
    up("current", "m1", "");
    /* A dependency comes along, and only as far as it is needed. */
    up("x3", "", "a1 a2 b1 x1 x2 x3");
    up("x3", "m1", "x1 x2 x3");
    up("ext@head", "c1", "b1 x1 x2 x3");
    up("billing@head", "a2", "c1 b1 b2 m1");
    up("cart@heads", "a2", "c1 b1 b2 m1");
    up("x2@head", "x2", "x3");
    up("billing", "", "a1 a2 b1");
    up("billing@x2", "", "!SPEC 'x2' is not in branch 'billing'");
    up("heads", "gone", "!SPEC 'gone'");
    up("nowhere", "", "!SPEC no revision or branch 'nowhere'");
    up("nix@head", "", "!SPEC no revision or branch 'nix'");
    expect(revision_map_upgrade_path, "", "head", "", "");
    expect(revision_map_upgrade_path, "", "heads", NULL, "");
}

static void test_upgrade_relative(void **state)
{
    (void)state;
    up("+1", "a1", "a2");
    up("+0", "a1", "");
    up("+1", "a2", "!AMBIGUOUS above 'a2' stand\n  'b1' in 'b1.sql'\n  'c1' in 'c1.sql'\nname a");
    up("billing@+1", "a2", "b1");
    up("cart@+2", "a2", "c1 b1 b2 m1");
    up("+3", "b1", "!RANGE only 2 revisions above 'b1'");
    up("+2", "b1", "c1 b2 m1");
    up("+1", "", "!AMBIGUOUS");
    up("ext@+1", "", "x1");
    up("ext@+2", "c1", "b1 x1 x2");
    up("+1", "b1 c1", "!AMBIGUOUS 'b1@+1'");
    /* Not a row, but what is applied of the branch is known: x2 has taken b1 along. */
    up("billing@+1", "x2", "b2");
    up("cart@+1", "x2", "c1");
    up("b1@+1", "b1 c1", "b2");
    up("-1", "b1", "!RANGE use 'migrate downgrade -1'");
    up("+1", NULL, "!SPEC not known here");
    up("a2+1", "", "!AMBIGUOUS");
    up("billing@a2+1", "", "a1 a2 b1");
    up("m1-1", "", "!AMBIGUOUS below 'm1' stand\n  'b2' in 'b2.sql'\n  'c1' in 'c1.sql'");
    up("cart@m1-1", "", "a1 a2 c1");
    up("b2-1", "", "a1 a2 b1");
    up("b2-4", "", "");
    up("b2-5", "", "!RANGE leads past the base");
    up("ext@head-1", "", "a1 a2 b1 x1 x2");
    up("+99999999999", "a1", "!SPEC no revision or branch '+99999999999'");
}

static void test_spec_forms(void **state)
{
    (void)state;
    up("", "", "!SPEC an empty text");
    up("a1:a2", "", "!SPEC is a range");
    up("@head", "", "!SPEC cannot be read");
    up("billing@", "", "!SPEC cannot be read");
    up("a@b@c", "", "!SPEC '@' twice");
    up("+", "", "!SPEC no revision or branch '+'");
    up("a1+", "", "!SPEC");
    up(" a1 ", "", "a1");
    const char *labelled = "a <; b < a #rel-2; c < b #v1.0";
    expect(revision_map_upgrade_path, labelled, "rel-2", "", "a b");
    expect(revision_map_upgrade_path, labelled, "rel-2-1", "", "a");
    expect(revision_map_upgrade_path, labelled, "v1.0-1", "", "a b");
    expect(revision_map_upgrade_path, labelled, "rel-2@head", "", "a b c");
}

static void test_downgrade(void **state)
{
    (void)state;
    down("base", "m1", "m1 b2 b1 c1 a2 a1");
    down("base", "m1 x3", "m1 b2 x3 x2 x1 b1 c1 a2 a1");
    down("a2", "m1", "m1 b2 b1 c1");
    down("a1", "a1", "");
    down("m1", "m1", "");
    down("current", "m1", "");
    down("base", "", "");
    down("b1", "m1", "m1 b2");
    /* What depends on something that comes down comes down too; what depends on the target stays. */
    down("a2", "b2 x3", "b2 x3 x2 b1");
    down("b1", "b2 x3", "b2");
    down("b1", "x3", "");
    down("x1", "m1 x3", "x3 x2");
    down("billing@a2", "b2 c1", "b2 b1");
    down("cart@a2", "b2", "");
    down("ext@base", "m1 x3", "x3 x2 x1");
    down("billing@base", "b1 x1", "b1 a2 a1");
    down("b2", "b1", "!RANGE cannot go down to 'b2': it is not applied (the database stands at 'b1')");
    down("b2", "", "!RANGE stands at base");
    down("head", "m1", "!HEADS");
    down("base", NULL, "!SPEC FROM:base");
    down("base", "gone", "!SPEC 'gone'");
}

static void test_downgrade_relative(void **state)
{
    (void)state;
    down("-1", "a2", "a2");
    down("-2", "a2", "a2 a1");
    down("-3", "a2", "!RANGE not 3 revisions down from 'a2'");
    down("-1", "", "!RANGE no revision is applied");
    down("-0", "a2", "");
    down("-1", "m1", "m1");
    down("-2", "m1", "!AMBIGUOUS below 'm1' stand\n  'b2' in 'b2.sql'\n  'c1' in 'c1.sql'");
    down("-1", "b1 c1", "!AMBIGUOUS 'b1@-1'");
    down("b1@-1", "b1 c1", "b1");
    down("billing@-1", "b2 c1", "b2");
    down("billing@-2", "b2 c1", "b2 b1");
    down("cart@-1", "b2 c1", "c1");
    down("cart@-1", "b2", "!RANGE no revision of branch 'cart' is applied");
    down("cart@-2", "m1", "m1 c1");
    down("ext@-1", "m1 x3", "x3");
    /* Rows do not show b1, which x2 needs: it comes down with what needs it. */
    down("billing@-1", "x2", "x2 b1");
    down("+1", "a2", "!RANGE use 'migrate upgrade +1'");
    down("m1-1", "m1", "!AMBIGUOUS");
    down("b2-1", "b2", "b2");
    down("b1-2", "b2 x1", "b2 b1 a2");
    down("b1-3", "b2 x1", "b2 b1 a2 a1");
    down("current-1", "b2", "b2");
    down("current-1", "b2 c1", "!AMBIGUOUS as in 'b2-1'");
}

static void test_stamp(void **state)
{
    (void)state;
    stamp("m1", "", "m1");
    stamp("m1", NULL, "m1");
    stamp("heads", "a1", "x3 m1");
    stamp("base", "m1 x3", "");
    stamp("a2", "m1", "a2");
    stamp("b1", "c1", "c1 b1");
    stamp("x3", "a1", "x3");
    stamp("x3", "c1", "x3 c1");
    stamp("a1,x1", "m1 x3", "x1 a1");
    stamp("b1 x2", "", "!RANGE 'x2' ('x2.sql') stands on 'b1' ('b1.sql')\nit is enough to name 'x2'");
    stamp("x2 x2", "", "x2");
    stamp("m1", "x3", "x3 m1");
    stamp("ext@base", "m1 x3", "m1");
    stamp("ext@base", "x3", "b1");
    stamp("-1", "m1", "c1 b2");
    stamp("+1", "a1", "a2");
    stamp("base a1", "", "!SPEC cannot be combined");
    stamp("", "", "!SPEC an empty text");
    stamp("m1", "gone", "!SPEC 'gone'");
}

static void test_range(void **state)
{
    (void)state;
    range(":", "", "m1 b2 x3 x2 x1 b1 c1 a2 a1");
    range("base:a2", "", "a2 a1");
    range("a2:b2", "", "b2 b1 a2");
    range("a2:m1", "", "m1 b2 b1 c1 a2");
    range("a1:a1", "", "a1");
    range("b1:", "", "m1 b2 b1");
    range("ext@base:", "", "x3 x2 x1 b1 a2 a1");
    range("current:", "b2", "m1 b2");
    range("current:m1", "b2 c1", "m1 b2 c1");
    range(":current", "", "");
    range("current:a1", "", "a1");
    range("-1:current", "b2", "b2 b1");
    range("-9:current", "b2", "b2 b1 a2 a1");
    range("a1:+1", "", "a2 a1");
    range("a2:+1", "", "!AMBIGUOUS");
    range("billing:+9", "", "m1 b2 b1");
    range("-1:+1", "b2", "m1 b2 b1");
    range("current:-1", "b2", "!RANGE 'b2' is not below 'b1'");
    range("b2:a2", "", "!RANGE OLDER:NEWER");
    range("a1:x1", "", "!RANGE 'a1' is not below 'x1'");
    range("b2", "", "b2");
    range("heads", "", "m1 x3");
    range("current", "b1 c1", "b1 c1");
    range("a1:b1:c1", "", "!SPEC is a range");
    range("current:", NULL, "!SPEC not known here");
    range("nowhere:", "", "!SPEC nowhere");
}

static void expect_change(const char *id, gboolean goes_up, const char *current, const char *gone, const char *new)
{
    g_autoptr(RevisionMap) map = graph_map(GRAPH);
    g_auto(GStrv) rows = g_strsplit(current, " ", -1);
    if (*current == '\0')
        g_clear_pointer(&rows[0], g_free);
    g_autoptr(GPtrArray) delete_ids = NULL;
    g_autoptr(GPtrArray) insert_ids = NULL;
    revision_map_head_change(map, revision_map_get(map, id), goes_up, (const char *const *)rows, &delete_ids,
                             &insert_ids);
    g_ptr_array_add(delete_ids, NULL);
    g_ptr_array_add(insert_ids, NULL);
    g_autofree char *deleted = g_strjoinv(" ", (char **)delete_ids->pdata);
    g_autofree char *inserted = g_strjoinv(" ", (char **)insert_ids->pdata);
    assert_string_equal(deleted, gone);
    assert_string_equal(inserted, new);
}

static void test_head_change(void **state)
{
    (void)state;
    expect_change("a1", TRUE, "", "", "a1");
    expect_change("a2", TRUE, "a1", "a1", "a2");
    expect_change("b1", TRUE, "c1", "", "b1");
    expect_change("m1", TRUE, "b2 c1", "b2 c1", "m1");
    expect_change("x2", TRUE, "b1 x1", "x1 b1", "x2");
    expect_change("x2", TRUE, "b2 x1", "x1", "x2");
    expect_change("b2", TRUE, "x2", "", "b2");
    expect_change("a1", FALSE, "a1", "a1", "");
    expect_change("m1", FALSE, "m1", "m1", "b2 c1");
    expect_change("m1", FALSE, "m1 x3", "m1", "b2 c1");
    expect_change("b1", FALSE, "b1 c1", "b1", "");
    expect_change("b1", FALSE, "b1", "b1", "a2");
    expect_change("b2", FALSE, "b2 x3", "b2", "");
    expect_change("x2", FALSE, "x2", "x2", "x1 b1");
    expect_change("x2", FALSE, "b2 x2", "x2", "x1");
    expect_change("x3", FALSE, "gone x3", "x3", "x2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_upgrade),   cmocka_unit_test(test_upgrade_relative),   cmocka_unit_test(test_spec_forms),
        cmocka_unit_test(test_downgrade), cmocka_unit_test(test_downgrade_relative), cmocka_unit_test(test_stamp),
        cmocka_unit_test(test_range),     cmocka_unit_test(test_head_change),
    };
    return cmocka_run_group_tests_name("script/path", tests, NULL, NULL);
}
