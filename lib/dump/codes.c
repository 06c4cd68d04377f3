#include "dump/codes.h"

#include <stdlib.h>

static int compare(const void *key, const void *row)
{
	uint32_t value = *(const uint32_t *)key, other = ((const struct code *)row)->value;

	return (value > other) - (value < other);
}

const char *codes_find(const struct codes *codes, uint32_t value)
{
	const struct code *found = bsearch(&value, codes->rows, codes->n, sizeof(*codes->rows),
					   compare);

	return found == NULL ? NULL : codes->names + found->name;
}
