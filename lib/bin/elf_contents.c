#include "bin/elf.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/file.h"
#include "base/jobs.h"
#include "base/limits.h"
#include "base/unpack.h"
#include "bin/elf_impl.h"

/* A section that was unpacked, or could not be: then there is no data. */
struct elf_unpacked {
	struct elf_unpacked *next;
	const struct elf_section *section;
	struct slice data;
	struct inflow *inflow; /* that brings data; NULL: it is there */
};

/* How a section is packed. */
struct packing {
	enum unpack_format format;
	uint64_t size; /* of what comes out */
	struct slice data;
};

/* ch_type of gABI 4.1, "Section Compression". */
static bool read_compression(const struct elf *e, const struct elf_section *s, struct packing *p)
{
	struct cursor c = elf_cursor(e, s->data);
	uint32_t type = cursor_u32(&c);

	if (e->is64)
		cursor_skip(&c, 4); /* reserved */
	p->size = elf_word(e, &c);
	elf_word(e, &c); /* alignment */
	p->format = type == 2 ? UNPACK_ZSTD : UNPACK_ZLIB;
	p->data = cursor_bytes(&c, cursor_left(&c));
	if (!c.failed && (type == 1 || type == 2))
		return true;
	elf_warn(e, s->offset, "compression %" PRIu32 " of section %.*s is not known", type,
		 STR_ARGS(str_first(s->name, 64)));
	return false;
}

/* binutils before 2.26: "ZLIB" and the size, big-endian whatever the file is. */
static bool read_zdebug(const struct elf *e, const struct elf_section *s, struct packing *p)
{
	struct cursor c = elf_cursor(e, s->data);

	c.big = true;
	struct slice magic = cursor_bytes(&c, 4);
	p->size = cursor_u64(&c);
	p->format = UNPACK_ZLIB;
	p->data = cursor_bytes(&c, cursor_left(&c));
	return !c.failed && memcmp(magic.p, "ZLIB", 4) == 0;
}

/* Bytes that may still come out of the sections of this file. */
static uint64_t room(const struct elf *e)
{
	uint64_t left = (uint64_t)LIMIT_UNPACK_MIB << 20;

	for (const struct elf_unpacked *u = e->unpacked; u != NULL; u = u->next)
		left -= u->data.n;
	return left;
}

/* Why a section could not be unpacked. What was lost to the disk or to memory may not pass for
 * damage: a build machine would send symbols that lack it. */
static void say_packed(const struct elf *e, const struct packing *p, const struct error *err)
{
	struct error whole = { 0 };

	if (err->code != ERROR_SYSTEM) {
		elf_warn(e, (uint64_t)(p->data.p - e->data.p), "%s", err->text);
		return;
	}
	error_set(&whole, err->code, "%s: %s", e->file, err->text);
	diag_trouble(e->diag, &whole);
}

static struct slice unpack_section(const struct elf *e, const struct packing *p)
{
	uint64_t left = room(e);
	struct error err = { 0 };
	struct slice out;

	if (p->format != UNPACK_XZ && p->size > left)
		error_set(&err, ERROR_LIMIT, "more than %d MiB of compressed sections",
			  LIMIT_UNPACK_MIB);
	else if (unpack(p->data, p->format, p->format == UNPACK_XZ ? left : p->size, "section",
			&out, &err))
		return out;
	say_packed(e, p, &err);
	return (struct slice){ 0 };
}

static struct slice keep(struct elf *e, const struct elf_section *s, struct slice data)
{
	struct elf_unpacked *u = arena_new(e->arena, struct elf_unpacked, 1);

	*u = (struct elf_unpacked){ .next = e->unpacked, .section = s, .data = data };
	e->unpacked = u;
	return data;
}

static const struct elf_unpacked *find_unpacked(const struct elf *e, const struct elf_section *s)
{
	const struct elf_unpacked *u = e->unpacked;

	while (u != NULL && u->section != s)
		u = u->next;
	return u;
}

static bool is_packed(const struct elf_section *s)
{
	return s->data.n != 0 &&
	       ((s->flags & SHF_COMPRESSED) != 0 || str_starts(s->name, STR(".zdebug_")));
}

static bool read_packing(const struct elf *e, const struct elf_section *s, struct packing *p)
{
	return (s->flags & SHF_COMPRESSED) != 0 ? read_compression(e, s, p) : read_zdebug(e, s, p);
}

struct slice elf_contents(struct elf *e, const struct elf_section *s)
{
	struct packing p = { 0 };

	if (!is_packed(s))
		return s->data;

	const struct elf_unpacked *u = find_unpacked(e, s);
	if (u != NULL)
		return u->data;
	if (!read_packing(e, s, &p))
		return keep(e, s, (struct slice){ 0 });
	return keep(e, s, unpack_section(e, &p));
}

struct slice elf_unpack_xz(struct elf *e, const struct elf_section *s)
{
	struct packing p = { .format = UNPACK_XZ, .data = s->data };
	const struct elf_unpacked *u = find_unpacked(e, s);

	return u != NULL ? u->data : keep(e, s, unpack_section(e, &p));
}

