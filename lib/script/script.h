/*
 * Revisions: files, the directory that holds them, and the graph they make. Knows no database.
 */
#ifndef MIGRATE_SCRIPT_SCRIPT_H
#define MIGRATE_SCRIPT_SCRIPT_H

#include <glib.h>

#include "base/tree.h"
#include "operations/document.h"

/*
 * A revision file: a header of comment lines (`-- Message:`, which may stand on several lines, `-- Revision:`,
 * `-- Revises:`, `-- Branch-Labels:`, `-- Depends-On:`, `-- Created:`), then sections. A section starts at a marker, a
 * line that begins, after white space, with `-- migrate:up` or `-- migrate:down`, options behind it: dialect:a,b
 * transaction:false foreign-keys:off irreversible:"reason" imported:"from where". A marker is found by its line alone,
 * for this room does not know the dialects' lexers: no line inside a string or a block comment may look like one. Other
 * `-- Word: …` lines of the header are comments, unless Word looks like a misspelt key that is not there.
 */

/* A `-- migrate:up` or `-- migrate:down` part of a revision file. */
typedef struct Section {
    gboolean up;
    gboolean transactional;    /* FALSE with transaction:false */
    gboolean foreign_keys_off; /* foreign-keys:off */
    GPtrArray *dialects;       /* char*; empty: all. dialect:a,b; "mysql" also stands for mariadb */
    char *irreversible;        /* reason, only on a down; NULL */
    char *imported; /* only on an up: it stands for SQL that is not here and cannot run; what it comes from; NULL */
    gsize start, length; /* bytes of the file's text */
    int line;            /* of the first byte of its text, from 1 */
    int marker_line;     /* of its marker */
} Section;

typedef struct Revision {
    char *id;
    GPtrArray *down_revisions; /* char*: Revises; empty for a base */
    GPtrArray *branch_labels;  /* char* */
    GPtrArray *depends_on;     /* char* as written: ids, unique prefixes or labels */
    char *message;             /* one or more lines, never NULL */
    char *created;             /* ISO 8601, or NULL */
    char *path;                /* of the file, or NULL when it came from elsewhere (history) */
    const FileTree *tree;      /* where the file is; not owned; NULL: on disk */
    char *text;                /* whole file without BOM; NULL until revision_load() */
    gsize length;
    GPtrArray *sections; /* Section*; NULL until revision_load(); empty for a file of operations */
    gboolean is_ops;     /* the file is JSON: operations instead of sections */
    OpsDocument *ops;    /* of such a file; NULL until revision_load() */
    /* Set by the RevisionMap: */
    GPtrArray *children;     /* Revision*, not owned: those that revise this one */
    GPtrArray *parents;      /* Revision*, not owned */
    GPtrArray *dependencies; /* Revision*, not owned: depends_on resolved */
    GPtrArray *dependents;   /* Revision*, not owned */
    guint position;          /* in revision_map_all() */
} Revision;

/* Whether the section is one of a dialect ("mysql" also stands for mariadb), or of all. */
gboolean section_is_for(const Section *section, const char *dialect);

/* The name that a section for this dialect alone is given: "mysql" for mariadb, which it stands for, too, so that none
 * of the two is left without a section, which would be nothing to run. */
const char *section_dialect(const char *dialect);
/* The names of the others, "sqlite,postgresql". New string. */
char *section_other_dialects(const char *dialect);

void revision_free(Revision *revision);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Revision, revision_free)
/* Reads only what stands before the first marker (fast: for 10,000 files). SCRIPT_ERROR_FILE with FILE:LINE. */
Revision *revision_read_header(const char *path, GError **error);
/* The same of the bytes of a file. What is no revision file at all, as for script_directory_map(), is NULL with
 * *foreign set. */
