#include <inttypes.h>

#include "base/limits.h"
#include "dump/md_thread.h"
#include "dump/print_impl.h"

enum { THREAD_SIZE = 48, INFO_SIZE = 64, EXCEPTION_SIZE = 168, CONTEXT_AT = 160 };

/* MINIDUMP_THREAD, minidumpapiset.h. */
static const struct print_field thread_fields[] = {
	{ "thread_id                   ", 0, 4, PRINT_HEX, 0 },
	{ "suspend_count               ", 4, 4, PRINT_DEC, 0 },
	{ "priority_class              ", 8, 4, PRINT_HEX, 0 },
	{ "priority                    ", 12, 4, PRINT_HEX, 0 },
	{ "teb                         ", 16, 8, PRINT_HEX, 0 },
	{ "stack.start_of_memory_range ", 24, 8, PRINT_HEX, 0 },
	{ "stack.memory.data_size      ", 32, 4, PRINT_HEX, 0 },
	{ "stack.memory.rva            ", 36, 4, PRINT_HEX, 0 },
	{ "thread_context.data_size    ", 40, 4, PRINT_HEX, 0 },
	{ "thread_context.rva          ", 44, 4, PRINT_HEX, 0 },
};

/* MINIDUMP_THREAD_INFO, the same header. */
static const struct print_field info_fields[] = {
	{ "thread_id                   ", 0, 4, PRINT_HEX, 0 },
	{ "dump_flags                  ", 4, 4, PRINT_HEX, 0 },
	{ "dump_error                  ", 8, 4, PRINT_HEX, 0 },
	{ "exit_status                 ", 12, 4, PRINT_HEX, 0 },
	{ "create_time                 ", 16, 8, PRINT_HEX, 0 },
	{ "exit_time                   ", 24, 8, PRINT_HEX, 0 },
	{ "kernel_time                 ", 32, 8, PRINT_HEX, 0 },
	{ "user_time                   ", 40, 8, PRINT_HEX, 0 },
	{ "start_address               ", 48, 8, PRINT_HEX, 0 },
	{ "affinity                    ", 56, 8, PRINT_HEX, 0 },
};

/* MINIDUMP_EXCEPTION_STREAM, the same header. */
static const struct print_field exception_fields[] = {
	{ "thread_id                                  ", 0, 4, PRINT_HEX, 0 },
	{ "exception_record.exception_code            ", 8, 4, PRINT_HEX, 0 },
	{ "exception_record.exception_flags           ", 12, 4, PRINT_HEX, 0 },
	{ "exception_record.exception_record          ", 16, 8, PRINT_HEX, 0 },
	{ "exception_record.exception_address         ", 24, 8, PRINT_HEX, 0 },
	{ "exception_record.number_parameters         ", 32, 4, PRINT_DEC, 0 },
};
static const struct print_field exception_context_fields[] = {
	{ "thread_context.data_size                   ", 160, 4, PRINT_DEC, 0 },
	{ "thread_context.rva                         ", 164, 4, PRINT_HEX, 0 },
};

/* The words of a stack; of a CPU without known width, as of 64 bits. */
static void print_stack(struct printer *p, struct slice stack)
{
	unsigned size = p->has_system && p->system.pointer_bits == 32 ? 4 : 8;
	struct cursor c = cursor_make(stack, "");

	c.big = p->md->file.big;
	fputs("Stack\n", p->out);
	if (!print_take(p, stack.n)) {
		putc('\n', p->out);
		return;
	}
	while (cursor_left(&c) >= size) {
		size_t at = c.pos;

		fprintf(p->out, "    0x%08zx: 0x%0*" PRIx64 "\n", at, 2 * (int)size,
			cursor_uint(&c, size));
	}
}

/* The thread's own stack, or the memory of the dump at its start: Windows has stacks without
 * contents. */
static bool find_stack(struct printer *p, struct cursor record, const struct md_memory *memory,
		       struct slice *stack)
{
	cursor_skip(&record, 24);
	uint64_t start = cursor_u64(&record);
	struct cursor own = md_memory_location(p->md, &record);
	const struct md_region *r = md_memory_find(memory, start);

