/* Values of models: texts, names, words, numbers, each plain or per dialect. */
#include <string.h>

#include "base/text.h"
#include "schema/model_reader.h"

static const char *const dialect_names[] = {"default", "sqlite", "postgresql", "mysql", "mariadb", NULL};

static const char *describe(const cJSON *node)
{
    if (cJSON_IsObject(node))
        return "an object";
    if (cJSON_IsArray(node))
        return "an array";
    if (cJSON_IsString(node))
        return "a text";
    if (cJSON_IsNumber(node))
        return "a number";
    return cJSON_IsTrue(node) ? "true" : cJSON_IsFalse(node) ? "false" : "null";
}

void model_wrong(ModelReader *reader, const cJSON *node, const char *expected)
{
    MODEL_MISTAKE(reader, node, "expected %s, not %s", expected, describe(node));
}

gboolean model_is_list(ModelReader *reader, const cJSON *node)
{
    if (!node || cJSON_IsNull(node) || cJSON_IsArray(node))
        return TRUE;
    model_wrong(reader, node, "an array");
    return FALSE;
}

/* --- keys --- */

const char *model_key(const ModelReader *reader, const cJSON *object, const char *key)
{
    const char *const *names = reader->keys && reader->keys->node == object ? reader->keys->names : NULL;
    for (; names && names[0]; names += 2)
        if (strcmp(names[0], key) == 0)
            return names[1];
    return key;
}

const char *model_dialect_argument(const char *key)
{
    for (guint i = 1; dialect_names[i]; i++)
        if (g_str_has_prefix(key, dialect_names[i]) && key[strlen(dialect_names[i])] == '_')
            return key + strlen(dialect_names[i]) + 1;
    return NULL;
}

static void check_keys(ModelReader *reader, const cJSON *node, const GPtrArray *keys)
{
    const ModelKeys *own = reader->keys && reader->keys->node == node ? reader->keys : NULL;
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    for (guint i = 0; i < keys->len; i++)
        g_ptr_array_add(known, keys->pdata[i]);
    for (const char *const *key = own ? own->more : NULL; key && *key; key++)
        g_ptr_array_add(known, (gpointer)*key);
    for (const cJSON *child = own && own->dialects ? node->child : NULL; child; child = child->next)
        if (model_dialect_argument(child->string))
            g_ptr_array_add(known, child->string);
    g_ptr_array_add(known, NULL);
    json_mistakes_check_keys(reader->mistakes, reader->current->json, node, (const char *const *)known->pdata);
}

gboolean model_fields(ModelReader *reader, const cJSON *node, const char *const *keys, const cJSON **fields)
{
    gboolean odd = FALSE;
    guint n = g_strv_length((char **)keys);
    memset(fields, 0, n * sizeof *fields);
    if (!cJSON_IsObject(node)) {
        model_wrong(reader, node, "an object");
        return FALSE;
    }
    g_autoptr(GPtrArray) names = g_ptr_array_sized_new(n);
    for (guint i = 0; i < n; i++)
        g_ptr_array_add(names, (gpointer)model_key(reader, node, keys[i]));
    for (const cJSON *child = node->child; child; child = child->next) {
        guint i = 0;
        while (i < n && strcmp(names->pdata[i], child->string) != 0)
            i++;
        odd = odd || i == n || fields[i];
        if (i < n)
            fields[i] = child;
    }
    if (odd)
        check_keys(reader, node, names);
    return TRUE;
}

/* --- per dialect --- */

int model_nearness(const ModelReader *reader, const char *key)
{
    if (reader->any_dialect)
        return 1;
    if (strcmp(key, reader->dialect) == 0)
        return 3;
    if (strcmp(key, "mysql") == 0 && strcmp(reader->dialect, "mariadb") == 0)
        return 2;
    return strcmp(key, "default") == 0 ? 1 : 0;
}

gboolean model_says(const ModelReader *reader, const cJSON *node)
{
    if (!cJSON_IsObject(node))
        return node != NULL;
    for (const cJSON *child = node->child; child; child = child->next)
        if (model_nearness(reader, child->string) > 0)
            return TRUE;
    return FALSE;
}

static Picked check_value(ModelReader *reader, const cJSON *node, ModelCheck check)
{
    if (cJSON_IsNull(node))
        return PICKED_NULL;
    return check(reader, node) ? PICKED_VALUE : PICKED_WRONG;
}