Revision *revision_parse_header(const char *path, const char *bytes, gsize length, gboolean *foreign, GError **error);
/* The line of a header of a file that was read, by its key ("Revises"); 1 when it is not there. */
int revision_header_line(const char *path, const char *bytes, gsize length, const char *key);
/* Parses a whole text; `path` is the name for messages. */
Revision *revision_parse(const char *path, const char *text, gsize length, GError **error);
/* Reads and parses the sections of a revision whose header was read. */
gboolean revision_load(Revision *revision, GError **error);
/* Forgets what that has read, but for the header. */
void revision_unload(Revision *revision);
/* Whether a line of the text looks like a marker. */
gboolean revision_has_marker(const char *text, gsize length);
gboolean revision_is_head(const Revision *revision);
gboolean revision_is_base(const Revision *revision);
gboolean revision_is_merge(const Revision *revision);
/* Adds exactly the bytes of a section with its marker. */
void section_append_text(const Revision *revision, const Section *section, GString *text);
/* Exactly the bytes of the down sections with their markers, for the history table. New string. */
char *revision_down_text(const Revision *revision);

/* The bytes of a revision file (a byte order mark included) with other parents (char*, ids; empty: a base), and nothing
 * else changed: what stands behind `-- Revises:`, which is added behind the id where it is missing, or the value of
 * "down_revision". They are what revision_parse() reads back so, else SCRIPT_ERROR_FILE; `path` is the file's name, for
 * messages and its kind. New memory with a NUL behind it. */
char *revision_text_reparent(const char *path, const char *bytes, gsize length, const GPtrArray *parents,
                             gsize *new_length, GError **error);

/* What a revision says otherwise than before; revision_changes() (runtime) tells. */
typedef enum RevisionChange { REVISION_CHANGE_UP = 1 << 0, REVISION_CHANGE_DOWN = 1 << 1 } RevisionChange;

/* The graph. */
typedef struct RevisionMap RevisionMap;
/* Takes the revisions (Revision*, the array's ownership moves in). Checks duplicates, missing ancestors, cycles: errors
 * name the files. */
RevisionMap *revision_map_new(GPtrArray *revisions, GError **error);
void revision_map_free(RevisionMap *map);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RevisionMap, revision_map_free)
/* All in topological order, bases first: the reverse of Alembic's history. It depends only on the ids and the graph.
 * Not owned. */
const GPtrArray *revision_map_all(const RevisionMap *map);
/* These three: new array of Revision*, not owned, by id. */
GPtrArray *revision_map_heads(const RevisionMap *map); /* no children; depends_on does not count */
GPtrArray *revision_map_bases(const RevisionMap *map); /* no parents; depends_on does not count */
/* `heads --resolve-dependencies`: nothing revises them or depends on them. The version rows after `upgrade heads`. */
GPtrArray *revision_map_real_heads(const RevisionMap *map);
/* What `current` shows: the tip of each applied branch, also where another branch depends on it, so that it has no
 * version row. New array, not owned; SCRIPT_ERROR_SPEC for a row without a file. */
GPtrArray *revision_map_all_current(const RevisionMap *map, const char *const *current, GError **error);
/* One revision by id, branch label, or the unique beginning of either (of 4 or more characters); NULL with
 * SCRIPT_ERROR_SPEC or _AMBIGUOUS, which lists the candidates with their files. */
Revision *revision_map_find(const RevisionMap *map, const char *name, GError **error);
Revision *revision_map_get(const RevisionMap *map, const char *id); /* exact id or NULL */

/* Specs (Alembic docs, "Relative Migration Identifiers", "Partial Revision Identifiers", "Working with Branches"):
 * head heads base current ID PREFIX LABEL +N -N ID+N ID-N BRANCH@head BRANCH@base BRANCH@+N. `current`: the ids in the
 * version table (NULL-terminated), or NULL when unknown (offline: a spec that needs it is an error). BRANCH@ keeps to
 * the revisions that stand on BRANCH or below it. BRANCH@+N and BRANCH@-N count from the version row on that branch;
 * without one, from the tip of what is applied of it. */

