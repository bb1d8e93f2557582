/* Operations: what the change is in the words of the model for each dialect, put into one. */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "revision_contents.h"
#include "schema/model.h"

/* The change for all dialects. */
typedef struct Portable {
    GPtrArray *names;   /* const char*: the dialects */
    GPtrArray *changes; /* OtherChange*, parallel */
    gboolean explained; /* by the earlier revisions alone */
} Portable;

static void portable_clear(Portable *portable)
{
    g_clear_pointer(&portable->names, g_ptr_array_unref);
    g_clear_pointer(&portable->changes, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Portable, portable_clear)

/* --- the change on each dialect --- */

/* NULL: the model is not for this dialect. */
static MetaData *model_for(const Invocation *invocation, const Dialect *dialect, GError **error)
{
    g_autoptr(MetaData) model = read_model(invocation, dialect, error);
    g_autoptr(MetaData) adapted = model ? metadata_copy(model) : NULL;
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    return adapted && dialect->adapt(adapted, notes, error) ? g_steal_pointer(&model) : NULL;
}

static gboolean add_change(const Invocation *invocation, const FoundChange *found, const Dialect *dialect,
                           const MetaData *model, Portable *portable, GError **error)
{
    CompareOptions options = {0};
    g_autoptr(GPtrArray) include = NULL, exclude = NULL;
    g_autoptr(MetaData) told = NULL;
    if (!read_compare_options(invocation, &options, &include, &exclude, error) ||
        (portable->explained && !read_told_model(invocation, dialect, &told, error)))
        return FALSE;
    g_autoptr(FileNames) files = told ? NULL : read_file_names(invocation, dialect, error);
    if (!told && !files)
        return FALSE;
    OtherChange *change = told ? portable_change_since(found, dialect, model, g_steal_pointer(&told), &options, error)
                               : portable_change_new(found, dialect, model, files, &options, error);
    if (!change)
        return FALSE;
    g_ptr_array_add(portable->names, (gpointer)dialect->name);
    g_ptr_array_add(portable->changes, change);
    return TRUE;
}

/* Whether earlier revisions tell all that is in the database. */
static gboolean find_explained(const Invocation *invocation, const FoundChange *found, gboolean *explained,
                               GError **error)
{
    CompareOptions options = {0};
    g_autoptr(GPtrArray) include = NULL, exclude = NULL;
    g_autoptr(MetaData) told = NULL;
    g_autoptr(GError) failure = NULL;
    if (!read_told_model(invocation, found->dialect, &told, error) ||
        !read_compare_options(invocation, &options, &include, &exclude, error))
        return FALSE;
    g_autoptr(MetaData) model = told ? read_model(invocation, found->dialect, error) : NULL;
    if (told && !model)
        return FALSE;
    *explained = told && explains_database(found, model, told, &options, &failure);
    if (failure)
        log_detail("what the revisions tell is not compared: %s", failure->message);
    return TRUE;
}

/* Without `dialects`, those that the model is for. */
static gboolean add_dialect(const Invocation *invocation, const FoundChange *found, const Dialect *dialect,
                            gboolean required, Portable *portable, GError **error)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(MetaData) model = model_for(invocation, dialect, &failure);
    if (model)
        return add_change(invocation, found, dialect, model, portable, error);
    if (required) {
        g_propagate_prefixed_error(error, g_steal_pointer(&failure), "%s: ", dialect->name);
        return FALSE;
    }
    g_autofree char *line = text_first_line(failure->message);
    log_info("the operations are not for %s, which the model is not for: %s", dialect->name, line);
    return TRUE;
}

