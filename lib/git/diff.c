#include "git/internal.h"

static int add_line(const git_diff_delta *delta, const git_diff_hunk *hunk, const git_diff_line *line, void *data)
{
    (void)delta, (void)hunk;
    GString *text = data;
    char origin = line->origin;
    if (origin == GIT_DIFF_LINE_FILE_HDR)
        return 0;
    if (origin == GIT_DIFF_LINE_CONTEXT || origin == GIT_DIFF_LINE_ADDITION || origin == GIT_DIFF_LINE_DELETION)
        g_string_append_c(text, origin);
    g_string_append_len(text, line->content, (gssize)line->content_len); /* "\n\\ No newline …" begins with one */
    return 0;
}

char *repository_diff_texts(const char *old_text, gsize old_length, const char *new_text, gsize new_length)
{
    git_library_start(); /* there need not be a repository */
    git_diff_options options;
    git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
    options.flags = GIT_DIFF_FORCE_TEXT;
    git_patch *patch = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    if (git_patch_from_buffers(&patch, old_text, old_length, NULL, new_text, new_length, NULL, &options) == 0)
        git_patch_print(patch, add_line, text);
    git_patch_free(patch);
    return g_string_free(g_steal_pointer(&text), FALSE);
}
