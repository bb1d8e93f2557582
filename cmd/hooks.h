/* [post_write_hooks] of migrate.ini, as Alembic's: programs that run on a new revision file. Only type exec. */
#ifndef MIGRATE_CMD_HOOKS_H
#define MIGRATE_CMD_HOOKS_H

#include "base/config.h"

/* Runs the hooks on the file at `path`, in order. A hook that cannot start or fails ends it: the error names the hook
 * and says that the file stays. */
gboolean hooks_run(const Config *config, const char *path, GError **error);
/* FALSE when a hook is not set up right: asked before the file is written. */
gboolean hooks_check(const Config *config, GError **error);

#endif