static gboolean add_changes(const Invocation *invocation, const FoundChange *found, const RevisionFormat *format,
                            Portable *portable, GError **error)
{
    if (!add_dialect(invocation, found, found->dialect, TRUE, portable, error))
        return FALSE;
    gboolean given = format->dialects && format->dialects->len > 0;
    for (gsize i = 0; !given && dialects[i]; i++)
        if (dialects[i] != found->dialect && !add_dialect(invocation, found, dialects[i], FALSE, portable, error))
            return FALSE;
    for (guint i = 0; given && i < format->dialects->len; i++) {
        const Dialect *dialect = dialect_find(format->dialects->pdata[i], error);
        if (!dialect || (dialect != found->dialect && !add_dialect(invocation, found, dialect, TRUE, portable, error)))
            return FALSE;
    }
    return TRUE;
}

/* --- enums of revisions in SQL --- */

/* An operation made it, in an earlier revision or in this one. */
static gboolean is_told(const FileNames *own, const GPtrArray *operations, const char *name)
{
    const char *told = file_names_definition(own, "type", name);
    for (guint i = 0; i < operations->len; i++) {
        const MigrateOp *op = operations->pdata[i];
        if (op->kind == OP_CREATE_ENUM && strcmp(op->enum_type->name, name) == 0)
            return TRUE;
    }
    return told && !*told;
}

static const char *enum_of_column(const Column *column)
{
    const SqlType *type = column ? column->type : NULL;
    while (type && type->kind == SQL_TYPE_ARRAY)
        type = type->item;
    if (!type || type->kind != SQL_TYPE_ENUM || type->values || !type->name)
        return NULL;
    const char *dot = strrchr(type->name, '.');
    return dot ? dot + 1 : type->name;
}

/* An enum that the operation needs, and that no operation has made; NULL: none. */
static const char *untold_enum(const MigrateOp *op, const FileNames *own, const GPtrArray *operations)
{
    const char *name = op->existing_enum ? op->existing_enum->name : enum_of_column(op->column);
    if (name && !is_told(own, operations, name))
        return name;
    for (guint i = 0; op->kind == OP_CREATE_TABLE && i < op->table->columns->len; i++) {
        name = enum_of_column(op->table->columns->pdata[i]);
        if (name && !is_told(own, operations, name))
            return name;
    }
    return NULL;
}

/* What a statement made of an enum, a type or a check, no operation can know. */
static gboolean check_enums(const Portable *portable, const FileNames *own, GError **error)
{
    const OtherChange *change = portable->changes->pdata[0];
    for (guint i = 0; !portable->explained && i < change->operations->len; i++) {
        const char *name = untold_enum(change->operations->pdata[i], own, change->operations);
        if (!name)
            continue;
        g_set_error(error, AUTOGENERATE_ERROR, AUTOGENERATE_ERROR_OPERATIONS,
                    "enum '%s' was made by a revision in SQL, or by hand, and operations know only what operations "
                    "made\nwrite this revision in SQL: --format sql",
                    name);
        return FALSE;
    }
    return TRUE;
}

/* --- one list of operations --- */

/* What the operations of several dialects have in common when they are the same one. Operations that say other things
 * of a column are not. */
static char *identity(const MigrateOp *op, const cJSON *node)
{
    if (op->kind != OP_ALTER_COLUMN) {
        g_autofree char *text = migrate_op_describe(op);
        return g_strdup_printf("%d %s", (int)op->kind, text);
    }
    GString *key = g_string_new(NULL);
    g_string_append_printf(key, "%s.%s.%s %s", op->schema ? op->schema : "", op->table_name, op->existing->name,
                           op->column->name);
    for (const cJSON *child = node->child; child; child = child->next)
        g_string_append_printf(key, " %s", child->string);
    return g_string_free(key, FALSE);
}

/* One dialect's list, and what of it stands in the file already. */
typedef struct OwnList {
    GPtrArray *nodes; /* cJSON*, owned */
    GPtrArray *keys;  /* char* */
    GPtrArray *notes; /* char*, "" for none */
    guint done;
} OwnList;

static void own_list_free(OwnList *list)
{
    g_ptr_array_unref(list->nodes);
    g_ptr_array_unref(list->keys);
    g_ptr_array_unref(list->notes);
    g_free(list);
}

