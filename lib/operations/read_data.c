/* execute and bulk_insert. */
#include <string.h>

#include "base/text.h"
#include "operations/reader.h"

/* --- execute --- */

static gboolean check_sql(ModelReader *reader, const cJSON *value)
{
    if (!cJSON_IsArray(value))
        return model_check_filled_text(reader, value);
    gboolean filled = FALSE;
    for (const cJSON *line = value->child; line; line = line->next) {
        if (!model_check_text(reader, line))
            return FALSE;
        filled = filled || line->valuestring[strspn(line->valuestring, " \t\r\n")];
    }
    if (!filled)
        MODEL_MISTAKE(reader, value, "the text is empty");
    return filled;
}

static char *sql_text(const cJSON *value)
{
    if (cJSON_IsString(value))
        return g_strdup(value->valuestring);
    GString *text = g_string_new(NULL);
    for (const cJSON *line = value->child; line; line = line->next)
        g_string_append_printf(text, "%s%s", line->valuestring, line->next ? "\n" : "");
    return g_string_free(text, FALSE);
}

static void read_execute(OpReader *reader, const cJSON *const *fields)
{
    enum { SQLTEXT, SQL, EXECUTION_OPTIONS };
    const cJSON *value, *node = fields[SQLTEXT] ? fields[SQLTEXT] : fields[SQL];
    if (fields[SQLTEXT] && fields[SQL])
        OP_MISTAKE(reader, fields[SQL], "either 'sqltext' or 'sql', which mean the same");
    if (fields[EXECUTION_OPTIONS])
        OP_MISTAKE(reader, fields[EXECUTION_OPTIONS],
                   "'execution_options' of Alembic are options of SQLAlchemy's connections, of which there is none");
    if (!node)
        OP_MISTAKE(reader, reader->node, "the argument 'sqltext' of execute is missing");
    Picked picked = model_pick(reader->model, node, check_sql, &value);
    if (picked == PICKED_NULL && node == value)
        model_wrong(reader->model, node, "a text, its lines in an array, or texts by dialect");
    if (picked != PICKED_VALUE || !op_reader_resolves(reader))
        return;
    reader->step->statements = strings_new();
    g_ptr_array_add(reader->step->statements, sql_text(value));
}

static const char *const execute_keys[] = {"sqltext", "sql", "execution_options", NULL};
const OpSpec op_execute = {.name = "execute", .keys = execute_keys, .read = read_execute};

/* --- values of bulk_insert --- */

static SqlTypeKind kind_of(const SqlType *type)
{
    return type ? type->kind : SQL_TYPE_NULL;
}

/* LargeBinary, and the servers' own words for it. */
static gboolean is_binary(const SqlType *type)
{
    if (kind_of(type) != SQL_TYPE_NATIVE)
        return kind_of(type) == SQL_TYPE_LARGE_BINARY;
    g_autofree char *upper = g_ascii_strup(type->name, -1);
    return strstr(upper, "BLOB") || strstr(upper, "BINARY") || strcmp(upper, "BYTEA") == 0;
}

static gboolean is_json(const SqlType *type)
{
    return kind_of(type) == SQL_TYPE_JSON ||
           (kind_of(type) == SQL_TYPE_NATIVE && g_ascii_strncasecmp(type->name, "JSON", 4) == 0);
}

static void set_bytes(BulkValue *value, BulkValueKind kind, char *text, gsize length)
{
    *value = (BulkValue){.kind = kind, .text = text, .length = length};
}

static void set_text(BulkValue *value, BulkValueKind kind, const char *text)
{
    set_bytes(value, kind, g_strdup(text), strlen(text));
}

static void set_json(OpReader *reader, const cJSON *node, BulkValue *value)
{
    GString *text = g_string_new(NULL);
    op_append_json(text, reader->model->current->json, node, FALSE);
    gsize length = text->len;
    set_bytes(value, BULK_JSON, g_string_free(text, FALSE), length);
}

