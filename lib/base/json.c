#include "base/json.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/json_scan.h"
#include "base/text.h"

struct JsonDocument {
    char *file;
    char *text; /* as given, without the byte order mark */
    gsize length;
    cJSON *root;
    GHashTable *numbers; /* cJSON* -> where its text begins, plus 1; NULL until somebody asks */
};

/* Before main(), because trees are also built without any parsing. */
static void __attribute__((constructor)) use_glib_memory(void)
{
    cJSON_Hooks hooks = {g_malloc, g_free};
    cJSON_InitHooks(&hooks);
}

JsonDocument *json_document_parse(const char *file, const char *text, gsize length, GError **error)
{
    g_autofree char *blanked = NULL;
    const char *invalid = NULL;
    const char *start = text_skip_bom(text, &length);

    if (!g_utf8_validate_len(start, length, &invalid)) {
        TextPosition position = text_position(start, length, (gsize)(invalid - start));
        g_set_error(error, BASE_ERROR, BASE_ERROR_SYNTAX, "%s:%d:%d: %s", file, position.line, position.column,
                    *invalid == '\0' ? "a NUL byte: this is no JSON text" : "the text is not UTF-8");
        return NULL;
    }
    if (!json_check(file, start, length, &blanked, error))
        return NULL;
    cJSON *root = cJSON_ParseWithLengthOpts(blanked, length + 1, NULL, TRUE);
    if (!root) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_SYNTAX, "%s: the JSON text cannot be read", file);
        return NULL;
    }

    JsonDocument *document = g_new0(JsonDocument, 1);
    document->file = g_strdup(file);
    document->text = g_strndup(start, length);
    document->length = length;
    document->root = root;
    return document;
}

void json_document_free(JsonDocument *document)
{
    if (!document)
        return;
    g_clear_pointer(&document->numbers, g_hash_table_unref);
    cJSON_Delete(document->root);
    g_free(document->text);
    g_free(document->file);
    g_free(document);
}

cJSON *json_document_root(const JsonDocument *document)
{
    return document->root;
}

const char *json_document_file(const JsonDocument *document)
{
    return document->file;
}

static gboolean is_one_of(const char *text, const JsonToken *token, const char *const *keys)
{
    for (guint i = 0; keys[i]; i++)
        if (token->length == strlen(keys[i]) + 2 && strncmp(text + token->start + 1, keys[i], token->length - 2) == 0)
            return TRUE;
    return FALSE;
}

gsize json_find_key(const char *text, gsize length, const char *const *keys)
{
    int depth = 0;
    gboolean at_key = FALSE;
    JsonToken token = {0};
    do {
        token = json_next_token(text, length, token.start + token.length);
        if (at_key && token.kind == JSON_TOKEN_STRING && is_one_of(text, &token, keys))
            return token.start;
        depth += token.kind == JSON_TOKEN_OPEN_OBJECT || token.kind == JSON_TOKEN_OPEN_ARRAY;
        depth -= token.kind == JSON_TOKEN_CLOSE_OBJECT || token.kind == JSON_TOKEN_CLOSE_ARRAY;
        at_key = depth == 1 && (token.kind == JSON_TOKEN_OPEN_OBJECT || token.kind == JSON_TOKEN_COMMA);
    } while (token.kind != JSON_TOKEN_END && token.kind != JSON_TOKEN_WRONG);
    return 0;
}

/* --- places --- */

/* A walk through text and tree side by side, until the wanted node is met. */
typedef struct Walk {
    const JsonDocument *document;
    const cJSON *wanted;
    gsize position; /* behind the last token read */
    JsonToken key, value;
} Walk;

static JsonToken read_token(Walk *walk)
{
    JsonToken token = json_next_token(walk->document->text, walk->document->length, walk->position);
    walk->position = token.start + token.length;
    return token;
}