Picked model_pick(ModelReader *reader, const cJSON *node, ModelCheck check, const cJSON **value)
{
    int best = 0;
    gboolean wrong = FALSE;
    Picked picked = PICKED_NOTHING;

    *value = node;
    if (!node)
        return PICKED_ABSENT;
    if (!cJSON_IsObject(node))
        return check_value(reader, node, check);
    json_mistakes_check_keys(reader->mistakes, reader->current->json, node, dialect_names);
    if (!node->child)
        MODEL_MISTAKE(reader, node, "expected a value, or values by dialect: {\"default\": …, \"sqlite\": …}");
    wrong = !node->child;
    for (const cJSON *child = node->child; child; child = child->next) {
        Picked state = check_value(reader, child, check);
        wrong = wrong || state == PICKED_WRONG || !g_strv_contains(dialect_names, child->string);
        if (model_nearness(reader, child->string) > best) {
            best = model_nearness(reader, child->string);
            picked = state;
            *value = child;
        }
    }
    return wrong ? PICKED_WRONG : picked;
}

/* --- texts and names --- */

gboolean model_check_text(ModelReader *reader, const cJSON *value)
{
    if (cJSON_IsString(value))
        return TRUE;
    model_wrong(reader, value, "a text");
    return FALSE;
}

gboolean model_check_filled_text(ModelReader *reader, const cJSON *value)
{
    if (!model_check_text(reader, value))
        return FALSE;
    for (const char *p = value->valuestring; *p; p++) {
        if (!g_ascii_isspace(*p))
            return TRUE;
    }
    MODEL_MISTAKE(reader, value, "the text is empty");
    return FALSE;
}

Picked model_text(ModelReader *reader, const cJSON *node, char **text)
{
    const cJSON *value;
    Picked picked = model_pick(reader, node, model_check_filled_text, &value);
    *text = picked == PICKED_VALUE ? g_strdup(value->valuestring) : NULL;
    return picked;
}

char *model_optional_text(ModelReader *reader, const cJSON *node)
{
    const cJSON *value;
    Picked picked = model_pick(reader, node, model_check_text, &value);
    return picked == PICKED_VALUE ? g_strdup(value->valuestring) : NULL;
}

Picked model_name(ModelReader *reader, const cJSON *node, char **name)
{
    Picked picked = model_text(reader, node, name);
    NameLimit limit = reader->name_limit;
    gsize length = *name ? name_limit_measure(limit, *name) : 0;
    if (limit.length > 0 && length > limit.length) {
        MODEL_MISTAKE(reader, node, "the name '%s' is %u %s long, %s takes %u", *name, (guint)length,
                      limit.in_characters ? "characters" : "bytes", reader->dialect, limit.length);
        g_clear_pointer(name, g_free);
        return PICKED_WRONG;
    }
    return picked;
}

static gboolean required(ModelReader *reader, const cJSON *object, const cJSON *node, const char *what, Picked picked,
                         gboolean *wrong)
{
    if (picked == PICKED_ABSENT)
        MODEL_MISTAKE(reader, object, "the key '%s' is missing", model_key(reader, object, what));
    else if (picked == PICKED_NULL && !cJSON_IsObject(node))
        MODEL_MISTAKE(reader, node, "expected a text, not null");
    if (picked == PICKED_ABSENT || picked == PICKED_WRONG || (picked == PICKED_NULL && !cJSON_IsObject(node)))
        *wrong = TRUE;
    return picked == PICKED_VALUE;
}

gboolean model_required_name(ModelReader *reader, const cJSON *object, const cJSON *node, char **name, gboolean *wrong)
{
    Picked picked = model_name(reader, node, name);
    return required(reader, object, node, "name", picked, wrong);
}

gboolean model_required_text(ModelReader *reader, const cJSON *object, const cJSON *node, const char *what, char **text,
                             gboolean *wrong)
{
    Picked picked = model_text(reader, node, text);
    return required(reader, object, node, what, picked, wrong);
}

void model_names(ModelReader *reader, const cJSON *node, GPtrArray *names)
{
    if (!model_is_list(reader, node) || !node)
        return;
    for (const cJSON *child = node->child; child; child = child->next) {
        char *name = NULL;
        Picked picked = model_name(reader, child, &name);
        if (picked == PICKED_NULL)
            model_wrong(reader, child, "a name");
        if (name)
            g_ptr_array_add(names, name);
    }
}

/* --- flags, words, numbers --- */

gboolean model_flag(ModelReader *reader, const cJSON *node, gboolean otherwise)
{
    if (!node || cJSON_IsNull(node))
        return otherwise;
    if (!cJSON_IsBool(node))
        model_wrong(reader, node, "true or false");
    return cJSON_IsTrue(node);
}

