#include "base/text.h"

#include <string.h>

#define WORD_MAX 64 /* longer words are nobody's typing error, and the distance costs their product */

TextPosition text_position(const char *text, gsize length, gsize offset)
{
    TextPosition position = {1, 1};
    gsize end = MIN(offset, length);

    for (gsize i = 0; i < end; i++) {
        if (text[i] == '\n' || (text[i] == '\r' && !(i + 1 < length && text[i + 1] == '\n'))) {
            position.line++;
            position.column = 1;
        } else if (text[i] != '\r' && ((guchar)text[i] & 0xC0) != 0x80) {
            position.column++;
        }
    }
    return position;
}

/* Optimal string alignment: each stretch of text is edited at most once. */
static guint edit_distance(const char *a, gsize n, const char *b, gsize m)
{
    guint rows[3][WORD_MAX + 1];
    guint *before = rows[0], *previous = rows[1], *current = rows[2];

    for (gsize j = 0; j <= m; j++)
        previous[j] = (guint)j;
    for (gsize i = 1; i <= n; i++) {
        current[0] = (guint)i;
        for (gsize j = 1; j <= m; j++) {
            char x = g_ascii_tolower(a[i - 1]), y = g_ascii_tolower(b[j - 1]);
            guint best = previous[j - 1] + (x != y);
            best = MIN(best, previous[j] + 1);
            best = MIN(best, current[j - 1] + 1);
            if (i > 1 && j > 1 && x == g_ascii_tolower(b[j - 2]) && g_ascii_tolower(a[i - 2]) == y)
                best = MIN(best, before[j - 2] + 1);
            current[j] = best;
        }
        guint *oldest = before;
        before = previous;
        previous = current;
        current = oldest;
    }
    return previous[m];
}

const char *text_nearest(const char *word, const char *const *candidates, gssize n)
{
    gsize length = strlen(word);
    if (length == 0 || length > WORD_MAX)
        return NULL;

    const char *nearest = NULL;
    guint least = G_MAXUINT;
    for (gssize i = 0; n < 0 ? candidates[i] != NULL : i < n; i++) {
        gsize other = strlen(candidates[i]);
        if (other > WORD_MAX)
            continue;
        /* A third of the longer word may be wrong, and something must be right. */
        guint limit = (guint)MAX(1, (MAX(length, other) + 1) / 3);
        guint distance = edit_distance(word, length, candidates[i], other);
        if (distance < least && distance <= limit && distance < MAX(length, other)) {
            least = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}

char *text_join(const GPtrArray *words, const char *last_separator)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; words && i < words->len; i++) {
        if (i > 0 && i + 1 == words->len)
            g_string_append_printf(text, " %s ", last_separator);
        else if (i > 0)
            g_string_append(text, ", ");
        g_string_append(text, g_ptr_array_index(words, i));
    }
    return g_string_free(text, FALSE);
}

char *text_list(const GPtrArray *words, const char *separator)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; words && i < words->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? separator : "", (const char *)g_ptr_array_index(words, i));
    return g_string_free(text, FALSE);
}

char *text_first_line(const char *text)
{
    return text ? g_strndup(text, strcspn(text, "\r\n")) : g_strdup("");
}

/* The byte behind one character: text need not be valid UTF-8. */
static const char *next_character(const char *text)
{
    text++;
    while (((guchar)*text & 0xC0) == 0x80)
        text++;
    return text;
}

/* Compares one character with a "[…]" class at `pattern`. Returns the pattern behind the class, or NULL when it has no
 * end and '[' stands for itself. */
static const char *match_class(const char *pattern, const char *name, gboolean *matches)
{
    const char *p = pattern + 1;
    gboolean negated = *p == '!' || *p == '^';
    gboolean found = FALSE;
    gunichar character = g_utf8_get_char_validated(name, -1);
    if (character >= (gunichar)-2)
        character = (guchar)*name;

    if (negated)
        p++;
    for (gboolean first = TRUE; first || *p != ']'; first = FALSE) {
        if (*p == '\0')
            return NULL;
        gunichar low = g_utf8_get_char_validated(p, -1), high;
        if (low >= (gunichar)-2)
            low = (guchar)*p;
        high = low;
        p = next_character(p);
        if (p[0] == '-' && p[1] != ']' && p[1] != '\0') {
            high = g_utf8_get_char_validated(p + 1, -1);
            p = next_character(p + 1);
        }
        found = found || (character >= low && character <= high);
    }
    *matches = found != negated;
    return p + 1;
}

gboolean text_glob_match(const char *pattern, const char *name)
{
    const char *star = NULL, *star_name = NULL; /* where to go on when the text behind the last '*' does not fit */

    while (*name || *pattern) {
        const char *next = NULL;
        gboolean matches = FALSE;
        if (*pattern == '*') {
            star = ++pattern;
            star_name = name;
            continue;
        }
        if (*pattern && *name) {
            if (*pattern == '[')
                next = match_class(pattern, name, &matches);
            if (!next && *pattern == '?') {
                next = pattern + 1;
                matches = TRUE;
            } else if (!next) {
                next = next_character(pattern);
                matches = (gsize)(next - pattern) == (gsize)(next_character(name) - name) &&
                          memcmp(pattern, name, next - pattern) == 0;
            }
        }
        if (matches) {
            pattern = next;
            name = next_character(name);
        } else if (star && *star_name) {
            star_name = next_character(star_name);
            name = star_name;
            pattern = star;
        } else {
            return FALSE;
        }
    }
    return TRUE;
}

char *text_slug(const char *message, gsize max_length)
{
    g_autofree char *valid = g_utf8_make_valid(message, -1);
    GString *slug = g_string_new(NULL);
    gboolean gap = FALSE;
    gsize word_end = 0; /* of the last word that is complete */

    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar character = g_utf8_get_char(p);
        gboolean wordly = (g_unichar_isalnum(character) || g_unichar_ismark(character)) && character != 0xFFFD;
        if (!wordly) {
            gap = TRUE;
            continue;
        }
        char utf8[6];
        gsize size = (gsize)g_unichar_to_utf8(g_unichar_tolower(character), utf8);
        gsize separator = gap && slug->len > 0 ? 1 : 0;
        if (separator)
            word_end = slug->len;
        if (slug->len + separator + size > max_length) {
            /* Inside the first word there is no end to cut at. */
            if (word_end > 0)
                g_string_truncate(slug, word_end);
            break;
        }
        if (separator)
            g_string_append_c(slug, '_');
        g_string_append_len(slug, utf8, (gssize)size);
        gap = FALSE;
    }
    return g_string_free(slug, FALSE);
}

char *text_shell_word(const char *text)
{
    gboolean plain = *text && strspn(text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "/._-+:@%") == strlen(text);
    return plain ? g_strdup(text) : g_shell_quote(text);
}

const char *text_skip_bom(const char *text, gsize *length)
{
    if (*length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        *length -= 3;
        return text + 3;
    }
    return text;
}

gsize text_drop_returns(char *text, gsize length)
{
    gsize kept = 0;
    for (gsize i = 0; i < length; i++)
        if (text[i] != '\r' || i + 1 == length || text[i + 1] != '\n')
            text[kept++] = text[i];
    text[kept] = '\0';
    return kept;
}

gboolean name_equal(const char *a, const char *b, gboolean ignore_case)
{
    if (!a || !b)
        return a == b;
    return ignore_case ? g_ascii_strcasecmp(a, b) == 0 : strcmp(a, b) == 0;
}
