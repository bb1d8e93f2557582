/*
 * Texts that mean the same, in the same words: both servers keep what SQL has two words for as one of them (not the
 * same one), and add an introducer to strings. Only what is surely the same: numbers stay as they are written (0.0 is
 * not 0), and parentheses, for which only the server knows whether they are needed.
 *
 * Words are added one by one to what is already unified, and each rule looks at the end of that only, so that unified
 * words stay as they are.
 */
#include <string.h>

#include "dialect/mysql/mysql.h"

typedef struct Synonym {
    const char *word, *standard;
} Synonym;

/* Reserved, so that no name is meant. */
static const Synonym reserved[] = {
    {"&&", "and"},
    {"||", "or"},
    {"rlike", "regexp"},
    {"distinctrow", "distinct"},
    {"\\N", "null"},
    {"integer", "int"},
    {"int1", "tinyint"},
    {"int2", "smallint"},
    {"int3", "mediumint"},
    {"int4", "int"},
    {"middleint", "mediumint"},
    {"int8", "bigint"},
    {"dec", "decimal"},
    {"numeric", "decimal"},
    {"float4", "float"},
    {"float8", "double"},
    {"real", "double"},
    {"character", "char"},
    {"varcharacter", "varchar"},
    {"localtime", "current_timestamp"},
    {"localtimestamp", "current_timestamp"},
};

/* Functions: with "(" behind them. */
static const Synonym functions[] = {
    {"now", "current_timestamp"},
    {"curdate", "current_date"},
    {"curtime", "current_time"},
    {"schema", "database"},
    {"session_user", "user"},
    {"system_user", "user"},
    {"lcase", "lower"},
    {"ucase", "upper"},
    {"character_length", "char_length"},
    {"mid", "substr"},
    {"substring", "substr"},
    {"power", "pow"},
    {"ceiling", "ceil"},
    {"dayofmonth", "day"},
    {"octet_length", "length"},
};

/* Functions that need no "()". */
static const char *const bare[] = {"current_timestamp", "current_date", "current_time",
                                   "current_user",      "current_role", "utc_timestamp",
                                   "utc_date",          "utc_time",     NULL};

typedef GPtrArray Words; /* of GString*: the end of a long one is added to */

static void free_word(gpointer word)
{
    g_string_free(word, TRUE);
}

/* The word `back` places before the end (0 is the last one); "" where there is none. */
static const char *word_at(const Words *out, guint back)
{
    return back < out->len ? ((GString *)out->pdata[out->len - 1 - back])->str : "";
}

static gboolean ends_with(const Words *out, guint back, const char *word)
{
    return strcmp(word_at(out, back), word) == 0;
}

static void set_word(const Words *out, guint back, const char *word)
{
    g_string_assign(out->pdata[out->len - 1 - back], word);
}

static void drop(Words *out, guint back)
{
    g_ptr_array_remove_index(out, out->len - 1 - back);
}

/* --- strings --- */

static gboolean is_string(const char *word)
{
    gsize length = strlen(word);
    return length >= 2 && (*word == '\'' || *word == '"') && word[length - 1] == *word;
}

/* The character that stands behind a backslash (the manual's section 9.1.1). */
static char unescaped(char c)
{
    static const char letters[] = "bnrtZ", meant[] = "\b\n\r\t\x1A";
    const char *letter = c != '\0' ? strchr(letters, c) : NULL;
    return letter ? meant[letter - letters] : c;
}

static void append_character(GString *out, char c)
{
    if (c == '\'' || c == '\\')
        g_string_append_c(out, c);
    g_string_append_c(out, c);
}

/* What stands between the quotes, in the spelling that all strings get: single quotes, and only they and backslashes
 * are doubled. */
static void append_content(GString *out, const char *word)
{
    gsize length = strlen(word) - 1;

    for (gsize i = 1; i < length; i++) {
        char c = word[i], next = word[i + 1];
        gboolean escape = c == '\\' && i + 1 < length;
        if (escape && next == '0')
            g_string_append(out, "\\0");
        else if (escape && (next == '%' || next == '_')) /* stays as it is */
            g_string_append_printf(out, "\\\\%c", next);
        else
            append_character(out, escape ? unescaped(next) : c);
        if (escape || c == *word)
            i++;
    }
}

/* Strings in a row are one. */
static void add_string(Words *out, const char *word)
{
    while (ends_with(out, 0, "_utf8mb4")) /* the connection's anyway */
        drop(out, 0);
    if (!is_string(word_at(out, 0)))
        g_ptr_array_add(out, g_string_new("''"));
    GString *string = out->pdata[out->len - 1];
    g_string_truncate(string, string->len - 1);
    append_content(string, word);
    g_string_append_c(string, '\'');
}

/* --- words --- */

static const char *find_synonym(const Synonym *synonyms, gsize n, const char *word)
{
    for (gsize i = 0; i < n; i++)
        if (strcmp(synonyms[i].word, word) == 0)
            return synonyms[i].standard;
    return NULL;
}