static gboolean walk_to(Walk *walk, const cJSON *node, const JsonToken *key)
{
    JsonToken value = read_token(walk);
    if (node == walk->wanted) {
        walk->key = *key;
        walk->value = value;
        return TRUE;
    }
    if (value.kind != JSON_TOKEN_OPEN_OBJECT && value.kind != JSON_TOKEN_OPEN_ARRAY)
        return FALSE;
    for (const cJSON *child = node->child; child; child = child->next) {
        JsonToken child_key = {0};
        if (value.kind == JSON_TOKEN_OPEN_OBJECT) {
            child_key = read_token(walk);
            read_token(walk); /* ':' */
        }
        if (walk_to(walk, child, &child_key))
            return TRUE;
        if (child->next)
            read_token(walk); /* ',' */
    }
    read_token(walk); /* '}' or ']' */
    return FALSE;
}

static gboolean find_node(const JsonDocument *document, const cJSON *node, Walk *walk)
{
    JsonToken no_key = {0};
    memset(walk, 0, sizeof *walk);
    walk->document = document;
    walk->wanted = node;
    return node && walk_to(walk, document->root, &no_key);
}

char *json_document_locate(const JsonDocument *document, const cJSON *node, gboolean at_key)
{
    Walk walk;
    if (!find_node(document, node, &walk))
        return g_strdup(document->file);
    gsize offset = at_key && walk.key.length > 0 ? walk.key.start : walk.value.start;
    TextPosition position = text_position(document->text, document->length, offset);
    return g_strdup_printf("%s:%d:%d", document->file, position.line, position.column);
}

gboolean json_document_token(const JsonDocument *document, const cJSON *node, gsize *start, gsize *length)
{
    Walk walk;
    if (!find_node(document, node, &walk))
        return FALSE;
    *start = walk.value.start;
    *length = walk.value.length;
    return TRUE;
}

/* One walk finds all numbers: who asks for one asks for many. */
static void find_numbers(GHashTable *numbers, Walk *walk, const cJSON *node)
{
    JsonToken value = read_token(walk);
    if (value.kind == JSON_TOKEN_NUMBER)
        g_hash_table_insert(numbers, (gpointer)node, GSIZE_TO_POINTER(value.start + 1));
    if (value.kind != JSON_TOKEN_OPEN_OBJECT && value.kind != JSON_TOKEN_OPEN_ARRAY)
        return;
    for (const cJSON *child = node->child; child; child = child->next) {
        if (value.kind == JSON_TOKEN_OPEN_OBJECT) {
            read_token(walk); /* the key */
            read_token(walk); /* ':' */
        }
        find_numbers(numbers, walk, child);
        if (child->next)
            read_token(walk); /* ',' */
    }
    read_token(walk); /* '}' or ']' */
}

char *json_document_number_text(JsonDocument *document, const cJSON *node)
{
    if (!cJSON_IsNumber(node))
        return NULL;
    if (!document->numbers) {
        Walk walk = {.document = document};
        document->numbers = g_hash_table_new(NULL, NULL);
        find_numbers(document->numbers, &walk, document->root);
    }
    gsize start = GPOINTER_TO_SIZE(g_hash_table_lookup(document->numbers, node));
    if (start == 0)
        return NULL;
    JsonToken token = json_next_token(document->text, document->length, start - 1);
    return g_strndup(document->text + token.start, token.length);
}

static gboolean append_path(GString *path, const cJSON *node, const cJSON *wanted)
{
    if (node == wanted)
        return TRUE;
    gsize length = path->len;
    guint index = 0;
    for (const cJSON *child = node->child; child; child = child->next, index++) {
        if (cJSON_IsArray(node))
            g_string_append_printf(path, "[%u]", index);
        else
            g_string_append_printf(path, "%s%s", length > 0 ? "." : "", child->string ? child->string : "");
        if (append_path(path, child, wanted))
            return TRUE;
        g_string_truncate(path, length);
    }
    return FALSE;
}

char *json_document_path(const JsonDocument *document, const cJSON *node)
{
    GString *path = g_string_new(NULL);
    append_path(path, document->root, node);
    return g_string_free(path, FALSE);
}

/* --- printing --- */

#define ONE_LINE_MAX 100 /* columns of an array of scalars that is not broken into lines */

static void print_string(GString *out, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);

    g_string_append_c(out, '"');
    for (const char *p = valid; *p; p++) {
        static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
        const char *start = p;
        while ((guchar)*p >= 0x20 && *p != '"' && *p != '\\' && *p != 0x7F)
            p++;
        g_string_append_len(out, start, p - start);
        if (!*p)
            break;
        const char *escape = strchr(plain, *p);
        if (escape)
            g_string_append_printf(out, "\\%c", letters[escape - plain]);
        else
            g_string_append_printf(out, "\\u%04x", (guchar)*p);
    }
    g_string_append_c(out, '"');
}

