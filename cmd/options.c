#include "options.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

struct ParsedOptions {
    GHashTable *values; /* name -> GPtrArray of char* */
    GPtrArray *arguments;
};

const OptionSpec global_options[] = {
    {"config", 'c', OPTION_STRING, "FILE", "read this migrate.ini", NULL},
    {"name", 'n', OPTION_STRING, "SECTION", "use this section of migrate.ini; it inherits from [migrate]", NULL},
    {"", 'x', OPTION_STRINGS, "KEY=VALUE", "set a key of migrate.ini for this run", NULL},
    {"url", 0, OPTION_STRING, "URL", "the database, instead of the url key", NULL},
    {"echo", 0, OPTION_FLAG, NULL, "print every statement with its time on stderr", NULL},
    {"json", 0, OPTION_FLAG, NULL, "print exactly one JSON document on stdout", NULL},
    {"quiet", 'q', OPTION_FLAG, NULL, "log errors only", NULL},
    {"verbose", 'v', OPTION_FLAG, NULL, "say more", NULL},
    {"color", 0, OPTION_STRING, "WHEN", "colours: auto, always or never (NO_COLOR is honoured)", "auto|always|never"},
    {"version", 0, OPTION_FLAG, NULL, "print the version", NULL},
    {"help", 'h', OPTION_FLAG, NULL, "print help", NULL},
    {0},
};

static char *command_key(const char *name)
{
    return g_strdelimit(g_strdup(name), "-", '_');
}

/* `command`: whose help lists what is known, NULL for the whole. */
static void usage_error_nearest(GError **error, const char *what, const char *word, const GPtrArray *known,
                                const Command *command)
{
    const char *nearest = text_nearest(word, (const char *const *)known->pdata, known->len);
    if (nearest)
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "unknown %s '%s', did you mean '%s'?", what, word, nearest);
    else
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "unknown %s '%s', see 'migrate %s%s--help'", what, word,
                    command ? command->name : "", command ? " " : "");
}

const Command *command_find(const char *name, GError **error)
{
    g_autofree char *key = command_key(name);
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    g_autoptr(GPtrArray) candidates = g_ptr_array_new_with_free_func(g_free);
    const Command *prefixed = NULL;
    for (guint i = 0; commands[i]; i++) {
        if (strcmp(commands[i]->name, key) == 0)
            return commands[i];
        g_ptr_array_add(known, (gpointer)commands[i]->name);
        if (*key && g_str_has_prefix(commands[i]->name, key)) {
            g_ptr_array_add(candidates, g_strdup_printf("'%s'", commands[i]->name));
            prefixed = commands[i];
        }
    }
    if (candidates->len == 1)
        return prefixed;
    if (candidates->len > 1) {
        g_autofree char *list = text_join(candidates, "or");
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "command '%s' could be %s: write more of it", name, list);
        return NULL;
    }
    usage_error_nearest(error, "command", name, known, NULL);
    return NULL;
}

static const OptionSpec *find_in(const OptionSpec *specs, const char *name, gsize length)
{
    for (; specs && specs->name; specs++)
        if (strlen(specs->name) == length && length > 0 && strncmp(specs->name, name, length) == 0)
            return specs;
    return NULL;
}

const OptionSpec *option_find(const Command *command, const char *name, gssize length)
{
    gsize bytes = length < 0 ? strlen(name) : (gsize)length;
    const OptionSpec *spec = command ? find_in(command->options, name, bytes) : NULL;
    return spec ? spec : find_in(global_options, name, bytes);
}

static const OptionSpec *find_short(const Command *command, char letter)
{
    for (const OptionSpec *spec = command ? command->options : NULL; spec && spec->name; spec++)
        if (spec->short_name == letter)
            return spec;
    for (const OptionSpec *spec = global_options; spec->name; spec++)
        if (spec->short_name == letter)
            return spec;
    return NULL;
}

/* The key of `values`: -x has no long name. */
static const char *value_key(const OptionSpec *spec)
{
    return *spec->name ? spec->name : "x";
}

static gboolean is_choice(const OptionSpec *spec, const char *value)
{
    g_auto(GStrv) choices = g_strsplit(spec->choices, "|", -1);
    return g_strv_contains((const char *const *)choices, value);
}

