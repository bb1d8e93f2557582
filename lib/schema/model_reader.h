/* What the files of the model reader share with each other and with the reader of operations (operations/), whose
 * documents hold single things with a model's keys. Every function that meets a mistake adds it to reader->mistakes and
 * goes on with something harmless, so that one run reports all. */
#ifndef MIGRATE_SCHEMA_MODEL_READER_H
#define MIGRATE_SCHEMA_MODEL_READER_H

#include "schema/model.h"

typedef struct ModelDocument {
    JsonDocument *json;
    NamingConvention *convention;
    gboolean borrowed; /* `json` is somebody else's */
} ModelDocument;

/* One object whose keys have other names than a model's ("constraint_name" for "name"), or more of them. */
typedef struct ModelKeys {
    const cJSON *node;
    const char *const *names; /* a model's key, its name here, the next key …, NULL */
    const char *const *more;  /* known keys that the model's functions do not read; NULL-terminated */
    gboolean dialects;        /* "postgresql_where" and the like are known, too */
    gboolean changes;         /* of a column: only what changes is said, the type may be missing */
} ModelKeys;

struct ModelReader {
    char *dialect;
    gboolean any_dialect;  /* reads only to find mistakes: of values given per dialect, each is as good */
    const ModelKeys *keys; /* or NULL */
    gboolean ignore_case;
    NameLimit name_limit;
    NamingConvention *convention;
    GPtrArray *documents;         /* ModelDocument*; kept to the end, for the places of late mistakes */
    const ModelDocument *current; /* the one that is read */
    JsonMistakes *mistakes;
    MetaData *metadata;
    GArray *references;    /* ModelReference: what finish has to look up */
    GHashTable *claims;    /* char* -> Claim*: names that may stand only once */
    GHashTable *elsewhere; /* char*: names of what only other dialects have */
    GHashTable *types;     /* char* -> SqlType*: the same few types stand in many columns */
};

/* A foreign key (`constraint` of `table`) or the name of an enum or of what an object depends on. */
typedef enum ModelReferenceKind { REFERENCE_FOREIGN_KEY, REFERENCE_ENUM, REFERENCE_DEPENDS_ON } ModelReferenceKind;
typedef struct ModelReference {
    ModelReferenceKind kind;
    const ModelDocument *document;
    const cJSON *node;
    Table *table;
    Constraint *constraint;
    const char *name;    /* owned by the reader's cache of types or by the MetaData */
    gboolean needs_name; /* the foreign key is to be named by the convention */
} ModelReference;

/* --- model_reader.c --- */

/* For single things of `json` (borrowed), which is no model. `dialect` NULL: any_dialect. */
ModelReader *model_reader_new_for_parts(JsonDocument *json, const char *dialect, gboolean ignore_case,
                                        const NamingConvention *convention, NameLimit limit);

/* --- values: model_value.c --- */

#define MODEL_MISTAKE(reader, node, ...)                                                                               \
    json_mistakes_add((reader)->mistakes, (reader)->current->json, (node), FALSE, __VA_ARGS__)

/* So many mistakes get help that costs a look at every name or at the whole text. */
#define MODEL_GUESSES_MAX 50

/* What a key gives this dialect. */
typedef enum Picked {
    PICKED_VALUE,
    PICKED_NULL,    /* null */
    PICKED_ABSENT,  /* no such key */
    PICKED_NOTHING, /* given per dialect, and not for this one */
    PICKED_WRONG,   /* a mistake, reported */
} Picked;

/* Sorts the values of object `node` into `fields` by the NULL-terminated `keys` (NULL: absent). Unknown and repeated
 * keys are reported. FALSE when it is no object. */
gboolean model_fields(ModelReader *reader, const cJSON *node, const char *const *keys, const cJSON **fields);
/* "an object, not a number": what stands there instead of `expected`. */
void model_wrong(ModelReader *reader, const cJSON *node, const char *expected);
/* What the key `key` of a model is called in `object`. */
const char *model_key(const ModelReader *reader, const cJSON *object, const char *key);
/* "postgresql_where": the dialect's argument behind its name; NULL when it is none. */
const char *model_dialect_argument(const char *key);
/* FALSE and a mistake when it is neither an array nor absent. */
gboolean model_is_list(ModelReader *reader, const cJSON *node);

/* Checks a value (not null); FALSE when it reported a mistake. */
typedef gboolean (*ModelCheck)(ModelReader *reader, const cJSON *value);
gboolean model_check_text(ModelReader *reader, const cJSON *value);        /* a string, maybe empty */
gboolean model_check_filled_text(ModelReader *reader, const cJSON *value); /* a string with something in it */
/* TRUE when it gives this dialect something, be it null. */
gboolean model_says(const ModelReader *reader, const cJSON *node);
/* How near a key of a per-dialect map is to the reader's dialect; 0: not at all. */
int model_nearness(const ModelReader *reader, const char *key);
/* The value of `node` for this dialect; all alternatives are checked. */
Picked model_pick(ModelReader *reader, const cJSON *node, ModelCheck check, const cJSON **value);

Picked model_text(ModelReader *reader, const cJSON *node, char **text);
/* A text that may be absent: new string or NULL. */
char *model_optional_text(ModelReader *reader, const cJSON *node);
/* Name of an object; too long a name for this database is a mistake. */
Picked model_name(ModelReader *reader, const cJSON *node, char **name);
/* As model_name() and model_text(), and its absence from `object` is a mistake ("the name is missing"); FALSE when
 * there is none, with *wrong when that is a mistake and not a matter of the dialect. */