	if (own.failed && r == NULL)
		return false;
	*stack = own.failed ? r->data : own.in;
	return true;
}

static void print_thread(struct printer *p, struct cursor record, const struct md_memory *memory)
{
	struct cursor context = cursor_sub(&record, 40, 8);
	struct slice stack;

	fputs("MINIDUMP_THREAD\n", p->out);
	print_fields(p, &record, thread_fields, COUNT(thread_fields));
	putc('\n', p->out);
	if (!print_context(p, md_location(p->md, &context), ""))
		fputs("  (no context)\n\n", p->out);
	if (!p->brief && find_stack(p, record, memory, &stack))
		print_stack(p, stack);
	else if (!p->brief)
		fputs("No stack\n", p->out);
	putc('\n', p->out);
}

void print_threads(struct printer *p, const struct md_memory *memory)
{
	uint32_t n;
	struct cursor c = md_list(p->md, MD_THREAD_LIST, THREAD_SIZE, &n);

	if (c.failed)
		return;
	fprintf(p->out, "MinidumpThreadList\n  thread_count = %" PRIu32 "\n\n", n);
	for (uint32_t i = 0; i < n; i++) {
		fprintf(p->out, "thread[%" PRIu32 "]\n", i);
		print_thread(p, cursor_sub(&c, c.pos + (uint64_t)i * THREAD_SIZE, THREAD_SIZE),
			     memory);
	}
}

void print_thread_infos(struct printer *p)
{
	uint64_t n;
	struct cursor c = md_ex_list(p->md, MD_THREAD_INFO_LIST, INFO_SIZE, 4, &n);

	if (c.failed)
		return;
	fprintf(p->out, "MinidumpThreadInfoList\n  thread_info_count = %" PRIu64 "\n\n", n);
	for (uint64_t i = 0; i < n; i++) {
		struct cursor record = cursor_sub(&c, c.pos + i * INFO_SIZE, INFO_SIZE);

		fprintf(p->out, "thread info[%" PRIu64 "]\nMINIDUMP_THREAD_INFO\n", i);
		print_fields(p, &record, info_fields, COUNT(info_fields));
		putc('\n', p->out);
	}
}

void print_thread_names(struct printer *p)
{
	struct md_thread_name *names;
	size_t n;

	if (!md_thread_names_read(&names, &n, p->md, p->a, p->d))
		return;
	fprintf(p->out, "MinidumpThreadNames\n  thread_count = %zu\n\n", n);
	for (size_t i = 0; i < n; i++) {
		fprintf(p->out, "thread_name[%zu]\nMINIDUMP_THREAD_NAME\n", i);
		fprintf(p->out, "  thread_id = 0x%" PRIx32 "\n  name      = \"", names[i].id);
		print_text(p, names[i].text);
		fputs("\"\n\n", p->out);
	}
}

/* The peer ends itself at more parameters than there is room for. */
static void print_parameters(struct printer *p, const struct cursor *record)
{
	struct cursor c = *record;
	uint32_t n;

	cursor_seek(&c, 32);
	n = cursor_u32(&c);
	cursor_skip(&c, 4);
	for (uint32_t i = 0; i < n && i < MD_EXCEPTION_PARAMETERS; i++)
		fprintf(p->out,
			"  exception_record.exception_information[%2" PRIu32 "] = 0x%" PRIx64 "\n",
			i, cursor_u64(&c));
}

void print_exception(struct printer *p)
{
	struct cursor c = md_stream(p->md, MD_EXCEPTION);
	struct cursor context = cursor_sub(&c, CONTEXT_AT, 8);

	if (cursor_left(&c) < EXCEPTION_SIZE)
		return;
	fputs("MINIDUMP_EXCEPTION\n", p->out);
	print_fields(p, &c, exception_fields, COUNT(exception_fields));
	print_parameters(p, &c);
	print_fields(p, &c, exception_context_fields, COUNT(exception_context_fields));

	if (!print_context(p, md_location(p->md, &context), "\n"))
		fputs(p->compat ? "  (no context)\n\n    " : "  (no context)\n\n", p->out);
}