/* What an upgrade to `spec` has to run, in order; empty: nothing to do. SCRIPT_ERROR_RANGE when one version row stands
 * on another. */
GPtrArray *revision_map_upgrade_path(const RevisionMap *map, const char *spec, const char *const *current,
                                     GError **error);
/* What a downgrade to `spec` has to take down, in order (newest first): what stands on the target through Revises, and
 * whatever stands on that through Revises or Depends-On. `base` takes down all; -N the last N, with what stands on
 * them. SCRIPT_ERROR_RANGE when the target is not applied. */
GPtrArray *revision_map_downgrade_path(const RevisionMap *map, const char *spec, const char *const *current,
                                       GError **error);
/* What leads from where the database stands to all of `files` and nothing else: *down, newest first, what is applied
 * and not among them, with what stands on that; then *up, in order, what is not applied. `map` has all of `files`, and
 * what `current` stands on. New arrays; both may be empty. */
gboolean revision_map_switch_paths(const RevisionMap *map, const RevisionMap *files, const char *const *current,
                                   GPtrArray **down, GPtrArray **up, GError **error);
/* The heads after `stamp spec`: new array of Revision*; empty for base. `spec` may name several, "a, b";
 * SCRIPT_ERROR_RANGE when one of those stands on another. Rows of other branches stay; "-1" leaves what such a
 * downgrade would leave, and so does "BRANCH@base", but for what the rows of other branches stand on. */
GPtrArray *revision_map_stamp_targets(const RevisionMap *map, const char *spec, const char *const *current,
                                      GError **error);
/* "A:B", "A:", ":B", or one spec: revisions in between, both ends included, newest first (history -r). "-3" as the
 * first end counts down from the second, "+3" as the second up from the first; both stop at base and head. */
GPtrArray *revision_map_range(const RevisionMap *map, const char *range, const char *const *current, GError **error);
/* A version row that no file holds is SCRIPT_ERROR_SPEC in all of these. */

/* Version rows before and after `revision` goes up or down: ids to delete and to insert (new arrays of char*), given
 * the rows that are there. Alembic's HeadMaintainer. */
void revision_map_head_change(const RevisionMap *map, const Revision *revision, gboolean up, const char *const *current,
                              GPtrArray **delete_ids, GPtrArray **insert_ids);
/* The labels of the branch each revision is on: Revision* -> char* (not owned, sorted), without those that have none. A
 * label holds for its revision, for all that stands on it through Revises, and below it as far as the line is alone: no
 * other revision begins or ends on it. Alembic's Revision.branch_labels. */
GHashTable *revision_map_branch_labels(const RevisionMap *map);
/* All ancestors by down_revision and depends_on, itself included: set of Revision*. */
GHashTable *revision_map_ancestors(const RevisionMap *map, const Revision *revision);

/* The folder(s). */
typedef struct ScriptDirectoryOptions {
    const char *location;               /* script_location, absolute */
    const GPtrArray *version_locations; /* char*, absolute; NULL or empty: location/versions */
    gboolean recursive;
    const char *file_template; /* NULL: "%(rev)s_%(slug)s" */
    int truncate_slug_length;  /* 0: 40 */
    const char *timezone;      /* NULL: UTC */
    const FileTree *tree;      /* where the folders are; outlives the directory and its revisions; NULL: on disk */
} ScriptDirectoryOptions;

/* How the names of revision files end, NULL-terminated: ".sql" and ".json". */
extern const char *const revision_suffixes[];

typedef struct ScriptDirectory ScriptDirectory;
/* SCRIPT_ERROR_FILE when the folder is missing (says to run `migrate init`). Reads no revision yet. */
ScriptDirectory *script_directory_open(const ScriptDirectoryOptions *options, GError **error);
void script_directory_free(ScriptDirectory *directory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScriptDirectory, script_directory_free)
/* Reads headers once and keeps the map; owned by the directory. *.sql files that start with no "-- Revision:" header
 * and dot files are passed over with a note only when they carry no marker either; a broken one is an error. */
