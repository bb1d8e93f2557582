/* What the files of this room share; nobody outside includes it. */
#ifndef MIGRATE_SCRIPT_INTERNAL_H
#define MIGRATE_SCRIPT_INTERNAL_H

#include "script/script.h"

/* ---- revision files ---- */

/* Walks the lines of a text. `start` to `end` is the line without its line end (\n or \r\n), `next` where the following
 * one begins; `number` counts from 1. Start with a zeroed struct. */
typedef struct Line {
    gsize start, end, next;
    int number;
} Line;
gboolean line_next(const char *text, gsize length, Line *line);

/* Whether the line is a marker, `-- migrate:…`; *rest is what stands behind the colon. */
gboolean line_is_marker(const char *text, const Line *line, gsize *rest);

/* The sections of a text, which may start with a header: what stands before the first marker is passed over. Section*,
 * new array; SCRIPT_ERROR_FILE with FILE:LINE. */
GPtrArray *sections_parse(const char *path, const char *text, gsize length, GError **error);

/* FALSE and SCRIPT_ERROR_FILE (without a place) unless `id` is 1 to 32 letters, digits and '_' and no reserved word. */
gboolean revision_id_check(const char *id, GError **error);
/* The same for a branch label, which may hold '-' and '.' too, except as its first character. */
gboolean branch_label_check(const char *label, GError **error);

/* revision_read_header(), but a file without a Revision header and without any marker is no error: NULL with *foreign
 * set. */
Revision *revision_read_header_or_foreign(const FileTree *tree, const char *path, gboolean *foreign, GError **error);

/* Where the parents of a revision stand in the text of a file of SQL, without its byte order mark: bytes. */
typedef struct HeaderPlaces {
    gsize after_id; /* the line behind that of the id */
    gboolean has_revises;
    gsize revises, revises_end; /* what stands behind "Revises:", up to the line's end */
} HeaderPlaces;
/* Of a text that revision_parse() reads. */
void revision_header_places(const char *path, const char *text, gsize length, HeaderPlaces *places);

/* A file of operations, by its name. */
gboolean ops_file_is(const char *path);
/* The header of such a file, or of its text: FILE:LINE:COLUMN of all mistakes. With `foreign` (NULL: not wanted) what
 * has no "revision" key is no error: NULL with *foreign set, and a warning when it cannot be read as JSON at all. */
Revision *ops_header_read(const FileTree *tree, const char *path, gboolean *foreign, GError **error);
Revision *ops_header_parse(const char *path, const char *text, gsize length, gboolean *foreign, GError **error);
/* The header of a file that begins with `text`, when all its keys stand in front of the operations; else NULL. */
Revision *ops_header_read_block(const char *path, const char *text, gsize length);
Revision *revision_new(const char *path); /* with empty lists */

/* "'a', 'b' and 'c'" of Revision*, at most `limit`, then "and 7 more". New string. */
char *revisions_quote(const GPtrArray *revisions, guint limit);
/* "\n  'a' in 'a.sql'" for each, at most `limit`, then "\n  and 7 more". New string. */
char *revisions_list(const GPtrArray *revisions, guint limit);
/* The file, for a message. */
const char *revision_place(const Revision *revision);

/* ---- writing ---- */

/* What the file of a revision says; nothing is owned. */
typedef struct RevisionText {
    const char *id;
    const char *message;                              /* NULL: "" */
    const char *created;                              /* NULL: no such line */
    const GPtrArray *down_revisions;                  /* char* */
    const GPtrArray *branch_labels, *depends_on;      /* char*, or NULL */
    const GPtrArray *sections;                        /* NewSection*; NULL or empty: an empty up and down to fill in */
    gboolean is_ops;                                  /* operations instead of sections */
    const cJSON *upgrade, *downgrade;                 /* arrays of them; NULL: empty ones to fill in */
    const GPtrArray *upgrade_notes, *downgrade_notes; /* char* above each of them, "" for none; or NULL */
} RevisionText;
/* The text, which is what revision_parse() reads back as what was meant, else SCRIPT_ERROR_FILE; `path` is the name for
 * messages. New string. */
char *revision_text_write(const RevisionText *revision, const char *path, GError **error);
/* The same with is_ops: JSON, an operation a line where it fits. Not read back yet. New string. */
char *ops_text_write(const RevisionText *revision);

/* ---- the graph ---- */

struct RevisionMap {
    GPtrArray *all;       /* Revision*, owned, in topological order */
    GHashTable *by_id;    /* id -> Revision* */
    GHashTable *by_label; /* label -> Revision* that carries it */
};

/* Which edges a walk follows. */
typedef enum Edges {
    EDGES_DOWN = 1 << 0,         /* parents */
    EDGES_DEPENDENCIES = 1 << 1, /* depends_on */
    EDGES_UP = 1 << 2,           /* children */
    EDGES_DEPENDENTS = 1 << 3,   /* reverse of depends_on */
} Edges;
#define EDGES_ANCESTORS (EDGES_DOWN | EDGES_DEPENDENCIES)
#define EDGES_DESCENDANTS (EDGES_UP | EDGES_DEPENDENTS)

/* revision_map_find() among the members of `among` (NULL: all). */
Revision *revision_map_find_among(const RevisionMap *map, const char *name, GHashTable *among, GError **error);
/* FALSE and SCRIPT_ERROR_RANGE when one of `revisions` stands on another of them. `what` begins the message: "the
 * version table". */
