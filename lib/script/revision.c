#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "script/internal.h"

enum { HEADER_BLOCK = 4096 }; /* bytes that are read before the whole file is */

enum { KEY_MESSAGE, KEY_REVISION, KEY_REVISES, KEY_BRANCH_LABELS, KEY_DEPENDS_ON, KEY_CREATED, KEY_COUNT };
static const char *const keys[KEY_COUNT] = {"Message", "Revision", "Revises", "Branch-Labels", "Depends-On", "Created"};

/* What was found in front of the first marker. */
typedef struct Header {
    const char *path;
    Revision *revision;
    int seen[KEY_COUNT]; /* line, 0: not there */
    /* A line that looks like a misspelt key. "Reviewer:" beside a "Revises:" is no mistake, so it counts only when the
     * key itself is not there. */
    int near_line[KEY_COUNT];
    char *near_word[KEY_COUNT];
    const char *revises, *revises_end; /* what stands behind the colon, up to the line's end; NULL: no such line */
    const char *after_id;              /* the line behind that of the id */
    int sql_line;                      /* of the first line that is no comment */
    int marker_line;                   /* 0: none */
    gsize end;                         /* where the marker's line starts */
} Header;

Revision *revision_new(const char *path)
{
    Revision *revision = g_new0(Revision, 1);
    revision->path = g_strdup(path);
    revision->message = g_strdup("");
    revision->down_revisions = g_ptr_array_new_with_free_func(g_free);
    revision->branch_labels = g_ptr_array_new_with_free_func(g_free);
    revision->depends_on = g_ptr_array_new_with_free_func(g_free);
    revision->children = g_ptr_array_new();
    revision->parents = g_ptr_array_new();
    revision->dependencies = g_ptr_array_new();
    revision->dependents = g_ptr_array_new();
    return revision;
}

void revision_free(Revision *revision)
{
    if (revision == NULL)
        return;
    GPtrArray *arrays[] = {revision->down_revisions, revision->branch_labels, revision->depends_on, revision->children,
                           revision->parents,        revision->dependencies,  revision->dependents, revision->sections};
    for (guint i = 0; i < G_N_ELEMENTS(arrays); i++)
        if (arrays[i] != NULL)
            g_ptr_array_unref(arrays[i]);
    g_free(revision->id);
    g_free(revision->message);
    g_free(revision->created);
    g_free(revision->path);
    g_free(revision->text);
    ops_document_free(revision->ops);
    g_free(revision);
}

gboolean revision_is_head(const Revision *revision)
{
    return revision->children->len == 0;
}

gboolean revision_is_base(const Revision *revision)
{
    return revision->down_revisions->len == 0;
}

gboolean revision_is_merge(const Revision *revision)
{
    return revision->down_revisions->len > 1;
}

char *revisions_quote(const GPtrArray *revisions, guint limit)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < revisions->len && i < limit; i++) {
        const Revision *revision = g_ptr_array_index(revisions, i);
        g_ptr_array_add(words, g_strdup_printf("'%s'", revision->id));
    }
    if (revisions->len > limit)
        g_ptr_array_add(words, g_strdup_printf("%u more", revisions->len - limit));
    return text_join(words, "and");
}

const char *revision_place(const Revision *revision)
{
    return revision->path != NULL ? revision->path : "history";
}

char *revisions_list(const GPtrArray *revisions, guint limit)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < revisions->len && i < limit; i++) {
        const Revision *revision = g_ptr_array_index(revisions, i);
        g_string_append_printf(text, "\n  '%s' in '%s'", revision->id, revision_place(revision));
    }
    if (revisions->len > limit)
        g_string_append_printf(text, "\n  and %u more", revisions->len - limit);
    return g_string_free(text, FALSE);
}

/* ---- names ---- */

static gboolean is_reserved(const char *name)
{
    static const char *const words[] = {"head", "heads", "base", "current"};
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_ascii_strcasecmp(name, words[i]) == 0)
            return TRUE;
    return FALSE;
}

static gboolean name_fail(GError **error, const char *what, const char *name, const char *problem)
{
    g_autofree char *shown = g_strndup(name, 80);
    g_autofree char *valid = g_utf8_make_valid(shown, -1);
    g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_FILE, "%s '%s' %s", what, valid, problem);
    return FALSE;
}

gboolean revision_id_check(const char *id, GError **error)
{
    gsize length = strlen(id);
    if (length == 0)
        return name_fail(error, "revision id", id, "is empty");
    for (const char *at = id; *at != '\0'; at++)
        if (!g_ascii_isalnum(*at) && *at != '_')
            return name_fail(error, "revision id", id, "may hold only letters, digits and '_'");
    if (length > 32)
        return name_fail(error, "revision id", id, "is longer than 32 characters: the version table holds no more");
    if (is_reserved(id))
        return name_fail(error, "revision id", id, "is a reserved word");
    return TRUE;
}

