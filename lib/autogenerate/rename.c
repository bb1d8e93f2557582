/* Renames that somebody confirmed: renamed_from in the model, --rename on the command line. They are done on a copy of
 * the live schema first, so that all else is compared under the new names. */
#include <string.h>

#include "autogenerate/internal.h"
#include "base/error.h"
#include "base/text.h"

/* One --rename. */
typedef struct Flag {
    const char *text;
    char *left, *right; /* as written around the colon */
    gboolean used;
} Flag;

static void flag_free(Flag *flag)
{
    g_free(flag->left);
    g_free(flag->right);
    g_free(flag);
}

static gboolean flag_error(GError **error, const char *text, const char *format, ...) G_GNUC_PRINTF(3, 4);
static gboolean flag_error(GError **error, const char *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *reason = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, AUTOGENERATE_ERROR, AUTOGENERATE_ERROR_RENAME, "--rename '%s': %s", text, reason);
    return FALSE;
}

static GPtrArray *read_flags(const GPtrArray *renames, GError **error)
{
    g_autoptr(GPtrArray) flags = g_ptr_array_new_with_free_func((GDestroyNotify)flag_free);
    for (guint i = 0; renames && i < renames->len; i++) {
        const char *text = renames->pdata[i], *colon = strchr(text, ':');
        if (!colon || colon == text || !colon[1]) {
            flag_error(error, text, "write 'old:new' for a table or 'table.old:new' for a column");
            return NULL;
        }
        Flag *flag = g_new0(Flag, 1);
        flag->text = text;
        flag->left = g_strndup(text, (gsize)(colon - text));
        flag->right = g_strdup(colon + 1);
        g_ptr_array_add(flags, flag);
    }
    return g_steal_pointer(&flags);
}

/* The names of one kind (tables, or columns of one table) on both sides, and who wants to come from where. */
typedef struct Names {
    gboolean ignore_case;
    GPtrArray *model;      /* const char* */
    GPtrArray *old;        /* const char* beside each, or NULL; NULL again when the rename is done */
    GPtrArray *flags;      /* Flag* beside each, or NULL */
    GHashTable *positions; /* folded model name -> position + 1 */
    GHashTable *live;      /* folded names */
} Names;