gboolean revisions_check_overlap(const GPtrArray *revisions, const char *what, const char *advice, GError **error);

/* Everything that can be reached from `start` (Revision*), itself included: set of Revision*. */
GHashTable *revisions_reach(const GPtrArray *start, guint edges);
/* Takes from `set` what is in `other` (or, with `keep`, what is not). */
void revision_set_filter(GHashTable *set, GHashTable *other, gboolean keep);
/* `wanted` of `revisions` (NULL: all), each after what stands on it, in Alembic's order. Revision.position is the index
 * in `revisions`, which is in topological order unless all are wanted. There must be no cycle. New array, not owned. */
GPtrArray *revisions_newest_first(Revision *const *revisions, guint n, const GHashTable *wanted);
/* The members of `set` in the order they go up (or down, the newest first). New array, not owned. */
GPtrArray *revision_map_ordered(const RevisionMap *map, GHashTable *set, gboolean newest_first);
/* Those of `set` from which no other of it can be reached upward: nothing of the set stands directly on them. */
GPtrArray *revision_map_tips(const RevisionMap *map, GHashTable *set, guint up_edges);
/* The version rows as revisions; SCRIPT_ERROR_SPEC names a row that has no file. */
GPtrArray *revision_map_rows(const RevisionMap *map, const char *const *current, GError **error);

/* ---- specs ---- */

/* What a spec says: a branch before '@', a symbol (NULL: the current revision), and steps up or down from it. */
typedef struct Spec {
    char *branch, *symbol;
    gboolean relative;
    int steps; /* negative: down */
} Spec;
void spec_clear(Spec *spec);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Spec, spec_clear)
/* A name that the map knows is never taken for a relative spec ("rel-2" may be a label). */
gboolean spec_parse(const RevisionMap *map, const char *text, Spec *spec, GError **error);

/* The words of a list of specs, "a, b" or "a b"; at least one, else SCRIPT_ERROR_SPEC. New array. */
char **spec_words(const char *text, GError **error);
/* The revisions a spec means; empty for base. `clamp`: a walk that is too long ends at the head or base. */
GPtrArray *spec_targets(const RevisionMap *map, const char *text, const char *const *current, gboolean clamp,
                        GError **error);
/* Goes the steps of a relative spec (0 of an absolute one) from the one revision of `starts`, an empty list being base;
 * several are SCRIPT_ERROR_AMBIGUOUS. *end is NULL when the walk ends at base, *last is then the base revision it came
 * through, or NULL when it started there. */
gboolean spec_walk(const RevisionMap *map, const char *text, const Spec *spec, const GPtrArray *starts, gboolean clamp,
                   Revision **end, Revision **last, GError **error);

/* The revisions an upgrade should reach; empty for base. */
GPtrArray *revision_map_upgrade_targets(const RevisionMap *map, const char *spec, const char *const *current,
                                        GError **error);
/* Where a downgrade should stop. */
typedef struct DowngradeTarget {
    GPtrArray *roots; /* Revision*, not owned: these and all that stands on them come down */
    Revision *target; /* must be applied, or NULL */
} DowngradeTarget;
void downgrade_target_clear(DowngradeTarget *target);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DowngradeTarget, downgrade_target_clear)
gboolean revision_map_downgrade_target(const RevisionMap *map, const char *spec, const char *const *current,
                                       DowngradeTarget *target, GError **error);

/* ---- the directory ---- */

struct ScriptDirectory {
    char *location;
    GPtrArray *version_locations; /* char*, absolute, never empty */
    gboolean locations_given;     /* FALSE: the one default, which may be missing (git keeps no empty folder) */
    gboolean gaps;                /* some of several version locations may be missing */
    gboolean recursive;
    char *file_template;
    int truncate_slug_length;
    char *timezone;       /* NULL: UTC */
    const FileTree *tree; /* NULL: on disk */
    RevisionMap *map;
    GPtrArray *outdated; /* RevisionMap*: kept, since callers may hold them */
};

/* Makes the next script_directory_map() read the files again. */
void script_directory_forget_map(ScriptDirectory *directory);

/* Where a new file goes: `version_path`, which must be a version location; NULL: the location of the first revision of
 * `beside` (Revision*, or NULL) that stands in one, or the only one there is. */
const char *script_directory_choose_folder(const ScriptDirectory *directory, const char *version_path,
                                           const GPtrArray *beside, GError **error);
/* The path of a new revision file below `folder`, by the directory's file_template, with ".sql" or ".json" behind it.
 * New string. */
char *file_template_expand(const ScriptDirectory *directory, const char *folder, const char *rev_id,
                           const char *message, gboolean is_ops, GDateTime *now, GError **error);

/* ---- the skeleton of new revisions ---- */

#define SKELETON_SQL "script.sql" /* in the script location */
#define SKELETON_OPS "script.json"

/* The text of a new revision file as the person's skeleton has it, or `text` where there is none. In script.sql the
 * lines @HEADER@, @UPGRADE@ and @DOWNGRADE@ stand for the header and the sections, in script.json the line @REVISION@
 * for the object. SCRIPT_ERROR_FILE where the skeleton cannot be filled in, or what comes of it says another thing than
 * `text`. `path` is the new file's name. New string. */
char *skeleton_apply(const ScriptDirectory *directory, gboolean is_ops, const char *path, const char *text,
                     GError **error);

#endif