gboolean branch_label_check(const char *label, GError **error)
{
    if (*label == '\0')
        return name_fail(error, "branch label", label, "is empty");
    for (const char *at = label; *at != '\0'; at++)
        if (!g_ascii_isalnum(*at) && *at != '_' && (at == label || (*at != '-' && *at != '.')))
            return name_fail(error, "branch label", label,
                             "may hold only letters, digits, '_' and, behind the first, '-' and '.'");
    if (is_reserved(label))
        return name_fail(error, "branch label", label, "is a reserved word");
    return TRUE;
}

/* ---- the header ---- */

static void header_clear(Header *header)
{
    revision_free(header->revision);
    for (int key = 0; key < KEY_COUNT; key++)
        g_free(header->near_word[key]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Header, header_clear)

static gboolean header_fail(const Header *header, int line, GError **error, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
static gboolean header_fail(const Header *header, int line, GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_FILE, "%s:%d: %s", header->path, line, text);
    return FALSE;
}

static gboolean header_list(const Header *header, int key, int line, const char *value, GError **error)
{
    Revision *revision = header->revision;
    GPtrArray *list = key == KEY_REVISES      ? revision->down_revisions
                      : key == KEY_DEPENDS_ON ? revision->depends_on
                                              : revision->branch_labels;
    g_auto(GStrv) words = g_strsplit(value, ",", -1);
    for (guint i = 0; words[i] != NULL; i++) {
        const char *word = g_strstrip(words[i]);
        if (*word == '\0')
            continue;
        gboolean good = key == KEY_REVISES ? revision_id_check(word, error) : branch_label_check(word, error);
        if (!good) {
            if (error != NULL)
                g_prefix_error(error, "%s:%d: %s: ", header->path, line, keys[key]);
            return FALSE;
        }
        if (g_ptr_array_find_with_equal_func(list, word, g_str_equal, NULL))
            return header_fail(header, line, error, "%s names '%s' twice", keys[key], word);
        g_ptr_array_add(list, g_strdup(word));
    }
    return TRUE;
}

static gboolean header_set(Header *header, int key, int line, const char *value, GError **error)
{
    Revision *revision = header->revision;
    if (header->seen[key] != 0 && key != KEY_MESSAGE)
        return header_fail(header, line, error, "'%s:' stands twice, first on line %d", keys[key], header->seen[key]);
    gboolean again = header->seen[key] != 0;
    header->seen[key] = line;
    switch (key) {
    case KEY_MESSAGE: {
        char *message = again ? g_strconcat(revision->message, "\n", value, NULL) : g_strdup(value);
        g_free(revision->message);
        revision->message = message;
        return TRUE;
    }
    case KEY_REVISION:
        if (!revision_id_check(value, error)) {
            if (error != NULL)
                g_prefix_error(error, "%s:%d: ", header->path, line);
            return FALSE;
        }
        revision->id = g_strdup(value);
        return TRUE;
    case KEY_CREATED:
        revision->created = *value != '\0' ? g_strdup(value) : NULL;
        return TRUE;
    default:
        return header_list(header, key, line, value, error);
    }
}

/* A comment line, from behind its dashes: `Word: value` is a header line when Word is a key. */
static gboolean header_comment(Header *header, int line, const char *start, const char *end, GError **error)
{
    while (start < end && g_ascii_isspace(*start))
        start++;
    const char *colon = start;
    while (colon < end && (g_ascii_isalnum(*colon) || *colon == '-' || *colon == '_'))
        colon++;
    if (colon == start || colon == end || *colon != ':')
        return TRUE;
    g_autofree char *word = g_strndup(start, (gsize)(colon - start));
    g_autofree char *value = g_strndup(colon + 1, (gsize)(end - colon - 1));
    g_strstrip(value);
    for (int key = 0; key < KEY_COUNT; key++) {
        if (g_ascii_strcasecmp(word, keys[key]) != 0)
            continue;
        if (key == KEY_REVISES) {
            header->revises = colon + 1;
            header->revises_end = end;
        }
        return header_set(header, key, line, value, error);
    }
    const char *near = text_nearest(word, keys, KEY_COUNT);
    for (int key = 0; key < KEY_COUNT; key++)
        if (near == keys[key] && header->near_line[key] == 0) {
            header->near_line[key] = line;
            header->near_word[key] = g_steal_pointer(&word);
        }
    return TRUE;
}

/* Whether no key was misspelt. */
static gboolean header_check_spelling(const Header *header, GError **error)
{
    for (int key = 0; key < KEY_COUNT; key++)
        if (header->near_line[key] != 0 && header->seen[key] == 0)
            return header_fail(header, header->near_line[key], error, "unknown header '%s:': did you mean '%s:'",
                               header->near_word[key], keys[key]);
    return TRUE;
}

/* Reads up to the first marker, or to the first line of SQL. */
static gboolean header_scan(Header *header, const char *text, gsize length, GError **error)
{
    Line line = {0};
    gboolean in_comment = FALSE;
    gsize rest;
    while (line_next(text, length, &line)) {
        if (line_is_marker(text, &line, &rest)) {
            header->marker_line = line.number;
            header->end = line.start;
            return TRUE;
        }
        const char *at = text + line.start, *end = text + line.end;
        while (at < end) {
            if (in_comment) {
                const char *close = g_strstr_len(at, end - at, "*/");
                in_comment = close == NULL;
                at = close != NULL ? close + 2 : end;
            } else if (g_ascii_isspace(*at)) {
                at++;
            } else if (end - at >= 2 && strncmp(at, "/*", 2) == 0) {
                in_comment = TRUE;
                at += 2;
            } else if (end - at >= 2 && strncmp(at, "--", 2) == 0) {
                gboolean has_id = header->revision->id != NULL;
                if (!header_comment(header, line.number, at + 2, end, error))
                    return FALSE;
                if (!has_id && header->revision->id != NULL)
                    header->after_id = text + line.next;
                at = end;
            } else {
                header->sql_line = line.number;
                return TRUE;
            }
        }
    }
    return TRUE;
}

void revision_header_places(const char *path, const char *text, gsize length, HeaderPlaces *places)
{
    g_auto(Header) header = {.path = path, .revision = revision_new(path)};
    header_scan(&header, text, length, NULL);
    *places = (HeaderPlaces){
        .after_id = header.after_id != NULL ? (gsize)(header.after_id - text) : 0,
        .has_revises = header.revises != NULL,
        .revises = header.revises != NULL ? (gsize)(header.revises - text) : 0,
        .revises_end = header.revises != NULL ? (gsize)(header.revises_end - text) : 0,
    };
}

gboolean revision_has_marker(const char *text, gsize length)
{
    Line line = {0};
    gsize rest;
    while (line_next(text, length, &line))
        if (line_is_marker(text, &line, &rest))
            return TRUE;
    return FALSE;
}

/* The header of a whole text. */
static Revision *header_parse(const char *path, const char *text, gsize length, gboolean *foreign, GError **error)
{
    g_auto(Header) header = {.path = path, .revision = revision_new(path)};
    const Revision *revision = header.revision;
    if (!header_scan(&header, text, length, error))
        return NULL;
    if (revision->id == NULL && foreign != NULL && header.marker_line == 0 && !revision_has_marker(text, length)) {
        *foreign = TRUE;
        return NULL;
    }
    if (!header_check_spelling(&header, error))
        return NULL;
    if (revision->id == NULL)
        header_fail(&header, 1, error, "the header has no '-- Revision: ID' line");
    else if (header.sql_line != 0)
        header_fail(&header, header.sql_line, error,
                    "SQL before the first marker: put it behind a '-- migrate:up' line");
    else if (header.marker_line == 0)
        header_fail(&header, header.seen[KEY_REVISION], error,
                    "revision '%s' has no '-- migrate:up' and no '-- migrate:down' line", revision->id);
    else
        return g_steal_pointer(&header.revision);
    return NULL;
}

/* The header of a text that may be cut anywhere behind it; NULL when it has to be read whole, to know more or to say
 * what is wrong. */
static Revision *header_of_block(const char *path, const char *text, gsize length)
{
    if (ops_file_is(path))
        return ops_header_read_block(path, text, length);
    /* A line that is cut by the block's end may be a marker cut short; and errors are left to the second reading. */
    while (length > 0 && text[length - 1] != '\n')
        length--;
    g_auto(Header) header = {.path = path, .revision = revision_new(path)};
    if (!header_scan(&header, text, length, NULL) || header.marker_line == 0 || header.revision->id == NULL ||
        !header_check_spelling(&header, NULL) || !g_utf8_validate_len(text, header.end, NULL))
        return NULL;
    return g_steal_pointer(&header.revision);
}

/* The file's first block, when it holds the whole header; NULL without error when more has to be read. */
static Revision *read_first_block(const char *path)
{
    char block[HEADER_BLOCK];
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return NULL;
    gssize got;
    do
        got = read(file, block, sizeof block);
    while (got < 0 && errno == EINTR);
    close(file);
    if (got <= 0)
        return NULL;
    gsize length = (gsize)got;
    const char *text = text_skip_bom(block, &length);
    return header_of_block(path, text, length);
}

/* The header of a file that has to be read whole. */
static Revision *read_whole(const FileTree *tree, const char *path, gboolean *foreign, GError **error)
{
    if (ops_file_is(path))
        return ops_header_read(tree, path, foreign, error);
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!file_tree_read_text(tree, path, &text, &length, error))
        return NULL;
    return header_parse(path, text, length, foreign, error);
}

