#include <stdio.h>

#include "sym/check.h"
#include "sym/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The text of a .sym: what is wrong with it, and what other readers make of it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str text = { (const char *)data, n };
	struct check_options o = { .json = n % 2 != 0,
				   .notes = true,
				   .name = "s/app/0123456789ABCDEF0123456789ABCDEF0/a.sym",
				   .out = fopen("/dev/null", "w") };
	struct check_result r;
	struct verdict v;

	check_text(text, &o, &r);
	for (unsigned i = 0; i < READERS; i++)
		verdict_of((enum verdict_reader)i, text, false, NULL, &v);
	if (o.out != NULL)
		fclose(o.out);
	return 0;
}
