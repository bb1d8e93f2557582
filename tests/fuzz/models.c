/* A model that is read is written as a model that reads back and is written the same; types, too. */
#include <string.h>

#include "fuzz.h"
#include "schema/model.h"

static MetaData *read_model(const char *text, gsize length, GError **error)
{
    g_autoptr(NamingConvention) convention = naming_convention_new_default();
    g_autoptr(ModelReader) reader = model_reader_new("sqlite", TRUE, convention, 0);
    if (!model_reader_add(reader, "f.json", text, length, error))
        return NULL;
    return model_reader_finish(reader, error);
}

static void check_type(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SqlType) type = sql_type_parse(text, &error);
    promise_one(type, error);
    if (!type)
        return;
    g_autofree char *written = sql_type_to_string(type);
    g_autoptr(SqlType) again = sql_type_parse(written, NULL);
    promise(again && sql_type_equal(type, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    if (g_utf8_validate(text, -1, NULL))
        check_type(text);

    g_autoptr(GError) error = NULL, again_error = NULL;
    g_autoptr(MetaData) metadata = read_model((const char *)data, size, &error);
    promise_one(metadata, error);
    if (!metadata)
        return 0;
    g_autofree char *written = model_write(metadata, "sqlite");
    g_autoptr(MetaData) again = read_model(written, strlen(written), &again_error);
    if (!again)
        g_printerr("%s\n%s\n", written, again_error->message);
    promise(again);
    g_autofree char *written_again = model_write(again, "sqlite");
    if (strcmp(written, written_again) != 0)
        g_printerr("%s\nbecame\n%s\n", written, written_again);
    promise(strcmp(written, written_again) == 0);
    return 0;
}
