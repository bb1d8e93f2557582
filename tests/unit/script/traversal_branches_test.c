/* What an Alembic user expects of a line, of branches with and without labels, of merges and of several bases. */
#include "unit/script/traversal.h"

#define LINE "a <; b < a; c < b; d < c; e < d"
static void test_line(void **state)
{
    (void)state;
    traversal(LINE, "", "upgrade head", "a b c d e | e");
    traversal(LINE, "a", "upgrade +2", "b c | c");
    traversal(LINE, "a", "upgrade c+1", "b c d | d");
    traversal(LINE, "", "upgrade e-3", "a b | b");
    traversal(LINE, "", "upgrade head-1", "a b c d | d");
    traversal(LINE, "d", "upgrade +2", "!is only 1 revision above 'd'");
    traversal(LINE, "e", "upgrade c", "| e");
    traversal(LINE, "e", "upgrade current", "| e");
    traversal(LINE, "e", "downgrade -2", "e d | c");
    traversal(LINE, "e", "downgrade c", "e d | c");
    traversal(LINE, "e", "downgrade c-1", "e d c | b");
    traversal(LINE, "e", "downgrade c+1", "e | d");
    traversal(LINE, "e", "downgrade base+2", "e d c | b");
    traversal(LINE, "e", "downgrade base", "e d c b a |");
    traversal(LINE, "c", "downgrade -4", "!there are not 4 revisions down");
    traversal(LINE, "c", "downgrade e", "!it is not applied");
    /* Down to where it stands, and from nothing: done already. */
    traversal(LINE, "e", "downgrade head", "| e");
    traversal(LINE, "c", "downgrade c", "| c");
    traversal(LINE, "", "downgrade base", "|");
    traversal(LINE, "c", "downgrade +1", "!use 'migrate upgrade +1'");
    traversal(LINE, "c", "upgrade -1", "!use 'migrate downgrade -1'");
}

static void test_ranges_of_a_line(void **state)
{
    (void)state;
    traversal(LINE, "", "history :c", "c b a");
    traversal(LINE, "", "history c:", "e d c");
    traversal(LINE, "", "history base:head", "e d c b a");
    traversal(LINE, "", "history b:d", "d c b");
    traversal(LINE, "d", "history -3:current", "d c b a");
    traversal(LINE, "d", "history -1:current", "d c");
    traversal(LINE, "d", "history current:", "e d");
    traversal(LINE, "d", "history :current", "d c b a");
    traversal(LINE, "d", "history current:+1", "e d");
    traversal(LINE, "b", "history current:head", "e d c b");
    traversal(LINE, "d", "history head:current", "!OLDER:NEWER");
    traversal(LINE, "e", "history head:current", "e");
    traversal(LINE, "", "history d-2:d", "d c b");
    traversal(LINE, "", "history current:current", "");
}

/* Two branches above b; the labels look like relative specs. */
#define FORK "a <; b < a; l1 < b #left; l2 < l1; r1 < b #right-1; r2 < r1; r3 < r2"
static void test_branches(void **state)
{
    (void)state;
    traversal(FORK, "b", "upgrade head", "!there are several heads");
    traversal(FORK, "b", "upgrade left@head", "l1 l2 | l2");
    traversal(FORK, "b", "upgrade right-1", "r1 | r1");
    traversal(FORK, "b", "upgrade right-1@+2", "r1 r2 | r2");
    traversal(FORK, "b", "upgrade right-1+1", "r1 r2 | r2");
    traversal(FORK, "l2", "upgrade right-1@+1", "r1 | l2 r1");
    traversal(FORK, "b", "upgrade +1", "!above 'b' stand\n  'l1' in 'l1.sql'\n  'r1' in 'r1.sql'");
    traversal(FORK, "l1 r1", "upgrade +1", "!it could count from any of these:\n  'l1' in 'l1.sql'\n  'r1'");
    traversal(FORK, "l1 r1", "upgrade heads", "r2 r3 l2 | l2 r3");
    /* One branch goes down, the other stays; below the fork both do. */
    traversal(FORK, "l2 r3", "downgrade left@b", "l2 l1 | r3");
    traversal(FORK, "l2 r3", "downgrade r1", "r3 r2 | l2 r1");
    traversal(FORK, "l2 r3", "downgrade b", "l2 l1 r3 r2 r1 | b");
    traversal(FORK, "l2 r3", "downgrade a", "l2 l1 r3 r2 r1 b | a");
    traversal(FORK, "l2 r3", "downgrade right-1@-2", "r3 r2 | l2 r1");
    traversal(FORK, "l2 r3", "downgrade r3-1", "r3 | l2 r2");
    traversal(FORK, "l2 r3", "downgrade -1", "!say from which, as in 'l2@-1'");
    traversal(FORK, "l2 r3", "downgrade left@base", "l2 l1 r3 r2 r1 b a |");
    traversal(FORK, "r3", "downgrade left@-1", "!no revision of branch 'left' is applied");
    traversal(FORK, "b", "downgrade left@-1", "b | a");
    traversal(FORK, "l2", "downgrade r1", "!it is not applied");
    traversal(FORK, "l2 r3", "downgrade heads", "!there are several heads");
    traversal(FORK, "", "history :left@head", "l2 l1 b a");
    traversal(FORK, "", "history right-1:", "r3 r2 r1");
    traversal(FORK, "l1", "history current:left@+1", "l2 l1");
    traversal(FORK, "", "history :right-1@head-1", "r2 r1 b a");
}

