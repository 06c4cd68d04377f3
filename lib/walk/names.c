#include "walk/names.h"

#include "base/limits.h"
#include "base/sort.h"

/* Sorted by base; highest is the last address of this and all before it, so that a search can stop
 * early: the ranges may overlap in any way. */
struct names_range {
	uint64_t base, last, highest;
	size_t item;
};

static int by_base(const void *a, const void *b, const void *context)
{
	const struct names_range *x = (const struct names_range *)a;
	const struct names_range *y = (const struct names_range *)b;

	(void)context;
	return (x->base > y->base) - (x->base < y->base);
}

static void index_unloaded(struct names *n, struct arena *a)
{
	const struct md_unloaded_modules *m = &n->dump->unloaded;
	uint64_t highest = 0;

	n->unloaded = arena_new(a, struct names_range, m->n);
	for (size_t i = 0; i < m->n; i++) {
		struct names_range *r = &n->unloaded[i];
		uint64_t size = m->v[i].size;

		*r = (struct names_range){ .base = m->v[i].base, .item = i };
		/* Empty and wrapping ones hold no address: rust-minidump leaves them out. */
		if (size == 0 || __builtin_add_overflow(r->base, size - 1, &r->last))
			*r = (struct names_range){ .base = UINT64_MAX, .item = i };
	}
	sort_stable(n->unloaded, m->n, sizeof(n->unloaded[0]), by_base, NULL, a->oom);
	for (size_t i = 0; i < m->n; i++) {
		highest = n->unloaded[i].last > highest ? n->unloaded[i].last : highest;
		n->unloaded[i].highest = highest;
	}
}

