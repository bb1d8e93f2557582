/*
 * One file per command, one const Command in it; main.c holds the table, checks options, opens what the command needs
 * (in this order: config, script directory, engine, session, migration context) and prints the one error.
 * --help, man pages and completion are made from these declarations (help.c, man.c, completion.c).
 *
 * A new command: 1. cmd/NAME.c with `const Command command_NAME`; 2. a row in commands[] (commands.c); 3. `make man`;
 * 4. a row in the README's table (tests/cli/docs.t checks 3 and 4); 5. tests/cli/NAME.t.
 */
#ifndef MIGRATE_CMD_COMMAND_H
#define MIGRATE_CMD_COMMAND_H

#include <glib.h>

#include "base/config.h"
#include "engine/engine.h"
#include "git/repository.h"
#include "runtime/runtime.h"
#include "script/script.h"

typedef enum OptionKind {
    OPTION_FLAG,
    OPTION_STRING,
    OPTION_STRINGS, /* may be repeated */
    OPTION_INTEGER,
    /* The value may be left out, and is "" then: --base, --base REF, --base=REF. Only for commands without arguments,
     * for the word behind it is taken for the value unless it begins with '-'. */
    OPTION_OPTIONAL,
} OptionKind;

typedef struct OptionSpec {
    const char *name; /* long name without "--" */
    char short_name;  /* 0 none */
    OptionKind kind;
    const char *argument; /* "REV"; NULL for a flag */
    const char *summary;  /* one line, lower case, no full stop */
    const char *choices;  /* "sql|ops|json", or NULL */
} OptionSpec;

typedef struct ArgumentSpec {
    const char *name; /* "REVISION" */
    const char *summary;
    gboolean optional, repeated;
} ArgumentSpec;

typedef enum CommandNeeds {
    NEEDS_NOTHING = 0,
    NEEDS_CONFIG = 1 << 0,   /* a migrate.ini; without NEEDS_URL_ONLY its absence is an error */
    NEEDS_URL_ONLY = 1 << 1, /* --url suffices when there is no migrate.ini */
    NEEDS_SCRIPT_DIRECTORY = 1 << 2,
    NEEDS_ENGINE = 1 << 3,         /* the URL, not yet a connection */
    NEEDS_SESSION = 1 << 4,        /* a connection and a MigrationContext */
    NEEDS_SESSION_ONLINE = 1 << 5, /* as NEEDS_SESSION unless --sql is given */
    NEEDS_READ_ONLY = 1 << 6,      /* the connection must not write */
} CommandNeeds;

typedef struct Invocation Invocation;

typedef struct Command {
    const char *name;              /* with '_' where Alembic has it: "list_templates" */
    const char *summary;           /* one line */
    const char *description;       /* paragraphs separated by blank lines: for man and --help -v */
    const char *examples;          /* shell lines, one each, "# comment" lines allowed; or NULL */
    const char *exits;             /* what 3 means here, or NULL */
    const OptionSpec *options;     /* ends with name NULL; or NULL */
    const ArgumentSpec *arguments; /* ends with name NULL; or NULL */
    guint needs;
    guint (*needs_by_options)(const Invocation *invocation); /* needs that the given options add; or NULL */
    int (*run)(Invocation *invocation, GError **error);      /* exit status; -1 with error set */
} Command;

extern const Command *const commands[]; /* NULL-terminated, in the order of --help */
extern const OptionSpec global_options[];

/* One call of one command: parsed options and what was opened for it. */
struct Invocation {
    const Command *command;
    /* global options */
    gboolean json, quiet, verbose, echo;
    /* opened by need */
    Config *config;
    /* With --ref: the commit's files, and what its own migrate.ini says of them (repository.h). `layout` is for the
     * keys that say where files are and what they mean; it is `config` where the commit has none, and without --ref. */
    Repository *repository;
    gboolean looked_for_repository;
    FileTree *tree; /* NULL: the files on disk */
    Config *layout;
    ScriptDirectory *directory;
    Engine *engine;
    Session *session;
    MigrationContext *context;
    GString *offline; /* collected SQL with --sql */
    /* The name of the live database, where `engine` is that of a scratch one; else NULL. Not owned. */
    const char *stands_for;
    gboolean all_schemas; /* are looked at, whatever the key 'include_schemas' says */
    gboolean one_by_one;  /* each revision is a transaction of its own, whatever the key 'transaction' says */
    /* private to main.c and options.c */
    struct ParsedOptions *parsed;
};

gboolean option_flag(const Invocation *invocation, const char *name);
const char *option_string(const Invocation *invocation, const char *name);       /* last one, or NULL */
const GPtrArray *option_strings(const Invocation *invocation, const char *name); /* char*, or NULL */
guint argument_count(const Invocation *invocation);
const char *argument_at(const Invocation *invocation, guint index); /* NULL beyond the last */
char *argument_list(const Invocation *invocation);                  /* all of them, "a, b", "" for none: new string */

#endif