static gboolean store(ParsedOptions *options, const OptionSpec *spec, const char *value, GError **error)
{
    if (spec->choices && !is_choice(spec, value)) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "option '--%s' takes one of %s, not '%s'", spec->name,
                    spec->choices, value);
        return FALSE;
    }
    if (spec->kind == OPTION_INTEGER) {
        gint64 number;
        if (!g_ascii_string_to_signed(value, 10, 0, G_MAXINT, &number, NULL)) {
            g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "option '--%s' takes a whole number, not '%s'", spec->name,
                        value);
            return FALSE;
        }
    }
    if (strcmp(value_key(spec), "x") == 0 && (!strchr(value, '=') || *value == '=')) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "option '-x' takes KEY=VALUE, not '%s'", value);
        return FALSE;
    }
    GPtrArray *values = g_hash_table_lookup(options->values, value_key(spec));
    if (!values) {
        values = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(options->values, (gpointer)value_key(spec), values);
    }
    g_ptr_array_add(values, g_strdup(value));
    return TRUE;
}

/* Options of Alembic that have no meaning here; whoever brings them along is told so. */
static const struct {
    const char *command, *word, *reason; /* command: NULL for any place */
} alembic_options[] = {
    {NULL, "--raiseerr", "there is no stack trace to raise"},
    {"init", "--package", "there are no Python packages"},
    {"revision", "--sql", "a new revision is a file, whose SQL 'upgrade --sql' prints"},
};

static gboolean explain_alembic_option(GError **error, const Command *command, const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(alembic_options); i++) {
        const char *place = alembic_options[i].command;
        if (strcmp(alembic_options[i].word, word) != 0 || (place && (!command || strcmp(command->name, place) != 0)))
            continue;
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "Alembic's option '%s' means nothing here, leave it out: %s",
                    word, alembic_options[i].reason);
        return TRUE;
    }
    return FALSE;
}

static void unknown_option(GError **error, const Command *command, const char *word)
{
    if (explain_alembic_option(error, command, word))
        return;
    g_autoptr(GPtrArray) known = g_ptr_array_new_with_free_func(g_free);
    for (const OptionSpec *spec = command ? command->options : NULL; spec && spec->name; spec++)
        g_ptr_array_add(known, g_strconcat("--", spec->name, NULL));
    for (const OptionSpec *spec = global_options; spec->name; spec++)
        if (*spec->name)
            g_ptr_array_add(known, g_strconcat("--", spec->name, NULL));
    usage_error_nearest(error, command ? "option" : "global option", word, known, command);
    if (command && error && *error)
        g_prefix_error(error, "%s: ", command->name);
}

typedef struct Words {
    int argc, next;
    char **argv;
} Words;

static gboolean take_value(ParsedOptions *options, const OptionSpec *spec, const char *inline_value, Words *words,
                           GError **error)
{
    if (spec->kind == OPTION_FLAG) {
        if (inline_value) {
            g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "option '--%s' takes no value", spec->name);
            return FALSE;
        }
        return store(options, spec, "1", error);
    }
    if (spec->kind == OPTION_OPTIONAL && !inline_value &&
        (words->next >= words->argc || *words->argv[words->next] == '-'))
        return store(options, spec, "", error);
    if (!inline_value && words->next >= words->argc) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "option '%s%s' needs %s", *spec->name ? "--" : "-",
                    value_key(spec), spec->argument);
        return FALSE;
    }
    return store(options, spec, inline_value ? inline_value : words->argv[words->next++], error);
}

static gboolean parse_long(ParsedOptions *options, const Command *command, const char *word, Words *words,
                           GError **error)
{
    const char *equals = strchr(word, '=');
    gsize length = equals ? (gsize)(equals - word) : strlen(word);
    const OptionSpec *spec = option_find(command, word + 2, (gssize)length - 2);
    if (!spec) {
        g_autofree char *name = g_strndup(word, length);
        unknown_option(error, command, name);
        return FALSE;
    }
    return take_value(options, spec, equals ? equals + 1 : NULL, words, error);
}

