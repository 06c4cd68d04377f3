#include "sym/sources.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/tool.h"
#include "sym/symx_load.h"

const char *sources_default_cache(struct arena *a)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (xdg != NULL && xdg[0] == '/')
		return arena_printf(a, "%s/crash-tools", xdg).p;
	if (home != NULL && home[0] == '/')
		return arena_printf(a, "%s/.cache/crash-tools", home).p;
	return NULL;
}

void sources_allow(const struct sources *s, struct sandbox *box, struct arena *a)
{
	if (!box->on || s->n_paths + s->n_trees == 0)
		return;
	for (size_t i = 0; i < s->n_trees; i++)
		sandbox_allow(box, s->trees[i], SANDBOX_READ);
	for (size_t i = 0; i < s->n_paths; i++) {
		sandbox_allow(box, s->paths[i], SANDBOX_READ);
		sandbox_allow(box, symx_beside(s->paths[i], a), SANDBOX_READ);
	}
	if (s->cache != NULL) {
		file_make_folders(arena_printf(a, "%s/", s->cache).p);
		sandbox_allow(box, s->cache, SANDBOX_WRITE);
	}
	/* Without a cache, inflated symbols are temporary files; sections always are. */
	if (s->cache == NULL || access(s->cache, W_OK) != 0 || s->n_trees != 0)
		sandbox_allow(box, file_temp_folder(), SANDBOX_WRITE);
}

struct symbols *sources_open(const struct sources *s, struct diag *d)
{
	struct symbols_options o = { .cache = s->cache,
				     .cache_size = s->cache_size,
				     .compat = s->compat,
				     .maker = s->maker,
				     .oom = tool_oom };

	return s->n_paths + s->n_trees != 0 || s->always ? symbols_open(s->paths, s->n_paths, &o, d)
							 : NULL;
}
