#include "base/error.h"
#include "revision_contents.h"

gboolean contents_of_operations(const Invocation *invocation, const ModelComparison *result,
                                const RevisionFormat *format, RevisionContents *contents, GError **error)
{
    (void)invocation;
    (void)result;
    (void)format;
    (void)contents;
    g_set_error_literal(error, BASE_ERROR, BASE_ERROR_CONFIG,
                        "--autogenerate writes SQL in this build of migrate: pass --format sql");
    return FALSE;
}
