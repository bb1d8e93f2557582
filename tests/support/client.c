#include "support/client.h"

char *client_run(const char *const *argv, const char *file)
{
    static const char command[] = "input=$1; shift; exec \"$@\" <\"$input\"";
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    const char *const shell[] = {"sh", "-c", command, "sh", file};
    for (guint i = 0; i < G_N_ELEMENTS(shell); i++)
        g_ptr_array_add(all, (gpointer)shell[i]);
    for (; *argv; argv++)
        g_ptr_array_add(all, (gpointer)*argv);
    g_ptr_array_add(all, NULL);
    g_autofree char *out = NULL, *err = NULL;
    g_autoptr(GError) error = NULL;
    int status = 0;
    if (!g_spawn_sync(NULL, (char **)all->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status, &error))
        return g_strdup(error->message);
    return status == 0 ? NULL : g_strconcat(out, err, NULL);
}
