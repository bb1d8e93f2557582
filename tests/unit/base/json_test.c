#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/json.h"

static JsonDocument *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    JsonDocument *document = json_document_parse("m.json", text, strlen(text), &error);
    if (!document)
        fail_msg("%s", error->message);
    return document;
}

static void test_comments_bom_and_crlf(void **state)
{
    (void)state;
    g_autoptr(JsonDocument) document = parse(
        "\xEF\xBB\xBF// top\r\n{/* \"x\": */ \"url\": \"http://a/*b*/\", // tail\r\n \"n\": [1, /**/ 2]}\r\n/* end */");
    const cJSON *root = json_document_root(document);
    assert_string_equal(cJSON_GetObjectItem(root, "url")->valuestring, "http://a/*b*/");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(root, "n")), 2);
    assert_string_equal(json_document_file(document), "m.json");
}

static void test_syntax_errors(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"", "m.json:1:1: there is no JSON value: the text is empty"},
        {" // nothing\n", "m.json:2:1: there is no JSON value: the text is empty"},
        {"{\"a\": 1,\n}", "m.json:1:8: remove this comma: nothing follows it"},
        {"[1, 2,]", "m.json:1:6: remove this comma: nothing follows it"},
        {"{\"a\" 1}", "m.json:1:6: expected ':' behind the key, found '1'"},
        {"{\"a\": 1 \"b\": 2}", "m.json:1:9: expected ',' or '}' before '\"b\"'"},
        {"[1 2]", "m.json:1:4: expected ',' or ']' before '2'"},
        {"{a: 1}", "m.json:1:2: a key or a text needs double quotes"},
        {"{'a': 1}", "m.json:1:2: texts and keys take double quotes, not single ones"},
        {"{\"a: 1}", "m.json:1:2: this string has no closing '\"' on its line"},
        {"{\"a\": \"x\n\"}", "m.json:1:7: this string has no closing '\"' on its line"},
        {"[1] x", "m.json:1:5: a key or a text needs double quotes"},
        {"[1] []", "m.json:1:5: expected nothing more, found '[': one value ends before it"},
        {"[1", "m.json:1:3: expected ',' or ']', found the end of the text"},
        {"{\"a\":", "m.json:1:6: expected a value, found the end of the text"},
        {"[1}", "m.json:1:3: expected ',' or ']', found '}'"},
        {"]", "m.json:1:1: expected a value, found ']'"},
        {"{,}", "m.json:1:2: expected a key in double quotes, found ','"},
        {"[True]", "m.json:1:2: write 'true' in lower case"},
        {"[None]", "m.json:1:2: write 'null'"},
        {"[01]", "m.json:1:2: not a number"},
        {"[1.]", "m.json:1:2: not a number"},
        {"[-]", "m.json:1:2: not a number"},
        {"[1e999]", "m.json:1:2: the number is too large"},
        {"[1] /* x", "m.json:1:5: this comment has no closing '*/'"},
        {"# x\n{}", "m.json:1:1: comments start with //"},
        {"[\"\\q\"]", "m.json:1:3: no such escape"},
        {"[\"\\u00g0\"]", "m.json:1:3: \\u takes four hex digits"},
        {"[\"\\u0000\"]", "m.json:1:3: \\u0000"},
        {"[\"\\ud800x\"]", "m.json:1:3: the first half"},
        {"[\"\\udc00\"]", "m.json:1:3: the second half"},
        {"[\"a\tb\"]", "m.json:1:4: a control character"},
        {"[\xFF]", "m.json:1:2: the text is not UTF-8"},
        {"[\"\xC3\xBC\", }", "m.json:1:5: remove this comma"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonDocument) document = json_document_parse("m.json", rows[i].text, strlen(rows[i].text), &error);
        if (document)
            fail_msg("accepted: %s", rows[i].text);
        assert_true(error->domain == BASE_ERROR);
        assert_int_equal(error->code, BASE_ERROR_SYNTAX);
        if (!g_str_has_prefix(error->message, rows[i].message))
            fail_msg("'%s' gave '%s', not '%s'", rows[i].text, error->message, rows[i].message);
    }
    g_autoptr(GError) nul = NULL;
    assert_null(json_document_parse("m.json", "[\0]", 3, &nul));
    assert_string_equal(nul->message, "m.json:1:2: a NUL byte: this is no JSON text");
}

static void test_depth(void **state)
{
    (void)state;
    for (gsize depth = 200; depth <= 201; depth++) {
        g_autofree char *open = g_strnfill(depth, '['), *close = g_strnfill(depth, ']');
        g_autofree char *text = g_strconcat(open, close, NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonDocument) document = json_document_parse("d", text, strlen(text), &error);
        assert_int_equal(document != NULL, depth == 200);
        if (error)
            assert_string_equal(error->message, "d:1:201: nested more than 200 levels deep");
    }
    g_autofree char *deep = g_strnfill(1000000, '[');
    g_autoptr(GError) error = NULL;
    assert_null(json_document_parse("d", deep, strlen(deep), &error));
    assert_non_null(error);
}

