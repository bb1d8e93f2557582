/* Builds git repositories for tests of the real program: git-fixture [-C FOLDER] COMMAND …; see git.sh. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/git_repository.h"

typedef struct Arguments {
    int n;
    char **words;
    const char *folder;
} Arguments;

static const char *word(const Arguments *arguments, int i)
{
    return i < arguments->n ? arguments->words[i] : NULL;
}

static const char *need(const Arguments *arguments, int i, const char *name)
{
    if (i < arguments->n)
        return arguments->words[i];
    fprintf(stderr, "git-fixture: %s is missing\n", name);
    exit(2);
}

static GitFixture *open_fixture(const Arguments *arguments)
{
    GitFixture *fixture = git_fixture_open(arguments->folder);
    const char *author = g_getenv("GIT_FIXTURE_AUTHOR"), *date = g_getenv("GIT_FIXTURE_DATE");
    git_fixture_author(fixture, author ? author : "Ada <ada@example.org>", date);
    return fixture;
}

static guint number(const Arguments *arguments, int i, const char *name)
{
    return (guint)strtoul(need(arguments, i, name), NULL, 10);
}

static void say(char *id)
{
    puts(id);
    g_free(id);
}

/* Those that make a repository. */
static gboolean make(const char *command, const Arguments *arguments)
{
    g_autoptr(GitFixture) fixture = NULL;
    gboolean bare = g_strcmp0(word(arguments, 0), "--bare") == 0;
    if (strcmp(command, "init") == 0) {
        const char *folder = word(arguments, bare);
        fixture = git_fixture_new(folder ? folder : arguments->folder, bare);
    } else if (strcmp(command, "clone") == 0) {
        fixture = git_fixture_clone(need(arguments, bare, "FROM"), need(arguments, bare + 1, "FOLDER"), bare);
    } else if (strcmp(command, "shallow") == 0) {
        fixture = git_fixture_clone_shallow(need(arguments, 0, "FROM"), need(arguments, 1, "FOLDER"),
                                            number(arguments, 2, "DEPTH"), word(arguments, 3));
    } else if (strcmp(command, "partial") == 0) {
        fixture = git_fixture_clone_partial(need(arguments, 0, "FROM"), need(arguments, 1, "FOLDER"));
    }
    return fixture != NULL;
}

/* Those that commit. */
static gboolean commit(const char *command, const Arguments *arguments)
{
    g_autoptr(GitFixture) fixture = open_fixture(arguments);
    if (strcmp(command, "commit") == 0) {
        say(git_fixture_commit_all(fixture, need(arguments, 0, "MESSAGE")));
    } else if (strcmp(command, "merge") == 0) {
        const char *message = word(arguments, 1);
        say(git_fixture_merge(fixture, need(arguments, 0, "REF"), message ? message : "merge", word(arguments, 2)));
    } else if (strcmp(command, "history") == 0) {
        git_fixture_history(fixture, number(arguments, 0, "COMMITS"), number(arguments, 1, "REVISIONS"),
                            need(arguments, 2, "FOLDER"));
    } else if (strcmp(command, "submodule") == 0) {
        git_fixture_submodule(fixture, need(arguments, 0, "FROM"), need(arguments, 1, "PATH"));
    } else {
        return FALSE;
    }
    return TRUE;
}

/* Those that change something else. */
static gboolean change(const char *command, const Arguments *arguments)
{
    g_autoptr(GitFixture) fixture = open_fixture(arguments);
    const char *ref = word(arguments, 1) ? word(arguments, 1) : "HEAD";
    if (strcmp(command, "branch") == 0)
        git_fixture_branch(fixture, need(arguments, 0, "NAME"), ref);
    else if (strcmp(command, "tag") == 0)
        git_fixture_tag(fixture, need(arguments, 0, "NAME"), ref, word(arguments, 2));
    else if (strcmp(command, "checkout") == 0)
        git_fixture_checkout(fixture, need(arguments, 0, "REF"));
    else if (strcmp(command, "unborn") == 0)
        git_fixture_unborn(fixture, need(arguments, 0, "BRANCH"));
    else if (strcmp(command, "config") == 0)
        git_fixture_config(fixture, need(arguments, 0, "KEY"), need(arguments, 1, "VALUE"));
    else if (strcmp(command, "pack") == 0)
        git_fixture_pack(fixture);
    else if (strcmp(command, "worktree") == 0)
        git_fixture_free(git_fixture_worktree(fixture, need(arguments, 0, "FOLDER"), need(arguments, 1, "BRANCH")));
    else if (strcmp(command, "id") == 0)
        say(git_fixture_id(fixture, word(arguments, 0) ? word(arguments, 0) : "HEAD"));
    else
        return FALSE;
    return TRUE;
}

int main(int argc, char **argv)
{
    gboolean elsewhere = argc > 2 && strcmp(argv[1], "-C") == 0;
    int first = elsewhere ? 3 : 1;
    if (argc <= first) {
        fputs("usage: git-fixture [-C FOLDER] COMMAND ARGUMENT…\n", stderr);
        return 2;
    }
    Arguments arguments = {argc - first - 1, argv + first + 1, elsewhere ? argv[2] : "."};
    const char *command = argv[first];
    if (make(command, &arguments) || commit(command, &arguments) || change(command, &arguments))
        return 0;
    fprintf(stderr, "git-fixture: there is no command '%s'\n", command);
    return 2;
}