const char *model_word(ModelReader *reader, const cJSON *node, const char *const *words, const char *none)
{
    const cJSON *value;
    if (model_pick(reader, node, model_check_filled_text, &value) != PICKED_VALUE)
        return NULL;
    for (guint i = 0; words[i]; i++) {
        if (g_ascii_strcasecmp(words[i], value->valuestring) == 0)
            return g_strcmp0(words[i], none) == 0 ? NULL : words[i];
    }
    const char *nearest = text_nearest(value->valuestring, words, -1);
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    for (guint i = 0; words[i]; i++)
        g_ptr_array_add(known, (gpointer)words[i]);
    g_autofree char *list = text_join(known, "or");
    if (nearest)
        MODEL_MISTAKE(reader, value, "unknown word '%s', did you mean '%s'?", value->valuestring, nearest);
    else
        MODEL_MISTAKE(reader, value, "unknown word '%s', expected %s", value->valuestring, list);
    return NULL;
}

#define EXACT_MAX 9007199254740992.0 /* from here on cJSON's double may have lost digits */

/* Only where digits may be lost the text is searched for them. */
static char *number_text(ModelReader *reader, const cJSON *node)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    double number = node->valuedouble;

    if (number <= -EXACT_MAX || number >= EXACT_MAX)
        return json_document_number_text(reader->current->json, node);
    if (!((double)(gint64)number < number) && !((double)(gint64)number > number))
        return g_strdup_printf("%" G_GINT64_FORMAT, (gint64)number);
    g_ascii_formatd(digits, sizeof digits, "%.15g", number);
    if (g_ascii_strtod(digits, NULL) < number || g_ascii_strtod(digits, NULL) > number)
        g_ascii_dtostr(digits, sizeof digits, number);
    return g_strdup(digits);
}

static gboolean check_number(ModelReader *reader, const cJSON *value)
{
    if (cJSON_IsNumber(value) || cJSON_IsString(value))
        return TRUE;
    model_wrong(reader, value, "a whole number");
    return FALSE;
}

char *model_integer(ModelReader *reader, const cJSON *node, gint64 minimum)
{
    gint64 number;
    const cJSON *value;
    if (model_pick(reader, node, check_number, &value) != PICKED_VALUE)
        return NULL;
    g_autofree char *text = cJSON_IsString(value) ? g_strdup(value->valuestring) : number_text(reader, value);
    if (!text || !g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &number, NULL)) {
        MODEL_MISTAKE(reader, value, "expected a whole number of at most 64 bits, not %s", text ? text : "this");
        return NULL;
    }
    if (number < minimum) {
        MODEL_MISTAKE(reader, value, "expected a whole number from %" G_GINT64_FORMAT ", not %s", minimum, text);
        return NULL;
    }
    return g_strdup_printf("%" G_GINT64_FORMAT, number);
}

static gint64 number_or(const char *text, gint64 otherwise)
{
    return text ? g_ascii_strtoll(text, NULL, 10) : otherwise;
}

void model_sequence_options(ModelReader *reader, const cJSON *const fields[6], const cJSON *node,
                            SequenceOptions *options)
{
    options->start = model_integer(reader, fields[0], G_MININT64);
    options->increment = model_integer(reader, fields[1], G_MININT64);
    options->minvalue = model_integer(reader, fields[2], G_MININT64);
    options->maxvalue = model_integer(reader, fields[3], G_MININT64);
    options->cache = model_integer(reader, fields[4], 0);
    options->cycle = model_flag(reader, fields[5], FALSE);

    if (options->increment && number_or(options->increment, 1) == 0)
        MODEL_MISTAKE(reader, fields[1], "an increment of 0 never gets on");
    gint64 least = number_or(options->minvalue, G_MININT64), most = number_or(options->maxvalue, G_MAXINT64);
    if (least > most)
        MODEL_MISTAKE(reader, node, "minvalue %s is above maxvalue %s", options->minvalue, options->maxvalue);
    else if (options->start && (number_or(options->start, 1) < least || number_or(options->start, 1) > most))
        MODEL_MISTAKE(reader, fields[0], "start %s is outside of minvalue and maxvalue", options->start);
}

/* --- options --- */

static gboolean add_option(ModelReader *reader, const cJSON *node, const char *name, GPtrArray *options)
{
    g_autofree char *number = cJSON_IsNumber(node) ? number_text(reader, node) : NULL;
    if (options_get(options, name)) {
        MODEL_MISTAKE(reader, node, "the option '%s' stands twice", name);
        return FALSE;
    }
    if (cJSON_IsBool(node)) {
        options_set(options, name, cJSON_IsTrue(node) ? "true" : "false");
    } else if (cJSON_IsNull(node)) {
        options_set(options, name, NULL);
    } else if (cJSON_IsString(node) || number) {
        options_set(options, name, number ? number : node->valuestring);
    } else {
        model_wrong(reader, node, "a text, a number, true or false");
        return FALSE;
    }
    return TRUE;
}

