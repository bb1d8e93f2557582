#include <glib/gstdio.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "script/alembic.h"
#include "unit/script/graph.h"

static ForeignRevision *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    ForeignRevision *revision = alembic_parse("v.py", text, strlen(text), &error);
    if (error != NULL)
        fail_msg("%s", error->message);
    return revision;
}

/* Reading must fail at this place, with these words. */
static void refuse(const char *text, const char *place, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ForeignRevision) revision = alembic_parse("v.py", text, strlen(text), &error);
    assert_null(revision);
    assert_non_null(error);
    assert_true(g_error_matches(error, BASE_ERROR, BASE_ERROR_SYNTAX));
    if (!g_str_has_prefix(error->message, place) || strstr(error->message, words) == NULL)
        fail_msg("'%s' at %s is not in: %s", words, place, error->message);
}

static void assert_names(const GPtrArray *names, const char *wanted)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < names->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", (const char *)g_ptr_array_index(names, i));
    assert_string_equal(text->str, wanted);
}

/* What script.py.mako of 1.8 and of 1.16 writes. */
static void test_templates(void **state)
{
    (void)state;
    g_autoptr(ForeignRevision) old = parse(
        "\"\"\"create account table\n\nRevision ID: 1975ea83b712\nRevises: \n"
        "Create Date: 2011-11-08 11:40:27.089406\n\n\"\"\"\nfrom alembic import op\nimport sqlalchemy as sa\n\n\n"
        "# revision identifiers, used by Alembic.\nrevision = '1975ea83b712'\ndown_revision = None\n"
        "branch_labels = None\ndepends_on = None\n\n\ndef upgrade() -> None:\n    op.create_table('account')\n\n\n"
        "def downgrade() -> None:\n    pass\n");
    assert_string_equal(old->id, "1975ea83b712");
    assert_string_equal(old->message, "create account table");
    assert_string_equal(old->created, "2011-11-08T11:40:27");
    assert_int_equal(old->down_revisions->len + old->branch_labels->len + old->depends_on->len, 0);
    assert_true(!old->empty_up && old->empty_down);
    g_autoptr(ForeignRevision) new =
        parse("\"\"\"merge\n\nRevision ID: ae1027a6acf\nRevises: 27c6a30d7c24, 1975ea83b712\n"
              "Create Date: 2026-11-21 08:15:00+00:00\n\n\"\"\"\nfrom typing import Sequence, Union\n\n"
              "revision: str = 'ae1027a6acf'\n"
              "down_revision: Union[str, Sequence[str], None] = ('27c6a30d7c24', '1975ea83b712')\n"
              "branch_labels: Union[str, Sequence[str], None] = ['shop', \"cart\"]\n"
              "depends_on: Union[str, Sequence[str], None] = '5555'\n\n"
              "def upgrade() -> None:\n    \"\"\"Upgrade schema.\"\"\"\n    pass\n\n\n"
              "def downgrade() -> None:\n    \"\"\"Downgrade schema.\"\"\"\n    # nothing\n    return None\n");
    assert_string_equal(new->created, "2026-11-21T08:15:00Z");
    assert_names(new->down_revisions, "27c6a30d7c24 1975ea83b712");
    assert_names(new->branch_labels, "shop cart");
    assert_names(new->depends_on, "5555");
    assert_true(new->empty_up &&new->empty_down);
}

