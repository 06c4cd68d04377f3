#include "dump/print.h"

#include <inttypes.h>

#include "base/limits.h"
#include "base/sort.h"
#include "base/utf.h"
#include "dump/md_text.h"
#include "dump/print_impl.h"

/* MINIDUMP_HEADER, minidumpapiset.h. */
static const struct print_field header_fields[] = {
	{ "signature            ", 0, 4, PRINT_HEX, 0 },
	{ "version              ", 4, 4, PRINT_HEX, 0 },
	{ "stream_count         ", 8, 4, PRINT_DEC, 0 },
	{ "stream_directory_rva ", 12, 4, PRINT_HEX, 0 },
	{ "checksum             ", 16, 4, PRINT_HEX, 0 },
	{ "time_date_stamp      ", 20, 4, PRINT_TIME, 0 },
	{ "flags                ", 24, 8, PRINT_HEX, 0 },
};

/* A place in the directory. */
struct entry {
	size_t index;
	uint32_t type;
};

static int compare_entries(const void *a, const void *b, const void *context)
{
	const struct entry *x = a, *y = b;

	(void)context;
	if (x->type != y->type)
		return x->type < y->type ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

/* The streams by type; the peer has only the last of each. */
static size_t sort_streams(struct printer *p, struct entry **entries)
{
	const struct md *md = p->md;
	struct entry *v = arena_new(p->a, struct entry, md->n_streams);
	size_t n = 0;

	for (size_t i = 0; i < md->n_streams; i++)
		v[i] = (struct entry){ i, md->streams[i].type };
	sort_stable(v, md->n_streams, sizeof(*v), compare_entries, NULL, p->a->oom);
	for (size_t i = 0; i < md->n_streams; i++) {
		if (!p->compat || i + 1 == md->n_streams || v[i + 1].type != v[i].type)
			v[n++] = v[i];
	}
	*entries = v;
	return n;
}

static const char *stream_name(uint32_t type)
{
	const char *name = md_stream_name(type);

	return name == NULL ? "unknown" : name;
}

static void print_entry(struct printer *p, size_t index)
{
	const struct md_stream *s = &p->md->streams[index];

	fprintf(p->out, "mDirectory[%zu]\nMDRawDirectory\n", index);
	fprintf(p->out, "  stream_type        = 0x%" PRIx32 " (%s)\n", s->type,
		stream_name(s->type));
	fprintf(p->out, "  location.data_size = %" PRIu32 "\n", s->size);
	fprintf(p->out, "  location.rva       = 0x%" PRIx32 "\n\n", s->offset);
}

static void print_directory(struct printer *p)
{
	struct entry *entries;
	size_t n = sort_streams(p, &entries);
	bool *printed = arena_new(p->a, bool, p->md->n_streams);

	for (size_t i = 0; i < n; i++)
		printed[entries[i].index] = true;
	for (size_t i = 0; i < p->md->n_streams; i++) {
		if (printed[i])
			print_entry(p, i);
	}
	fputs("Streams:\n", p->out);
	for (size_t i = 0; i < n; i++)
		fprintf(p->out, "  stream type 0x%" PRIx32 " (%s) at index %zu\n", entries[i].type,
			stream_name(entries[i].type), entries[i].index);
	putc('\n', p->out);
}

static void print_header(struct printer *p)
{
	fputs("MDRawHeader\n", p->out);
	print_fields(p, &p->md->file, header_fields, COUNT(header_fields));
	putc('\n', p->out);
	print_directory(p);
}

/* Copies of Linux files, in the peer's order. */
static const uint32_t text_streams[] = {
	MD_LINUX_CMD_LINE, MD_LINUX_ENVIRON, MD_LINUX_LSB_RELEASE, MD_LINUX_PROC_STATUS,
	MD_LINUX_CPU_INFO, MD_LINUX_MAPS,    MD_MOZ_LINUX_LIMITS,  MD_MOZ_SOFT_ERRORS,
};

/* The lines of what stands between two nuls. */
static void print_lines(struct printer *p, struct str text)
{
	while (text.n != 0) {
		size_t n = str_find_char(text, '\n');

		print_text(p, utf8_repair(p->a, str_first(text, n)));
		if (n != text.n)
			putc('\n', p->out);
		text = str_from(text, n + 1);
	}
}

static void print_text_stream(struct printer *p, uint32_t type)
{
	struct cursor c = md_stream(p->md, type);
	struct str rest = md_text(&c);

	if (c.failed)
		return;
	fprintf(p->out, "Stream %s:\n", stream_name(type));
	for (;;) {
		size_t n = str_find_char(rest, '\0');

		print_lines(p, str_first(rest, n));
		if (n == rest.n)
			break;
		fputs("\\0\n", p->out);
		rest = str_from(rest, n + 1);
	}
	fputs("\n\n", p->out);
}

/* Both lists if there are both; addresses are looked up in the wide one. */
static void print_all_memory(struct printer *p, const struct md_memory lists[2],
			     const bool readable[2])
{
	if (readable[1])
		print_memory(p, &lists[1], true);
	if (readable[0])
		print_memory(p, &lists[0], false);
}

static void print_streams(struct printer *p)
{
	struct md_memory lists[2];
	bool readable[2];

	for (unsigned wide = 0; wide < 2; wide++)
		readable[wide] = md_memory_read_list(&lists[wide], p->md, wide != 0, p->a, p->d);
	print_threads(p, &lists[readable[1] ? 1 : 0]);
	if (!p->compat)
		print_thread_infos(p);
	print_modules(p);
	print_unloaded(p);
	print_handles(p);
	print_all_memory(p, lists, readable);
	print_memory_infos(p);
	print_exception(p);
	print_assertion(p);
	print_system(p);
	print_misc(p);
	print_thread_names(p);
	print_breakpad(p);
	print_crashpad(p);
	print_mac(p);
	print_stability(p);
	for (size_t i = 0; i < COUNT(text_streams); i++)
		print_text_stream(p, text_streams[i]);
	if (!p->compat) {
		print_auxv(p);
		print_comments(p);
	}
}

void dump_print(const struct md *md, const struct dump_print_options *o, struct arena *a,
		struct diag *d, FILE *out)
{
	struct printer p = { .md = md,
			     .out = out,
			     .a = a,
			     .d = d,
			     .brief = o->brief,
			     .compat = o->compat,
			     .text = { .oom = a->oom },
			     .budget = LIMIT_PRINT_LEAST +
				       (uint64_t)md->file.in.n * LIMIT_PRINT_TIMES };

	p.has_system = md_system_read(&p.system, md, a, o->compat);
	md_extra_read(&p.extra, md, a, d);
	print_header(&p);
	print_streams(&p);
	buf_free(&p.text);
}