static void set_base64(OpReader *reader, const cJSON *node, BulkValue *value)
{
    gsize length = 0;
    g_autoptr(GString) plain = g_string_new(NULL);
    for (const char *p = node->valuestring; *p; p++)
        if (!g_ascii_isspace(*p))
            g_string_append_c(plain, *p);
    gsize signs = strspn(plain->str, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    gsize fill = strspn(plain->str + signs, "=");
    if (plain->len % 4 != 0 || signs + fill != plain->len || fill > 2) {
        OP_MISTAKE(reader, node, "this is no base64; other bytes are written {\"hex\": \"…\"}");
        return;
    }
    guchar *bytes = g_base64_decode(plain->str, &length);
    char *text = g_malloc(length + 1);
    if (length > 0)
        memcpy(text, bytes, length);
    text[length] = '\0';
    g_free(bytes);
    set_bytes(value, BULK_BINARY, text, length);
}

static void set_hex(OpReader *reader, const cJSON *node, BulkValue *value)
{
    gsize length = strlen(node->valuestring);
    char *bytes = g_malloc0(length / 2 + 1);
    gboolean ok = length % 2 == 0;
    for (gsize i = 0; ok && i < length; i += 2) {
        int high = g_ascii_xdigit_value(node->valuestring[i]), low = g_ascii_xdigit_value(node->valuestring[i + 1]);
        ok = high >= 0 && low >= 0;
        bytes[i / 2] = (char)(high * 16 + low);
    }
    if (!ok)
        OP_MISTAKE(reader, node, "these are no pairs of hexadecimal digits");
    set_bytes(value, BULK_BINARY, bytes, length / 2);
}

/* {"hex": …}, {"base64": …}, {"json": …}; FALSE when it is none of them. */
static gboolean set_explicit(OpReader *reader, const cJSON *node, BulkValue *value)
{
    const cJSON *inner = cJSON_IsObject(node) && node->child && !node->child->next ? node->child : NULL;
    if (!inner)
        return FALSE;
    if (strcmp(inner->string, "json") == 0) {
        set_json(reader, inner, value);
        return TRUE;
    }
    gboolean hex = strcmp(inner->string, "hex") == 0;
    if (!cJSON_IsString(inner) || (!hex && strcmp(inner->string, "base64") != 0))
        return FALSE;
    if (hex)
        set_hex(reader, inner, value);
    else
        set_base64(reader, inner, value);
    return TRUE;
}

static void set_number(OpReader *reader, const cJSON *node, const SqlType *type, BulkValue *value)
{
    g_autofree char *digits = json_document_number_text(reader->model->current->json, node);
    gboolean flag = kind_of(type) == SQL_TYPE_BOOLEAN && digits && (!strcmp(digits, "0") || !strcmp(digits, "1"));
    if (flag)
        set_text(value, BULK_BOOLEAN, *digits == '1' ? "true" : "false");
    else
        set_text(value, BULK_NUMBER, digits ? digits : "0");
}

static void set_value(OpReader *reader, const cJSON *node, const SqlType *type, BulkValue *value)
{
    *value = (BulkValue){.kind = BULK_NULL};
    if (cJSON_IsNull(node) || set_explicit(reader, node, value))
        return;
    if (is_json(type) || cJSON_IsArray(node) || cJSON_IsObject(node))
        set_json(reader, node, value);
    else if (cJSON_IsBool(node))
        set_text(value, BULK_BOOLEAN, cJSON_IsTrue(node) ? "true" : "false");
    else if (cJSON_IsNumber(node))
        set_number(reader, node, type, value);
    else if (is_binary(type))
        set_base64(reader, node, value);
    else
        set_text(value, BULK_TEXT, node->valuestring);
}

/* --- rows --- */

/* What the op says of its columns: names (borrowed) to types. */
static GHashTable *said_types(OpReader *reader, const cJSON *columns)
{
    enum { NAME, TYPE };
    static const char *const keys[] = {"name", "type", NULL};
    const cJSON *fields[2];
    GHashTable *types = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)sql_type_free);
    if (!model_is_list(reader->model, columns))
        return types;
    for (const cJSON *child = columns ? columns->child : NULL; child; child = child->next) {
        if (!model_fields(reader->model, child, keys, fields))
            continue;
        SqlType *type = fields[TYPE] ? op_read_type(reader, fields[TYPE]) : NULL;
        if (!cJSON_IsString(fields[NAME]))
            OP_MISTAKE(reader, fields[NAME] ? fields[NAME] : child, "expected the name of a column");
        else if (type)
            g_hash_table_replace(types, fields[NAME]->valuestring, g_steal_pointer(&type));
        sql_type_free(type);
    }
    return types;
}

static gboolean same_columns(const BulkInsert *insert, const cJSON *row)
{
    guint n = 0;
    for (const cJSON *child = row->child; child; child = child->next, n++)
        if (!g_ptr_array_find_with_equal_func(insert->columns, child->string, g_str_equal, NULL))
            return FALSE;
    return n == insert->columns->len;
}

static BulkInsert *new_insert(const char *schema, const char *name)
{
    BulkInsert *insert = g_new0(BulkInsert, 1);
    insert->schema = g_strdup(schema);
    insert->table_name = g_strdup(name);
    insert->columns = strings_new();
    insert->types = g_ptr_array_new();
    insert->rows = g_ptr_array_new();
    return insert;
}

typedef struct Rows {
    const Table *table; /* NULL in parsing */
    GHashTable *types;
    GPtrArray *inserts;
    const char *schema, *name;
} Rows;

