/* SQL sections: of one dialect without a name, of several with theirs. */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "revision_contents.h"

/* The SQL of a change on one dialect, or on several that say the same. */
typedef struct Rendered {
    const Dialect *dialect; /* the first of them */
    GString *names;         /* "mysql,mariadb" */
    GPtrArray *up, *down;   /* SqlBlock* */
    char *irreversible;     /* instead of `down`; NULL */
} Rendered;

static void rendered_free(Rendered *rendered)
{
    g_string_free(rendered->names, TRUE);
    g_clear_pointer(&rendered->up, g_ptr_array_unref);
    g_clear_pointer(&rendered->down, g_ptr_array_unref);
    g_free(rendered->irreversible);
    g_free(rendered);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rendered, rendered_free)

static Rendered *rendered_new(const Dialect *dialect)
{
    Rendered *rendered = g_new0(Rendered, 1);
    rendered->dialect = dialect;
    rendered->names = g_string_new(dialect->name);
    return rendered;
}

/* --- one dialect --- */

static gboolean compile(Rendered *rendered, const MetaData *before, const GPtrArray *operations,
                        const GPtrArray *reverse, GError **error)
{
    g_autoptr(MetaData) after = metadata_copy(before);
    if (!operations_apply(operations, after, error))
        return FALSE;
    rendered->up = rendered->dialect->compile(operations, before, error);
    rendered->down = rendered->up ? rendered->dialect->compile(reverse, after, error) : NULL;
    if (!rendered->down)
        return FALSE;
    set_notes(rendered->dialect, operations, FALSE);
    set_notes(rendered->dialect, reverse, TRUE);
    sql_blocks_add_notes(rendered->dialect, rendered->up, operations);
    sql_blocks_add_notes(rendered->dialect, rendered->down, reverse);
    return TRUE;
}

/* Upgrade from the operations; downgrade from their reverse on the schema they lead to. */
static Rendered *render_compared(const ModelComparison *result, GError **error)
{
    const GPtrArray *operations = result->comparison->operations;
    g_autoptr(Rendered) rendered = rendered_new(result->dialect);
    g_autoptr(GPtrArray) reverse = downgrade_operations(result->dialect, operations, error);
    if (!reverse || !compile(rendered, result->live, operations, reverse, error))
        return NULL;
    return g_steal_pointer(&rendered);
}

static OtherChange *find_change(const Invocation *invocation, const FoundChange *found, const Dialect *dialect,
                                GError **error)
{
    CompareOptions options = {0};
    g_autoptr(GPtrArray) include = NULL, exclude = NULL;
    g_autoptr(MetaData) model = read_model(invocation, dialect, error);
    g_autoptr(FileNames) files = model ? read_file_names(invocation, dialect, error) : NULL;
    if (!files || !read_compare_options(invocation, &options, &include, &exclude, error))
        return NULL;
    return other_change_new(found, dialect, model, files, &options, error);
}

static Rendered *render_other(const Invocation *invocation, const FoundChange *found, const Dialect *dialect,
                              GError **error)
{
    g_autoptr(Rendered) rendered = rendered_new(dialect);
    g_autoptr(OtherChange) change = find_change(invocation, found, dialect, error);
    if (change)
        operations_take_rows(change->operations, found->operations);
    if (!change || !compile(rendered, change->before, change->operations, change->reverse, error)) {
        g_prefix_error(error, "%s: ", dialect->name);
        return NULL;
    }
    for (guint i = 0; i < change->notes->len; i++)
        log_info("%s: %s", dialect->name, (char *)change->notes->pdata[i]);
    log_unknown(found->dialect, dialect, change->unknown);
    if (change->doubts->len > 0 && change->operations->len > 0) {
        log_doubts(dialect, change->doubts);
        rendered->irreversible = text_list(change->doubts, "; ");
    }
    return g_steal_pointer(&rendered);
}

/* --- all of them --- */

static gboolean is_same(const Rendered *a, const Rendered *b)
{
    return sql_blocks_equal(a->up, b->up) && sql_blocks_equal(a->down, b->down) &&
           g_strcmp0(a->irreversible, b->irreversible) == 0;
}

/* A section of the one would run on the other, too. */
static gboolean check_names(const GPtrArray *all, GError **error)
{
    for (guint i = 0; i < all->len; i++) {
        const Rendered *rendered = all->pdata[i];
        Section section = {.dialects = strings_new()};
        g_ptr_array_add(section.dialects, g_strdup(rendered->dialect->name));
        const char *other = NULL;
        for (guint j = 0; j < all->len && !other; j++) {
            const char *name = ((const Rendered *)all->pdata[j])->dialect->name;
            other = j != i && section_is_for(&section, name) ? name : NULL;
        }
        g_ptr_array_unref(section.dialects);
        if (!other)
            continue;
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONFIG,
                    "dialects: the SQL for %s and %s is not the same, and a section for %s also runs on %s: "
                    "leave one of them out, or write operations (--format ops)",
                    rendered->dialect->name, other, rendered->dialect->name, other);
        return FALSE;
    }
    return TRUE;
}