static void print_number(GString *out, double number)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    if (!isfinite(number)) {
        g_string_append(out, "null");
        return;
    }
    g_ascii_formatd(digits, sizeof digits, fabs(number) <= 9007199254740992.0 ? "%.15g" : "%.17g", number);
    if (fabs(number) <= 9007199254740992.0 && floor(number) == number)
        g_ascii_formatd(digits, sizeof digits, "%.0f", number);
    else if (g_ascii_strtod(digits, NULL) < number || g_ascii_strtod(digits, NULL) > number)
        g_ascii_dtostr(digits, sizeof digits, number);
    g_string_append(out, digits);
}

static gboolean is_scalar_array(const cJSON *node)
{
    if (!cJSON_IsArray(node))
        return FALSE;
    for (const cJSON *child = node->child; child; child = child->next) {
        if (cJSON_IsArray(child) || cJSON_IsObject(child))
            return FALSE;
    }
    return TRUE;
}

static void print_node(GString *out, const cJSON *node, guint indent);

static void print_children(GString *out, const cJSON *node, guint indent, gboolean one_line)
{
    for (const cJSON *child = node->child; child; child = child->next) {
        if (!one_line)
            g_string_append_printf(out, "\n%*s", (int)(indent + 2), "");
        if (cJSON_IsObject(node)) {
            print_string(out, child->string ? child->string : "");
            g_string_append(out, ": ");
        }
        print_node(out, child, indent + 2);
        if (child->next)
            g_string_append(out, one_line ? ", " : ",");
    }
    if (!one_line)
        g_string_append_printf(out, "\n%*s", (int)indent, "");
}

/* Anything but an array or object. */
static void print_scalar(GString *out, const cJSON *node)
{
    if (cJSON_IsString(node))
        print_string(out, node->valuestring);
    else if (cJSON_IsNumber(node))
        print_number(out, node->valuedouble);
    else if (cJSON_IsRaw(node))
        g_string_append(out, node->valuestring);
    else if (cJSON_IsBool(node))
        g_string_append(out, cJSON_IsTrue(node) ? "true" : "false");
    else
        g_string_append(out, "null");
}

static void print_node(GString *out, const cJSON *node, guint indent)
{
    gsize start = out->len;

    if (!cJSON_IsArray(node) && !cJSON_IsObject(node)) {
        print_scalar(out, node);
        return;
    }
    gboolean one_line = !node->child || is_scalar_array(node);
    g_string_append_c(out, cJSON_IsArray(node) ? '[' : '{');
    print_children(out, node, indent, one_line);
    if (one_line && out->len - start + indent > ONE_LINE_MAX) {
        g_string_truncate(out, start + 1);
        print_children(out, node, indent, FALSE);
    }
    g_string_append_c(out, cJSON_IsArray(node) ? ']' : '}');
}

void json_append_line(GString *out, const cJSON *node)
{
    if (!cJSON_IsArray(node) && !cJSON_IsObject(node)) {
        print_scalar(out, node);
        return;
    }
    g_string_append_c(out, cJSON_IsArray(node) ? '[' : '{');
    for (const cJSON *child = node->child; child; child = child->next) {
        if (cJSON_IsObject(node)) {
            print_string(out, child->string ? child->string : "");
            g_string_append(out, ": ");
        }
        json_append_line(out, child);
        if (child->next)
            g_string_append(out, ", ");
    }
    g_string_append_c(out, cJSON_IsArray(node) ? ']' : '}');
}

char *json_print(const cJSON *node)
{
    GString *out = g_string_new(NULL);
    print_node(out, node, 0);
    g_string_append_c(out, '\n');
    return g_string_free(out, FALSE);
}

cJSON *json_string_array_of(const GPtrArray *strings)
{
    cJSON *array = cJSON_CreateArray();
    for (guint i = 0; strings && i < strings->len; i++)
        cJSON_AddItemToArray(array, cJSON_CreateString(strings->pdata[i]));
    return array;
}
