#include "findings_output.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "commits.h"
#include "exit.h"
#include "output.h"

void placed_finding_free(PlacedFinding *finding)
{
    commit_free(finding->commit);
    commit_free(finding->other_commit);
    g_free(finding);
}

static const char *const level_names[] = {[MERGE_NOTE] = "note", [MERGE_WARNING] = "warning", [MERGE_ERROR] = "error"};

static const char *path_of(const MergeFile *file)
{
    return file ? file->path : NULL;
}

/* The message, of the branch that it is about. New string. */
static char *whole_message(const PlacedFinding *finding)
{
    const char *message = finding->found->message;
    return finding->branch ? g_strdup_printf("branch '%s': %s", finding->branch, message) : g_strdup(message);
}

/* ---- text ---- */

static void print_place(const char *before, const MergeFile *file, int line, const Commit *commit)
{
    if (!file)
        return;
    g_autofree char *path = output_clean(file->path);
    g_autofree char *who = commit ? commit_describe(commit) : NULL;
    g_autofree char *clean = who ? output_clean(who) : NULL;
    g_autofree char *at = line > 0 ? g_strdup_printf(":%d", line) : g_strdup("");
    printf("  %s%s%s%s%s%s\n", before, path, at, clean ? " (" : "", clean ? clean : "", clean ? ")" : "");
}

static void print_text(const FindingsReport *report)
{
    static const OutputStyle styles[] = {
        [MERGE_NOTE] = STYLE_FAINT, [MERGE_WARNING] = STYLE_MARK, [MERGE_ERROR] = STYLE_BAD};
    for (guint i = 0; i < report->findings->len; i++) {
        const PlacedFinding *finding = report->findings->pdata[i];
        const MergeFinding *found = finding->found;
        g_autofree char *message = whole_message(finding), *clean = output_clean(message);
        g_autofree char *level = output_styled(styles[found->level], level_names[found->level]);
        printf("%s: %s\n", level, clean);
        print_place(found->is_gone ? "gone: " : "", found->file, finding->line, finding->commit);
        print_place(found->is_gone ? "it was: " : "beside: ", found->other, finding->other_line, finding->other_commit);
        g_autofree char *advice = found->advice ? output_clean(found->advice) : NULL;
        if (advice)
            printf("  do: %s\n", advice);
    }
    puts(report->summary);
}

/* ---- JSON ---- */

/* With the first line of its message. */
static cJSON *whole_commit_to_json(const Commit *commit)
{
    cJSON *object = commit_to_json(commit);
    if (commit)
        json_add_string(object, "summary", commit->summary);
    return object;
}

static cJSON *finding_to_json(const PlacedFinding *finding, gboolean with_branch)
{
    const MergeFinding *found = finding->found;
    cJSON *object = cJSON_CreateObject();
    json_add_string(object, "kind", merge_finding_kind_name(found->kind));
    json_add_string(object, "level", level_names[found->level]);
    if (with_branch)
        json_add_string(object, "branch", finding->branch);
    json_add_string(object, "revision", found->revision);
    json_add_string(object, "file", path_of(found->file));
    if (found->file)
        cJSON_AddNumberToObject(object, "line", finding->line);
    else
        cJSON_AddNullToObject(object, "line");
    cJSON_AddItemToObject(object, "commit", whole_commit_to_json(finding->commit));
    cJSON *other = found->other ? cJSON_AddObjectToObject(object, "other") : cJSON_AddNullToObject(object, "other");
    if (found->other) {
        json_add_string(other, "revision", found->other->revision ? found->other->revision->id : NULL);
        json_add_string(other, "file", found->other->path);
        cJSON_AddNumberToObject(other, "line", MAX(finding->other_line, 1));
        cJSON_AddItemToObject(other, "commit", whole_commit_to_json(finding->other_commit));
    }
    json_add_string(object, "message", found->message);
    json_add_string(object, "advice", found->advice);
    return object;
}

static guint count_level(const FindingsReport *report, MergeFindingLevel level)
{
    guint n = 0;
    for (guint i = 0; i < report->findings->len; i++)
        n += ((const PlacedFinding *)report->findings->pdata[i])->found->level == level;
    return n;
}

static gboolean is_good(const FindingsReport *report)
{
    return count_level(report, MERGE_ERROR) + count_level(report, MERGE_WARNING) == 0;
}

static void print_json(const FindingsReport *report)
{
    cJSON *document = cJSON_CreateObject(), *base = cJSON_AddObjectToObject(document, "base");
    json_add_string(base, "ref", report->base);
    json_add_string(base, "commit", report->base_commit);
    json_add_string(base, "origin", report->origin);
    if (report->branches) {
        cJSON *branches = cJSON_AddArrayToObject(document, "branches");
        for (guint i = 0; i < report->branches->len; i++)
            cJSON_AddItemToArray(branches, cJSON_CreateString(report->branches->pdata[i]));
    } else {
        cJSON *head = cJSON_AddObjectToObject(document, "head");
        json_add_string(head, "ref", report->head);
        json_add_string(head, "commit", report->head_commit);
    }
    cJSON_AddBoolToObject(document, "ok", is_good(report));
    cJSON *findings = cJSON_AddArrayToObject(document, "findings");
    for (guint i = 0; i < report->findings->len; i++)
        cJSON_AddItemToArray(findings, finding_to_json(report->findings->pdata[i], report->branches != NULL));
    output_json(document);
}

