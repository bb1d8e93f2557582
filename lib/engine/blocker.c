/* Who holds SQLite's locks is read from the system's list. Opening the database file to ask for them would drop our own
 * connection's POSIX locks at the close. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/text.h"
#include "engine/internal.h"

typedef struct FileId {
    unsigned int major, minor;
    unsigned long inode;
} FileId;

static gboolean file_id(const char *path, FileId *id)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return FALSE;
    *id = (FileId){major(info.st_dev), minor(info.st_dev), (unsigned long)info.st_ino};
    return TRUE;
}

/* "3: POSIX  ADVISORY  WRITE 1234 fe:01:1839411 1073741825 1073741825". A waiter's line has "->" and does not match. */
static int locker_of(const char *line, const FileId *id, gboolean writers_only)
{
    char mode[16];
    FileId found;
    int pid;
    if (sscanf(line, "%*[0-9]: POSIX ADVISORY %15s %d %x:%x:%lu", mode, &pid, &found.major, &found.minor,
               &found.inode) != 5)
        return 0;
    if (writers_only && strcmp(mode, "WRITE") != 0)
        return 0;
    return found.major == id->major && found.minor == id->minor && found.inode == id->inode ? pid : 0;
}

static char *process_name(int pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/comm", pid);
    g_autofree char *name = NULL;
    if (!g_file_get_contents(path, &name, NULL, NULL))
        return g_strdup_printf("process %d", pid);
    g_strstrip(name);
    return g_strdup_printf("process %d (%s)", pid, name);
}

static void add_lockers(GPtrArray *names, char *const *lines, const char *path, gboolean writers_only)
{
    FileId id;
    if (!file_id(path, &id))
        return;
    for (; *lines; lines++) {
        int pid = locker_of(*lines, &id, writers_only);
        if (pid <= 0 || pid == getpid())
            continue;
        char *name = process_name(pid);
        if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
            g_free(name);
        else
            g_ptr_array_add(names, name);
    }
}

char *database_blockers(const char *path, gboolean writers_only)
{
    g_autofree char *text = NULL;
    if (!path || !g_file_get_contents("/proc/locks", &text, NULL, NULL))
        return NULL;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    add_lockers(names, lines, path, writers_only);
    g_autofree char *shared_memory = g_strconcat(path, "-shm", NULL);
    if (writers_only)
        add_lockers(names, lines, shared_memory, TRUE);
    return names->len > 0 ? text_join(names, "and") : NULL;
}
