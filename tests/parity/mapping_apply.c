#include <stdio.h>

#include "base/tool.h"
#include "bin/mapping.h"

/* mapping_apply FILE: where FILE's rules map each line of standard input; a line that is the path,
 * a tab and that. */
int main(int argc, char **argv)
{
	struct arena a = { .oom = tool_oom };
	struct error err = { 0 };
	struct diag d = { .tool = "mapping_apply", .out = stderr };
	struct mapping_options o = { .file = argc > 1 ? argv[1] : "", .diag = &d };
	struct mapping *m = mapping_open(&o, &a, &err);
	char line[4096];

	if (m == NULL) {
		diag_error(&d, &err);
		return EXIT_USAGE;
	}
	while (fgets(line, sizeof(line), stdin) != NULL) {
		struct str path = str_trim(str_of(line)), mapped = mapping_apply(m, path);

		printf("%.*s\t%.*s\n", STR_ARGS(path), STR_ARGS(mapped));
	}
	mapping_close(m);
	arena_free(&a);
	return EXIT_DONE;
}
