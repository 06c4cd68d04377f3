#include "dump/md_thread.h"

#include <inttypes.h>

#include "base/sort.h"

enum { THREAD_SIZE = 48, NAME_SIZE = 12, EXCEPTION_SIZE = 168 };

void md_exception_read(struct md_exception *e, const struct md *md)
{
	struct cursor c = md_stream(md, MD_EXCEPTION);

	/* MINIDUMP_EXCEPTION_STREAM */
	*e = (struct md_exception){ .present = cursor_left(&c) >= EXCEPTION_SIZE };
	e->thread_id = cursor_u32(&c);
	cursor_skip(&c, 4);
	e->code = cursor_u32(&c);
	e->flags = cursor_u32(&c);
	cursor_skip(&c, 8); /* address of a nested record */
	e->address = cursor_u64(&c);
	e->n_parameters = cursor_u32(&c);
	if (e->n_parameters > MD_EXCEPTION_PARAMETERS)
		e->n_parameters = MD_EXCEPTION_PARAMETERS;
	cursor_skip(&c, 4);
	for (unsigned i = 0; i < MD_EXCEPTION_PARAMETERS; i++)
		e->parameters[i] = cursor_u64(&c);
	e->context = md_location(md, &c);
}

/* MINIDUMP_THREAD */
static void read_thread(struct md_thread *t, const struct md *md, struct cursor *c)
{
	*t = (struct md_thread){ .id = cursor_u32(c) };
	cursor_skip(c, 12); /* suspend count, priority class, priority */
	t->teb = cursor_u64(c);
	t->stack_start = cursor_u64(c);
	t->stack = md_memory_location(md, c).in;
	t->context = md_location(md, c);
}

/* The thread that reports are about, which no limit may cut off. */
static bool wanted_thread(const struct md *md, uint32_t *id)
{
	struct md_exception e;
	struct md_process p;

	md_exception_read(&e, md);
	md_process_read(&p, md);
	*id = e.present ? e.thread_id : p.requesting_thread;
	return e.present || p.has_requesting_thread;
}

/* Looks through the threads beyond the limit for the last one of that id. */
static void keep_wanted(struct md_threads *t, const struct md *md, struct cursor c, uint32_t left)
{
	uint32_t id;
	struct md_thread thread;
	bool found = false;

	if (!wanted_thread(md, &id))
		return;
	for (; left > 0; left--) {
		read_thread(&thread, md, &c);
		if (thread.id == id) {
			t->v[t->n] = thread;
			found = true;
		}
	}
	t->n += found ? 1 : 0;
}

static int compare_ids(const void *a, const void *b, const void *context)
{
	uint32_t x = ((const struct md_thread_name *)a)->id;
	uint32_t y = ((const struct md_thread_name *)b)->id;

	(void)context;
	return (x > y) - (x < y);
}

/* Of names with one id the last counts. */
static size_t drop_repeated(struct md_thread_name *names, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (i + 1 == n || names[i + 1].id != names[i].id)
			names[kept++] = names[i];
	}
	return kept;
}

bool md_thread_names_read(struct md_thread_name **names, size_t *n_names, const struct md *md,
			  struct arena *a, struct diag *d)
{
	uint32_t n;
	struct cursor c = md_list(md, MD_THREAD_NAMES, NAME_SIZE, &n);
	size_t kept = 0;

	n = (uint32_t)bounds_keep(d->bounds, BOUND_DUMP_THREADS, n);
	uint64_t *rva = arena_new(a, uint64_t, n);
	struct str *texts = arena_new(a, struct str, n);
	struct md_thread_name *v = arena_new(a, struct md_thread_name, n);
	for (size_t i = 0; i < n; i++) {
		v[i].id = cursor_u32(&c);
		rva[i] = cursor_u64(&c);
	}
	md_strings(md, rva, n, a, texts);
	for (size_t i = 0; i < n; i++) {
		if (texts[i].p == NULL)
			diag_warn(d, &c, "name of thread %" PRIu32 " cannot be read", v[i].id);
		else
			v[kept++] = (struct md_thread_name){ v[i].id, texts[i] };
	}
	sort_stable(v, kept, sizeof(*v), compare_ids, NULL, a->oom);
	*names = v;
	*n_names = drop_repeated(v, kept);
	return !c.failed;
}

static void set_name(struct md_thread *t, const struct md_thread_name *names, size_t n)
{
	size_t low = 0, high = n;

	/* The first name of a greater id: the one before it may be of this id. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (names[middle].id <= t->id)
			low = middle + 1;
		else
			high = middle;
	}
	t->has_name = low > 0 && names[low - 1].id == t->id;
	if (t->has_name)
		t->name = names[low - 1].text;
}

bool md_threads_read(struct md_threads *t, const struct md *md, struct arena *a, struct diag *d)
{
	uint32_t n;
	struct cursor c = md_list(md, MD_THREAD_LIST, THREAD_SIZE, &n);
	uint32_t kept = (uint32_t)bounds_keep(d->bounds, BOUND_DUMP_THREADS, n);
	struct md_thread_name *names;
	size_t n_names;

	*t = (struct md_threads){ .v = arena_new(a, struct md_thread, (size_t)kept + 1),
				  .n_all = n };
	for (; t->n < kept; t->n++)
		read_thread(&t->v[t->n], md, &c);
	if (n > kept) {
		diag_warn(d, &c,
			  "%" PRIu32 " threads; the first %" PRIu32
			  " are read and the crashing one",
			  n, kept);
		keep_wanted(t, md, c, n - kept);
	}

	md_thread_names_read(&names, &n_names, md, a, d);
	for (size_t i = 0; i < t->n; i++)
		set_name(&t->v[i], names, n_names);
	return !c.failed;
}
