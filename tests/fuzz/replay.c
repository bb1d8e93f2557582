/* Feeds a fuzz target the files of tests/fuzz/corpus/TARGET, or those given, and reports in TAP. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "fuzz.h"

int main(int argc, char **argv)
{
    g_autofree char *name = g_path_get_basename(argv[0]);
    g_autofree char *pattern = g_strdup_printf("tests/fuzz/corpus/%s/*", name);
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;

    if (argc > 1) {
        for (int i = 1; i < argc; i++)
            g_ptr_array_add(files, g_strdup(argv[i]));
    } else {
        g_ptr_array_unref(files);
        files = file_glob(pattern, &error);
    }
    if (!files || files->len == 0) {
        printf("Bail out! no files match %s\n", pattern);
        return 1;
    }
    printf("1..%u\n", files->len);
    for (guint i = 0; i < files->len; i++) {
        const char *path = g_ptr_array_index(files, i);
        g_autofree char *bytes = NULL;
        gsize length = 0;
        if (!file_read(path, &bytes, &length, &error)) {
            printf("Bail out! %s\n", error->message);
            return 1;
        }
        /* Exactly as long as the input, so that a sanitizer sees a byte read too far. */
        g_autofree uint8_t *exact = g_malloc(MAX(length, 1));
        memcpy(exact, bytes, length);
        LLVMFuzzerTestOneInput(exact, length);
        printf("ok %u - %s\n", i + 1, path);
        fflush(stdout);
    }
    return 0;
}
