#include <string.h>

#include "help.h"

static void option_words(GString *words, const OptionSpec *options)
{
    for (; options && options->name; options++) {
        if (*options->name)
            g_string_append_printf(words, " --%s", options->name);
        if (options->short_name)
            g_string_append_printf(words, " -%c", options->short_name);
    }
}

static void choice_cases(GString *script, const OptionSpec *options)
{
    for (; options && options->name; options++) {
        if (!options->choices)
            continue;
        g_autofree char *choices = g_strdelimit(g_strdup(options->choices), "|", ' ');
        g_string_append_printf(script, "    --%s) COMPREPLY=($(compgen -W \"%s\" -- \"$word\")); return ;;\n",
                               options->name, choices);
    }
}

static void append_command_names(GString *script)
{
    for (guint i = 0; commands[i]; i++)
        g_string_append_printf(script, "%s%s", i ? " " : "", commands[i]->name);
}

static char *bash_script(void)
{
    GString *script =
        g_string_new("# bash completion for migrate: source <(migrate completion bash)\n_migrate()\n{\n"
                     "  local word=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\" "
                     "command= i\n  COMPREPLY=()\n"
                     "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
                     "    case \"${COMP_WORDS[i]}\" in\n"
                     "    -c|--config|-n|--name|-x|--url|--color) ((i++)) ;;\n"
                     "    -*) ;;\n"
                     "    *) command=\"${COMP_WORDS[i]//-/_}\"; break ;;\n"
                     "    esac\n"
                     "  done\n"
                     "  case \"$previous\" in\n"
                     "    -c|--config) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n");
    choice_cases(script, global_options);
    g_string_append(script, "  esac\n  case \"$command\" in\n    '') COMPREPLY=($(compgen -W \"");
    append_command_names(script);
    option_words(script, global_options);
    g_string_append(script, "\" -- \"$word\")) ;;\n");
    for (guint i = 0; commands[i]; i++) {
        g_autoptr(GString) words = g_string_new(NULL);
        option_words(words, commands[i]->options);
        option_words(words, global_options);
        g_string_append_printf(script, "    %s)\n      case \"$previous\" in\n", commands[i]->name);
        choice_cases(script, commands[i]->options);
        g_string_append_printf(
            script,
            "      esac\n      [[ \"$word\" == -* ]] && COMPREPLY=($(compgen -W \"%s\" -- \"$word\")) "
            "|| COMPREPLY=($(compgen -f -- \"$word\")) ;;\n",
            words->str + 1);
    }
    g_string_append(script, "  esac\n}\ncomplete -o filenames -F _migrate migrate\n");
    return g_string_free(script, FALSE);
}

/* Text inside single quotes of the shell, with zsh's and fish's special characters kept plain. */
static char *quoted_text(const char *text, const char *special)
{
    GString *quoted = g_string_new(NULL);
    for (; *text; text++) {
        if (*text == '\'')
            g_string_append(quoted, "'\\''");
        else if (strchr(special, *text))
            g_string_append_printf(quoted, "\\%c", *text);
        else
            g_string_append_c(quoted, *text);
    }
    return g_string_free(quoted, FALSE);
}

static void zsh_option(GString *script, const OptionSpec *option)
{
    g_autofree char *summary = quoted_text(option->summary, "[]:\\");
    g_autofree char *choices = option->choices ? g_strdelimit(g_strdup(option->choices), "|", ' ') : NULL;
    g_autofree char *action = choices ? g_strdup_printf("(%s)", choices)
                              : option->argument && strcmp(option->argument, "FILE") == 0 ? g_strdup("_files")
                                                                                          : g_strdup(" ");
    const char *colons = option->kind == OPTION_OPTIONAL ? "::" : ":";
    g_autofree char *value =
        option->argument ? g_strdup_printf("%s%s:%s", colons, option->argument, action) : g_strdup("");
    const char *repeat = option->kind == OPTION_STRINGS ? "*" : "";
    if (*option->name)
        g_string_append_printf(script, " \\\n      '%s--%s%s[%s]%s'", repeat, option->name, option->argument ? "=" : "",
                               summary, value);
    if (option->short_name)
        g_string_append_printf(script, " \\\n      '%s-%c[%s]%s'", repeat, option->short_name, summary, value);
}

static char *zsh_script(void)
{
    GString *script = g_string_new("#compdef migrate\n# zsh completion for migrate: migrate completion zsh "
                                   ">\"${fpath[1]}/_migrate\"\n_migrate()\n{\n  local state line\n  local -a names\n"
                                   "  names=(\n");
    for (guint i = 0; commands[i]; i++) {
        g_autofree char *summary = quoted_text(commands[i]->summary, ":\\");
        g_string_append_printf(script, "    '%s:%s'\n", commands[i]->name, summary);
    }
    g_string_append(script, "  )\n  _arguments -C");
    for (const OptionSpec *option = global_options; option->name; option++)
        zsh_option(script, option);
    g_string_append(script, " \\\n      '1:command:->command' '*::argument:->argument'\n  case $state in\n  command) "
                            "_describe command names ;;\n  argument)\n    case ${line[1]//-/_} in\n");
    for (guint i = 0; commands[i]; i++) {
        g_string_append_printf(script, "    %s) _arguments", commands[i]->name);
        for (const OptionSpec *option = commands[i]->options; option && option->name; option++)
            zsh_option(script, option);
        for (const OptionSpec *option = global_options; option->name; option++)
            zsh_option(script, option);
        g_string_append(script, " \\\n      '*:argument:_files' ;;\n");
    }
    g_string_append(script, "    esac ;;\n  esac\n}\n_migrate \"$@\"\n");
    return g_string_free(script, FALSE);
}

static void fish_options(GString *script, const char *condition, const OptionSpec *options)
{
    for (; options && options->name; options++) {
        g_autofree char *summary = quoted_text(options->summary, "\\");
        g_string_append_printf(script, "complete -c migrate%s", condition);
        if (*options->name)
            g_string_append_printf(script, " -l %s", options->name);
        if (options->short_name)
            g_string_append_printf(script, " -s %c", options->short_name);
        if (options->choices) {
            g_autofree char *choices = g_strdelimit(g_strdup(options->choices), "|", ' ');
            g_string_append_printf(script, " -x -a '%s'", choices);
        } else if (options->argument && options->kind != OPTION_OPTIONAL) {
            g_string_append(script, strcmp(options->argument, "FILE") == 0 ? " -r -F" : " -x");
        }
        g_string_append_printf(script, " -d '%s'\n", summary);
    }
}

static char *fish_script(void)
{
    GString *script = g_string_new("# fish completion for migrate: migrate completion fish "
                                   ">~/.config/fish/completions/migrate.fish\n");
    fish_options(script, "", global_options);
    for (guint i = 0; commands[i]; i++) {
        g_autofree char *summary = quoted_text(commands[i]->summary, "\\");
        g_string_append_printf(script, "complete -c migrate -n __fish_use_subcommand -f -a %s -d '%s'\n",
                               commands[i]->name, summary);
        g_autofree char *condition = g_strdup_printf(" -n '__fish_seen_subcommand_from %s'", commands[i]->name);
        fish_options(script, condition, commands[i]->options);
    }
    return g_string_free(script, FALSE);
}

char *completion_script(const char *shell)
{
    if (strcmp(shell, "bash") == 0)
        return bash_script();
    if (strcmp(shell, "zsh") == 0)
        return zsh_script();
    if (strcmp(shell, "fish") == 0)
        return fish_script();
    return NULL;
}
