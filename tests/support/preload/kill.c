/*
 * For tests, with LD_PRELOAD: kills the process with SIGKILL at a chosen call, as a power cut would.
 *   KILL_ON=statement  counts sqlite3_step() calls that start a statement
 *   KILL_ON=send       counts libpq's and the MariaDB client's calls that send a statement, a batch, or take an answer
 *   KILL_ON=change     counts the packets for MySQL that hold more than questions and settings
 *   KILL_ON=write      counts the calls with which SQLite changes files (pwrite, ftruncate, fsync, unlink)
 *   KILL_AT=N          kills before the N-th; KILL_AFTER=N behind it; without either nobody is killed
 *   KILL_PID=PID       kills that process instead, and this one goes on; KILL_DELAY=MICROSECONDS later
 *   KILL_COUNT=FILE    at exit, the number of calls goes into FILE
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

typedef struct sqlite3_stmt sqlite3_stmt;
int sqlite3_step(sqlite3_stmt *statement);

static long calls;

static long number(const char *name)
{
    const char *value = getenv(name);
    return value ? atol(value) : -1;
}

static int counts(const char *what)
{
    const char *on = getenv("KILL_ON");
    return on && strcmp(on, what) == 0;
}

static void strike(void)
{
    long pid = number("KILL_PID"), delay = number("KILL_DELAY");
    if (delay > 0)
        usleep((useconds_t)delay);
    kill(pid > 0 ? (pid_t)pid : getpid(), SIGKILL);
}

/* The number of this call; 0 when it does not count. SQLite may make others within it. */
static long before(const char *what)
{
    if (!counts(what))
        return 0;
    if (++calls == number("KILL_AT"))
        strike();
    return calls;
}

static void after(long call)
{
    if (call && call == number("KILL_AFTER"))
        strike();
}

__attribute__((destructor)) static void report(void)
{
    const char *path = getenv("KILL_COUNT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file)
        return;
    fprintf(file, "%ld\n", calls);
    fclose(file);
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

int sqlite3_step(sqlite3_stmt *statement)
{
    REAL(sqlite3_step);
    int (*busy)(sqlite3_stmt *) = (int (*)(sqlite3_stmt *))dlsym(RTLD_NEXT, "sqlite3_stmt_busy");
    int starts = !busy(statement);
    long call = starts ? before("statement") : 0;
    int result = real(statement);
    after(call);
    return result;
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset)
{
    REAL(pwrite64);
    long call = before("write");
    ssize_t result = real(fd, bytes, length, offset);
    after(call);
    return result;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
    REAL(pwrite);
    long call = before("write");
    ssize_t result = real(fd, bytes, length, offset);
    after(call);
    return result;
}

int ftruncate64(int fd, off64_t length)
{
    REAL(ftruncate64);
    long call = before("write");
    int result = real(fd, length);
    after(call);
    return result;
}

int ftruncate(int fd, off_t length)
{
    REAL(ftruncate);
    long call = before("write");
    int result = real(fd, length);
    after(call);
    return result;
}

int fdatasync(int fd)
{
    REAL(fdatasync);
    long call = before("write");
    int result = real(fd);
    after(call);
    return result;
}

int fsync(int fd)
{
    REAL(fsync);
    long call = before("write");
    int result = real(fd);
    after(call);
    return result;
}

int unlink(const char *path)
{
    REAL(unlink);
    long call = before("write");
    int result = real(path);
    after(call);
    return result;
}

/* --- libpq: its types are not needed --- */

typedef struct pg_conn PGconn;
typedef struct pg_result PGresult;
int PQsendQueryParams(PGconn *connection, const char *sql, int n, const unsigned int *types, const char *const *values,
                      const int *lengths, const int *formats, int result_format);
int PQpipelineSync(PGconn *connection);
PGresult *PQgetResult(PGconn *connection);

int PQsendQueryParams(PGconn *connection, const char *sql, int n, const unsigned int *types, const char *const *values,
                      const int *lengths, const int *formats, int result_format)
{
    REAL(PQsendQueryParams);
    long call = before("send");
    int result = real(connection, sql, n, types, values, lengths, formats, result_format);
    after(call);
    return result;
}

int PQpipelineSync(PGconn *connection)
{
    REAL(PQpipelineSync);
    long call = before("send");
    int result = real(connection);
    after(call);
    return result;
}

PGresult *PQgetResult(PGconn *connection)
{
    REAL(PQgetResult);
    long call = before("send");
    PGresult *result = real(connection);
    after(call);
    return result;
}

/* --- the MariaDB client: likewise --- */

typedef struct st_mysql MYSQL;
typedef struct st_mysql_res MYSQL_RES;
int mysql_real_query_start(int *result, MYSQL *server, const char *sql, unsigned long length);
int mysql_real_query_cont(int *result, MYSQL *server, int status);
int mysql_next_result_start(int *result, MYSQL *server);
int mysql_next_result_cont(int *result, MYSQL *server, int status);

static int asks_only(const char *sql)
{
    static const char *const words[] = {"SELECT", "SHOW", "SET ", "DO "};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        if (strncmp(sql, words[i], strlen(words[i])) == 0)
            return 1;
    return 0;
}

int mysql_real_query_start(int *result, MYSQL *server, const char *sql, unsigned long length)
{
    REAL(mysql_real_query_start);
    long call = before("send") + (asks_only(sql) ? 0 : before("change"));
    int status = real(result, server, sql, length);
    after(call);
    return status;
}

int mysql_real_query_cont(int *result, MYSQL *server, int status)
{
    REAL(mysql_real_query_cont);
    long call = before("send");
    int wanted = real(result, server, status);
    after(call);
    return wanted;
}

int mysql_next_result_start(int *result, MYSQL *server)
{
    REAL(mysql_next_result_start);
    long call = before("send");
    int status = real(result, server);
    after(call);
    return status;
}

int mysql_next_result_cont(int *result, MYSQL *server, int status)
{
    REAL(mysql_next_result_cont);
    long call = before("send");
    int wanted = real(result, server, status);
    after(call);
    return wanted;
}
