/* --rename: each is found in the model and in the database, and written into (a copy of) the model as the former name,
 * as if the model itself said so. */
#include <string.h>

#include "autogenerate/internal.h"
#include "base/error.h"
#include "base/text.h"

#define MAX_NAMES 10 /* that an error lists */

/* Something of the model that may have had another name. */
typedef struct Named {
    const char *name;
    char **renamed_from; /* NULL: a value of an enum */
    const char *flag;    /* the --rename that is about it, or NULL */
} Named;

/* All of one kind that a name is looked for among. */
typedef struct Family {
    const char *what;         /* "table", "column" …: for messages */
    const char *schema;       /* NULL: the default one */
    const char *owner;        /* the table or type that they are parts of; NULL: none */
    const char *former_owner; /* its name in the database */
    gboolean alone;           /* the owner need not be named */
    gboolean follows;         /* meant only when nothing else is: what differs in its name only is renamed anyway */
    const EnumType *type;     /* of values */
    GArray *model;            /* Named */
    GPtrArray *live;          /* const char* */
    GPtrArray *kept;          /* char*: what of `live` is nobody else's; NULL: nothing */
} Family;

static void family_free(Family *family)
{
    g_array_unref(family->model);
    g_ptr_array_unref(family->live);
    g_clear_pointer(&family->kept, g_ptr_array_unref);
    g_free(family);
}

typedef struct Flags {
    Comparing *comparing;
    GPtrArray *families; /* Family* */
} Flags;

static Family *family_add(const Flags *flags, const char *what, const char *schema, const char *owner,
                          const char *former_owner)
{
    Family *family = g_new0(Family, 1);
    family->what = what;
    family->schema = schema;
    family->owner = owner;
    family->former_owner = former_owner;
    family->model = g_array_new(FALSE, FALSE, sizeof(Named));
    family->live = g_ptr_array_new();
    g_ptr_array_add(flags->families, family);
    return family;
}

