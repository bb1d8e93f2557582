/* What a model means on MySQL and MariaDB, in the words of the inspector (mysql.h). */
#include "dialect/mysql/adapt.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

#define TABLE_COMMENT_MAX 2048 /* characters (MySQL 8.0 manual, "CREATE TABLE Statement", "Table Options") */

/* --- for all parts --- */

char *mysql_charset_name(const char *name)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);
    gboolean old = strcmp(lower, "utf8") == 0 || g_str_has_prefix(lower, "utf8_");
    return old ? g_strconcat("utf8mb3", lower + strlen("utf8"), NULL) : g_steal_pointer(&lower);
}

char *mysql_charset_of(const char *collation)
{
    gsize length = strcspn(collation, "_");
    return g_ascii_strncasecmp(collation, "uca1400", length) == 0 ? NULL : g_strndup(collation, length);
}

void mysql_normalise_charset(GPtrArray *options, const char *name)
{
    const char *value = options_get(options, name);
    g_autofree char *changed = value ? mysql_charset_name(value) : NULL;
    if (changed)
        options_set(options, name, changed);
}

void mysql_leave_option_out(MysqlAdapter *adapter, GPtrArray *options, const char *name, const char *one,
                            const char *many)
{
    if (!options_get(options, name))
        return;
    options_remove(options, name);
    adapter_leave_out(&adapter->adapter, one, many,
                      adapter->flavour == FLAVOUR_MARIADB ? "MariaDB has none" : "MySQL has none");
}

gboolean mysql_adapt_comment(const MysqlAdapter *adapter, char **comment, glong most, const char *what, GError **error)
{
    adapter_drop_ordinary(comment, "");
    return !*comment || g_utf8_strlen(*comment, -1) <= most ||
           adapter_refuse(error, "%s: its comment has %ld characters, %s takes %ld", what, g_utf8_strlen(*comment, -1),
                          mysql_product(adapter->flavour), most);
}

/* A database is what others call a schema. */
static gboolean refuse_schema(const MysqlAdapter *adapter, const char *schema, const char *what, const char *name,
                              GError **error)
{
    return !schema || adapter_refuse(error,
                                     "%s '%s.%s': %s's schemas are databases, and only the connection's own one is "
                                     "looked at; leave the schema out for mysql",
                                     what, schema, name, mysql_product(adapter->flavour));
}

/* --- options of tables --- */

static void rename_option(GPtrArray *options, const char *name, const char *other)
{
    const char *value = options_get(options, name);
    if (!value)
        return;
    if (!options_get(options, other))
        options_set(options, other, value);
    options_remove(options, name);
}

/* As information_schema.TABLES.ENGINE spells them. InnoDB goes without saying. */
static void normalise_engine(GPtrArray *options)
{
    static const char *const engines[] = {"MyISAM", "MEMORY",     "Aria",       "ARCHIVE", "BLACKHOLE",
                                          "CSV",    "MRG_MyISAM", "FEDERATED",  "RocksDB", "SPIDER",
                                          "S3",     "CONNECT",    "Columnstore"};
    const char *engine = options_get(options, "engine");
    if (!engine)
        return;
    if (g_ascii_strcasecmp(engine, "InnoDB") == 0) {
        options_remove(options, "engine");
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(engines); i++)
        if (g_ascii_strcasecmp(engine, engines[i]) == 0 && strcmp(engine, engines[i]) != 0) {
            options_set(options, "engine", engines[i]);
            return;
        }
}

/* A collation tells its character set; the reverse is the server's to know. */
static void normalise_collation(GPtrArray *options)
{
    mysql_normalise_charset(options, "charset");
    mysql_normalise_charset(options, "collate");
    const char *collation = options_get(options, "collate");
    g_autofree char *charset = collation ? mysql_charset_of(collation) : NULL;
    if (charset && !options_get(options, "charset"))
        options_set(options, "charset", charset);
}

static void normalise_partitions(GPtrArray *options)
{
    const char *said = options_get(options, "partition_by");
    if (!said)
        return;
    g_autofree char *text = mysql_partition_by(said, options_get(options, "engine"));
    options_set(options, "partition_by", text);
}

static void normalise_row_format(GPtrArray *options)
{
    const char *format = options_get(options, "row_format");
    g_autofree char *upper = format ? g_ascii_strup(format, -1) : NULL;
    if (!upper)
        return;
    if (strcmp(upper, "DEFAULT") == 0)
        options_remove(options, "row_format");
    else
        options_set(options, "row_format", upper);
}

