/* The sections of a revision that parses lie in its text, in order and apart. */
#include <string.h>

#include "fuzz.h"
#include "script/script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size); /* ends at a NUL byte */
    gsize length = strlen(text);
    g_autoptr(GError) error = NULL;
    g_autoptr(Revision) revision = revision_parse("f.sql", text, length, &error);

    promise_one(revision, error);
    if (!revision) {
        promise(strstr(error->message, "f.sql"));
        return 0;
    }
    promise(revision->id && *revision->id && revision->message && revision->text && revision->sections);
    gsize end = 0;
    for (guint i = 0; i < revision->sections->len; i++) {
        const Section *section = g_ptr_array_index(revision->sections, i);
        promise(section->start >= end && section->start + section->length <= revision->length);
        promise(section->marker_line > 0 && section->line >= section->marker_line);
        promise(section->dialects != NULL);
        end = section->start + section->length;
    }
    g_autofree char *down = revision_down_text(revision);
    promise(down);
    return 0;
}