/* "(" behind a word: in "s.now(" it is another's function, in "INTO now (" a name. */
static void unify_function(const Words *out)
{
    static const char *const names_follow[] = {".",      "function", "procedure",  "table", "into", "view",
                                               "exists", "on",       "references", "index", "key",  NULL};
    const char *standard = find_synonym(functions, G_N_ELEMENTS(functions), word_at(out, 1));
    if (standard && !g_strv_contains(names_follow, word_at(out, 2)))
        set_word(out, 1, standard);
}

/* current_timestamp() and current_timestamp(0) */
static gboolean drop_parentheses(Words *out)
{
    guint opening = ends_with(out, 1, "0") ? 2 : 1;
    if (!ends_with(out, 0, ")") || !ends_with(out, opening, "(") || !g_strv_contains(bare, word_at(out, opening + 1)) ||
        ends_with(out, opening + 2, "."))
        return FALSE;
    g_ptr_array_set_size(out, (gint)(out->len - opening - 1));
    return TRUE;
}

/* "a MOD b" is "a % b"; MOD(a, b) is not told apart from it behind another word. */
static void unify_modulo(const Words *out)
{
    const char *operand = word_at(out, 2);
    gboolean infix = *operand != '\0' && (strchr("0123456789`)", *operand) != NULL || is_string(operand));
    if (ends_with(out, 1, "mod") && !ends_with(out, 2, ".") && (infix || !ends_with(out, 0, "(")))
        set_word(out, 1, "%");
}

/* Character sets and collations whose name begins with utf8. */
static void unify_charset(const Words *out)
{
    guint before = ends_with(out, 1, "=") ? 2 : 1;
    const char *word = word_at(out, 0), *keyword = word_at(out, before);
    gboolean charset = strcmp(keyword, "charset") == 0 || strcmp(keyword, "using") == 0;

    if (ends_with(out, before + 1, "."))
        return;
    if (charset && strcmp(word, "utf8") == 0) {
        set_word(out, 0, "utf8mb3");
    } else if (strcmp(keyword, "collate") == 0 && g_str_has_prefix(word, "utf8_")) {
        g_autofree char *collation = g_strconcat("utf8mb3", word + strlen("utf8"), NULL);
        set_word(out, 0, collation);
    }
}

/* Pairs of words of which the second says no more, or which are one. TRUE when the end has changed. */
static gboolean unify_pair(Words *out)
{
    static const struct {
        const char *first, *second, *both;
    } pairs[] = {
        {"char", "set", "charset"},  {"char", "varying", "varchar"},  {"double", "precision", "double"},
        {"signed", "int", "signed"}, {"unsigned", "int", "unsigned"}, {"inner", "join", "join"},
        {"outer", "join", "join"},
    };
    if (ends_with(out, 2, "."))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
        if (!ends_with(out, 1, pairs[i].first) || !ends_with(out, 0, pairs[i].second))
            continue;
        drop(out, 0);
        set_word(out, 0, pairs[i].both);
        return TRUE;
    }
    return FALSE;
}

static void add_word(Words *out, const char *word)
{
    gboolean name = ends_with(out, 0, ".");
    const char *standard = name ? NULL : find_synonym(reserved, G_N_ELEMENTS(reserved), word);

    if (strcmp(word, "asc") == 0 && !name) /* that is what is meant without it */
        return;
    GString *added = g_string_new(standard ? standard : word);
    if (name && g_ascii_isdigit(*word)) { /* right behind the dot it is one, behind a space it would be a number */
        g_string_prepend_c(added, '`');
        g_string_append_c(added, '`');
    }
    /* Names of columns have no case, and tables' are rarely told apart by it; beginnings of comments for servers have.
     */
    if (*added->str != '/' && *added->str != '\\')
        g_string_ascii_down(added);
    g_ptr_array_add(out, added);
    if (ends_with(out, 0, "("))
        unify_function(out);
    unify_modulo(out);
    while (unify_pair(out) || drop_parentheses(out))
        continue;
    unify_charset(out);
}

void mysql_unify(GPtrArray *words)
{
    Words *out = g_ptr_array_new_with_free_func(free_word);

    for (guint i = 0; i < words->len; i++) {
        const char *word = words->pdata[i];
        if (is_string(word)) {
            add_string(out, word);
        } else if ((*word == 'n' || *word == 'N') && is_string(word + 1)) {
            GString *national = g_string_new("N'");
            append_content(national, word + 1);
            g_ptr_array_add(out, g_string_append_c(national, '\''));
        } else {
            add_word(out, word);
        }
    }
    if (out->len == 1 && ends_with(out, 0, "true")) /* a default; elsewhere JSON functions know the difference */
        set_word(out, 0, "1");
    else if (out->len == 1 && ends_with(out, 0, "false"))
        set_word(out, 0, "0");
    g_ptr_array_set_size(words, 0);
    for (guint i = 0; i < out->len; i++)
        g_ptr_array_add(words, g_strdup(word_at(out, out->len - 1 - i)));
    g_ptr_array_unref(out);
}