Revision *revision_read_header_or_foreign(const FileTree *tree, const char *path, gboolean *foreign, GError **error)
{
    Revision *revision = tree == NULL ? read_first_block(path) : NULL;
    if (revision == NULL)
        revision = read_whole(tree, path, foreign, error);
    if (revision != NULL)
        revision->tree = tree;
    return revision;
}

Revision *revision_read_header(const char *path, GError **error)
{
    return revision_read_header_or_foreign(NULL, path, NULL, error);
}

static gboolean check_utf8(const char *path, const char *text, gsize length, GError **error)
{
    const char *bad = NULL;
    if (g_utf8_validate_len(text, length, &bad))
        return TRUE;
    TextPosition position = text_position(text, length, (gsize)(bad - text));
    g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_FILE, "%s:%d:%d: this is no UTF-8 text", path, position.line,
                position.column);
    return FALSE;
}

Revision *revision_parse_header(const char *path, const char *bytes, gsize length, gboolean *foreign, GError **error)
{
    *foreign = FALSE;
    const char *text = text_skip_bom(bytes, &length);
    Revision *revision = header_of_block(path, text, length);
    if (revision != NULL || !check_utf8(path, text, length, error))
        return revision;
    return ops_file_is(path) ? ops_header_parse(path, text, length, foreign, error)
                             : header_parse(path, text, length, foreign, error);
}