/* What the file says of itself: the other direction has the former definition of what is dropped. */
static void leave_out(cJSON *node, const MigrateOp *op)
{
    static const char *const of_diff[] = {"verdict", "rows", "estimated", "at_least"};
    for (gsize i = 0; i < G_N_ELEMENTS(of_diff); i++)
        cJSON_DeleteItemFromObjectCaseSensitive(node, of_diff[i]);
    if (g_str_has_prefix(migrate_op_name(op), "drop_"))
        cJSON_DeleteItemFromObjectCaseSensitive(node, "existing");
}

static OwnList *own_list_new(const GPtrArray *operations, const char *dialect)
{
    OwnList *list = g_new0(OwnList, 1);
    list->nodes = g_ptr_array_new_with_free_func((GDestroyNotify)cJSON_Delete);
    list->keys = strings_new();
    list->notes = strings_new();
    for (guint i = 0; i < operations->len; i++) {
        cJSON *node = migrate_op_to_json(operations->pdata[i], dialect);
        leave_out(node, operations->pdata[i]);
        g_ptr_array_add(list->nodes, node);
        g_ptr_array_add(list->keys, identity(operations->pdata[i], node));
        const char *note = ((const MigrateOp *)operations->pdata[i])->note;
        g_ptr_array_add(list->notes, g_strdup(note ? note : ""));
    }
    return list;
}

static int find_key(const OwnList *list, const char *key)
{
    for (guint i = list->done; i < list->keys->len; i++)
        if (strcmp(list->keys->pdata[i], key) == 0)
            return (int)i;
    return -1;
}

/* An operation that only some have is about something that has a name for them only. */
static void name_for_some(cJSON *merged, const cJSON *const *nodes, const Portable *portable)
{
    static const char *const names[] = {"table_name", "source_table", "old_table_name", "name"};
    gboolean all = TRUE;
    for (guint i = 0; i < portable->names->len; i++)
        all = all && nodes[i];
    cJSON *name = NULL;
    for (gsize i = 0; !all && !name && i < G_N_ELEMENTS(names); i++)
        name = cJSON_GetObjectItemCaseSensitive(merged, names[i]);
    if (!name || !cJSON_IsString(name))
        return;
    cJSON *map = cJSON_CreateObject();
    for (guint i = 0; i < portable->names->len; i++)
        if (nodes[i])
            cJSON_AddStringToObject(map, portable->names->pdata[i], name->valuestring);
    g_autofree char *key = g_strdup(name->string);
    cJSON_ReplaceItemInObjectCaseSensitive(merged, key, map);
}

static void move_down(GPtrArray *array, guint from, guint to)
{
    gpointer moved = array->pdata[from];
    for (guint k = from; k > to; k--)
        array->pdata[k] = array->pdata[k - 1];
    array->pdata[to] = moved;
}

/* The operation at `at` is done: those before it have their turn later. */
static void own_list_advance(OwnList *list, guint at)
{
    move_down(list->nodes, at, list->done);
    move_down(list->keys, at, list->done);
    move_down(list->notes, at, list->done);
    list->done++;
}

/* The next operation of list `first`, with what the others have of it. */
static cJSON *merge_next(const Portable *portable, const GPtrArray *lists, guint first)
{
    g_autofree const cJSON **nodes = g_new0(const cJSON *, lists->len);
    const OwnList *own = lists->pdata[first];
    const char *key = own->keys->pdata[own->done];
    for (guint i = 0; i < lists->len; i++) {
        OwnList *list = lists->pdata[i];
        int at = find_key(list, key);
        if (at < 0)
            continue;
        nodes[i] = g_ptr_array_index(list->nodes, at);
        own_list_advance(list, (guint)at);
    }
    cJSON *merged = model_merge_json(nodes, (const char *const *)portable->names->pdata, lists->len);
    name_for_some(merged, nodes, portable);
    return merged;
}

