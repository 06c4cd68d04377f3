#include <inttypes.h>

#include "base/utf.h"
#include "dump/print_impl.h"

enum { SYSTEM_SIZE = 56 };

/* MINIDUMP_SYSTEM_INFO, minidumpapiset.h. */
static const struct print_field system_fields[] = {
	{ "processor_architecture                     ", 0, 2, PRINT_HEX, 0 },
	{ "processor_level                            ", 2, 2, PRINT_DEC, 0 },
	{ "processor_revision                         ", 4, 2, PRINT_HEX, 0 },
	{ "number_of_processors                       ", 6, 1, PRINT_DEC, 0 },
	{ "product_type                               ", 7, 1, PRINT_DEC, 0 },
	{ "major_version                              ", 8, 4, PRINT_DEC, 0 },
	{ "minor_version                              ", 12, 4, PRINT_DEC, 0 },
	{ "build_number                               ", 16, 4, PRINT_DEC, 0 },
	{ "platform_id                                ", 20, 4, PRINT_HEX, 0 },
	{ "csd_version_rva                            ", 24, 4, PRINT_HEX, 0 },
	{ "suite_mask                                 ", 28, 2, PRINT_HEX, 0 },
};

void print_system(struct printer *p)
{
	struct cursor c = md_stream(p->md, MD_SYSTEM_INFO);
	struct str csd = { 0 };

	if (cursor_left(&c) < SYSTEM_SIZE)
		return;
	fputs("MINIDUMP_SYSTEM_INFO\n", p->out);
	print_fields(p, &c, system_fields, COUNT(system_fields));
	cursor_skip(&c, 8);
	for (unsigned i = 0; i < 3; i++)
		fprintf(p->out, "%s%" PRIu32,
			i == 0 ? "  (version)                                  = " : ".",
			cursor_u32(&c));
	cursor_skip(&c, 4);
	if (!md_string(p->md, cursor_u32(&c), p->a, &csd))
		csd = (struct str){ 0 };
	putc(' ', p->out);
	print_line(p, csd);
	fputs("  (cpu_info)                                 = ", p->out);
	print_line(p, p->system.cpu_info);
	putc('\n', p->out);
}

/* MDRawBreakpadInfo, minidump_format.h: a thread id counts if its bit is set. */
void print_breakpad(struct printer *p)
{
	static const char *const labels[] = { "dump_thread_id       ", "requesting_thread_id " };
	struct cursor c = md_stream(p->md, MD_BREAKPAD_INFO);
	uint32_t validity = cursor_u32(&c);
	uint32_t ids[2] = { cursor_u32(&c) };

	ids[1] = cursor_u32(&c);
	if (c.failed)
		return;
	fprintf(p->out, "MINIDUMP_BREAKPAD_INFO\n  validity             = 0x%" PRIx32 "\n",
		validity);
	for (unsigned i = 0; i < 2; i++) {
		fprintf(p->out, "  %s= ", labels[i]);
		if ((validity >> i & 1) != 0)
			fprintf(p->out, "0x%" PRIx32 "\n", ids[i]);
		else
			fputs("(invalid)\n", p->out);
	}
	putc('\n', p->out);
}

void print_assertion(struct printer *p)
{
	const struct md_extra *x = &p->extra;
	const struct {
		const char *label;
		struct str text;
	} texts[] = {
		{ "expression                                 ", x->assertion_expression },
		{ "function                                   ", x->assertion_function },
		{ "file                                       ", x->assertion_file },
	};

	if (!x->has_assertion)
		return;
	fputs("MDAssertion\n", p->out);
	for (size_t i = 0; i < COUNT(texts); i++) {
		fprintf(p->out, "  %s= ", texts[i].label);
		print_line(p, texts[i].text);
	}
	fprintf(p->out, "  line                                       = %" PRIu32 "\n",
		x->assertion_line);
	fprintf(p->out, "  type                                       = %" PRIu32 "\n\n",
		x->assertion_type);
}

/* A number that is 0 is absent. */
static void print_mac_number(struct printer *p, const char *label, uint64_t v, bool hex)
{
	fprintf(p->out, "    %s= ", label);
	if (v != 0 && hex)
		fprintf(p->out, "%s%" PRIx64, p->compat ? "" : "0x", v);
	else if (v != 0)
		fprintf(p->out, "%" PRIu64, v);
	putc('\n', p->out);
}

static void print_mac_record(struct printer *p, const struct md_mac_record *r)
{
	const struct {
		const char *label;
		struct str text;
	} texts[] = {
		{ "module_path       ", r->module },    { "message           ", r->message },
		{ "signature_string  ", r->signature }, { "backtrace         ", r->backtrace },
		{ "message2          ", r->message2 },
	};

	print_mac_number(p, "version           ", r->version, false);
	print_mac_number(p, "thread            ", r->thread, false);
	print_mac_number(p, "dialog_mode       ", r->dialog_mode, true);
	for (size_t i = 0; i < COUNT(texts); i++) {
		fprintf(p->out, "    %s= ", texts[i].label);
		print_line(p, texts[i].text);
	}
	print_mac_number(p, "abort_cause       ", r->abort_cause, true);
}

void print_mac(struct printer *p)
{
	struct cursor args = md_stream(p->md, MD_MOZ_MACOS_BOOTARGS);

	if (p->extra.has_mac_records) {
		fputs("MINIDUMP_MAC_CRASH_INFO\n", p->out);
		fprintf(p->out, "  num_records = %zu\n", p->extra.n_mac_records);
		for (size_t i = 0; i < p->extra.n_mac_records; i++) {
			fprintf(p->out, "\n  RECORD[%zu] \n", i);
			print_mac_record(p, &p->extra.mac_records[i]);
		}
		putc('\n', p->out);
	}
	if (cursor_skip(&args, 12)) {
		fputs("mac_boot_args = ", p->out);
		print_line(p, p->extra.boot_args);
		putc('\n', p->out);
	}
}