static void family_name(const Family *family, const char *name, char **renamed_from)
{
    const Named named = {name, renamed_from, NULL};
    if (name)
        g_array_append_val(family->model, named);
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

/* --- what stands by itself --- */

static Family *top_family(const Flags *flags, const char *what, const char *schema, const char *owner)
{
    for (guint i = 0; i < flags->families->len; i++) {
        Family *family = flags->families->pdata[i];
        if (strcmp(family->what, what) == 0 && g_strcmp0(family->schema, schema) == 0 &&
            g_strcmp0(family->owner, owner) == 0)
            return family;
    }
    Family *family = family_add(flags, what, schema, owner, owner);
    family->alone = TRUE;
    return family;
}

static void add_tables(const Flags *flags)
{
    const Comparing *comparing = flags->comparing;
    for (guint i = 0; i < comparing->model->tables->len; i++) {
        Table *table = comparing->model->tables->pdata[i];
        if (in_scope(comparing, table->schema, table->name))
            family_name(top_family(flags, "table", table->schema, NULL), table->name, &table->renamed_from);
    }
    for (guint i = 0; i < comparing->live->tables->len; i++) {
        const Table *table = comparing->live->tables->pdata[i];
        if (in_scope(comparing, table->schema, table->name))
            g_ptr_array_add(top_family(flags, "table", table->schema, NULL)->live, table->name);
    }
}

static void add_types(const Flags *flags)
{
    const MetaData *model = flags->comparing->model, *live = flags->comparing->live;
    for (guint i = 0; i < model->enums->len; i++) {
        EnumType *type = model->enums->pdata[i];
        family_name(top_family(flags, "enum", type->schema, NULL), type->name, &type->renamed_from);
    }
    for (guint i = 0; i < live->enums->len; i++) {
        const EnumType *type = live->enums->pdata[i];
        g_ptr_array_add(top_family(flags, "enum", type->schema, NULL)->live, type->name);
    }
    for (guint i = 0; i < model->sequences->len; i++) {
        Sequence *sequence = model->sequences->pdata[i];
        family_name(top_family(flags, "sequence", sequence->schema, NULL), sequence->name, &sequence->renamed_from);
    }
    for (guint i = 0; i < live->sequences->len; i++) {
        const Sequence *sequence = live->sequences->pdata[i];
        g_ptr_array_add(top_family(flags, "sequence", sequence->schema, NULL)->live, sequence->name);
    }
}

/* What it is known by: triggers, rules and policies of several tables may share a name. */
static const char *hangs_on(const SchemaObject *object)
{
    static const char *const kinds[] = {"trigger", "rule", "policy", "index", NULL};
    return g_strv_contains(kinds, object->kind) ? object->table_name : NULL;
}

static gboolean was_called(const Comparing *comparing, const char *renamed_from, const char *schema,
                           const SchemaObject *hanging)
{
    return renamed_from && name_equal(renamed_from, hanging->table_name, comparing->ignore_case) &&
           g_strcmp0(schema, hanging->schema) == 0;
}

/* The name that the model has for what a live object hangs on. */
static const char *current_owner(const Comparing *comparing, const SchemaObject *live)
{
    const char *name = hangs_on(live);
    if (!name)
        return NULL;
    for (guint i = 0; i < comparing->model->tables->len; i++) {
        const Table *table = comparing->model->tables->pdata[i];
        if (was_called(comparing, table->renamed_from, table->schema, live) &&
            !metadata_find_table(comparing->live, table->schema, table->name))
            return table->name;
    }
    for (guint i = 0; i < comparing->model->objects->len; i++) {
        const SchemaObject *object = comparing->model->objects->pdata[i];
        if (!hangs_on(object) && was_called(comparing, object->renamed_from, object->schema, live) &&
            !metadata_find_same_object(comparing->live, object))
            return object->name;
    }
    return name;
}

/* Those that hang on something, or the others. */
static void add_objects(const Flags *flags, gboolean hanging)
{
    const Comparing *comparing = flags->comparing;
    for (guint i = 0; i < comparing->model->objects->len; i++) {
        SchemaObject *object = comparing->model->objects->pdata[i];
        if ((hangs_on(object) != NULL) == hanging)
            family_name(top_family(flags, object->kind, object->schema, hangs_on(object)), object->name,
                        &object->renamed_from);
    }
    for (guint i = 0; i < comparing->live->objects->len; i++) {
        const SchemaObject *object = comparing->live->objects->pdata[i];
        if ((hangs_on(object) != NULL) != hanging)
            continue;
        Family *family = top_family(flags, object->kind, object->schema, current_owner(comparing, object));
        family->former_owner = hangs_on(object);
        g_ptr_array_add(family->live, object->name);
    }
}

/* --- parts of tables and types --- */

static void add_indexes(const Flags *flags, const Table *model, const Table *live)
{
    Family *family = family_add(flags, "index", model->schema, model->name, live->name);
    family->alone = family->follows = TRUE;
    for (guint i = 0; i < model->indexes->len; i++) {
        Index *index = model->indexes->pdata[i];
        family_name(family, index->name, &index->renamed_from);
    }
    for (guint i = 0; i < live->indexes->len; i++)
        g_ptr_array_add(family->live, ((const Index *)live->indexes->pdata[i])->name);
}

static void add_constraints(const Flags *flags, const Table *model, const Table *live)
{
    Family *family = family_add(flags, "constraint", model->schema, model->name, live->name);
    family->follows = TRUE;
    if (model->primary_key)
        family_name(family, model->primary_key->name, &model->primary_key->renamed_from);
    for (guint i = 0; i < model->constraints->len; i++) {
        Constraint *constraint = model->constraints->pdata[i];
        family_name(family, constraint->name, &constraint->renamed_from);
    }
    if (live->primary_key && live->primary_key->name)
        g_ptr_array_add(family->live, live->primary_key->name);
    for (guint i = 0; i < live->constraints->len; i++) {
        const Constraint *constraint = live->constraints->pdata[i];
        if (constraint->name)
            g_ptr_array_add(family->live, constraint->name);
    }
}

static void add_columns(const Flags *flags, const Table *model, const Table *live)
{
    Family *family = family_add(flags, "column", model->schema, model->name, live->name);
    for (guint i = 0; i < model->columns->len; i++) {
        Column *column = model->columns->pdata[i];
        family_name(family, column->name, &column->renamed_from);
    }
    for (guint i = 0; i < live->columns->len; i++)
        g_ptr_array_add(family->live, ((const Column *)live->columns->pdata[i])->name);
}

const Table *former_table_of(const Comparing *comparing, const Table *model)
{
    const Table *live = metadata_find_table(comparing->live, model->schema, model->name);
    if (!live && model->renamed_from)
        live = metadata_find_table(comparing->live, model->schema, model->renamed_from);
    return live;
}

static const EnumType *former_enum_of(const Comparing *comparing, const EnumType *model)
{
    const EnumType *live = metadata_find_enum(comparing->live, model->schema, model->name);
    if (!live && model->renamed_from)
        live = metadata_find_enum(comparing->live, model->schema, model->renamed_from);
    return live;
}

static void add_parts(const Flags *flags)
{
    const Comparing *comparing = flags->comparing;
    add_objects(flags, TRUE);
    for (guint i = 0; i < comparing->model->tables->len; i++) {
        const Table *model = comparing->model->tables->pdata[i];
        const Table *live = in_scope(comparing, model->schema, model->name) ? former_table_of(comparing, model) : NULL;
        if (!live)
            continue;
        add_columns(flags, model, live);
        add_indexes(flags, model, live);
        add_constraints(flags, model, live);
    }
    for (guint i = 0; i < comparing->model->enums->len; i++) {
        const EnumType *model = comparing->model->enums->pdata[i];
        const EnumType *live = former_enum_of(comparing, model);
        if (!live)
            continue;
        Family *family = family_add(flags, "enum value", model->schema, model->name, live->name);
        family->type = model;
        for (guint j = 0; j < model->values->len; j++)
            family_name(family, model->values->pdata[j], NULL);
        for (guint j = 0; j < live->values->len; j++)
            g_ptr_array_add(family->live, live->values->pdata[j]);
    }
}

/* Where enums are no types of their own, the columns say which values the database has. */
static void add_column_values(const Flags *flags)
{
    const MetaData *model = flags->comparing->model;
    for (guint i = 0; i < model->column_enums->len; i++) {
        const EnumType *type = model->column_enums->pdata[i];
        Family *family = family_add(flags, "enum value", type->schema, type->name, type->name);
        family->type = type;
        for (guint j = 0; j < type->values->len; j++)
            family_name(family, type->values->pdata[j], NULL);
        family->kept = live_values_of(flags->comparing, type);
        for (guint j = 0; j < family->kept->len; j++)
            g_ptr_array_add(family->live, family->kept->pdata[j]);
    }
}

/* --- finding --- */

static gboolean families_fold(const Flags *flags, const Family *family)
{
    return !family->type && flags->comparing->ignore_case;
}

/* What of `text` stands behind "prefix."; NULL when it does not begin with that. */
static const char *behind(const char *text, const char *prefix, gboolean ignore_case)
{
    gsize length = prefix ? strlen(prefix) : 0;
    if (length == 0 || strlen(text) < length + 2 || text[length] != '.')
        return NULL;
    g_autofree char *start = g_strndup(text, length);
    return name_equal(start, prefix, ignore_case) ? text + length + 1 : NULL;
}

/* The names that `text` may mean in the family, with and without what may stand before them; at most 6. */
static guint spellings(const Flags *flags, const Family *family, const char *text, gboolean needs_owner,
                       const char *names[6])
{
    gboolean ignore_case = flags->comparing->ignore_case;
    const char *starts[2] = {text, behind(text, family->schema, ignore_case)};
    guint n = 0;
    for (guint i = 0; i < G_N_ELEMENTS(starts); i++) {
        if (!starts[i])
            continue;
        const char *owned = behind(starts[i], family->owner, ignore_case);
        const char *former = behind(starts[i], family->former_owner, ignore_case);
        if (owned)
            names[n++] = owned;
        if (former)
            names[n++] = former;
        if (!needs_owner)
            names[n++] = starts[i];
    }
    return n;
}

static const char *find_live(const Flags *flags, const Family *family, const char *text)
{
    const char *names[6];
    guint n = spellings(flags, family, text, family->owner && !family->alone, names);
    for (guint i = 0; i < n; i++)
        for (guint j = 0; j < family->live->len; j++)
            if (name_equal(family->live->pdata[j], names[i], families_fold(flags, family)))
                return family->live->pdata[j];
    return NULL;
}

static Named *model_named(const Flags *flags, const Family *family, const char *name)
{
    for (guint i = 0; name && i < family->model->len; i++) {
        Named *named = &g_array_index(family->model, Named, i);
        if (name_equal(named->name, name, families_fold(flags, family)))
            return named;
    }
    return NULL;
}

static Named *find_model(const Flags *flags, const Family *family, const char *text)
{
    const char *names[6];
    guint n = spellings(flags, family, text, FALSE, names);
    Named *named = NULL;
    for (guint i = 0; i < n && !named; i++)
        named = model_named(flags, family, names[i]);
    return named;
}

static gboolean live_has(const Flags *flags, const Family *family, const char *name)
{
    for (guint i = 0; i < family->live->len; i++)
        if (name_equal(family->live->pdata[i], name, families_fold(flags, family)))
            return TRUE;
    return FALSE;
}

/* Where a flag fits. */
typedef struct Match {
    const Family *family;
    Named *named;
    const char *old_name, *flag;
} Match;

/* A name may have a colon in it. */
static gboolean match_family(const Flags *flags, const Family *family, const char *flag, Match *match)
{
    for (const char *colon = strchr(flag, ':'); colon; colon = strchr(colon + 1, ':')) {
        g_autofree char *left = g_strndup(flag, (gsize)(colon - flag));
        const char *old_name = find_live(flags, family, left);
        Named *named = old_name ? find_model(flags, family, colon + 1) : NULL;
        if (!named || strcmp(named->name, old_name) == 0)
            continue;
        *match = (Match){family, named, old_name, flag};
        return TRUE;
    }
    return FALSE;
}

static gboolean is_free(const Flags *flags, const Match *match)
{
    return !live_has(flags, match->family, match->named->name) && !model_named(flags, match->family, match->old_name);
}

static gboolean is_no_follower(const Flags *flags, const Match *match)
{
    (void)flags;
    return !match->family->follows;
}

static gboolean in_default_schema(const Flags *flags, const Match *match)
{
    (void)flags;
    return !match->family->schema;
}

/* Leaves those that `better` says, when there are any. */
static void prefer(const Flags *flags, GArray *matches, gboolean (*better)(const Flags *flags, const Match *match))
{
    guint n = 0;
    for (guint i = 0; i < matches->len; i++)
        n += better(flags, &g_array_index(matches, Match, i)) ? 1 : 0;
    for (guint i = matches->len; n > 0 && i-- > 0;)
        if (!better(flags, &g_array_index(matches, Match, i)))
            g_array_remove_index(matches, i);
}

static char *subject_of(const Family *family, const char *name)
{
    return g_strdup_printf("%s '%s%s%s%s%s'", family->what, family->schema ? family->schema : "",
                           family->schema ? "." : "", family->owner ? family->owner : "", family->owner ? "." : "",
                           name);
}

static gboolean ambiguous(const char *flag, const GArray *matches, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < matches->len; i++) {
        const Match *match = &g_array_index(matches, Match, i);
        g_autofree char *subject = subject_of(match->family, match->named->name);
        g_string_append_printf(text, "%s%s", i ? ", " : "", subject);
    }
    return flag_error(error, flag,
                      "may mean several: %s; name the table or schema in front, or write renamed_from into the model",
                      text->str);
}