static void names_init(Names *names, gboolean ignore_case)
{
    names->ignore_case = ignore_case;
    names->model = g_ptr_array_new();
    names->old = g_ptr_array_new();
    names->flags = g_ptr_array_new();
    names->positions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    names->live = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static void names_clear(Names *names)
{
    g_ptr_array_unref(names->model);
    g_ptr_array_unref(names->old);
    g_ptr_array_unref(names->flags);
    g_hash_table_unref(names->positions);
    g_hash_table_unref(names->live);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Names, names_clear)

static void names_add_model(Names *names, const char *name, const char *old_name, Flag *flag)
{
    g_ptr_array_add(names->model, (gpointer)name);
    g_ptr_array_add(names->old, (gpointer)old_name);
    g_ptr_array_add(names->flags, flag);
    g_hash_table_insert(names->positions, fold_name(name, names->ignore_case), GUINT_TO_POINTER(names->model->len));
}

static void names_add_live(Names *names, const char *name)
{
    g_hash_table_add(names->live, fold_name(name, names->ignore_case));
}

static gboolean names_in_live(const Names *names, const char *name)
{
    g_autofree char *folded = fold_name(name, names->ignore_case);
    return g_hash_table_contains(names->live, folded);
}

/* The position in the model, or -1. */
static int names_position(const Names *names, const char *name)
{
    g_autofree char *folded = fold_name(name, names->ignore_case);
    return (int)GPOINTER_TO_UINT(g_hash_table_lookup(names->positions, folded)) - 1;
}

/* The positions that are renamed when the one at `start`, new to the database, takes what it comes from, whose name may
 * go to another one that is renamed as well, or (unless --rename says so, which must not be in doubt) to a new one. In
 * an order that works; NULL when it does not come out. */
static GArray *rename_chain(const Names *names, int start)
{
    g_autoptr(GArray) chain = g_array_new(FALSE, FALSE, sizeof(int));
    if (names_in_live(names, names->model->pdata[start]))
        return NULL;
    for (int position = start; position >= 0;) {
        const char *old_name = names->old->pdata[position];
        if (!old_name && position != start && !names->flags->pdata[start])
            break;
        if (!old_name || !names_in_live(names, old_name) || chain->len > names->model->len)
            return NULL;
        g_array_append_val(chain, position);
        position = names_position(names, old_name);
    }
    return g_steal_pointer(&chain);
}

typedef MigrateOp *(*RenameFunction)(const Comparing *comparing, const char *old_name, const char *new_name,
                                     const void *data);

/* Kinds that the server keeps as trees, not as texts. The columns of a view keep their names: it has to be created
 * again when one is renamed (object.c). */
static gboolean follows_renames(const Comparing *comparing, const SchemaObject *object, const MigrateOp *op)
{
    static const char *const always[] = {"trigger", "policy", "rule", "index", NULL};
    static const char *const views[] = {"view", "materialized_view", NULL};
    g_autoptr(GHashTable) words = object_words(comparing, object);
    if (op->kind == OP_ALTER_COLUMN)
        return g_strv_contains(always, object->kind) && mentions(comparing, words, op->table_name);
    return g_strv_contains(always, object->kind) || g_strv_contains(views, object->kind);
}

/* Of texts that nobody else writes to. */
static void follow_target(const Comparing *comparing, const MigrateOp *op, const MetaData *live)
{
    for (guint i = 0; op->kind == OP_RENAME_TABLE && i < live->objects->len; i++) {
        SchemaObject *object = live->objects->pdata[i];
        if (strcmp(object->kind, "trigger") == 0 &&
            name_equal(object->table_name, op->table_name, comparing->ignore_case))
            rename_target(comparing, object, op->new_name);
    }
}

static void follow_rename(const Comparing *comparing, const MigrateOp *op, const MetaData *live)
{
    const char *old_name = NULL, *new_name = NULL;
    if (comparing->dialect->capabilities & DIALECT_TABLE_REBUILD)
        return;
    if (comparing->dialect->capabilities & DIALECT_OBJECTS_BY_NAME) {
        follow_target(comparing, op, live);
        return;
    }
    if (op->kind == OP_RENAME_TABLE) {
        old_name = op->table_name;
        new_name = op->new_name;
    } else if (op->kind == OP_ALTER_COLUMN) {
        old_name = op->existing->name;
        new_name = op->column->name;
    } else if (op->kind == OP_ALTER_ENUM) {
        old_name = op->existing_enum->name;
        new_name = op->enum_type->name;
    } else {
        return;
    }
    for (guint i = 0; i < live->objects->len; i++) {
        SchemaObject *object = live->objects->pdata[i];
        if (!follows_renames(comparing, object, op))
            continue;
        char *definition = rename_in_definition(comparing, object->definition, old_name, new_name);
        g_free(object->definition);
        object->definition = definition;
    }
}

/* The first rename makes the copy that all of them are done on. */
static gboolean do_rename(Comparing *comparing, MigrateOp *op, GError **error)
{
    add_op(comparing->operations, op, "structure");
    if (!comparing->renamed) {
        comparing->renamed = metadata_copy(comparing->live);
        comparing->live = comparing->renamed;
    }
    follow_rename(comparing, op, comparing->renamed);
    return migrate_op_apply(op, comparing->renamed, error);
}

/* --- enums and sequences --- */

static gboolean rename_enums(Comparing *comparing, GError **error)
{
    for (guint i = 0; i < comparing->model->enums->len; i++) {
        const EnumType *model = comparing->model->enums->pdata[i];
        const EnumType *live =
            model->renamed_from ? metadata_find_enum(comparing->live, model->schema, model->renamed_from) : NULL;
        if (!live || metadata_find_enum(comparing->live, model->schema, model->name) ||
            metadata_find_enum(comparing->model, model->schema, model->renamed_from))
            continue;
        g_autoptr(MigrateOp) op = enum_op(OP_ALTER_ENUM, live, live);
        g_free(op->enum_type->name);
        op->enum_type->name = g_strdup(model->name);
        if (!do_rename(comparing, g_steal_pointer(&op), error))
            return FALSE;
    }
    return TRUE;
}

/* The server knows the sequence of a default by its number, not by its name. */
static void rename_in_defaults(const MetaData *live, const char *old_name, const char *new_name)
{
    g_autofree char *from = g_strdup_printf("'%s'", old_name), *to = g_strdup_printf("'%s'", new_name);
    for (guint i = 0; i < live->tables->len; i++) {
        const Table *table = live->tables->pdata[i];
        for (guint j = 0; j < table->columns->len; j++) {
            Column *column = table->columns->pdata[j];
            if (!column->server_default || !strstr(column->server_default, from))
                continue;
            g_auto(GStrv) parts = g_strsplit(column->server_default, from, -1);
            g_free(column->server_default);
            column->server_default = g_strjoinv(to, parts);
        }
    }
}

static gboolean rename_sequences(Comparing *comparing, GError **error)
{
    for (guint i = 0; i < comparing->model->sequences->len; i++) {
        const Sequence *model = comparing->model->sequences->pdata[i];
        const Sequence *live =
            model->renamed_from ? metadata_find_sequence(comparing->live, model->schema, model->renamed_from) : NULL;
        if (!live || metadata_find_sequence(comparing->live, model->schema, model->name) ||
            metadata_find_sequence(comparing->model, model->schema, model->renamed_from))
            continue;
        g_autoptr(MigrateOp) op = sequence_op(OP_ALTER_SEQUENCE, live, live);
        g_free(op->sequence->name);
        op->sequence->name = g_strdup(model->name);
        if (!do_rename(comparing, g_steal_pointer(&op), error))
            return FALSE;
        rename_in_defaults(comparing->renamed, model->renamed_from, model->name);
    }
    return TRUE;
}

/* Nobody passes a --rename to have it ignored. */
static gboolean check_flags(const Names *names, GError **error)
{
    for (guint i = 0; i < names->model->len; i++) {
        const Flag *flag = names->flags->pdata[i];
        if (!flag || !names->old->pdata[i])
            continue;
        if (names_in_live(names, names->model->pdata[i]))
            return flag_error(error, flag->text, "the database has '%s' already", (char *)names->model->pdata[i]);
        return flag_error(error, flag->text, "the model still has '%s'", (char *)names->old->pdata[i]);
    }
    return TRUE;
}

static gboolean rename_all(Comparing *comparing, Names *names, RenameFunction rename, const void *data, GError **error)
{
    for (guint i = 0; i < names->model->len; i++) {
        g_autoptr(GArray) chain = names->old->pdata[i] ? rename_chain(names, (int)i) : NULL;
        for (guint j = 0; chain && j < chain->len; j++) {
            int position = g_array_index(chain, int, j);
            const char *old_name = names->old->pdata[position];
            g_autofree char *folded = fold_name(old_name, names->ignore_case);
            if (!do_rename(comparing, rename(comparing, old_name, names->model->pdata[position], data), error))
                return FALSE;
            g_hash_table_remove(names->live, folded);
            names->old->pdata[position] = NULL;
        }
    }
    return check_flags(names, error);
}

/* --- tables --- */

static MigrateOp *rename_table(const Comparing *comparing, const char *old_name, const char *new_name, const void *data)
{
    return migrate_op_rename_table(metadata_find_table(comparing->live, data, old_name), new_name);
}

static Flag *flagged_table(const GPtrArray *flags, const Comparing *comparing, const Table *model)
{
    for (guint i = 0; i < flags->len; i++) {
        Flag *flag = flags->pdata[i];
        if (!name_equal(flag->right, model->name, comparing->ignore_case) ||
            !metadata_find_table(comparing->live, model->schema, flag->left))
            continue;
        flag->used = TRUE;
        return flag;
    }
    return NULL;
}

static void note_ambiguous(const Comparing *comparing, const Table *model)
{
    const MetaData *live = comparing->live;
    if (!model->renamed_from || metadata_find_table(comparing->model, model->schema, model->renamed_from) ||
        !metadata_find_table(live, model->schema, model->renamed_from) ||
        !metadata_find_table(live, model->schema, model->name))
        return;
    add_finding(comparing->result, "note", g_strdup(model->name),
                g_strdup_printf("renamed_from '%s' is left aside: the database has both tables", model->renamed_from));
}

/* Those of one schema: a rename does not leave it. */
static gboolean rename_tables_of(Comparing *comparing, const GPtrArray *flags, const char *schema, GError **error)
{
    g_auto(Names) names;
    names_init(&names, comparing->ignore_case);
    const MetaData *live = comparing->live;
    for (guint i = 0; i < comparing->model->tables->len; i++) {
        const Table *model = comparing->model->tables->pdata[i];
        if (!name_equal(model->schema, schema, comparing->ignore_case) || !in_scope(comparing, schema, model->name))
            continue;
        Flag *flag = flagged_table(flags, comparing, model);
        names_add_model(&names, model->name, flag ? flag->left : model->renamed_from, flag);
        note_ambiguous(comparing, model);
    }
    for (guint i = 0; i < live->tables->len; i++) {
        const Table *table = live->tables->pdata[i];
        if (name_equal(table->schema, schema, comparing->ignore_case) && in_scope(comparing, schema, table->name))
            names_add_live(&names, table->name);
    }
    return rename_all(comparing, &names, rename_table, schema, error);
}

static gboolean rename_tables(Comparing *comparing, const GPtrArray *flags, GError **error)
{
    g_autoptr(GHashTable) schemas = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < comparing->model->tables->len; i++) {
        const Table *model = comparing->model->tables->pdata[i];
        if (!model->renamed_from && !flagged_table(flags, comparing, model))
            continue;
        if (!g_hash_table_add(schemas, model->schema ? model->schema : (char *)""))
            continue;
        if (!rename_tables_of(comparing, flags, model->schema, error))
            return FALSE;
    }
    return TRUE;
}

