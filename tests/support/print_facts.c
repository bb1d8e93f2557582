/* print-facts URL: the fingerprint of a database, as the compliance suite sees it, for tests in the shell. */
#include <stdio.h>
#include <string.h>

#include "support/backend.h"

/* A backend of MySQL's kind has a product's name, and URLs of either. */
static const TestBackend *backend_of(const char *url)
{
    for (guint i = 0; test_backends[i]; i++)
        if (g_str_has_prefix(url, test_backends[i]->name) ||
            (strcmp(test_backends[i]->name, "mariadb") == 0 && g_str_has_prefix(url, "mysql:")))
            return test_backends[i];
    return NULL;
}

int main(int argc, char **argv)
{
    const TestBackend *backend = argc == 2 ? backend_of(argv[1]) : NULL;
    if (!backend) {
        fputs("usage: print-facts URL, of a database in this build\n", stderr);
        return 2;
    }
    g_autofree char *schema = backend->schema(argv[1]);
    g_autofree char *facts = backend->without_past ? backend->without_past(schema) : g_steal_pointer(&schema);
    puts(facts);
    return 0;
}
