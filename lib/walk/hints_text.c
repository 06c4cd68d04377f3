#include <inttypes.h>

#include "base/sort.h"
#include "walk/hints.h"

static void put_address(const char *before, uint64_t v, unsigned digits, FILE *out)
{
	fprintf(out, "%s0x%0*" PRIx64, before, (int)digits, v);
}

static void put_line(const char *before, uint64_t v, unsigned digits, FILE *out)
{
	put_address(before, v, digits, out);
	putc('\n', out);
}

static void put_accesses(const struct hints *h, unsigned digits, FILE *out)
{
	fputs(h->n_accesses == 0 ? "No memory accessed by instruction\n"
				 : "Memory accessed by instruction:\n",
	      out);
	for (unsigned i = 0; i < h->n_accesses; i++) {
		const struct hint_access *a = &h->accesses[i];

		fprintf(out, "  %u. Address: ", i);
		put_line("", a->address, digits, out);
		if (a->size != 0)
			fprintf(out, "     Size: %u\n", a->size);
		else
			fputs("     Size: Unknown\n", out);
		if (a->guard)
			fputs("     This address falls in a likely guard page.\n", out);
		if (a->typed)
			fprintf(out, "     Access type: %s\n",
				!a->write ? "Read"
				: a->read ? "ReadWrite"
					  : "Write");
	}
}

static void put_update(const struct hints *h, unsigned digits, FILE *out)
{
	if (h->update == HINT_UPDATE_NONE) {
		fputs("No instruction pointer update by instruction\n", out);
	} else if (h->update == HINT_UPDATE_KNOWN) {
		fputs("Instruction pointer update done by instruction:\n", out);
		put_line("  Address: ", h->target, digits, out);
	}
}

/* The surest first. */
static int compare_flips(const void *a, const void *b, const void *context)
{
	const struct hint_flip *x = a, *y = b;

	(void)context;
	if (x->confidence < y->confidence || x->confidence > y->confidence)
		return x->confidence > y->confidence ? -1 : 1;
	return (x->address > y->address) - (x->address < y->address);
}

static void put_flips(const struct hints *h, unsigned digits, struct arena *a, FILE *out)
{
	struct hint_flip *v = arena_new(a, struct hint_flip, h->n_flips);

	if (h->n_flips == 0)
		return;
	memcpy(v, h->flips, h->n_flips * sizeof(*v));
	sort_stable(v, h->n_flips, sizeof(*v), compare_flips, NULL, a->oom);
	fputs("Crashing address may be the result of a flipped bit:\n", out);
	for (size_t i = 0; i < h->n_flips; i++) {
		fprintf(out, "  %zu. Valid address: ", i);
		if (v[i].reg != NULL)
			fprintf(out, "%s=", v[i].reg);
		put_address("", v[i].address, digits, out);
		fprintf(out, " (%.3f)\n", (double)v[i].confidence);
	}
}

/* By bit. */
static const char *const sentences[] = {
	"Crash reason is an integer division by zero but the crashing instruction is not a "
	"division",
	"Crash reason is a privileged instruction but crashing instruction is not a privileged "
	"one",
	"Crash address is reported as a non-canonical x86-64 address but the actual address is a "
	"canonical one",
	"Crash address not found among the memory accesses of the crashing instruction",
	"Crash reason is access violation exception but access is allowed",
};

static void put_inconsistencies(const struct hints *h, FILE *out)
{
	if (h->inconsistencies == 0)
		return;
	fputs("Crash is inconsistent:\n", out);
	for (unsigned i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		if ((h->inconsistencies >> i & 1) != 0)
			fprintf(out, "  %s\n", sentences[i]);
	}
}

void hints_text_adjusted(const struct hints *h, unsigned digits, FILE *out)
{
	if (h->adjusted == HINT_NULL_POINTER)
		put_line(" **\n    ** Null pointer detected with offset: ", h->adjusted_address,
			 digits, out);
	else if (h->adjusted == HINT_NON_CANONICAL)
		put_line(" **\n    ** Non-canonical address detected: ", h->adjusted_address,
			 digits, out);
	else
		putc('\n', out);
}

void hints_text(const struct hints *h, unsigned digits, struct arena *a, FILE *out)
{
	if (h->insn.text[0] != '\0')
		fprintf(out, "Crashing instruction: `%s`\n", h->insn.text);
	if (h->has_accesses)
		put_accesses(h, digits, out);
	if (h->decoded)
		put_update(h, digits, out);
	put_flips(h, digits, a, out);
	put_inconsistencies(h, out);
}