/* 0 and 1 to the server. */
static void normalise_flags(GPtrArray *options)
{
    static const char *const flags[] = {"checksum",      "delay_key_write", "pack_keys",        "page_checksum",
                                        "transactional", "page_compressed", "stats_persistent", "stats_auto_recalc"};
    for (gsize i = 0; i < G_N_ELEMENTS(flags); i++) {
        const char *value = options_get(options, flags[i]);
        if (value && g_ascii_strcasecmp(value, "true") == 0)
            options_set(options, flags[i], "1");
        else if (value && g_ascii_strcasecmp(value, "false") == 0)
            options_set(options, flags[i], "0");
    }
}

gboolean mysql_is_aria_default(const char *name, const char *value)
{
    return (strcmp(name, "page_checksum") == 0 || strcmp(name, "transactional") == 0) && g_strcmp0(value, "1") == 0;
}

static gboolean adapt_table_options(MysqlAdapter *adapter, Table *table, GError **error)
{
    static const char *const known[] = {
        "engine", "charset", "collate", "row_format", "key_block_size", "partition_by", "system_versioning",
        /* SQLAlchemy's other names */
        "default_charset", "character_set", "default_character_set", "default_collate", "auto_increment",
        /* CREATE_OPTIONS of either product */
        "avg_row_length", "checksum", "compression", "connection", "data_directory", "delay_key_write", "encrypted",
        "encryption", "encryption_key_id", "index_directory", "insert_method", "max_rows", "min_rows", "pack_keys",
        "page_checksum", "page_compressed", "page_compression_level", "period", "period_for_system_time",
        "secondary_engine", "sequence", "stats_auto_recalc", "stats_persistent", "stats_sample_pages", "tablespace",
        "transactional", "union", NULL};
    GPtrArray *options = table->options;
    g_autofree char *what = g_strdup_printf("table '%s'", table->name);
    if (!adapter_check_options(&adapter->adapter, options, known, what, error) ||
        !mysql_adapt_comment(adapter, &table->comment, TABLE_COMMENT_MAX, what, error))
        return FALSE;
    rename_option(options, "default_charset", "charset");
    rename_option(options, "character_set", "charset");
    rename_option(options, "default_character_set", "charset");
    rename_option(options, "default_collate", "collate");
    normalise_engine(options);
    normalise_collation(options);
    normalise_partitions(options);
    normalise_row_format(options);
    normalise_flags(options);
    adapter_normalise_switch(options, "system_versioning");
    for (guint i = options->len; i-- > 0;) {
        const Option *option = options->pdata[i];
        if (mysql_is_aria_default(option->name, option->value))
            g_ptr_array_remove_index(options, i);
    }
    if (options_get(options, "auto_increment")) {
        options_remove(options, "auto_increment");
        adapter_leave_out(&adapter->adapter, "AUTO_INCREMENT=n of a table is", "AUTO_INCREMENT=n of tables are",
                          "it moves with the rows");
    }
    static const char *const mariadb_only[] = {"system_versioning", "period", "period_for_system_time"};
    for (gsize i = 0; adapter->flavour == FLAVOUR_MYSQL && i < G_N_ELEMENTS(mariadb_only); i++)
        if (options_get(options, mariadb_only[i]))
            return adapter_refuse(error, "%s: MySQL has no '%s' and nothing like it; leave the option out for mysql",
                                  what, mariadb_only[i]);
    return TRUE;
}

/* --- tables --- */

static gboolean adapt_table(MysqlAdapter *adapter, Table *table, GError **error)
{
    if (!refuse_schema(adapter, table->schema, "table", table->name, error) ||
        !adapt_table_options(adapter, table, error))
        return FALSE;
    for (guint i = 0; i < table->columns->len; i++)
        if (!mysql_adapt_column(adapter, table, table->columns->pdata[i], error))
            return FALSE;
    return mysql_adapt_keys(adapter, table, error) && mysql_adapt_numbering(adapter, table, error);
}

/* --- what stands beside the tables --- */

/* MariaDB manual, "CREATE SEQUENCE". */
static void drop_ordinary_sequence_options(SequenceOptions *options)
{
    gboolean descends = options->increment && *options->increment == '-';
    adapter_drop_ordinary(&options->increment, "1");
    adapter_drop_ordinary(&options->cache, "1000");
    adapter_drop_ordinary(&options->minvalue, descends ? "-9223372036854775807" : "1");
    adapter_drop_ordinary(&options->maxvalue, descends ? "-1" : "9223372036854775806");
    const char *limit = descends ? options->maxvalue : options->minvalue;
    adapter_drop_ordinary(&options->start, limit ? limit : descends ? "-1" : "1");
}