/* --- columns --- */

static MigrateOp *rename_column(const Comparing *comparing, const char *old_name, const char *new_name,
                                const void *data)
{
    const Table *model = data;
    const Table *live = metadata_find_table(comparing->live, model->schema, model->name);
    const Column *existing = table_find_column(live, old_name);
    g_autoptr(Column) column = column_copy(existing);
    g_free(column->name);
    column->name = g_strdup(new_name);
    return migrate_op_alter_column(live, existing, column);
}

/* The former name of the model's table, or its own. */
static const char *former_name(const Comparing *comparing, const Table *model)
{
    for (guint i = 0; i < comparing->operations->len; i++) {
        const MigrateOp *op = comparing->operations->pdata[i];
        if (op->kind == OP_RENAME_TABLE && name_equal(op->new_name, model->name, comparing->ignore_case) &&
            name_equal(op->schema, model->schema, comparing->ignore_case))
            return op->table_name;
    }
    return model->name;
}

/* "name" of "table.name", when the table is this one; NULL otherwise. */
static const char *behind_table(const Comparing *comparing, const Table *model, const char *text)
{
    const char *const names[] = {model->name, former_name(comparing, model)};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        gsize length = strlen(names[i]);
        g_autofree char *start = g_strndup(text, length);
        if (strlen(text) > length + 1 && text[length] == '.' && name_equal(start, names[i], comparing->ignore_case))
            return text + length + 1;
    }
    return NULL;
}