static const struct elf_section *find_debug(const struct elf *e, const char *name)
{
	const struct elf_section *s = NULL;
	char full[64];

	for (int old = 0; old < 2 && s == NULL; old++) {
		snprintf(full, sizeof(full), ".%sdebug_%s", old ? "z" : "", name);
		s = elf_section(e, str_of(full));
	}
	return s;
}

struct slice elf_debug_section(struct elf *e, const char *name)
{
	const struct elf_section *s = find_debug(e, name);

	if (s == NULL)
		return (struct slice){ 0 };
	return elf_contents(e, s);
}

/* Sections that are unpacked by several processes. */
enum { MOST_SHARED = 16 };

struct shared {
	struct packing packing[MOST_SHARED];
	struct elf_unpacked *unpacked[MOST_SHARED];
	size_t n;
	struct inflow *inflow; /* what else could be done meanwhile; NULL: nothing */
};

/* A section that is packed and was not asked for yet. */
static bool is_new(const struct elf *e, const struct elf_section *s, struct packing *p)
{
	return s != NULL && is_packed(s) && find_unpacked(e, s) == NULL && read_packing(e, s, p) &&
	       p->size <= room(e);
}

static bool map_section(const struct packing *p, bool memory, struct slice *out)
{
	struct error err = { 0 };

	return unpack_map(p->data, p->format, p->size, "section", memory, out, &err);
}

/* If it is worth a process. */
static void share(struct elf *e, const struct elf_section *s, struct shared *w)
{
	enum { LEAST = 1 << 17 };
	struct slice out;

	if (w->n == MOST_SHARED || s == NULL || s->data.n < LEAST ||
	    !is_new(e, s, &w->packing[w->n]) || !map_section(&w->packing[w->n], false, &out))
		return;
	keep(e, s, out);
	w->unpacked[w->n++] = e->unpacked;
}

static int unpack_shared(size_t i, FILE *out, struct diag *d, void *context)
{
	const struct shared *w = context;

	(void)d;
	if (i == w->n) {
		w->inflow->start(w->inflow);
		return EXIT_DONE;
	}

	const struct packing *p = &w->packing[i];
	fputc(unpack_into(p->data, p->format, w->unpacked[i]->data) ? 'y' : 'n', out);
	return EXIT_DONE;
}

static const char *shared_name(size_t i, void *context)
{
	(void)i;
	(void)context;
	return "compressed section";
}

/* As if it had never been tried. */
static void forget(struct elf_unpacked *u)
{
	unpack_free(u->data);
	u->data = (struct slice){ 0 };
	u->section = NULL;
}

void elf_unpack(struct elf *e, const char *const *names, size_t n, unsigned jobs)
{
	FILE *results = jobs == 1 ? NULL : file_temp();
	struct shared w = { .n = 0 };

	if (results == NULL)
		return;
	for (size_t i = 0; i < n; i++)
		share(e, find_debug(e, names[i]), &w);
	for (const struct elf_unpacked *u = e->unpacked; u != NULL; u = u->next)
		w.inflow = u->inflow != NULL ? u->inflow : w.inflow;

	int code = w.n == 0 ? EXIT_DONE
			    : jobs_run(w.n + (w.inflow != NULL), jobs, unpack_shared, shared_name,
				       &w, results, e->diag);
	rewind(results);
	for (size_t i = 0; i < w.n; i++) {
		if (fgetc(results) != 'y' || code != EXIT_DONE)
			forget(w.unpacked[i]);
	}
	fclose(results);
}

struct inflow *elf_inflow(struct elf *e, const char *name, bool forgets, bool alone,
			  inflow_open_fn *open)
{
	enum { AHEAD = 48 << 20 }; /* what is taken of memory meanwhile */
	const struct elf_section *s = find_debug(e, name);
	struct packing p;
	struct slice out;
	struct inflow *inflow;

	if (!is_new(e, s, &p) || p.format != UNPACK_ZLIB || p.size == 0)
		return NULL;
	/* Units that are smaller than a page are never forgotten. */
	forgets &= p.size <= (uint64_t)LIMIT_UNPACK_MEMORY_MIB << 20;
	if (!map_section(&p, forgets, &out))
		return NULL;
	inflow = open(p.data, out, forgets, alone ? 0 : forgets ? AHEAD : UINT64_MAX);
	if (inflow == NULL) {
		unpack_free(out);
		return NULL;
	}
	keep(e, s, out);
	e->unpacked->inflow = inflow;
	return inflow;
}

bool elf_inflow_check(const struct elf *e)
{
	bool good = true;

	for (const struct elf_unpacked *u = e->unpacked; u != NULL; u = u->next) {
		if (u->inflow == NULL || !u->inflow->is_bad(u->inflow))
			continue;
		elf_warn(e, u->section->offset, "section: bad or cut compressed data");
		good = false;
	}
	return good;
}

void elf_close(struct elf *e)
{
	for (struct elf_unpacked *u = e->unpacked; u != NULL; u = u->next) {
		if (u->inflow != NULL)
			u->inflow->close(u->inflow);
		unpack_free(u->data);
	}
	e->unpacked = NULL;
}
