#include "output.h"

#include <libsmartcols.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"

static gboolean colour_on_stdout;

static gboolean wants_colour(const char *when, int fd)
{
    if (when && strcmp(when, "always") == 0)
        return TRUE;
    if (when && strcmp(when, "never") == 0)
        return FALSE;
    const char *no_colour = g_getenv("NO_COLOR");
    const char *terminal = g_getenv("TERM");
    if (no_colour && *no_colour)
        return FALSE;
    return isatty(fd) && !(terminal && strcmp(terminal, "dumb") == 0);
}

void output_set_colour(const char *when)
{
    colour_on_stdout = wants_colour(when, STDOUT_FILENO);
    log_set_colour(wants_colour(when, STDERR_FILENO));
}

gboolean output_is_terminal(void)
{
    return isatty(STDOUT_FILENO);
}

guint output_width(void)
{
    guint64 columns;
    const char *variable = g_getenv("COLUMNS");
    if (variable && g_ascii_string_to_unsigned(variable, 10, 1, G_MAXUINT16, &columns, NULL))
        return (guint)columns;
    struct winsize size;
    return output_is_terminal() && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static const char *colour_sequence(OutputStyle style)
{
    switch (style) {
    case STYLE_GOOD:
        return "\033[32m";
    case STYLE_BAD:
        return "\033[31m";
    case STYLE_MARK:
        return "\033[33m";
    case STYLE_FAINT:
        return "\033[2m";
    case STYLE_PLAIN:
        break;
    }
    return NULL;
}

char *output_styled(OutputStyle style, const char *text)
{
    const char *sequence = colour_on_stdout ? colour_sequence(style) : NULL;
    return sequence ? g_strconcat(sequence, text, "\033[0m", NULL) : g_strdup(text);
}

char *output_clean(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *clean = g_string_new(NULL);
    for (const char *at = valid; *at; at = g_utf8_next_char(at))
        g_string_append_unichar(clean, g_unichar_iscntrl(g_utf8_get_char(at)) ? '?' : g_utf8_get_char(at));
    return g_string_free(clean, FALSE);
}

void output_json(cJSON *document)
{
    g_autofree char *text = json_print(document);
    fputs(text, stdout);
    cJSON_Delete(document);
}

void json_add_string(cJSON *object, const char *name, const char *value)
{
    cJSON_AddItemToObject(object, name, value ? cJSON_CreateString(value) : cJSON_CreateNull());
}

cJSON *json_string_array(const char *const *strings)
{
    cJSON *array = cJSON_CreateArray();
    for (guint i = 0; strings && strings[i]; i++)
        cJSON_AddItemToArray(array, cJSON_CreateString(strings[i]));
    return array;
}

struct OutputTable {
    struct libscols_table *table; /* NULL in a pipe: rows are printed at once */
    guint columns;
};

OutputTable *output_table_new(const char *const *headings)
{
    OutputTable *table = g_new0(OutputTable, 1);
    table->columns = g_strv_length((char **)headings);
    if (!output_is_terminal())
        return table;
    setlocale(LC_CTYPE, ""); /* libsmartcols measures multi-byte text by the locale */
    table->table = scols_new_table();
    scols_table_enable_colors(table->table, colour_on_stdout);
    for (guint i = 0; headings[i]; i++)
        scols_table_new_column(table->table, headings[i], 0, headings[i + 1] ? 0 : SCOLS_FL_TRUNC);
    return table;
}

void output_table_free(OutputTable *table)
{
    if (!table)
        return;
    scols_unref_table(table->table);
    g_free(table);
}

void output_table_row(OutputTable *table, OutputStyle style, const char *const *cells)
{
    if (!table->table) {
        for (guint i = 0; i < table->columns; i++)
            printf("%s%s", i ? "\t" : "", cells[i] ? cells[i] : "");
        putchar('\n');
        return;
    }
    struct libscols_line *line = scols_table_new_line(table->table, NULL);
    if (colour_on_stdout && colour_sequence(style))
        scols_line_set_color(line, colour_sequence(style));
    for (guint i = 0; i < table->columns; i++)
        scols_line_set_data(line, i, cells[i] ? cells[i] : "");
}

void output_table_print(OutputTable *table)
{
    if (table->table)
        scols_print_table(table->table);
}

gboolean output_can_ask(const Invocation *invocation)
{
    return !invocation->json && !invocation->quiet && isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* Ctrl-C ends the wait for an answer: elsewhere calls that it interrupts are taken up again. */
static gboolean read_answer(char *answer, int size)
{
    struct sigaction former, waiting;
    sigaction(SIGINT, NULL, &former);
    waiting = former;
    waiting.sa_flags &= ~SA_RESTART;
    sigaction(SIGINT, &waiting, NULL);
    gboolean answered = fgets(answer, size, stdin) != NULL;
    if (answered)
        sigaction(SIGINT, &former, NULL);
    return answered;
}

Answer output_ask(const char *question)
{
    char answer[16];
    for (;;) {
        fprintf(stderr, "%s [y/n] ", question);
        if (!read_answer(answer, sizeof answer)) {
            fputc('\n', stderr);
            return ANSWER_NONE;
        }
        if (answer[0] == 'y' || answer[0] == 'Y')
            return ANSWER_YES;
        if (answer[0] == 'n' || answer[0] == 'N')
            return ANSWER_NO;
    }
}