/* How many begin at the address or before it. */
static size_t begin_before(const struct names *n, uint64_t address)
{
	size_t low = 0, high = n->dump->unloaded.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (n->unloaded[middle].base <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct hit {
	struct str name;
	uint64_t offset;
};

static int by_name(const void *a, const void *b, const void *context)
{
	const struct hit *x = (const struct hit *)a, *y = (const struct hit *)b;
	int order = str_cmp(x->name, y->name);

	(void)context;
	return order != 0 ? order : (x->offset > y->offset) - (x->offset < y->offset);
}

static size_t find_hits(const struct names *n, uint64_t address, struct hit *hits)
{
	size_t found = 0;

	for (size_t i = begin_before(n, address); i-- > 0 && found < LIMIT_UNLOADED_AT;) {
		const struct names_range *r = &n->unloaded[i];

		if (r->highest < address)
			break;
		if (r->last >= address)
			hits[found++] = (struct hit){ n->dump->unloaded.v[r->item].code_file,
						      address - r->base };
	}
	return found;
}

/* Adds a hit to the result, whose last entry may be of the same name. */
static void add_hit(struct names_unloaded *out, size_t *count, const struct hit *hit,
		    uint64_t *offsets)
{
	struct names_unloaded *last = *count == 0 ? NULL : &out[*count - 1];

	if (last == NULL || !str_eq(last->name, hit->name)) {
		last = &out[(*count)++];
		*last = (struct names_unloaded){ hit->name, offsets, 0 };
	}
	if (last->n_offsets == 0 || last->offsets[last->n_offsets - 1] != hit->offset)
		last->offsets[last->n_offsets++] = hit->offset;
}

size_t names_unloaded(const struct names *n, uint64_t address, struct arena *a,
		      struct names_unloaded **out)
{
	struct hit hits[LIMIT_UNLOADED_AT];
	size_t found = find_hits(n, address, hits), count = 0;
	uint64_t *offsets = arena_new(a, uint64_t, found);

	*out = arena_new(a, struct names_unloaded, found);
	sort_stable(hits, found, sizeof(hits[0]), by_name, NULL, a->oom);
	for (size_t i = 0; i < found; i++)
		add_hit(*out, &count, &hits[i], &offsets[i]);
	return count;
}

/* Memory that a kernel or a process fills, though it has the name of a file. */
static bool is_filled(struct str name)
{
	static const struct str prefixes[] = { STR_INIT("/memfd:"), STR_INIT("/dev/"),
					       STR_INIT("/SYSV"), STR_INIT("//") };

	for (size_t i = 0; i < COUNT(prefixes); i++) {
		if (str_starts(name, prefixes[i]))
			return true;
	}
	return false;
}

bool names_is_foreign(const struct md_mapping *m)
{
	/* The page of old system calls, at the other end of the address space, and the other one
	 * call nothing. */
	bool kernel = str_eq(m->name, STR("[vsyscall]")) || str_eq(m->name, STR("[vdso]"));
	bool file = str_starts(m->name, STR("/")) && !is_filled(m->name);

	return (m->access & MD_EXECUTE) != 0 && !kernel && !file;
}

/* Most words of a stack are not in there, which is soon told. */
static void bound_foreign(struct names *n)
{
	const struct md_mappings *all = &n->dump->mappings;

	n->foreign_from = UINT64_MAX;
	for (size_t i = 0; i < all->by_address.n; i++) {
		const struct range *r = &all->by_address.v[i];
		const struct md_mapping *m = &all->v[r->item];

		if (!names_is_foreign(m) ||
		    md_modules_find(&n->dump->modules, r->first) != MD_NO_MODULE)
			continue;
		n->foreign_from = r->first < n->foreign_from ? r->first : n->foreign_from;
		n->foreign_last = r->last;
	}
}

void names_init(struct names *n, const struct dump *d, struct symbols *symbols, bool compat,
		struct arena *a)
{
	*n = (struct names){ .dump = d, .symbols = symbols, .compat = compat };
	n->of = arena_new(a, const struct sym_module *, d->modules.n);
	n->binary_of = arena_new(a, const struct elf *, d->modules.n);
	n->turn = arena_new(a, uint32_t, d->modules.n);
	index_unloaded(n, a);
	bound_foreign(n);
}

static struct symbols_key key_of(const struct names *n, ptrdiff_t module)
{
	const struct md_module *m = &n->dump->modules.v[module];

	return (struct symbols_key){ m->debug_file, m->debug_id, m->code_file, m->code_id };
}

const struct symx *names_symx(struct names *n, ptrdiff_t module)
{
	struct symbols_key key;

	if (module == MD_NO_MODULE || n->symbols == NULL)
		return NULL;
	if (n->of[module] == NULL) {
		key = key_of(n, module);
		n->of[module] = symbols_find(n->symbols, &key);
		n->turn[module] = ++n->n_turns;
	}
	return n->of[module]->symx;
}

struct slice names_code(const struct names *n, uint64_t address, size_t size)
{
	static const struct elf none;
	ptrdiff_t module = md_modules_find(&n->dump->modules, address);
	const struct elf **of;

	if (n->binaries == NULL || module == MD_NO_MODULE)
		return (struct slice){ 0 };
	of = &n->binary_of[module];
	if (*of == NULL) {
		struct symbols_key key = key_of(n, module);

		*of = binaries_find(n->binaries, &key);
		if (*of == NULL)
			*of = &none;
	}
	return elf_bytes_at(*of, (*of)->bias + names_offset(n, module, address), size);
}

static int by_leaf_and_turn(const void *a, const void *b, const void *context)
{
	const struct names *n = context;
	size_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int order = str_cmp(str_leaf(n->dump->modules.v[x].code_file),
			    str_leaf(n->dump->modules.v[y].code_file));

	return order != 0 ? order : (n->turn[x] > n->turn[y]) - (n->turn[x] < n->turn[y]);
}

static bool same_leaf(const struct names *n, size_t x, size_t y)
{
	return str_eq(str_leaf(n->dump->modules.v[x].code_file),
		      str_leaf(n->dump->modules.v[y].code_file));
}

const struct sym_module **names_symbols(const struct names *n, struct arena *a)
{
	size_t count = n->dump->modules.n;
	const struct sym_module **out;
	uint32_t *order;

	if (!n->compat)
		return n->of;
	out = arena_new(a, const struct sym_module *, count);
	order = arena_new(a, uint32_t, count);
	for (size_t i = 0; i < count; i++)
		order[i] = (uint32_t)i;
	sort_stable(order, count, sizeof(*order), by_leaf_and_turn, n, a->oom);
	for (size_t i = count; i-- > 0;) {
		bool last = i + 1 == count || !same_leaf(n, order[i], order[i + 1]);

		out[order[i]] = last ? n->of[order[i]] : out[order[i + 1]];
	}
	return out;
}

/* Functions are not larger, except in programs that come with their sizes. */
enum { PUBLIC_REACH = 65536 };

/* A PUBLIC has no size: it seems to reach up to the next symbol. But call frame information says
 * where functions begin and end: it cannot reach beyond the next that begins, nor beyond its own.
 */
static bool is_neighbour(const struct symx *x, uint64_t offset, const struct sym_frame *f)
{
	uint64_t start, size;

	if (!symx_cfi_last(x, offset, &start, &size) ||
	    (start <= f->base && f->base - start >= size))
		return offset - f->base >= PUBLIC_REACH;
	return start > f->base || offset - start >= size;
}

/* Whether the dump says that memory is no code. */
static bool is_data(const struct names *n, uint64_t address)
{
	const struct md_mapping *m = md_mappings_find(&n->dump->mappings, address);

	return m != NULL && (m->access & MD_EXECUTE) == 0;
}

/* Of what a PUBLIC names, whatever lies between it and the next symbol. */
static bool is_wrong_public(const struct names *n, const struct symx *x, ptrdiff_t module,
			    uint64_t instruction, const struct sym_frame *f)
{
	return f->is_public &&
	       (is_neighbour(x, names_offset(n, module, instruction), f) ||
		is_data(n, instruction) || is_data(n, n->dump->modules.v[module].base + f->base));
}

bool names_find(struct names *n, ptrdiff_t module, uint64_t instruction, struct arena *a,
		struct sym_frame *f)
{
	const struct symx *x = names_symx(n, module);
	if (x == NULL || !symx_find(x, names_offset(n, module, instruction), a, f))
		return false;
	return n->compat || !is_wrong_public(n, x, module, instruction, f);
}

bool names_has(struct names *n, ptrdiff_t module, uint64_t instruction, struct arena *a)
{
	const struct symx *x = names_symx(n, module);
	struct sym_frame f;

	if (x == NULL)
		return false;
	if (n->compat)
		return symx_has_name(x, names_offset(n, module, instruction));
	return names_find(n, module, instruction, a, &f) && f.function.n != 0;
}