static void list_names(GString *text, const char *title, const GPtrArray *subjects)
{
    for (guint i = 0; i < subjects->len && i < MAX_NAMES; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : title, (const char *)subjects->pdata[i]);
    if (subjects->len > MAX_NAMES)
        g_string_append(text, ", …");
}

/* What the flag could have meant. */
static char *what_there_is(const Flags *flags)
{
    g_autoptr(GPtrArray) gone = strings_new(), added = strings_new();
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < flags->families->len; i++) {
        const Family *family = flags->families->pdata[i];
        for (guint j = 0; j < family->live->len; j++)
            if (!model_named(flags, family, family->live->pdata[j]))
                g_ptr_array_add(gone, subject_of(family, family->live->pdata[j]));
        for (guint j = 0; j < family->model->len; j++) {
            const char *name = g_array_index(family->model, Named, j).name;
            if (!live_has(flags, family, name))
                g_ptr_array_add(added, subject_of(family, name));
        }
    }
    list_names(text, "\nonly in the database: ", gone);
    list_names(text, "\nonly in the model: ", added);
    return g_string_free(text, FALSE);
}

static gboolean unused(const Flags *flags, const char *flag, GError **error)
{
    const char *colon = strchr(flag, ':');
    g_autofree char *left = g_strndup(flag, (gsize)(colon - flag)), *there = what_there_is(flags);
    return flag_error(error, flag,
                      "the database has no '%s' that the model calls '%s'; write 'old:new' for a table, view, type or "
                      "sequence, 'table.old:new' for a column, index or constraint, 'type.old:new' for a value%s",
                      left, colon + 1, there);
}