/* *old_name gets the former name out of the flag, else what the model says. */
static Flag *flagged_column(const GPtrArray *flags, const Comparing *comparing, const Table *model,
                            const Column *column, const Table *live, const char **old_name)
{
    for (guint i = 0; i < flags->len; i++) {
        Flag *flag = flags->pdata[i];
        const char *from = flag->used ? NULL : behind_table(comparing, model, flag->left);
        const char *to = from ? behind_table(comparing, model, flag->right) : NULL;
        if (!from || !name_equal(to ? to : flag->right, column->name, comparing->ignore_case) ||
            !table_find_column(live, from))
            continue;
        flag->used = TRUE;
        *old_name = from;
        return flag;
    }
    *old_name = column->renamed_from;
    return NULL;
}

static gboolean mentions_column_rename(const Table *model)
{
    for (guint i = 0; i < model->columns->len; i++)
        if (((const Column *)model->columns->pdata[i])->renamed_from)
            return TRUE;
    return FALSE;
}

/* Two columns that trade names, or one that was renamed long ago before its old name was used again: the database looks
 * the same, so nothing is done, and that is said. */
static void report_left_aside(const Comparing *comparing, const Names *names, const Table *model)
{
    const Table *live = metadata_find_table(comparing->live, model->schema, model->name);
    for (guint i = 0; i < names->model->len; i++) {
        const char *name = names->model->pdata[i], *old_name = names->old->pdata[i];
        if (!old_name || !table_find_column(live, old_name) || !table_find_column(live, name))
            continue;
        add_finding(
            comparing->result, "unknown", g_strdup_printf("%s.%s", model->name, name),
            g_strdup_printf("renamed_from '%s' is left aside: the database has both columns; if it was done long "
                            "ago, take it out of the model, else rename in two revisions",
                            old_name));
    }
}