gboolean model_option(ModelReader *reader, const cJSON *node, const char *name, GPtrArray *options)
{
    gboolean ok = TRUE;
    if (!cJSON_IsObject(node))
        return add_option(reader, node, name, options);
    for (const cJSON *inner = node->child; inner; inner = inner->next) {
        g_autofree char *full = g_strconcat(name, ".", inner->string, NULL);
        ok = add_option(reader, inner, full, options) && ok;
    }
    return ok;
}

/* {"with": {"fillfactor": 70}} is the option "with.fillfactor". */
static void read_options_of(ModelReader *reader, const cJSON *node, GPtrArray *options)
{
    for (const cJSON *child = node->child; child; child = child->next) {
        if (!*child->string)
            MODEL_MISTAKE(reader, child, "an option without a name");
        else
            model_option(reader, child, child->string, options);
    }
}

void model_options(ModelReader *reader, const cJSON *node, GPtrArray *options)
{
    int best = 0;
    if (!node || cJSON_IsNull(node))
        return;
    if (!cJSON_IsObject(node)) {
        model_wrong(reader, node, "options by dialect: {\"sqlite\": {…}}");
        return;
    }
    json_mistakes_check_keys(reader->mistakes, reader->current->json, node, dialect_names);
    for (const cJSON *child = node->child; child; child = child->next) {
        g_autoptr(GPtrArray) found = options_new();
        if (!cJSON_IsObject(child)) {
            model_wrong(reader, child, "an object with options");
            continue;
        }
        read_options_of(reader, child, found);
        if (model_nearness(reader, child->string) <= best)
            continue;
        best = model_nearness(reader, child->string);
        g_ptr_array_set_size(options, 0);
        for (guint i = 0; i < found->len; i++) {
            const Option *option = found->pdata[i];
            options_set(options, option->name, option->value);
        }
    }
}

/* --- server defaults and types --- */

static gboolean check_server_default(ModelReader *reader, const cJSON *value)
{
    if (cJSON_IsNumber(value) || cJSON_IsBool(value))
        return TRUE;
    if (!cJSON_IsString(value)) {
        model_wrong(reader, value, "an SQL expression as text, a number, true or false");
        return FALSE;
    }
    if (*value->valuestring)
        return model_check_filled_text(reader, value);
    MODEL_MISTAKE(reader, value, "the SQL expression is empty; an empty string is written \"''\"");
    return FALSE;
}

char *model_server_default(ModelReader *reader, const cJSON *node)
{
    const cJSON *value;
    if (model_pick(reader, node, check_server_default, &value) != PICKED_VALUE)
        return NULL;
    if (cJSON_IsBool(value))
        return g_strdup(cJSON_IsTrue(value) ? "true" : "false");
    return cJSON_IsString(value) ? g_strdup(value->valuestring) : number_text(reader, value);
}

static void add_enum_references(ModelReader *reader, const cJSON *node, const SqlType *type)
{
    while (type->kind == SQL_TYPE_ARRAY)
        type = type->item;
    if (type->kind != SQL_TYPE_ENUM || type->values)
        return;
    const ModelReference reference = {
        .kind = REFERENCE_ENUM, .document = reader->current, .node = node, .name = type->name};
    g_array_append_val(reader->references, reference);
}

static gboolean check_type(ModelReader *reader, const cJSON *value)
{
    g_autoptr(GError) error = NULL;
    if (!model_check_filled_text(reader, value))
        return FALSE;
    SqlType *type = g_hash_table_lookup(reader->types, value->valuestring);
    if (!type) {
        type = sql_type_parse(value->valuestring, &error);
        if (!type) {
            MODEL_MISTAKE(reader, value, "%s", error->message);
            return FALSE;
        }
        g_hash_table_insert(reader->types, g_strdup(value->valuestring), type);
    }
    add_enum_references(reader, value, type);
    return TRUE;
}

SqlType *model_type(ModelReader *reader, const cJSON *column, const cJSON *node)
{
    const cJSON *value;
    switch (model_pick(reader, node, check_type, &value)) {
    case PICKED_VALUE:
        return sql_type_copy(g_hash_table_lookup(reader->types, value->valuestring));
    case PICKED_ABSENT:
        MODEL_MISTAKE(reader, column, "the key 'type' is missing");
        return NULL;
    case PICKED_NULL:
        model_wrong(reader, value, "a type");
        return NULL;
    case PICKED_NOTHING:
        MODEL_MISTAKE(reader, node, "no type for %s: add \"%s\" or \"default\"", reader->dialect, reader->dialect);
        return NULL;
    case PICKED_WRONG:
        return NULL;
    }
    g_return_val_if_reached(NULL);
}