/* --- applying --- */

/* The name that it has in the database, as the model says. */
static const char *former_name_of(const Family *family, const Named *named)
{
    if (named->renamed_from)
        return *named->renamed_from;
    for (guint i = 0; i < family->type->renamed_values->len; i++) {
        const Option *pair = family->type->renamed_values->pdata[i];
        if (g_strcmp0(pair->value, named->name) == 0)
            return pair->name;
    }
    return NULL;
}

static gboolean claim(const Flags *flags, const Match *match, GError **error)
{
    const Family *family = match->family;
    gboolean ignore_case = families_fold(flags, family);
    if (match->named->flag)
        return flag_error(error, match->flag, "--rename '%s' says another former name", match->named->flag);
    for (guint i = 0; i < family->model->len; i++) {
        const Named *other = &g_array_index(family->model, Named, i);
        if (other->flag && name_equal(former_name_of(family, other), match->old_name, ignore_case))
            return flag_error(error, match->flag, "--rename '%s' takes it already", other->flag);
    }
    match->named->flag = match->flag;
    if (match->named->renamed_from) {
        g_free(*match->named->renamed_from);
        *match->named->renamed_from = g_strdup(match->old_name);
    } else {
        options_set(family->type->renamed_values, match->old_name, match->named->name);
    }
    return TRUE;
}

