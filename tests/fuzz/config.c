/* Every value of a file that loads can be asked for: it is there, or absent, or an error says why. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/config.h"
#include "fuzz.h"

static void ask(const Config *config, const ConfigKey *key)
{
    g_autoptr(GError) error = NULL, list_error = NULL;
    g_autofree char *value = config_string(config, key->section, key->name, &error);
    promise(!value || !error);
    g_autoptr(GPtrArray) list = config_list(config, key->section, key->name, &list_error);
    promise(!list || !list_error);
    g_autofree char *origin = config_origin(config, key->section, key->name);
    promise(origin);

    g_autoptr(GError) typed_error = NULL;
    gboolean yes = FALSE, got = TRUE;
    gint64 integer = 0;
    double seconds = 0;
    if (key->type == CONFIG_BOOLEAN)
        got = config_boolean(config, key->section, key->name, &yes, &typed_error);
    else if (key->type == CONFIG_INTEGER)
        got = config_integer(config, key->section, key->name, &integer, &typed_error);
    else if (key->type == CONFIG_DURATION)
        got = config_duration(config, key->section, key->name, &seconds, &typed_error);
    promise(got == !typed_error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    static char path[64];
    if (fd < 0) {
        fd = memfd_create("migrate.ini", MFD_CLOEXEC);
        g_snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    promise(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);

    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = config_load(NULL, path, size % 2 ? "tenant" : NULL, NULL, &error);
    promise_one(config, error);
    for (const ConfigKey *key = config_keys; config && key->name; key++) {
        if (!strchr(key->name, '*'))
            ask(config, key);
    }
    g_autoptr(GPtrArray) names = NULL, values = NULL;
    g_autoptr(GError) family_error = NULL;
    if (config && config_family(config, "migrate", "naming_convention.", &names, &values, &family_error))
        promise(names->len == values->len);
    return 0;
}
