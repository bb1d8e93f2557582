#include "blaming.h"

#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"
#include "dialect/mentions.h"
#include "output.h"
#include "repository.h"
#include "revisions.h"

void blaming_clear(Blaming *blaming)
{
    g_clear_pointer(&blaming->lives, lives_free);
    g_clear_pointer(&blaming->effects, effects_free);
    g_clear_pointer(&blaming->commits, revision_commits_free);
}

const Revision *blaming_revision(const Blaming *blaming, guint step)
{
    return ((const RevisionEffect *)blaming->effects->revisions->pdata[step])->revision;
}

/* ---- lives ---- */

/* By the name that it has behind the revision, or had before. */
static void add_rows(const Blaming *blaming, const RevisionEffect *effect, guint step)
{
    for (guint i = 0; i < effect->statements->len; i++) {
        const char *verb = NULL;
        g_autofree char *name = sql_written_table(blaming->effects->dialect, effect->statements->pdata[i], &verb);
        Life *life = name ? lives_find(blaming->lives, NULL, name) : NULL;
        if (!life && name)
            life = lives_find_former(blaming->lives, NULL, name);
        if (!life || life->gone)
            continue;
        g_autofree char *text = g_strdup_printf("%s %s", verb, name);
        life_add(life, step, text);
    }
}

static void follow_all(Blaming *blaming, gboolean rows)
{
    const Dialect *dialect = blaming->effects->dialect;
    blaming->lives = lives_new((dialect->capabilities & DIALECT_IGNORE_CASE) != 0, dialect->type_sql);
    for (guint i = 0; i < blaming->effects->revisions->len; i++) {
        const RevisionEffect *effect = blaming->effects->revisions->pdata[i];
        for (guint k = 0; k < effect->operations->len; k++)
            lives_follow(blaming->lives, effect->operations->pdata[k], i);
        if (rows)
            add_rows(blaming, effect, i);
    }
}

/* ---- names ---- */

/* `owner`: "table" or "schema.table". */
static const Life *find_table(const Lives *lives, const char *owner)
{
    const char *inner = strrchr(owner, '.');
    g_autofree char *schema = inner ? g_strndup(owner, (gsize)(inner - owner)) : NULL;
    const Life *table = lives_find(lives, NULL, owner);
    if (!table && inner)
        table = lives_find(lives, schema, inner + 1);
    if (!table)
        table = lives_find_former(lives, NULL, owner);
    return table || !inner ? table : lives_find_former(lives, schema, inner + 1);
}

/* "table.column" and "schema.table.column"; names may hold dots themselves. */
static Life *find_column(const Lives *lives, const char *name)
{
    for (const char *dot = strchr(name, '.'); dot; dot = strchr(dot + 1, '.')) {
        g_autofree char *owner = g_strndup(name, (gsize)(dot - name));
        const Life *table = find_table(lives, owner);
        Life *column = table ? lives_find_column(lives, table, dot + 1) : NULL;
        if (column)
            return column;
    }
    return NULL;
}

static Life *find_object(const Lives *lives, const char *name)
{
    const char *dot = strchr(name, '.');
    g_autofree char *schema = dot ? g_strndup(name, (gsize)(dot - name)) : NULL;
    Life *life = lives_find(lives, NULL, name);
    if (!life && dot)
        life = lives_find(lives, schema, dot + 1);
    if (life && !life->gone)
        return life;
    Life *former = lives_find_former(lives, NULL, name);
    if (!former && dot)
        former = lives_find_former(lives, schema, dot + 1);
    return former && (!life || !former->gone) ? former : life;
}

/* A function by its name without its arguments. */
static Life *find_routine(const Lives *lives, const char *name)
{
    const GPtrArray *all = lives_all(lives);
    gsize length = strlen(name);
    for (guint i = all->len; i-- > 0;) {
        Life *life = all->pdata[i];
        if (!life->table && life->name && strncmp(life->name, name, length) == 0 && life->name[length] == '(')
            return life;
    }
    return NULL;
}