static void test_stamps(void **state)
{
    (void)state;
    traversal(FORK, "", "stamp heads", "| r3 l2");
    traversal(FORK, "l2", "stamp r1", "| r1 l2");
    traversal(FORK, "l2 r3", "stamp r1", "| r1 l2");
    traversal(FORK, "l2 r3", "stamp b", "| b");
    traversal(FORK, "a", "stamp l1 r2", "| r2 l1");
    traversal(FORK, "l1", "stamp l2 r1", "| r1 l2");
    traversal(FORK, "", "stamp l1 l2", "!a stamp cannot be of 'l1' and 'l2', which overlap: 'l2' ('l2.sql')");
    traversal(FORK, "l2 r3", "stamp base", "| ");
    traversal(FORK, "l2 r3", "stamp left@base", "| r3");
    traversal(FORK, "l2 r3", "stamp left@-1", "| r3 l1");
    /* Rows that overlap are no state that a run leaves; a stamp, and a downgrade, lead out of it. */
    traversal(FORK, "b l2", "upgrade heads", "!the version table holds 'b' and 'l2', which overlap");
    traversal(FORK, "b l2", "stamp l2", "| l2");
}

#define MERGED "a <; b < a; c < a; m < b,c; d < m"
static void test_merges(void **state)
{
    (void)state;
    traversal(MERGED, "b", "upgrade m", "c m | m");
    traversal(MERGED, "b c", "upgrade m", "m | m");
    traversal(MERGED, "d", "downgrade b", "d m | b c");
    traversal(MERGED, "d", "downgrade -1", "d | m");
    traversal(MERGED, "m", "downgrade -1", "m | b c");
    traversal(MERGED, "d", "downgrade -3", "!below 'm' stand\n  'b' in 'b.sql'\n  'c' in 'c.sql'");
    traversal(MERGED, "m", "downgrade c@-2", "m c | b");
    traversal(MERGED, "d", "downgrade a", "d m b c | a");
    traversal(MERGED, "", "history :", "d m b c a");
    traversal(MERGED, "", "history b:m", "m b");
}

#define BASES "a <; b <; m < a,b; x < #other; y < x"
static void test_several_bases(void **state)
{
    (void)state;
    traversal(BASES, "", "upgrade +1", "!above 'base' stand\n  'a' in 'a.sql'\n  'b' in 'b.sql'\n  'x' in 'x.sql'");
    traversal(BASES, "", "upgrade other@+1", "x | x");
    traversal(BASES, "m", "upgrade heads", "x y | m y");
    traversal(BASES, "m", "downgrade b", "m | a b");
    traversal(BASES, "m y", "downgrade other@base", "y x | m");
    traversal(BASES, "m y", "downgrade x-1", "y x | m");
    traversal(BASES, "a x", "downgrade base", "a x |");
    traversal(BASES, "m y", "stamp other@base", "| m");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line),   cmocka_unit_test(test_ranges_of_a_line), cmocka_unit_test(test_branches),
        cmocka_unit_test(test_stamps), cmocka_unit_test(test_merges),           cmocka_unit_test(test_several_bases),
    };
    return cmocka_run_group_tests_name("script/traversal_branches", tests, NULL, NULL);
}