static const SqlType *type_of(const Rows *rows, const char *column)
{
    const SqlType *said = g_hash_table_lookup(rows->types, column);
    const Column *known = said || !rows->table ? NULL : table_find_column(rows->table, column);
    return said ? said : known && known->type->kind != SQL_TYPE_NULL ? known->type : NULL;
}

static BulkInsert *insert_for(OpReader *reader, const Rows *rows, const cJSON *row)
{
    BulkInsert *last = rows->inserts->len > 0 ? rows->inserts->pdata[rows->inserts->len - 1] : NULL;
    if (last && same_columns(last, row))
        return last;
    BulkInsert *insert = new_insert(rows->schema, rows->name);
    for (const cJSON *child = row->child; child; child = child->next) {
        const SqlType *type = type_of(rows, child->string);
        if (rows->table)
            op_need_column(reader, rows->table, child->string, child);
        g_ptr_array_add(insert->columns, g_strdup(child->string));
        g_ptr_array_add(insert->types, type ? sql_type_copy(type) : NULL);
    }
    g_ptr_array_add(rows->inserts, insert);
    return insert;
}

static void read_row(OpReader *reader, const Rows *rows, const cJSON *row)
{
    if (!cJSON_IsObject(row) || !row->child) {
        model_wrong(reader->model, row, "a row, {\"column\": value, …}");
        return;
    }
    BulkInsert *insert = insert_for(reader, rows, row);
    BulkValue *values = g_new0(BulkValue, insert->columns->len);
    g_ptr_array_add(insert->rows, values);
    for (const cJSON *child = row->child; child; child = child->next) {
        guint i = 0;
        g_ptr_array_find_with_equal_func(insert->columns, child->string, g_str_equal, &i);
        if (values[i].text) {
            OP_MISTAKE(reader, child, "the column '%s' stands twice in this row", child->string);
            continue;
        }
        set_value(reader, child, insert->types->pdata[i], &values[i]);
    }
}

/* "table": {"name", "schema", "columns"}, or its parts beside the op. */
static void open_table(OpReader *reader, const cJSON *table, const cJSON **name, const cJSON **schema,
                       const cJSON **columns)
{
    static const char *const keys[] = {"name", "schema", "columns", NULL};
    const cJSON *fields[3];
    if (!table)
        return;
    if (*name || *schema || *columns)
        OP_MISTAKE(reader, table, "either 'table' or 'table_name' with 'schema' and 'columns', not both");
    if (!model_fields(reader->model, table, keys, fields))
        return;
    *name = fields[0];
    *schema = fields[1];
    *columns = fields[2];
}

static void read_bulk_insert(OpReader *reader, const cJSON *const *fields)
{
    enum { TABLE_NAME, SCHEMA, COLUMNS, TABLE, ROWS, MULTIINSERT };
    const cJSON *name_node = fields[TABLE_NAME], *schema_node = fields[SCHEMA], *columns = fields[COLUMNS];
    g_autofree char *schema = NULL, *name = NULL;
    open_table(reader, fields[TABLE], &name_node, &schema_node, &columns);
    if (fields[MULTIINSERT])
        OP_MISTAKE(reader, fields[MULTIINSERT],
                   "'multiinsert' of Alembic has no meaning here: rows travel together where they can");
    g_autoptr(GHashTable) types = said_types(reader, columns);
    gboolean named = op_table_name(reader, schema_node, name_node, "table_name", &schema, &name);
    if (!fields[ROWS])
        OP_MISTAKE(reader, reader->node, "the argument 'rows' of bulk_insert is missing");
    if (!model_is_list(reader->model, fields[ROWS]) || (op_reader_resolves(reader) && !named))
        return;
    g_autoptr(GPtrArray) inserts = g_ptr_array_new_with_free_func((GDestroyNotify)bulk_insert_free);
    const Rows rows = {.table = op_reader_resolves(reader) ? op_need_table(reader, schema, name) : NULL,
                       .types = types,
                       .inserts = inserts,
                       .schema = schema,
                       .name = name ? name : ""};
    if (op_reader_resolves(reader) && !rows.table)
        return;
    for (const cJSON *row = fields[ROWS] ? fields[ROWS]->child : NULL; row; row = row->next)
        read_row(reader, &rows, row);
    if (op_reader_resolves(reader) && inserts->len > 0)
        reader->step->inserts = g_steal_pointer(&inserts);
}

static const char *const bulk_insert_keys[] = {"table_name", "schema", "columns", "table", "rows", "multiinsert", NULL};
const OpSpec op_bulk_insert = {.name = "bulk_insert", .keys = bulk_insert_keys, .read = read_bulk_insert};