static gboolean fail_unknown(const Lives *lives, const char *name, GError **error)
{
    g_autoptr(GPtrArray) labels = g_ptr_array_new_with_free_func(g_free);
    const GPtrArray *all = lives_all(lives);
    for (guint i = 0; i < all->len; i++) {
        const Life *life = all->pdata[i];
        if (!life->table || strcmp(life->kind, "column") == 0)
            g_ptr_array_add(labels, life_label(life));
    }
    const char *nearest = text_nearest(name, (const char *const *)labels->pdata, labels->len);
    g_set_error(error, SCRIPT_ERROR, SCRIPT_ERROR_SPEC, "no revision makes a table, column, view or type '%s'%s%s%s",
                name, nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    return FALSE;
}

gboolean blaming_open(Blaming *blaming, Invocation *invocation, const char *name, gboolean rows, GError **error)
{
    static const char *const heads[] = {"heads", NULL};
    blaming->effects = effects_read(invocation, heads, NULL, error);
    if (!blaming->effects)
        return FALSE;
    follow_all(blaming, rows);
    Life *object = find_object(blaming->lives, name);
    Life *column = object && !object->gone ? NULL : find_column(blaming->lives, name);
    blaming->life = column ? column : object ? object : find_routine(blaming->lives, name);
    if (!blaming->life)
        return fail_unknown(blaming->lives, name, error);
    blaming->commits = revision_commits_new(invocation);
    if (!blaming->commits)
        log_detail("commits and authors are left out: the revisions are in no git repository that can be read");
    return TRUE;
}

/* ---- lines ---- */

struct BlameTable {
    const Blaming *blaming;
    OutputTable *table; /* NULL with --json */
    cJSON *lines;       /* NULL without */
    gboolean with_objects;
};

BlameTable *blame_table_new(const Blaming *blaming, gboolean with_objects, gboolean json)
{
    enum { MAX_HEADINGS = 7 };
    const char *headings[MAX_HEADINGS] = {0};
    guint n = 0;
    if (with_objects)
        headings[n++] = "OBJECT";
    headings[n++] = "REVISION";
    headings[n++] = "WHAT IT DID";
    if (blaming->commits) {
        headings[n++] = "COMMIT";
        headings[n++] = "AUTHOR";
        headings[n++] = "DATE";
    }
    BlameTable *table = g_new0(BlameTable, 1);
    table->blaming = blaming;
    table->with_objects = with_objects;
    if (json)
        table->lines = cJSON_CreateArray();
    else
        table->table = output_table_new(headings);
    return table;
}

/* "email", "table users", "primary key (id)", "index ix_users_email". */
static char *short_label(const Life *life)
{
    if (life->table && strcmp(life->kind, "column") == 0)
        return output_clean(life->name);
    g_autofree char *label = life_label(life);
    g_autofree char *whole = life->name ? g_strdup_printf("%s %s", life->kind, label) : g_strdup(label);
    return output_clean(whole);
}

static cJSON *line_to_json(const BlameTable *table, const Life *life, const Revision *revision, const Commit *commit,
                           const char *text)
{
    cJSON *line = cJSON_CreateObject();
    g_autofree char *title = text_first_line(revision->message);
    if (table->with_objects) {
        json_add_string(line, "kind", life->kind);
        json_add_string(line, "name", life->name);
        if (life->constraint)
            cJSON_AddItemToObject(line, "columns", json_string_array_of(life->constraint->columns));
    }
    json_add_string(line, "revision", revision->id);
    json_add_string(line, "message", title);
    json_add_string(line, "path", revision->path);
    json_add_string(line, "did", text);
    if (table->blaming->commits)
        cJSON_AddItemToObject(line, "commit", commit_to_json(commit));
    return line;
}

void blame_table_add(BlameTable *table, const Life *life, guint step, const char *text)
{
    enum { MAX_CELLS = 7, SHORT_ID = 8, DAY = 10 };
    const Revision *revision = blaming_revision(table->blaming, step);
    const Commit *commit = revision_commits_first(table->blaming->commits, revision);
    if (table->lines) {
        cJSON_AddItemToArray(table->lines, line_to_json(table, life, revision, commit, text));
        return;
    }
    g_autofree char *label = short_label(life), *did = output_clean(text);
    g_autofree char *id = commit ? g_strndup(commit->id, SHORT_ID) : NULL;
    g_autofree char *author = commit ? output_clean(commit->author) : NULL;
    g_autofree char *day = commit ? g_strndup(commit->date, DAY) : NULL;
    const char *cells[MAX_CELLS] = {0};
    guint n = 0;
    if (table->with_objects)
        cells[n++] = label;
    cells[n++] = revision->id;
    cells[n++] = did;
    if (table->blaming->commits) {
        cells[n++] = commit ? id : "not committed";
        cells[n++] = author;
        cells[n++] = day;
    }
    output_table_row(table->table, STYLE_PLAIN, cells);
}

void blame_table_end(BlameTable *table)
{
    const Life *life = table->blaming->life;
    if (table->lines) {
        cJSON *document = cJSON_CreateObject();
        json_add_string(document, "kind", life->kind);
        json_add_string(document, "schema", life->schema);
        json_add_string(document, "table", life->table ? life->table->name : NULL);
        json_add_string(document, "name", life->name);
        cJSON_AddItemToObject(document, "former_names", json_string_array_of(life->former));
        cJSON_AddBoolToObject(document, "dropped", life->gone);
        cJSON_AddItemToObject(document, "history", table->lines);
        output_json(document);
    } else {
        output_table_print(table->table);
        output_table_free(table->table);
    }
    g_free(table);
}
