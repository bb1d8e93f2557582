#include "autogenerate/internal.h"

static void each_text(char **text, TextFunction function, gpointer data)
{
    if (*text)
        function(text, data);
}

static void option_texts(const GPtrArray *options, TextFunction function, gpointer data)
{
    for (guint i = 0; i < options->len; i++)
        each_text(&((Option *)options->pdata[i])->value, function, data);
}

void column_texts(Column *column, TextFunction function, gpointer data)
{
    for (SqlType *type = column->type; type; type = type->item)
        each_text(&type->name, function, data);
    each_text(&column->server_default, function, data);
    if (column->computed)
        each_text(&column->computed->expression, function, data);
    option_texts(column->options, function, data);
}

void constraint_texts(Constraint *constraint, TextFunction function, gpointer data)
{
    each_text(&constraint->expression, function, data);
    option_texts(constraint->options, function, data);
}

void index_texts(Index *index, TextFunction function, gpointer data)
{
    for (guint i = 0; i < index->columns->len; i++) {
        IndexColumn *column = index->columns->pdata[i];
        each_text(&column->expression, function, data);
        each_text(&column->opclass, function, data);
    }
    each_text(&index->where, function, data);
    option_texts(index->options, function, data);
}

void table_texts(Table *table, TextFunction function, gpointer data)
{
    for (guint i = 0; i < table->columns->len; i++)
        column_texts(table->columns->pdata[i], function, data);
    for (guint i = 0; i < table->constraints->len; i++)
        constraint_texts(table->constraints->pdata[i], function, data);
    for (guint i = 0; i < table->indexes->len; i++)
        index_texts(table->indexes->pdata[i], function, data);
    option_texts(table->options, function, data);
}