/* The values on the left mean what Python's own eval() says of them. */
static void test_values(void **state)
{
    (void)state;
    static const struct {
        const char *value, *names;
    } cases[] = {
        {"None", ""},
        {"(None)", ""},
        {"'a'", "a"},
        {"\"a\"", "a"},
        {"'''a'''", "a"},
        {"\"\"\"a\"\"\"", "a"},
        {"r'a'", "a"},
        {"u\"a\"", "a"},
        {"f'a'", "a"},
        {"'a' 'b'", "ab"},
        {"('a'\n    'b')", "ab"},
        {"'a', 'b'", "a b"},
        {"('a',)", "a"},
        {"(\n  'a',  # one\n  'b',\n)", "a b"},
        {"['a', 'b']", "a b"},
        {"{'a'}", "a"},
        {"()", ""},
        {"[]", ""},
        {"(('a', 'b'))", "a b"},
        {"'\\x61\\142\\u0063\\U00000064'", "abcd"},
        {"'a\\\nb'", "ab"},
        {"\\\n  'a'", "a"},
        {"'a'; x = 1", "a"},
        {"'a'  # type: ignore", "a"},
        {"['a', 'a']", "a"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strconcat("revision = 'r'\ndown_revision = ", cases[i].value, "\n", NULL);
        g_autoptr(ForeignRevision) revision = parse(text);
        assert_names(revision->down_revisions, cases[i].names);
    }
}

static void test_what_only_running_tells(void **state)
{
    (void)state;
    refuse("revision = name\ndown_revision = None\n", "v.py:1:12:", "a name");
    refuse("down_revision = None\nrevision = f'{x}'\n", "v.py:2:12:", "f-string with fields");
    refuse("revision = b'x'\n", "v.py:1:12:", "bytes");
    refuse("revision = 12\n", "v.py:1:12:", "a number");
    refuse("revision = 'a' + 'b'\n", "v.py:1:16:", "an expression");
    refuse("revision = 'a'.lower()\n", "v.py:1:15:", "an expression");
    refuse("revision = ('a', x)\n", "v.py:1:18:", "a name");
    refuse("revision = {'a': 'b'}\n", "v.py:1:16:", "an expression");
    refuse("revision = x = 'a'\n", "v.py:1:12:", "a name");
    refuse("x = revision = 'a'\n", "v.py:1:5:", "a statement of its own");
    refuse("revision, down_revision = 'a', None\n", "v.py:1:1:", "a statement of its own");
    refuse("revision = 'a'\ndown_revision = None\ndepends_on += ('x',)\n", "v.py:3:1:", "a statement of its own");
    refuse("if x:\n    revision = 'a'\n", "v.py:2:5:", "not indented");
    refuse("if x: down_revision = 'a'\n", "v.py:1:7:", "not indented");
    refuse("try:\n    down_revision: str = 'a'\nexcept: pass\n", "v.py:2:5:", "not indented");
    refuse("revision =\n", "v.py:1:11:", "no value");
}

static void test_what_alembic_would_refuse(void **state)
{
    (void)state;
    refuse("revision = 'a'\n", "v.py:1:12:", "'down_revision'");
    refuse("\n  \ndown_revision = 'a'\n", "v.py:3:17:", "'revision'");
    refuse("revision = None\ndown_revision = None\n", "v.py:1:12:", "one string");
    refuse("revision = ['a']\ndown_revision = None\n", "v.py:1:12:", "one string");
    refuse("revision = 'a-b'\ndown_revision = None\n", "v.py:1:12:", "'a-b' may hold only");
    refuse("revision = 'a'\ndown_revision = '\xc3\xa4'\n", "v.py:2:17:", "may hold only");
    refuse("revision = 'a'\ndown_revision = None\nbranch_labels = 'x@y'\n", "v.py:3:17:", "branch label 'x@y'");
}

static void test_no_python(void **state)
{
    (void)state;
    refuse("x = 'a\nrevision = 'b'\n", "v.py:1:5:", "not closed on its line");
    refuse("'''a\n", "v.py:1:1:", "never closed");
    refuse("x = (1,\n", "v.py:2:1:", "bracket is never closed");
    refuse("x = 1)\n", "v.py:1:6:", "closes nothing");
    refuse("x = $\n", "v.py:1:5:", "no Python");
    refuse("x = \\ 1\n", "v.py:1:5:", "backslash");
    refuse("\xc3\xa4 = '\xc3\xa4'; ?\n", "v.py:1:10:", "no Python");
}

/* What stands elsewhere in the file is not taken for what it is not. */
static void test_other_text(void **state)
{
    (void)state;
    g_autoptr(ForeignRevision) revision =
        parse("# revision = 'comment'\r\nimport x as revision_\r\ntext = '''\r\nrevision = 'string'\r\n'''\r\n"
              "def f(revision='default', *, depends_on=None):\r\n    revision = g(revision='call')\r\n"
              "    return f\"{revision['k']}{'}'}\"\r\n\r\nclass C:\r\n    down_revision = h()\r\n"
              "op.revision = 3\r\ng(revision=1)\r\nif revision_ == 'x': pass\r\n"
              "revision = 'first'\r\nrevision = 'last'\r\ndown_revision = 'd'\r\n@decorator\r\n"
              "def upgrade(): pass\r\ndef downgrade():\r\n  if x:\r\n    y()\r\n");
    assert_string_equal(revision->id, "last");
    assert_names(revision->down_revisions, "d");
    assert_string_equal(revision->message, "");
    assert_null(revision->created);
    assert_true(!revision->empty_up && !revision->empty_down);
    assert_null(parse("\"\"\"helpers\"\"\"\nimport os\nx = f'''{a}\n{b!r:>{c}}'''\n"));
    assert_null(parse(""));
}

static void test_docstrings(void **state)
{
    (void)state;
    static const struct {
        const char *doc, *message, *created;
    } cases[] = {
        {"\"\"\"a \\\"quoted\\\" 'word'\n\nRevision ID: r\n\"\"\"", "a \"quoted\" 'word'", NULL},
        {"'one line'", "one line", NULL},
        {"r\"\"\"a\\b\"\"\"", "a\\b", NULL},
        {"\"two \" 'parts'", "two parts", NULL},
        {"\"\"\"first\n\n   second\n   third\n\nRevises: x\nCreate Date: yesterday\n\"\"\"", "first\n\nsecond\nthird",
         "yesterday"},
        {"# comment\n\n'''\xc3\xbc \\u00fc \\N{DASH}'''", "\xc3\xbc \xc3\xbc \\N{DASH}", NULL},
        {"'''m\nCreate Date: 2026-01-02 03:04:05.678901+02:00'''", "m", "2026-01-02T03:04:05+02:00"},
        {"f'{no} docstring' if x else y", "", NULL},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strconcat(cases[i].doc, "\nrevision = 'r'\ndown_revision = None\n", NULL);
        g_autoptr(ForeignRevision) revision = parse(text);
        assert_string_equal(revision->message, cases[i].message);
        assert_int_equal(g_strcmp0(revision->created, cases[i].created), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_templates),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_what_only_running_tells),
        cmocka_unit_test(test_what_alembic_would_refuse),
        cmocka_unit_test(test_no_python),
        cmocka_unit_test(test_other_text),
        cmocka_unit_test(test_docstrings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
