#include <assert.h>
#include <stdlib.h>

#include "sym/check.h"
#include "sym/repair.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The text of a .sym: what a repair makes of it is of the grammar, but for an id that cannot be
 * known, and stays as it is when it is repaired again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct repair_options o = { .sort = n % 2 != 0,
				    .drop = n % 3 == 0,
				    .module = "Linux x86 0123456789ABCDEF0123456789ABCDEF0 a" };
	char *once, *twice;
	size_t n_once, n_twice;
	struct error err = { 0 };
	FILE *f = open_memstream(&once, &n_once), *g = open_memstream(&twice, &n_twice);

	if (f == NULL || g == NULL)
		abort();
	bool ok = repair_text((struct str){ (const char *)data, n }, "a.sym", &o, f, &err);

	fclose(f);
	if (ok)
		ok = repair_text((struct str){ once, n_once }, "a.sym", &o, g, &err);
	fclose(g);
	assert(!ok || (n_once == n_twice && memcmp(once, twice, n_once) == 0));
	if (ok) {
		struct check_options c = { .name = "a.sym" };
		struct check_result r;

		check_text((struct str){ once, n_once }, &c, &r);
		assert(r.total[CHECK_ERROR] == r.count[CHECK_MODULE_ID]);
		assert(r.grammar || r.count[CHECK_MODULE_ID] + r.count[CHECK_MODULE_LENGTH] != 0);
	}
	free(once);
	free(twice);
	return 0;
}
