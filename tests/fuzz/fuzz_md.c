#include "base/limits.h"
#include "dump/dump.h"
#include "dump/reason.h"

/*
 * A minidump, read both ways. What came out is looked at byte by byte, so that a sanitizer sees
 * every view; memory may not grow faster than the file: 64 bytes a byte cover a list of 8-byte
 * records.
 */
enum { MEMORY_BASE = 1 << 20, MEMORY_FACTOR = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static unsigned look(struct slice s)
{
	unsigned sum = 0;

	for (size_t i = 0; i < s.n; i++)
		sum += s.p[i];
	return sum;
}

static void look_at_text(struct str s)
{
	volatile unsigned sum = look((struct slice){ (const uint8_t *)s.p, s.n });

	(void)sum;
}

static void look_at_threads(const struct dump *d, bool compat)
{
	const struct cpu *cpu = cpu_find(d->system.cpu);
	struct regs r;
	uint64_t v;

	expect(d->threads.n <= LIMIT_DUMP_THREADS + 1);
	for (size_t i = 0; i < d->threads.n; i++) {
		const struct md_thread *t = &d->threads.v[i];
		volatile unsigned sum = look(t->stack);

		(void)sum;
		look_at_text(t->name);
		md_memory_find(&d->memory, t->stack_start);
		if (cpu == NULL || !regs_read(&r, cpu, t->context, compat))
			continue;
		md_memory_uint(&d->memory, r.value[cpu->sp], cpu->pointer_size, &v);
		md_modules_find(&d->modules, r.value[cpu->ip]);
		md_mappings_find(&d->mappings, r.value[cpu->sp]);
	}
}

static void look_at_modules(const struct dump *d)
{
	expect(d->modules.n <= LIMIT_DUMP_MODULES && d->unloaded.n <= LIMIT_DUMP_MODULES);
	for (size_t i = 0; i < d->modules.n; i++) {
		const struct md_module *m = &d->modules.v[i];
		ptrdiff_t found = md_modules_find(&d->modules, m->base);

		look_at_text(m->code_file);
		look_at_text(m->debug_file);
		look_at_text(m->debug_id);
		look_at_text(m->code_id);
		look_at_text(m->version);
		expect(found != MD_NO_MODULE);
		expect(d->modules.v[found].base <= m->base);
	}
	for (size_t i = 0; i < d->unloaded.n; i++)
		look_at_text(d->unloaded.v[i].code_file);
}

static void look_at_memory(const struct dump *d)
{
	expect(d->memory.n <= LIMIT_DUMP_REGIONS && d->mappings.n <= LIMIT_DUMP_REGIONS);
	for (size_t i = 0; i < d->memory.by_address.n; i++) {
		const struct range *r = &d->memory.by_address.v[i];
		uint64_t v;

		expect(md_memory_uint(&d->memory, r->first, 1, &v));
		expect(md_memory_uint(&d->memory, r->last, 1, &v));
		expect(!md_region_uint(&d->memory.v[r->item], false, r->last, 2, &v));
	}
	for (size_t i = 0; i < d->mappings.n; i++)
		look_at_text(d->mappings.v[i].name);
}

static void look_at_texts(const struct dump *d)
{
	const struct md_extra *x = &d->extra;

	look_at_text(d->system.os_name);
	look_at_text(d->system.os_version);
	look_at_text(d->system.cpu_info);
	look_at_text(d->linux_info.lsb_description);
	look_at_text(x->boot_args);
	look_at_text(x->soft_errors);
	look_at_text(x->assertion_file);
	for (size_t i = 0; i < x->n_handles; i++) {
		look_at_text(x->handles[i].type);
		look_at_text(x->handles[i].object);
	}
	for (size_t i = 0; i < x->n_limits; i++)
		look_at_text(x->limits[i].name);
	for (size_t i = 0; i < x->n_mac_records; i++)
		look_at_text(x->mac_records[i].message2);
}

static void read_once(struct slice data, bool compat)
{
	struct diag quiet = { .tool = "fuzz_md" };
	struct arena arena = { 0 };
	struct error err = { 0 };
	enum md_verdict verdict;
	struct dump d;
	uint64_t address;

	if (dump_read(&d, data, "fuzz", &arena, &quiet, compat, &verdict, &err)) {
		look_at_threads(&d, compat);
		look_at_modules(&d);
		look_at_memory(&d);
		look_at_texts(&d);
		look_at_text(reason_text(&d.exception, &d.system, &arena));
		reason_address(&d.exception, &d.system, compat, &address);
	} else {
		expect(verdict != MD_OK && err.code != ERROR_NONE);
	}
	expect(arena.used <= MEMORY_BASE + MEMORY_FACTOR * data.n);
	arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_once((struct slice){ data, size }, false);
	read_once((struct slice){ data, size }, true);
	return 0;
}