gboolean model_required_name(ModelReader *reader, const cJSON *object, const cJSON *node, char **name, gboolean *wrong);
gboolean model_required_text(ModelReader *reader, const cJSON *object, const cJSON *node, const char *what, char **text,
                             gboolean *wrong);
gboolean model_flag(ModelReader *reader, const cJSON *node, gboolean otherwise);
/* One of `words` in any case, given back as it stands there; NULL for `none` (the default) and when absent. Static. */
const char *model_word(ModelReader *reader, const cJSON *node, const char *const *words, const char *none);
/* An integer from `minimum` in decimal, exact over 64 bits. New string, or NULL. */
char *model_integer(ModelReader *reader, const cJSON *node, gint64 minimum);
/* Names in an array; added to `names`. */
void model_names(ModelReader *reader, const cJSON *node, GPtrArray *names);
/* One option; {"fillfactor": 70} of "with" is "with.fillfactor". FALSE and a mistake when it has no value. */
gboolean model_option(ModelReader *reader, const cJSON *node, const char *name, GPtrArray *options);
/* {"sqlite": {"strict": true}}: those of this dialect are added to `options`. */
void model_options(ModelReader *reader, const cJSON *node, GPtrArray *options);
void model_sequence_options(ModelReader *reader, const cJSON *const fields[6], const cJSON *node,
                            SequenceOptions *options); /* start increment minvalue maxvalue cache cycle */
#define MODEL_SEQUENCE_KEYS "start", "increment", "minvalue", "maxvalue", "cache", "cycle"

/* The text of server_default: new string, or NULL. */
char *model_server_default(ModelReader *reader, const cJSON *node);
/* NULL without one for this dialect (a mistake, unless *wrong was reported already). */
SqlType *model_type(ModelReader *reader, const cJSON *column, const cJSON *node);

/* --- names that stand once: model_reader.c --- */

/* FALSE and a mistake when `name` is taken in `space` of `schema`; `label` says what it is ("index"). */
gboolean model_claim(ModelReader *reader, const char *space, const char *schema, const char *name, const char *label,
                     const cJSON *node);
/* Remembers every name in `name` (plain or per dialect) as one that only other dialects have. */
void model_elsewhere(ModelReader *reader, const cJSON *name);
GHashTable *model_name_table(gboolean ignore_case); /* names (not owned) as keys */

/* --- tables: model_table.c, model_column.c, model_constraint.c --- */

/* What is known about a column beside the Column. */
typedef struct ColumnFacts {
    const cJSON *node;
    gboolean nullable_given;
    int primary_key; /* -1: says nothing */
} ColumnFacts;

/* A constraint or index that the convention will name. */
typedef struct Nameless {
    Constraint *constraint;
    Index *index;
    const cJSON *node;
} Nameless;

typedef struct TableReader {
    ModelReader *reader;
    Table *table;
    GHashTable *columns; /* name -> Column* */
    GArray *facts;       /* ColumnFacts, parallel to table->columns */
    GArray *nameless;    /* Nameless */
    GArray *index_nodes; /* const cJSON *, parallel to table->indexes */
    gboolean ok;         /* every column could be read: then names of columns can be checked */
} TableReader;

/* For single columns, constraints, indexes of `table` (not taken). With columns_known, a name that is no column of it
 * is a mistake. */
TableReader *model_table_reader_new(ModelReader *reader, Table *table, gboolean columns_known);
void model_table_reader_free(TableReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TableReader, model_table_reader_free)

void model_read_table(ModelReader *reader, const cJSON *node);
void model_read_column(TableReader *reader, const cJSON *node);
void model_read_primary_key(TableReader *reader, const cJSON *node);
void model_read_constraint(TableReader *reader, ConstraintKind kind, const cJSON *node);
void model_read_constraints(TableReader *reader, ConstraintKind kind, const cJSON *list);
void model_read_index(TableReader *reader, const cJSON *node);
/* By the convention; not foreign keys, which wait for the referred table. */
void model_name_nameless(TableReader *reader);
void model_read_indexes(TableReader *reader, const cJSON *list);
/* Adds a constraint (taken) whose name is picked: by the convention when absent. */
void model_add_constraint(TableReader *reader, Constraint *constraint, Picked name, const cJSON *node);
void model_add_index(TableReader *reader, Index *index, const cJSON *node);
/* The words of a foreign key, from its table-level object or the column that has it. */
void model_read_actions(ModelReader *reader, const cJSON *ondelete, const cJSON *onupdate, const cJSON *match,
                        Constraint *constraint);
void model_read_deferral(ModelReader *reader, const cJSON *deferrable, const cJSON *initially, Constraint *constraint);

/* --- what stands beside tables: model_object.c --- */

void model_read_enum(ModelReader *reader, const cJSON *node);
void model_read_sequence(ModelReader *reader, const cJSON *node);
void model_read_object(ModelReader *reader, const cJSON *node);
gboolean model_is_object_kind(const char *kind);

/* --- what can only be checked when everything is read: model_finish.c --- */

void model_check_references(ModelReader *reader);
/* Names a foreign key and checks the columns that it refers to; `referred` NULL: not known. */
void model_settle_foreign_key(ModelReader *reader, const ModelReference *reference, const Table *referred);

#endif
