/* Running the revisions in a scratch database, to see what they make. */
#ifndef MIGRATE_CMD_REPLAY_H
#define MIGRATE_CMD_REPLAY_H

#include "command.h"

/* A scratch database in which the revisions run. Starts with zeros. */
typedef struct Replay {
    Engine *beside; /* of scratch_url; or NULL */
    ScratchDatabase *database;
    Invocation invocation; /* the caller's, with this database instead of the live one */
} Replay;
void replay_clear(Replay *replay);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Replay, replay_clear)

/* invocation->engine for a command without a database: that of url, else of scratch_url, which says of which kind a
 * live one would be. Connects to nothing. */
gboolean replay_open_kind(Invocation *invocation, GError **error);
/* The same for a command with OPTION_DIALECT: that wins, in memory where that can be, else on the server of scratch_url
 * if it is of this kind. *dialect is what is meant; invocation->engine stays NULL where there is no server for it. */
#define OPTION_DIALECT                                                                                                 \
    {                                                                                                                  \
        "dialect", 0, OPTION_STRING, "NAME", "the kind of database, where no url says it (sqlite needs no server)",    \
            NULL                                                                                                       \
    }
gboolean replay_open_dialect(Invocation *invocation, const Dialect **dialect, GError **error);
/* An empty scratch database, of the kind of invocation->engine. Nothing runs yet. */
gboolean replay_open(Replay *replay, Invocation *invocation, GError **error);
/* A new connection to it, as replay->invocation.session. */
gboolean replay_open_session(Replay *replay, GError **error);
/* Upgrades to each of the specs (NULL-terminated) on the connection that is open. A statement that would reach beyond
 * the scratch database is refused before anything runs. */
gboolean replay_upgrade(const Replay *replay, const char *const *specs, ProgressFunction progress, void *data,
                        GError **error);
/* The same on a new connection; leaves one on which nothing was SET. (One in memory would go with its database.) */
gboolean replay_revisions(Replay *replay, const char *const *specs, GError **error);

#endif