/* FALSE when it fits nowhere (yet), or with an error. What it was applied to before counts, too. */
static gboolean apply_flag(const Flags *flags, const char *flag, GArray *applied, GError **error)
{
    g_autoptr(GArray) matches = g_array_new(FALSE, FALSE, sizeof(Match));
    gboolean again = FALSE;
    for (guint i = 0; i < applied->len; i++) {
        const Match *match = &g_array_index(applied, Match, i);
        again = again || match->flag == flag;
        if (match->flag == flag)
            g_array_append_val(matches, *match);
    }
    for (guint i = 0; i < flags->families->len; i++) {
        Match match;
        if (match_family(flags, flags->families->pdata[i], flag, &match) && match.named->flag != flag)
            g_array_append_val(matches, match);
    }
    prefer(flags, matches, is_no_follower);
    prefer(flags, matches, is_free);
    prefer(flags, matches, in_default_schema);
    if (matches->len > 1)
        return ambiguous(flag, matches, error);
    if (again)
        return TRUE;
    if (matches->len == 0 || !claim(flags, &g_array_index(matches, Match, 0), error))
        return FALSE;
    g_array_append_val(applied, g_array_index(matches, Match, 0));
    return TRUE;
}

/* Nobody passes a --rename to have it ignored. */
static gboolean check_applied(const Flags *flags, const GArray *applied, GError **error)
{
    for (guint i = 0; i < applied->len; i++) {
        const Match *match = &g_array_index(applied, Match, i);
        const Family *family = match->family;
        const Named *heir = model_named(flags, family, match->old_name);
        if (heir && !former_name_of(family, heir))
            return flag_error(error, match->flag, "the model still has '%s'", match->old_name);
        gboolean freed = !live_has(flags, family, match->named->name);
        for (guint j = 0; j < family->model->len && !freed; j++)
            freed = name_equal(former_name_of(family, &g_array_index(family->model, Named, j)), match->named->name,
                               families_fold(flags, family));
        if (!freed)
            return flag_error(error, match->flag, "the database has '%s' already", match->named->name);
    }
    return TRUE;
}

static gboolean check_syntax(const GPtrArray *renames, GError **error)
{
    for (guint i = 0; i < renames->len; i++) {
        const char *text = renames->pdata[i], *colon = strchr(text, ':');
        if (!colon || colon == text || !colon[1])
            return flag_error(error, text,
                              "write 'old:new' for a table, view, type or sequence, or 'table.old:new' for a column");
    }
    return TRUE;
}

/* What stands by itself first: parts may be named by what it is called now. */
static gboolean apply_all(const Flags *flags, GArray *applied, GError **error)
{
    const GPtrArray *renames = flags->comparing->options->renames;
    g_autofree gboolean *used = g_new0(gboolean, renames->len + 1);
    for (guint round = 0; round < 2; round++) {
        if (round > 0) {
            add_parts(flags);
            add_column_values(flags);
        }
        for (guint i = 0; i < renames->len; i++) {
            g_autoptr(GError) failure = NULL;
            used[i] = apply_flag(flags, renames->pdata[i], applied, &failure);
            if (!failure)
                continue;
            g_propagate_error(error, g_steal_pointer(&failure));
            return FALSE;
        }
    }
    for (guint i = 0; i < renames->len; i++)
        if (!used[i])
            return unused(flags, renames->pdata[i], error);
    return check_applied(flags, applied, error);
}

gboolean apply_rename_flags(Comparing *comparing, GError **error)
{
    const GPtrArray *renames = comparing->options->renames;
    if (!renames || renames->len == 0)
        return TRUE;
    if (!check_syntax(renames, error))
        return FALSE;
    comparing->flagged = metadata_copy(comparing->model);
    comparing->model = comparing->flagged;
    g_autoptr(GPtrArray) families = g_ptr_array_new_with_free_func((GDestroyNotify)family_free);
    g_autoptr(GArray) applied = g_array_new(FALSE, FALSE, sizeof(Match));
    Flags flags = {comparing, families};
    add_tables(&flags);
    add_types(&flags);
    add_objects(&flags, FALSE);
    return apply_all(&flags, applied, error);
}