/* What stands before operation `key` in another list and nowhere before, comes before it. */
static gboolean is_ready(const GPtrArray *lists, guint first)
{
    const OwnList *own = lists->pdata[first];
    const char *key = own->keys->pdata[own->done];
    for (guint i = 0; i < lists->len; i++) {
        int at = i == first ? -1 : find_key(lists->pdata[i], key);
        const OwnList *list = lists->pdata[i];
        for (guint k = list->done; at >= 0 && k < (guint)at; k++)
            if (find_key(own, list->keys->pdata[k]) < 0)
                return FALSE;
    }
    return TRUE;
}

static cJSON *merge_lists(const Portable *portable, const GPtrArray *lists, GPtrArray *notes)
{
    cJSON *merged = cJSON_CreateArray();
    for (;;) {
        int next = -1, waiting = -1;
        for (guint i = 0; i < lists->len && next < 0; i++) {
            const OwnList *list = lists->pdata[i];
            if (list->done == list->keys->len)
                continue;
            waiting = waiting < 0 ? (int)i : waiting;
            next = is_ready(lists, i) ? (int)i : -1;
        }
        if (waiting < 0)
            return merged;
        const OwnList *own = lists->pdata[next >= 0 ? next : waiting];
        g_ptr_array_add(notes, g_strdup(own->notes->pdata[own->done]));
        cJSON_AddItemToArray(merged, merge_next(portable, lists, (guint)(next >= 0 ? next : waiting)));
    }
}

static cJSON *merge_direction(const Portable *portable, const GPtrArray *found, gboolean up, GPtrArray **notes)
{
    g_autoptr(GPtrArray) lists = g_ptr_array_new_with_free_func((GDestroyNotify)own_list_free);
    for (guint i = 0; i < portable->changes->len; i++) {
        const OtherChange *change = portable->changes->pdata[i];
        const GPtrArray *operations = up ? change->operations : change->reverse;
        if (up)
            operations_take_rows(operations, found);
        operations_set_notes(operations, !up, TRUE);
        g_ptr_array_add(lists, own_list_new(operations, portable->names->pdata[i]));
    }
    *notes = strings_new();
    return merge_lists(portable, lists, *notes);
}

static void log_findings_of(const Portable *portable, const Dialect *compared)
{
    if (!portable->explained)
        log_warning(
            "what is in the database is not all told by operations (revisions in SQL, changes by hand): on other "
            "dialects an operation then knows of a table only what it says itself; try the revision there, or "
            "write SQL for each of `dialects` (--format sql)");
    for (guint i = 0; i < portable->changes->len; i++) {
        const OtherChange *change = portable->changes->pdata[i];
        const Dialect *dialect = dialect_find(portable->names->pdata[i], NULL);
        if (!dialect)
            continue;
        log_unknown(compared, dialect, change->unknown);
        log_doubts(dialect, change->doubts);
    }
}

gboolean contents_of_operations(const Invocation *invocation, const ModelComparison *result,
                                const RevisionFormat *format, RevisionContents *contents, GError **error)
{
    g_auto(Portable) portable = {.names = g_ptr_array_new(),
                                 .changes = g_ptr_array_new_with_free_func((GDestroyNotify)other_change_free)};
    g_autoptr(FileNames) own = read_file_names(invocation, result->dialect, error);
    const FoundChange found = {result->dialect, result->live, result->comparison->operations, own};
    if (!own || !find_explained(invocation, &found, &portable.explained, error) ||
        !add_changes(invocation, &found, format, &portable, error) || !check_enums(&portable, own, error))
        return FALSE;
    contents->is_ops = TRUE;
    contents->upgrade = merge_direction(&portable, found.operations, TRUE, &contents->upgrade_notes);
    contents->downgrade = merge_direction(&portable, found.operations, FALSE, &contents->downgrade_notes);
    log_findings_of(&portable, result->dialect);
    return TRUE;
}
