/* Graphs for tests, written as "a < ; b < a ; c < a + dep1,dep2 #label": id, Revises, Depends-On, Branch-Labels. */
#ifndef MIGRATE_TESTS_UNIT_SCRIPT_GRAPH_H
#define MIGRATE_TESTS_UNIT_SCRIPT_GRAPH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "script/script.h"

static inline Revision *graph_revision(const char *id, const char *revises, const char *depends, const char *labels)
{
    g_autofree char *path = g_strdup_printf("%s.sql", id);
    g_autofree char *text =
        g_strdup_printf("-- Revision: %s\n-- Revises: %s\n-- Depends-On: %s\n-- Branch-Labels: %s\n-- migrate:up\n", id,
                        revises, depends, labels);
    g_autoptr(GError) error = NULL;
    Revision *revision = revision_parse(path, text, strlen(text), &error);
    if (error != NULL)
        fail_msg("%s", error->message);
    return revision;
}

static inline char *graph_cut(char *text, char mark)
{
    char *at = strchr(text, mark);
    if (at == NULL)
        return text + strlen(text);
    *at = '\0';
    return at + 1;
}

static inline GPtrArray *graph_revisions(const char *text)
{
    GPtrArray *revisions = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
    g_auto(GStrv) parts = g_strsplit(text, ";", -1);
    for (guint i = 0; parts[i] != NULL; i++) {
        char *labels = graph_cut(parts[i], '#');
        char *depends = graph_cut(parts[i], '+');
        char *revises = graph_cut(parts[i], '<');
        if (*g_strstrip(parts[i]) != '\0')
            g_ptr_array_add(revisions,
                            graph_revision(parts[i], g_strstrip(revises), g_strstrip(depends), g_strstrip(labels)));
    }
    return revisions;
}

static inline RevisionMap *graph_map(const char *text)
{
    g_autoptr(GError) error = NULL;
    RevisionMap *map = revision_map_new(graph_revisions(text), &error);
    if (error != NULL)
        fail_msg("%s", error->message);
    return map;
}

/* The ids of Revision*, joined by spaces. */
static inline char *graph_ids(const GPtrArray *revisions)
{
    GString *ids = g_string_new(NULL);
    for (guint i = 0; i < revisions->len; i++)
        g_string_append_printf(ids, "%s%s", i > 0 ? " " : "", ((const Revision *)g_ptr_array_index(revisions, i))->id);
    return g_string_free(ids, FALSE);
}

#endif
