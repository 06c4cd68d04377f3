#include <inttypes.h>

#include "base/utf.h"
#include "dump/md_memory.h"
#include "dump/md_text.h"

enum { INFO_SIZE = 48 };

static const struct protection {
	uint32_t bit;
	unsigned access;
} protections[] = {
	/* winnt.h, PAGE_*. That a copy-on-write page cannot be read is rust-minidump's view. */
	{ 0x02, MD_READ },
	{ 0x04, MD_READ | MD_WRITE },
	{ 0x08, MD_WRITE },
	{ 0x10, MD_EXECUTE },
	{ 0x20, MD_READ | MD_EXECUTE },
	{ 0x40, MD_READ | MD_WRITE | MD_EXECUTE },
	{ 0x80, MD_WRITE | MD_EXECUTE },
};

static unsigned access_of(uint32_t protection)
{
	unsigned access = 0;

	for (size_t i = 0; i < COUNT(protections); i++) {
		if ((protection & protections[i].bit) != 0)
			access |= protections[i].access;
	}
	return access;
}

static bool read_info(struct md_mappings *m, const struct md *md, struct arena *a, struct diag *d,
		      bool compat)
{
	/* The count is 64 bits wide. rust-minidump reads the first 32: of big-endian dumps that is
	 * 0. */
	uint64_t n;
	struct cursor c = md_ex_list(md, MD_MEMORY_INFO_LIST, INFO_SIZE, compat ? 4 : 8, &n);

	if (c.failed)
		return false;
	n = diag_keep(d, &c, BOUND_DUMP_REGIONS, n, "memory regions described");
	m->v = arena_new(a, struct md_mapping, n);
	for (; m->n < n; m->n++) {
		struct md_mapping *v = &m->v[m->n];

		v->base = cursor_u64(&c);
		cursor_skip(&c, 16);
		v->size = cursor_u64(&c);
		cursor_skip(&c, 4);
		v->access = access_of(cursor_u32(&c));
		cursor_skip(&c, 8);
	}
	return true;
}

/* "start-end": both hexadecimal, end exclusive. */
static bool parse_range(struct str s, uint64_t *start, uint64_t *end)
{
	size_t dash = str_find_char(s, '-');

	return str_hex_to_u64(str_first(s, dash), start) &&
	       str_hex_to_u64(str_from(s, dash + 1), end);
}

static bool parse_device(struct str s)
{
	size_t colon = str_find_char(s, ':');
	uint64_t v;

	return str_hex_to_u64(str_first(s, colon), &v) &&
	       str_hex_to_u64(str_from(s, colon + 1), &v);
}

static unsigned parse_access(struct str s)
{
	unsigned access = 0;

	for (size_t i = 0; i < s.n; i++) {
		access |= s.p[i] == 'r' ? MD_READ : 0;
		access |= s.p[i] == 'w' ? MD_WRITE : 0;
		access |= s.p[i] == 'x' ? MD_EXECUTE : 0;
	}
	return access;
}

/* "start-end perms offset major:minor inode path": fields between single blanks, the last one,
 * which may be empty, all that is left. proc_pid_maps(5). */
static bool parse_line(struct md_mapping *v, struct str line, struct arena *a)
{
	struct str fields[5];
	uint64_t end, number;

	for (size_t i = 0; i < COUNT(fields); i++) {
		size_t blank = str_find_char(line, ' ');

		if (blank == line.n)
			return false;
		fields[i] = str_first(line, blank);
		line = str_from(line, blank + 1);
	}
	if (!parse_range(fields[0], &v->base, &end) || !str_hex_to_u64(fields[2], &number) ||
	    !parse_device(fields[3]) || !str_to_u64(fields[4], &number))
		return false;
	v->access = parse_access(fields[1]);
	v->size = end > v->base ? end - v->base : 0;
	v->name = utf8_repair(a, str_trim(line));
	return true;
}

/* Attributes of the mapping above, in the form of /proc/PID/smaps. */
static bool is_attribute(struct str line)
{
	return line.n != 0 && line.p[0] >= 'A' && line.p[0] <= 'Z';
}

static size_t count_lines(struct str text, const struct cursor *c, struct diag *d)
{
	struct str line;
	size_t n = 0;

	while (str_next_line(&text, &line))
		n += is_attribute(line) ? 0 : 1;
	return (size_t)diag_keep(d, c, BOUND_DUMP_REGIONS, n, "memory mappings");
}

/* rust-minidump's reader gives all of the stream up for one bad line, or one bad byte of text. */
static bool maps_are_perfect(struct str text, struct arena *a)
{
	struct str line;
	struct md_mapping scratch;
	bool first = true;

	if (!utf8_valid(text))
		return false;
	for (; str_next_line(&text, &line); first = false) {
		if (is_attribute(line) ? first : !parse_line(&scratch, line, a))
			return false;
	}
	return true;
}

static void read_maps(struct md_mappings *m, struct str text, struct cursor c, struct arena *a,
		      struct diag *d)
{
	size_t capacity = count_lines(text, &c, d), bad = 0;
	struct str line;

	m->v = arena_new(a, struct md_mapping, capacity);
	while (m->n < capacity && str_next_line(&text, &line)) {
		if (is_attribute(line) || line.n == 0)
			continue;
		if (parse_line(&m->v[m->n], line, a))
			m->n++;
		else
			bad++;
	}
	m->has_maps = true;
	m->n_maps = m->n;
	if (bad != 0)
		diag_warn(d, &c, "%zu malformed lines of the memory maps are left out", bad);
}

void md_mappings_read(struct md_mappings *m, const struct md *md, struct arena *a, struct diag *d,
		      bool compat)
{
	struct cursor c = md_stream(md, MD_LINUX_MAPS);
	struct str text = md_text(&c);

	*m = (struct md_mappings){ 0 };
	if (!c.failed && (!compat || maps_are_perfect(text, a)))
		read_maps(m, text, c, a, d);

	/* What the system said is better than what a writer made of it, if there is both. */
	struct md_mappings info = { .has_maps = m->has_maps, .n_maps = m->n_maps };
	if (read_info(&info, md, a, d, compat))
		*m = info;

	m->by_address = ranges_make(a, m->n);
	for (size_t i = 0; i < m->n; i++)
		ranges_add(&m->by_address, m->v[i].base, m->v[i].size, i);
	ranges_sort(&m->by_address, a->oom);
}

const struct md_mapping *md_mappings_find(const struct md_mappings *m, uint64_t address)
{
	const struct range *r = ranges_find(&m->by_address, address);

	return r == NULL ? NULL : &m->v[r->item];
}
