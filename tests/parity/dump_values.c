#include <inttypes.h>
#include <stdio.h>

#include "base/file.h"
#include "dump/dump.h"

/* Prints what dump_read() makes of a minidump, with compat, in the form of minidump-stackwalk
 * --dump: a heading for a record, then lines "  field = value". dump_values.py compares the two. */

static void number(const char *field, uint64_t value)
{
	printf("  %s = 0x%" PRIx64 "\n", field, value);
}

static void text(const char *field, struct str value)
{
	printf("  %s = \"", field);
	fwrite(value.p, 1, value.n, stdout); /* it may hold nuls */
	puts("\"");
}

static void print_header(const struct md *md)
{
	puts("MDRawHeader");
	number("time_date_stamp", md->time);
	number("flags", md->flags);
}

static void print_context(const struct md_system *system, struct cursor context)
{
	const struct cpu *cpu = cpu_find(system->cpu);
	struct regs r;

	if (cpu == NULL || !regs_read(&r, cpu, context, true))
		return;
	puts("CONTEXT");
	for (unsigned i = 0; i < cpu->n_regs; i++)
		number(cpu->regs[i].name, r.value[i]);
}

static void print_threads(const struct dump *d)
{
	for (size_t i = 0; i < d->threads.n; i++) {
		const struct md_thread *t = &d->threads.v[i];

		puts("MINIDUMP_THREAD");
		number("thread_id", t->id);
		number("teb", t->teb);
		number("stack.start_of_memory_range", t->stack_start);
		print_context(&d->system, t->context);
	}
}

static void print_exception(const struct dump *d)
{
	const struct md_exception *e = &d->exception;

	if (!e->present)
		return;
	puts("MINIDUMP_EXCEPTION");
	number("thread_id", e->thread_id);
	number("exception_record.exception_code", e->code);
	number("exception_record.exception_flags", e->flags);
	number("exception_record.exception_address", e->address);
	for (uint32_t i = 0; i < e->n_parameters; i++)
		printf("  exception_record.exception_information[%2" PRIu32 "] = 0x%" PRIx64 "\n",
		       i, e->parameters[i]);
	print_context(&d->system, e->context);
}

static void print_modules(const struct dump *d)
{
	for (size_t i = 0; i < d->modules.n; i++) {
		const struct md_module *m = &d->modules.v[i];

		puts("MINIDUMP_MODULE");
		number("base_of_image", m->base);
		number("size_of_image", m->size);
		text("(code_file)", m->code_file);
		text("(code_identifier)", m->code_id);
		text("(debug_file)", m->debug_file);
		text("(debug_identifier)", m->debug_id);
		text("(version)", m->version);
	}
	for (size_t i = 0; i < d->unloaded.n; i++) {
		const struct md_unloaded *m = &d->unloaded.v[i];

		puts("MINIDUMP_UNLOADED_MODULE");
		number("base_of_image", m->base);
		number("size_of_image", m->size);
		text("(code_file)", m->code_file);
		text("(code_identifier)", m->code_id);
	}
}

static void print_memory(const struct dump *d)
{
	for (size_t i = 0; i < d->memory.n; i++) {
		puts("MINIDUMP_MEMORY_DESCRIPTOR");
		number("start_of_memory_range", d->memory.v[i].base);
		number("memory.data_size", d->memory.v[i].data.n);
	}
	if (md_stream(&d->md, MD_MEMORY_INFO_LIST).failed)
		return;
	for (size_t i = 0; i < d->mappings.n; i++) {
		puts("MINIDUMP_MEMORY_INFO");
		number("base_address", d->mappings.v[i].base);
		number("region_size", d->mappings.v[i].size);
	}
}

static void print_process(const struct dump *d)
{
	puts("MINIDUMP_SYSTEM_INFO");
	number("processor_architecture", d->system.architecture);
	number("platform_id", d->system.platform);
	text("(cpu_info)", d->system.cpu_info);
	if (d->process.has_create_time) {
		puts("MINIDUMP_MISC_INFO");
		number("process_create_time", d->process.create_time);
		if (d->process.has_pid)
			number("process_id", d->process.pid);
	}
	for (size_t i = 0; i < d->extra.n_handles; i++) {
		puts("MINIDUMP_HANDLE_DESCRIPTOR");
		number("handle", d->extra.handles[i].handle);
		if (d->extra.handles[i].has_type)
			text("(type_name)", d->extra.handles[i].type);
		if (d->extra.handles[i].has_object)
			text("(object_name)", d->extra.handles[i].object);
	}
}

int main(int argc, char **argv)
{
	struct diag quiet = { .tool = "dump_values" };
	struct error err = { 0 };
	struct arena a = { 0 };
	enum md_verdict verdict;
	struct dump d;
	struct file f;

	if (argc != 2)
		return EXIT_USAGE;
	if (!file_open(&f, argv[1], &err) ||
	    !dump_read(&d, f.data, f.name, &a, &quiet, true, &verdict, &err)) {
		fprintf(stderr, "dump_values: %s\n", err.text);
		return EXIT_INPUT;
	}
	print_header(&d.md);
	print_process(&d);
	print_threads(&d);
	print_exception(&d);
	print_modules(&d);
	print_memory(&d);
	arena_free(&a);
	file_close(&f);
	return EXIT_DONE;
}