static void add_rendered(GPtrArray *all, Rendered *taken)
{
    g_autoptr(Rendered) rendered = taken;
    for (guint i = 0; i < all->len; i++) {
        Rendered *other = all->pdata[i];
        if (!is_same(rendered, other))
            continue;
        g_string_append_printf(other->names, ",%s", rendered->dialect->name);
        return;
    }
    g_ptr_array_add(all, g_steal_pointer(&rendered));
}

static gboolean names_dialect(const RevisionFormat *format, const char *name)
{
    for (guint i = 0; i < format->dialects->len; i++)
        if (g_ascii_strcasecmp(format->dialects->pdata[i], name) == 0)
            return TRUE;
    return FALSE;
}

static gboolean render_all(const Invocation *invocation, const ModelComparison *result, const RevisionFormat *format,
                           GPtrArray *all, GError **error)
{
    g_autoptr(FileNames) own = read_file_names(invocation, result->dialect, error);
    const FoundChange found = {result->dialect, result->live, result->comparison->operations, own};
    for (guint i = 0; own && i < format->dialects->len; i++) {
        const Dialect *dialect = dialect_find(format->dialects->pdata[i], error);
        if (!dialect)
            return FALSE;
        Rendered *rendered = dialect == result->dialect ? render_compared(result, error)
                                                        : render_other(invocation, &found, dialect, error);
        if (!rendered)
            return FALSE;
        add_rendered(all, rendered);
    }
    return own && check_names(all, error);
}

/* --- sections --- */

static NewSection *add_section(RevisionContents *contents, gboolean up, const char *dialect)
{
    NewSection *section = g_new0(NewSection, 1);
    section->up = up;
    section->transactional = TRUE;
    section->dialect = dialect;
    g_ptr_array_add(contents->sections, section);
    return section;
}

static void add_blocks(RevisionContents *contents, GPtrArray *blocks, gboolean up, const char *dialect)
{
    g_ptr_array_add(contents->blocks, g_ptr_array_ref(blocks));
    for (guint i = 0; i < blocks->len; i++) {
        const SqlBlock *block = blocks->pdata[i];
        NewSection *section = add_section(contents, up, dialect);
        section->transactional = block->transactional;
        section->foreign_keys_off = block->foreign_keys_off;
        section->statements = block->statements;
    }
}

static const char *keep(RevisionContents *contents, const char *text)
{
    char *copy = g_strdup(text);
    g_ptr_array_add(contents->texts, copy);
    return copy;
}

static void add_direction(RevisionContents *contents, const GPtrArray *all, gboolean up, gboolean named)
{
    for (guint i = 0; i < all->len; i++) {
        const Rendered *rendered = all->pdata[i];
        const char *dialect = named ? keep(contents, rendered->names->str) : NULL;
        if (!up && rendered->irreversible)
            add_section(contents, FALSE, dialect)->irreversible = keep(contents, rendered->irreversible);
        else
            add_blocks(contents, up ? rendered->up : rendered->down, up, dialect);
    }
}

gboolean contents_of_sections(const Invocation *invocation, const ModelComparison *result, const RevisionFormat *format,
                              RevisionContents *contents, GError **error)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)rendered_free);
    gboolean several = format->dialects && format->dialects->len > 0 &&
                       (format->dialects->len > 1 || !names_dialect(format, result->dialect->name));
    if (several && !names_dialect(format, result->dialect->name)) {
        if (result->comparison->operations->len == 0)
            return TRUE;
        g_autofree char *where = config_origin(invocation->config, "migrate", "dialects");
        g_set_error(error, BASE_ERROR, BASE_ERROR_CONFIG,
                    "%s: dialects does not name %s, whose database was compared: add it", where, result->dialect->name);
        return FALSE;
    }
    if (several) {
        if (!render_all(invocation, result, format, all, error))
            return FALSE;
    } else {
        Rendered *rendered = render_compared(result, error);
        if (!rendered)
            return FALSE;
        g_ptr_array_add(all, rendered);
    }
    contents->sections = g_ptr_array_new_with_free_func(g_free);
    contents->blocks = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    contents->texts = g_ptr_array_new_with_free_func(g_free);
    add_direction(contents, all, TRUE, several);
    add_direction(contents, all, FALSE, several);
    return TRUE;
}
