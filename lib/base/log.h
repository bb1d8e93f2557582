/* The log on stderr: `-q` leaves errors only, `-v` adds detail. stdout belongs to results. */
#ifndef MIGRATE_BASE_LOG_H
#define MIGRATE_BASE_LOG_H

#include <glib.h>

typedef enum { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DETAIL } LogLevel; /* default threshold: LOG_INFO */

void log_set_level(LogLevel threshold);
LogLevel log_level(void);
void log_set_colour(gboolean on);
/* One line on stderr, or several, all but the first indented; LOG_ERROR and LOG_WARNING start with "error: " and
 * "warning: ". NULL handler restores stderr. The handler gets the finished text without a line end. */
typedef void (*LogHandler)(LogLevel level, const char *text, void *data);
void log_set_handler(LogHandler handler, void *data);
void log_message(LogLevel level, const char *format, ...) G_GNUC_PRINTF(2, 3);
#define log_info(...) log_message(LOG_INFO, __VA_ARGS__)
#define log_warning(...) log_message(LOG_WARNING, __VA_ARGS__)
#define log_detail(...) log_message(LOG_DETAIL, __VA_ARGS__)

#endif