/* ---- GitHub's workflow commands ---- */

/* As the runner takes it apart: '%' and line ends of a message, and ':' and ',' of a property. */
static void append_escaped(GString *out, const char *text, gboolean property)
{
    for (; *text; text++) {
        if (*text == '%' || *text == '\r' || *text == '\n' || (property && (*text == ':' || *text == ',')))
            g_string_append_printf(out, "%%%02X", (guint)(guchar)*text);
        else
            g_string_append_c(out, *text);
    }
}

static void print_github(const FindingsReport *report)
{
    static const char *const commands_of[] = {
        [MERGE_NOTE] = "notice", [MERGE_WARNING] = "warning", [MERGE_ERROR] = "error"};
    for (guint i = 0; i < report->findings->len; i++) {
        const PlacedFinding *finding = report->findings->pdata[i];
        const MergeFinding *found = finding->found;
        g_autoptr(GString) line = g_string_new("::");
        g_string_append_printf(line, "%s ", commands_of[found->level]);
        if (found->file) {
            g_string_append(line, "file=");
            append_escaped(line, found->file->path, TRUE);
            g_string_append_printf(line, ",line=%d,", finding->line);
        }
        g_string_append(line, "title=");
        append_escaped(line, merge_finding_kind_summary(found->kind), TRUE);
        g_autofree char *message = whole_message(finding);
        g_autofree char *who = finding->commit ? commit_describe(finding->commit) : NULL;
        g_autofree char *other = finding->other_commit ? commit_describe(finding->other_commit) : NULL;
        g_autoptr(GString) text = g_string_new(message);
        if (who && found->file)
            g_string_append_printf(text, "\n%s: %s", found->file->path, who);
        if (other && found->other)
            g_string_append_printf(text, "\n%s: %s", found->other->path, other);
        if (found->advice)
            g_string_append_printf(text, "\ndo: %s", found->advice);
        g_string_append(line, "::");
        append_escaped(line, text->str, FALSE);
        puts(line->str);
    }
    puts(report->summary);
}

/* ---- reports ---- */

/* The same over runs and when lines move: of what it is about alone. `seen` (set of char*, owned) keeps two apart. New
 * string. */
static char *fingerprint_of(const PlacedFinding *finding, GHashTable *seen)
{
    const MergeFinding *found = finding->found;
    const char *parts[] = {merge_finding_kind_name(found->kind),
                           found->revision,
                           path_of(found->file),
                           path_of(found->other),
                           found->header,
                           finding->branch};
    for (guint n = 0;; n++) {
        g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
        for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
            g_checksum_update(checksum, (const guchar *)(parts[i] ? parts[i] : ""),
                              parts[i] ? (gssize)strlen(parts[i]) + 1 : 1);
        g_autofree char *number = n > 0 ? g_strdup_printf("%u", n) : g_strdup("");
        g_checksum_update(checksum, (const guchar *)number, -1);
        char *fingerprint = g_strdup(g_checksum_get_string(checksum));
        if (g_hash_table_add(seen, g_strdup(fingerprint)))
            return fingerprint;
        g_free(fingerprint);
    }
}

/* Message and advice in one, for formats that have one text. New string. */
static char *one_text(const PlacedFinding *finding)
{
    g_autofree char *message = whole_message(finding);
    const char *advice = finding->found->advice;
    return g_strconcat(message, advice ? "; do: " : "", advice ? advice : "", NULL);
}

static void print_gitlab(const FindingsReport *report)
{
    static const char *const severities[] = {
        [MERGE_NOTE] = "info", [MERGE_WARNING] = "minor", [MERGE_ERROR] = "critical"};
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    cJSON *document = cJSON_CreateArray();
    for (guint i = 0; i < report->findings->len; i++) {
        const PlacedFinding *finding = report->findings->pdata[i];
        const MergeFinding *found = finding->found;
        g_autofree char *text = one_text(finding), *fingerprint = fingerprint_of(finding, seen);
        g_autofree char *check = g_strdup_printf("migrate/%s", merge_finding_kind_name(found->kind));
        cJSON *object = cJSON_CreateObject();
        json_add_string(object, "description", text);
        json_add_string(object, "check_name", check);
        json_add_string(object, "fingerprint", fingerprint);
        json_add_string(object, "severity", severities[found->level]);
        cJSON *location = cJSON_AddObjectToObject(object, "location");
        json_add_string(location, "path", found->file ? found->file->path : "migrate.ini");
        cJSON_AddNumberToObject(cJSON_AddObjectToObject(location, "lines"), "begin", finding->line);
        cJSON_AddItemToArray(document, object);
    }
    output_json(document);
}

