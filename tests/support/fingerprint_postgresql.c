#include "support/fingerprint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/postgresql.h"

char *fingerprint_postgresql(const char *url)
{
    g_autofree char *query = NULL;
    if (!g_file_get_contents("tests/support/fingerprint-postgresql.sql", &query, NULL, NULL))
        fail_msg("run the tests from the top folder");
    return postgresql_rows(url, query);
}