RevisionMap *script_directory_map(ScriptDirectory *directory, GError **error);
/* Of several version locations, those that are not there have no revisions, as git keeps no empty folder. Else, and
 * where none is there, that is an error: to take a wrong name for "no revisions" could take them all down. */
void script_directory_allow_gaps(ScriptDirectory *directory);
const char *script_directory_location(const ScriptDirectory *directory);
/* char*, absolute, never empty; not owned. */
const GPtrArray *script_directory_version_locations(const ScriptDirectory *directory);
/* The revisions as they are read for the map, in the order of their paths, without a graph: a file twice, or a parent
 * that is missing, is no error here. A file that cannot be read is added to `mistakes` (char*, the message), or with
 * NULL ends it. Revision*, new array. */
GPtrArray *script_directory_read(const ScriptDirectory *directory, GPtrArray *mistakes, GError **error);

/* The files that it reads: FileEntry*, whose names are absolute paths, by those; new array. A version location that a
 * tree does not have is empty. */
GPtrArray *script_directory_files(const ScriptDirectory *directory, GError **error);

/* A new revision to be written. */
typedef struct NewSection {
    gboolean up, transactional, foreign_keys_off;
    const char *dialect;         /* NULL: all */
    const char *irreversible;    /* NULL */
    const char *imported;        /* NULL */
    const GPtrArray *statements; /* char* without terminator; a statement may be preceded by "-- comment\n" */
} NewSection;
typedef struct NewRevision {
    const char *message;      /* NULL: "" */
    const char *rev_id;       /* NULL: twelve random hex digits */
    const char *head;         /* spec it revises, or several ("a, b", "heads"): a merge; "base": a new
                                 base; NULL: "head" */
    gboolean splice;          /* what it revises need not be a head: a branch starts there */
    const char *version_path; /* one of several version locations; NULL: beside what it revises */
    const GPtrArray *branch_labels, *depends_on; /* char* or NULL */
    const GPtrArray *sections;                   /* NewSection*, or NULL for empty up and down to fill in */
    gboolean is_ops;                             /* a file of operations, *.json */
    const cJSON *upgrade, *downgrade;            /* its ops: arrays, or NULL for empty ones to fill in */
    /* A line of comment above each of them: char*, "" for none; NULL: none at all. */
    const GPtrArray *upgrade_notes, *downgrade_notes;
} NewRevision;
/* Writes the file (beside, synced, renamed; never over an existing one) and returns its path. New string. A statement
 * is written with ";" behind it; the text is parsed before it is written, so what cannot be read back is not written.
 * script_directory_map() reads the files again afterwards; a map got before stays valid and does not know the new file.
 */
char *script_directory_create_revision(ScriptDirectory *directory, const NewRevision *revision, GError **error);

/* What init writes: templates embedded in the binary, and a person's own, which are folders. In the text files of
 * either, @SCRIPT_LOCATION@, @MODELS@ (the template's models.json or schema.sql), @URL@ and @REVISION_FORMAT@ are
 * filled in. An own one that has no migrate.ini, or no model for it, gets those of "generic". */
typedef struct Template {
    char *name, *summary;
    char *folder; /* NULL: embedded */
} Template;
/* Template*: the embedded ones, then the folders in `own` (NULL: none) by name, which hide embedded ones of the same
 * name. */
GPtrArray *templates_list(const char *own, GError **error);

typedef struct NewProject {
    const char *template; /* a name, or the path of a folder: with a '/' in it, "." or ".." */
    const char *own;      /* folder of own templates, or NULL */
    const char *folder;   /* project folder: migrate.ini goes there */
    const char *location; /* script_location, relative to `folder` */
    const char *url;      /* or NULL */
} NewProject;
/* Writes a template's files and refuses to overwrite anything: all checked before the first write. An unknown template
 * is BASE_ERROR_USAGE. *written gets the paths (char*, new array). */
gboolean template_write(const NewProject *project, GPtrArray **written, GError **error);

#endif