static gboolean parse_short(ParsedOptions *options, const Command *command, const char *word, Words *words,
                            GError **error)
{
    for (const char *letter = word + 1; *letter; letter++) {
        const OptionSpec *spec = find_short(command, *letter);
        if (!spec) {
            g_autofree char *name = g_strdup_printf("-%c", *letter);
            unknown_option(error, command, name);
            return FALSE;
        }
        if (spec->kind != OPTION_FLAG)
            return take_value(options, spec, letter[1] ? letter + 1 : NULL, words, error);
        if (!store(options, spec, "1", error))
            return FALSE;
    }
    return TRUE;
}

/* "-" (stdin) and "-3" (a relative revision) are arguments. */
static gboolean is_argument(const char *word)
{
    return word[0] != '-' || word[1] == '\0' || g_ascii_isdigit(word[1]);
}

ParsedOptions *options_parse(int argc, char **argv, const Command **command, GError **error)
{
    g_autoptr(ParsedOptions) options = g_new0(ParsedOptions, 1);
    options->values = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
    options->arguments = g_ptr_array_new_with_free_func(g_free);
    *command = NULL;
    Words words = {argc, 1, argv};
    gboolean only_arguments = FALSE;
    while (words.next < argc) {
        const char *word = argv[words.next++];
        if (!only_arguments && strcmp(word, "--") == 0) {
            only_arguments = TRUE;
        } else if (only_arguments || is_argument(word)) {
            if (!*command) {
                if (!(*command = command_find(word, error)))
                    return NULL;
            } else {
                g_ptr_array_add(options->arguments, g_strdup(word));
            }
        } else if (!(g_str_has_prefix(word, "--") ? parse_long(options, *command, word, &words, error)
                                                  : parse_short(options, *command, word, &words, error))) {
            return NULL;
        }
    }
    return g_steal_pointer(&options);
}

gboolean options_check_arguments(const ParsedOptions *options, const Command *command, GError **error)
{
    guint required = 0, allowed = 0;
    for (const ArgumentSpec *argument = command->arguments; argument && argument->name; argument++) {
        if (!argument->optional)
            required++;
        allowed = argument->repeated ? G_MAXUINT : allowed + 1;
        if (options->arguments->len < required) {
            g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s needs %s (%s), see 'migrate %s --help'", command->name,
                        argument->name, argument->summary, command->name);
            return FALSE;
        }
    }
    if (options->arguments->len > allowed) {
        g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "%s takes no argument '%s', see 'migrate %s --help'",
                    command->name, (char *)options->arguments->pdata[allowed], command->name);
        return FALSE;
    }
    return TRUE;
}

void parsed_options_free(ParsedOptions *options)
{
    if (!options)
        return;
    g_hash_table_unref(options->values);
    g_ptr_array_unref(options->arguments);
    g_free(options);
}

const GPtrArray *parsed_values(const ParsedOptions *options, const char *name)
{
    return g_hash_table_lookup(options->values, name);
}

const GPtrArray *parsed_arguments(const ParsedOptions *options)
{
    return options->arguments;
}

/* An undeclared name is a programming error: a test that calls every command finds it. */
static const GPtrArray *declared_values(const Invocation *invocation, const char *name)
{
    if (strcmp(name, "x") != 0 && !option_find(invocation->command, name, -1))
        g_error("command '%s' reads the undeclared option '%s'", invocation->command->name, name);
    return parsed_values(invocation->parsed, name);
}

gboolean option_flag(const Invocation *invocation, const char *name)
{
    return declared_values(invocation, name) != NULL;
}

const char *option_string(const Invocation *invocation, const char *name)
{
    const GPtrArray *values = declared_values(invocation, name);
    return values ? values->pdata[values->len - 1] : NULL;
}

const GPtrArray *option_strings(const Invocation *invocation, const char *name)
{
    return declared_values(invocation, name);
}

guint argument_count(const Invocation *invocation)
{
    return parsed_arguments(invocation->parsed)->len;
}

const char *argument_at(const Invocation *invocation, guint index)
{
    const GPtrArray *arguments = parsed_arguments(invocation->parsed);
    return index < arguments->len ? arguments->pdata[index] : NULL;
}

char *argument_list(const Invocation *invocation)
{
    return text_list(invocation->parsed->arguments, ", ");
}