static cJSON *sarif_text(const char *text)
{
    cJSON *object = cJSON_CreateObject();
    json_add_string(object, "text", text);
    return object;
}

static cJSON *sarif_location(const char *path, int line)
{
    g_autofree char *uri = g_uri_escape_string(path, "/", FALSE);
    cJSON *location = cJSON_CreateObject(), *physical = cJSON_AddObjectToObject(location, "physicalLocation");
    cJSON *artifact = cJSON_AddObjectToObject(physical, "artifactLocation");
    json_add_string(artifact, "uri", uri);
    json_add_string(artifact, "uriBaseId", "%SRCROOT%");
    cJSON_AddNumberToObject(cJSON_AddObjectToObject(physical, "region"), "startLine", line);
    return location;
}

static cJSON *sarif_rules(void)
{
    cJSON *rules = cJSON_CreateArray();
    for (int kind = 0; kind < MERGE_FINDING_KINDS; kind++) {
        g_autofree char *id = g_strdup_printf("migrate/%s", merge_finding_kind_name((MergeFindingKind)kind));
        cJSON *rule = cJSON_CreateObject();
        json_add_string(rule, "id", id);
        json_add_string(rule, "name", merge_finding_kind_name((MergeFindingKind)kind));
        cJSON_AddItemToObject(rule, "shortDescription", sarif_text(merge_finding_kind_summary((MergeFindingKind)kind)));
        cJSON_AddItemToArray(rules, rule);
    }
    return rules;
}

static cJSON *sarif_result(const PlacedFinding *finding, GHashTable *seen)
{
    const MergeFinding *found = finding->found;
    g_autofree char *text = one_text(finding), *fingerprint = fingerprint_of(finding, seen);
    g_autofree char *rule = g_strdup_printf("migrate/%s", merge_finding_kind_name(found->kind));
    cJSON *result = cJSON_CreateObject();
    json_add_string(result, "ruleId", rule);
    cJSON_AddNumberToObject(result, "ruleIndex", (double)found->kind);
    json_add_string(result, "level", level_names[found->level]);
    cJSON_AddItemToObject(result, "message", sarif_text(text));
    cJSON *locations = cJSON_AddArrayToObject(result, "locations");
    cJSON_AddItemToArray(locations, sarif_location(found->file ? found->file->path : "migrate.ini", finding->line));
    if (found->other) {
        cJSON *related = cJSON_AddArrayToObject(result, "relatedLocations");
        cJSON_AddItemToArray(related, sarif_location(found->other->path, MAX(finding->other_line, 1)));
    }
    json_add_string(cJSON_AddObjectToObject(result, "partialFingerprints"), "migrateFinding/v1", fingerprint);
    return result;
}

static void print_sarif(const FindingsReport *report)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    cJSON *document = cJSON_CreateObject();
    json_add_string(document, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    json_add_string(document, "version", "2.1.0");
    cJSON *run = cJSON_CreateObject();
    cJSON_AddItemToArray(cJSON_AddArrayToObject(document, "runs"), run);
    cJSON *driver = cJSON_AddObjectToObject(cJSON_AddObjectToObject(run, "tool"), "driver");
    json_add_string(driver, "name", "migrate");
    json_add_string(driver, "version", MIGRATE_VERSION);
    cJSON_AddItemToObject(driver, "rules", sarif_rules());
    cJSON *results = cJSON_AddArrayToObject(run, "results");
    for (guint i = 0; i < report->findings->len; i++)
        cJSON_AddItemToArray(results, sarif_result(report->findings->pdata[i], seen));
    output_json(document);
}

/* ---- which of them ---- */

gboolean findings_check_format(const Invocation *invocation, GError **error)
{
    const char *format = option_string(invocation, "format");
    if (!invocation->json || !format || strcmp(format, "json") == 0)
        return TRUE;
    g_set_error(error, BASE_ERROR, BASE_ERROR_USAGE, "--json and --format %s are two formats: leave one of them out",
                format);
    return FALSE;
}

int findings_print(const Invocation *invocation, const FindingsReport *report)
{
    static const struct {
        const char *name;
        void (*print)(const FindingsReport *report);
    } formats[] = {{"text", print_text},
                   {"json", print_json},
                   {"github", print_github},
                   {"gitlab", print_gitlab},
                   {"sarif", print_sarif}};
    const char *format = option_string(invocation, "format");
    if (invocation->json)
        format = "json";
    for (guint i = 0; i < G_N_ELEMENTS(formats); i++)
        if (strcmp(formats[i].name, format ? format : "text") == 0)
            formats[i].print(report);
    return is_good(report) ? EXIT_DONE : EXIT_FOUND;
}