static gboolean rename_columns_of(Comparing *comparing, const GPtrArray *flags, const Table *model, const Table *live,
                                  GError **error)
{
    g_auto(Names) names;
    names_init(&names, comparing->ignore_case);
    for (guint i = 0; i < live->columns->len; i++)
        names_add_live(&names, ((const Column *)live->columns->pdata[i])->name);
    for (guint i = 0; i < model->columns->len; i++) {
        const Column *column = model->columns->pdata[i];
        const char *old_name = NULL;
        Flag *flag = flagged_column(flags, comparing, model, column, live, &old_name);
        names_add_model(&names, column->name, old_name, flag);
    }
    if (!rename_all(comparing, &names, rename_column, model, error))
        return FALSE;
    report_left_aside(comparing, &names, model);
    return TRUE;
}

static gboolean rename_columns(Comparing *comparing, const GPtrArray *flags, GError **error)
{
    for (guint i = 0; i < comparing->model->tables->len; i++) {
        const Table *model = comparing->model->tables->pdata[i];
        if (flags->len == 0 && !mentions_column_rename(model))
            continue;
        const Table *live = metadata_find_table(comparing->live, model->schema, model->name);
        if (live && in_scope(comparing, model->schema, model->name) &&
            !rename_columns_of(comparing, flags, model, live, error))
            return FALSE;
    }
    return TRUE;
}

gboolean resolve_renames(Comparing *comparing, GError **error)
{
    g_autoptr(GPtrArray) flags = read_flags(comparing->options->renames, error);
    if (!flags || !rename_tables(comparing, flags, error))
        return FALSE;
    if (!rename_columns(comparing, flags, error) || !rename_enums(comparing, error) ||
        !rename_sequences(comparing, error))
        return FALSE;
    for (guint i = 0; i < flags->len; i++) {
        const Flag *flag = flags->pdata[i];
        if (!flag->used)
            return flag_error(error, flag->text,
                              "the database has no '%s' that the model calls '%s'; write 'old:new' for a table or "
                              "'table.old:new' for a column",
                              flag->left, flag->right);
    }
    return TRUE;
}
