#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static LogLevel threshold_level = LOG_INFO;
static gboolean colour_on;
static LogHandler log_handler;
static void *log_handler_data;

static const struct {
    const char *prefix, *colour;
} looks[] = {
    [LOG_ERROR] = {"error: ", "\033[1;31m"},
    [LOG_WARNING] = {"warning: ", "\033[1;33m"},
    [LOG_INFO] = {"", NULL},
    [LOG_DETAIL] = {"", NULL},
};

void log_set_level(LogLevel threshold)
{
    threshold_level = threshold;
}

LogLevel log_level(void)
{
    return threshold_level;
}

void log_set_colour(gboolean on)
{
    colour_on = on;
}

void log_set_handler(LogHandler handler, void *data)
{
    log_handler = handler;
    log_handler_data = data;
}

/* Messages quote file names, SQL and servers' words: none of them may drive the terminal. */
static void append_printable(GString *text, const char *line, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        guchar byte = (guchar)line[i];
        if ((byte < 0x20 && byte != '\t') || byte == 0x7F)
            g_string_append_printf(text, "\\x%02x", byte);
        else
            g_string_append_c(text, line[i]);
    }
}

static char *finish(LogLevel level, const char *message, gboolean colour)
{
    GString *text = g_string_new(NULL);

    for (const char *line = message; line;) {
        const char *end = strchr(line, '\n');
        gsize length = end ? (gsize)(end - line) : strlen(line);
        if (length > 0 && line[length - 1] == '\r')
            length--;
        if (line != message)
            g_string_append(text, "  "); /* what belongs to the first line is seen to belong to it */
        else if (colour && looks[level].colour)
            g_string_append_printf(text, "%s%s\033[0m", looks[level].colour, looks[level].prefix);
        else
            g_string_append(text, looks[level].prefix);
        append_printable(text, line, length);
        line = end && end[1] ? end + 1 : NULL;
        if (line)
            g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

void log_message(LogLevel level, const char *format, ...)
{
    if (level > threshold_level)
        return;

    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);

    if (log_handler) {
        g_autofree char *text = finish(level, message, FALSE);
        log_handler(level, text, log_handler_data);
        return;
    }
    /* In one write, so that the lines of parallel runs do not mix. */
    g_autofree char *text = finish(level, message, colour_on);
    g_autofree char *ended = g_strconcat(text, "\n", NULL);
    fwrite(ended, 1, strlen(ended), stderr);
    fflush(stderr);
}