static gboolean adapt_sequences(MysqlAdapter *adapter, MetaData *model, GError **error)
{
    for (guint i = 0; i < model->sequences->len; i++) {
        Sequence *sequence = model->sequences->pdata[i];
        if (!refuse_schema(adapter, sequence->schema, "sequence", sequence->name, error))
            return FALSE;
        if (adapter->flavour == FLAVOUR_MYSQL) {
            adapter_leave_out(&adapter->adapter, "sequence is", "sequences are", "MySQL has none");
            continue;
        }
        g_autofree char *what = g_strdup_printf("sequence '%s'", sequence->name);
        if (!mysql_adapt_comment(adapter, &sequence->comment, TABLE_COMMENT_MAX, what, error))
            return FALSE;
        if (sequence->type && g_ascii_strcasecmp(sequence->type, "bigint") == 0)
            g_clear_pointer(&sequence->type, g_free);
        adapter_drop_text(&adapter->adapter, &sequence->type, "type of a sequence is", "types of sequences are",
                          "MariaDB's are all BIGINT");
        if (sequence->unlogged)
            adapter_leave_out(&adapter->adapter, "UNLOGGED of a sequence is", "UNLOGGED of sequences is",
                              "MariaDB has no such sequences");
        sequence->unlogged = FALSE;
        g_clear_pointer(&sequence->owned_by_column, g_free);
        adapter_drop_text(&adapter->adapter, &sequence->owned_by_table, "owner of a sequence is",
                          "owners of sequences are", "MariaDB's sequences stand on their own");
        drop_ordinary_sequence_options(&sequence->options);
    }
    if (adapter->flavour == FLAVOUR_MYSQL)
        g_ptr_array_set_size(model->sequences, 0);
    return TRUE;
}

static gboolean is_object_kind(const char *kind)
{
    static const char *const kinds[] = {"view", "trigger", "function", "procedure", "event", NULL};
    return g_strv_contains(kinds, kind);
}

static void leave_object_out(MysqlAdapter *adapter, const SchemaObject *object)
{
    static const struct {
        const char *kind, *one, *many;
    } others[] = {
        {"materialized_view", "materialized view is", "materialized views are"},
        {"index", "index on a materialized view is", "indexes on materialized views are"},
        {"aggregate", "aggregate is", "aggregates are"},
        {"domain", "domain is", "domains are"},
        {"composite_type", "composite type is", "composite types are"},
        {"range_type", "range type is", "range types are"},
        {"extension", "extension is", "extensions are"},
        {"schema", "schema is", "schemas are"},
        {"policy", "policy is", "policies are"},
        {"rule", "rule is", "rules are"},
        {"virtual_table", "virtual table is", "virtual tables are"},
    };
    if (object->implied)
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
        if (strcmp(others[i].kind, object->kind) == 0)
            adapter_leave_out(&adapter->adapter, others[i].one, others[i].many,
                              adapter->flavour == FLAVOUR_MARIADB ? "MariaDB has none" : "MySQL has none");
}

static void adapt_object_comment(MysqlAdapter *adapter, SchemaObject *object)
{
    adapter_drop_ordinary(&object->comment, "");
    if (strcmp(object->kind, "view") == 0 || strcmp(object->kind, "trigger") == 0)
        adapter_drop_text(&adapter->adapter, &object->comment, "comment of a view or trigger is",
                          "comments of views and triggers are", "there are none for them");
}

static gboolean adapt_objects(MysqlAdapter *adapter, MetaData *model, GPtrArray *notes, GError **error)
{
    for (guint i = 0; i < model->objects->len;) {
        SchemaObject *object = model->objects->pdata[i];
        if (!is_object_kind(object->kind)) {
            leave_object_out(adapter, object);
            g_ptr_array_remove_index(model->objects, i);
            continue;
        }
        if (!refuse_schema(adapter, object->schema, object->kind, object->name, error))
            return FALSE;
        adapt_object_comment(adapter, object);
        if (!mysql_adapt_object(object, adapter->flavour, notes, error) ||
            !mysql_object_is_one_statement(object, error))
            return FALSE;
        i++;
    }
    return mysql_order_triggers(model, error);
}

gboolean mysql_adapt(MetaData *model, MysqlFlavour flavour, GPtrArray *notes, GError **error)
{
    MysqlAdapter adapter = {.flavour = flavour};
    adapter_init(&adapter.adapter, flavour == FLAVOUR_MARIADB ? &mariadb_dialect : &mysql_dialect,
                 mysql_product(flavour), model);
    gboolean ok = TRUE;
    for (guint i = 0; ok && i < model->tables->len; i++)
        ok = adapt_table(&adapter, model->tables->pdata[i], error);
    ok = ok && adapt_sequences(&adapter, model, error) && adapt_objects(&adapter, model, notes, error);
    if (ok) {
        adapter_take_enums(model); /* their values stand in the columns */
        adapter_write_notes(&adapter.adapter, notes);
    }
    adapter_clear(&adapter.adapter);
    return ok;
}