static void test_places(void **state)
{
    (void)state;
    g_autoptr(JsonDocument) document =
        parse("{\n \"tables\": [ // {}\n  {\"a\": \"]}\", \"columns\": [{\"type\": 12345678901234567890}]},\n"
              "  {}, [[], {\"x\":/*,*/ null}]]}");
    const cJSON *root = json_document_root(document);
    const cJSON *tables = cJSON_GetObjectItem(root, "tables");
    const cJSON *type = cJSON_GetObjectItem(cJSON_GetObjectItem(tables->child, "columns")->child, "type");
    const cJSON *x = cJSON_GetArrayItem(cJSON_GetArrayItem(tables, 2), 1)->child;
    const struct {
        const cJSON *node;
        const char *value, *key, *path;
    } rows[] = {{root, "m.json:1:1", "m.json:1:1", ""},
                {tables, "m.json:2:12", "m.json:2:2", "tables"},
                {type, "m.json:3:36", "m.json:3:28", "tables[0].columns[0].type"},
                {x, "m.json:4:23", "m.json:4:13", "tables[2][1].x"}};

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *value = json_document_locate(document, rows[i].node, FALSE);
        g_autofree char *key = json_document_locate(document, rows[i].node, TRUE);
        g_autofree char *path = json_document_path(document, rows[i].node);
        assert_string_equal(value, rows[i].value);
        assert_string_equal(key, rows[i].key);
        assert_string_equal(path, rows[i].path);
    }
    g_autofree char *number = json_document_number_text(document, type);
    assert_string_equal(number, "12345678901234567890");
    assert_null(json_document_number_text(document, x));
    cJSON *stranger = cJSON_CreateNull();
    g_autofree char *nowhere = json_document_locate(document, stranger, FALSE);
    assert_string_equal(nowhere, "m.json");
    cJSON_Delete(stranger);
}

static void test_mistakes(void **state)
{
    (void)state;
    static const char *const known[] = {"name", "columns", NULL};
    g_autoptr(JsonMistakes) mistakes = json_mistakes_new();
    g_autoptr(JsonDocument) document =
        parse("{\"name\": 1, \"nmae\": 2,\n \"name\": 3, \"zzzzzz\": 4, \"columns\": []}");
    g_autoptr(GError) error = NULL;

    assert_true(json_mistakes_finish(mistakes, BASE_ERROR, BASE_ERROR_SYNTAX, NULL));
    json_mistakes_add(mistakes, document, json_document_root(document)->child->next->next->next->next, FALSE, "last %d",
                      1);
    json_mistakes_check_keys(mistakes, document, json_document_root(document), known);
    assert_int_equal(json_mistakes_count(mistakes), 4);
    assert_false(json_mistakes_finish(mistakes, SCHEMA_ERROR, SCHEMA_ERROR_MODEL, &error));
    assert_true(g_error_matches(error, SCHEMA_ERROR, SCHEMA_ERROR_MODEL));
    assert_string_equal(error->message, "m.json:1:13: nmae: unknown key 'nmae', did you mean 'name'?\n"
                                        "m.json:2:2: name: the key 'name' stands twice in this object\n"
                                        "m.json:2:13: zzzzzz: unknown key 'zzzzzz'\n"
                                        "m.json:2:37: columns: last 1");
}

static void test_many_mistakes_are_counted(void **state)
{
    (void)state;
    static const char *const known[] = {NULL};
    g_autoptr(GString) text = g_string_new("{");
    for (int i = 0; i < 20000; i++)
        g_string_append_printf(text, "%s\"k%d\": 0", i ? "," : "", i);
    g_string_append_c(text, '}');
    g_autoptr(JsonDocument) document = parse(text->str);
    g_autoptr(JsonMistakes) mistakes = json_mistakes_new();
    g_autoptr(GError) error = NULL;

    json_mistakes_check_keys(mistakes, document, json_document_root(document), known);
    assert_int_equal(json_mistakes_count(mistakes), 20000);
    assert_false(json_mistakes_finish(mistakes, BASE_ERROR, BASE_ERROR_SYNTAX, &error));
    assert_true(g_str_has_suffix(error->message, "\n… and 19900 more"));
}

static void test_print(void **state)
{
    (void)state;
    static const char text[] = "{\n"
                               "  \"b\": \"\xC3\xBC \\\"\\n\\\\/\\u001f\",\n"
                               "  \"a\": [1, -2.5, 1e+100, 0.1, true, null],\n"
                               "  \"big\": 9007199254740992,\n"
                               "  \"none\": [],\n"
                               "  \"nothing\": {},\n"
                               "  \"nested\": [\n"
                               "    {\n"
                               "      \"x\": [\"y\"]\n"
                               "    }\n"
                               "  ]\n"
                               "}\n";
    g_autoptr(JsonDocument) document = parse(text);
    g_autofree char *printed = json_print(json_document_root(document));
    assert_string_equal(printed, text);

    g_autofree char *word = g_strnfill(60, 'x');
    g_autoptr(cJSON) array = cJSON_CreateArray();
    cJSON_AddItemToArray(array, cJSON_CreateString(word));
    cJSON_AddItemToArray(array, cJSON_CreateString(word));
    g_autofree char *expected = g_strdup_printf("[\n  \"%s\",\n  \"%s\"\n]\n", word, word);
    g_autofree char *broken = json_print(array);
    assert_string_equal(broken, expected);

    g_autoptr(cJSON) odd = cJSON_CreateString("a\xFFz");
    g_autofree char *repaired = json_print(odd);
    assert_string_equal(repaired, "\"a\xEF\xBF\xBDz\"\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comments_bom_and_crlf),
        cmocka_unit_test(test_syntax_errors),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_many_mistakes_are_counted),
        cmocka_unit_test(test_print),
    };
    return cmocka_run_group_tests_name("base/json", tests, NULL, NULL);
}
