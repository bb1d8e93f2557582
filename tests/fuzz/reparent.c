/* A revision file with other parents reads as before but for them, and differs from the old one in one place (one for
 * each parent in a list of JSON). The first byte says which kind of file it is, and how many parents it gets. */
#include <string.h>

#include "fuzz.h"
#include "script/script.h"

static gboolean same_strings(const GPtrArray *a, const GPtrArray *b)
{
    gboolean same = a->len == b->len;
    for (guint i = 0; same && i < a->len; i++)
        same = strcmp(g_ptr_array_index(a, i), g_ptr_array_index(b, i)) == 0;
    return same;
}

/* What SQL does not say: everything in front of the first byte that differs and behind the last. */
static void check_bytes(const char *old, gsize length, const char *text, gsize new_length, gsize most)
{
    gsize start = 0, end = 0, shorter = MIN(length, new_length);
    while (start < shorter && old[start] == text[start])
        start++;
    while (end < shorter - start && old[length - 1 - end] == text[new_length - 1 - end])
        end++;
    promise(new_length - start - end <= most);
    promise(memchr(old + start, '\n', length - start - end) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const ids[] = {"3f2a9c1b7d04", "b", "c_1"};
    if (size == 0)
        return 0;
    const char *name = data[0] & 1 ? "f.json" : "f.sql";
    const char *bytes = (const char *)data + 1;
    gsize length = size - 1, new_length = 0;
    g_autoptr(GPtrArray) parents = g_ptr_array_new();
    for (guint i = 0; i < (data[0] >> 1) % 4; i++)
        g_ptr_array_add(parents, (gpointer)ids[i]);

    g_autoptr(GError) unreadable = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(Revision) old = revision_parse(name, bytes, length, &unreadable);
    g_autofree char *text = revision_text_reparent(name, bytes, length, parents, &new_length, &error);
    promise_one(text, error);
    promise((old == NULL) == (text == NULL));
    if (!text)
        return 0;
    promise(text[new_length] == '\0');
    g_autoptr(Revision) now = revision_parse(name, text, new_length, &error);
    promise(now && same_strings(now->down_revisions, parents) && strcmp(now->id, old->id) == 0);
    promise(strcmp(now->message, old->message) == 0 && g_strcmp0(now->created, old->created) == 0);
    promise(same_strings(now->branch_labels, old->branch_labels) && same_strings(now->depends_on, old->depends_on));
    promise(now->sections->len == old->sections->len);
    if (!old->is_ops)
        check_bytes(bytes, length, text, new_length, strlen("-- Revises: 3f2a9c1b7d04, b, c_1\r\n"));
    return 0;
}