/* In the JSON of a file of operations. */
static int ops_header_line(const char *text, gsize length, const char *key)
{
    static const char *const names[][2] = {{"Revision", "revision"},
                                           {"Revises", "down_revision"},
                                           {"Branch-Labels", "branch_labels"},
                                           {"Depends-On", "depends_on"}};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *const wanted[] = {names[i][1], NULL};
        if (strcmp(names[i][0], key) == 0)
            return text_position(text, length, json_find_key(text, length, wanted)).line;
    }
    return 1;
}

int revision_header_line(const char *path, const char *bytes, gsize length, const char *key)
{
    const char *text = text_skip_bom(bytes, &length);
    if (ops_file_is(path))
        return ops_header_line(text, length, key);
    g_auto(Header) header = {.path = path, .revision = revision_new(path)};
    header_scan(&header, text, length, NULL);
    for (int i = 0; i < KEY_COUNT; i++)
        if (strcmp(keys[i], key) == 0 && header.seen[i] != 0)
            return header.seen[i];
    return 1;
}

/* ---- the whole file ---- */

Revision *revision_parse(const char *path, const char *text, gsize length, GError **error)
{
    text = text_skip_bom(text, &length);
    if (!check_utf8(path, text, length, error))
        return NULL;
    gboolean is_ops = ops_file_is(path);
    g_autoptr(Revision) revision =
        is_ops ? ops_header_parse(path, text, length, NULL, error) : header_parse(path, text, length, NULL, error);
    if (revision == NULL || (is_ops && (revision->ops = ops_document_parse(path, text, length, error)) == NULL))
        return NULL;
    revision->sections = is_ops ? g_ptr_array_new() : sections_parse(path, text, length, error);
    if (revision->sections == NULL)
        return NULL;
    revision->text = g_malloc(length + 1);
    memcpy(revision->text, text, length);
    revision->text[length] = '\0';
    revision->length = length;
    return g_steal_pointer(&revision);
}

gboolean revision_load(Revision *revision, GError **error)
{
    if (revision->sections != NULL)
        return TRUE;
    if (revision->path == NULL) {
        g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_FILE, "revision '%s' has no file", revision->id);
        return FALSE;
    }
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!file_tree_read_text(revision->tree, revision->path, &text, &length, error))
        return FALSE;
    g_autoptr(Revision) whole = revision_parse(revision->path, text, length, error);
    if (whole == NULL)
        return FALSE;
    if (strcmp(whole->id, revision->id) != 0) {
        g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_FILE,
                    "%s: this file held revision '%s' a moment ago and holds '%s' now: run again", revision->path,
                    revision->id, whole->id);
        return FALSE;
    }
    revision->text = g_steal_pointer(&whole->text);
    revision->length = whole->length;
    revision->sections = g_steal_pointer(&whole->sections);
    revision->ops = g_steal_pointer(&whole->ops);
    return TRUE;
}

void revision_unload(Revision *revision)
{
    if (revision->path == NULL)
        return;
    g_clear_pointer(&revision->text, g_free);
    g_clear_pointer(&revision->sections, g_ptr_array_unref);
    g_clear_pointer(&revision->ops, ops_document_free);
    revision->length = 0;
}
