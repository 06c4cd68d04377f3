#include "walk/state.h"

#include <inttypes.h>

#include "base/utf.h"
#include "walk/frames.h"

/*
 * Lines of fields separated by '|', the form of Breakpad's minidump_stackwalk -m
 * (src/processor/stackwalk_common.cc, PrintProcessStateMachineReadable). stackwalk.md 15.
 */
struct piper {
	FILE *out;
	struct state *s;
	const struct dump *dump;
	struct frames frames;
	struct arena scratch; /* for one frame */
	struct buf text;      /* of one field */
};

/* Breakpad drops what would end a field. */
static void drop_separators(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '|' && s.p[i] != '\n')
			buf_put_char(b, s.p[i]);
}

/* As in the text report, and '|' as \x7c, so that the field can be had back. */
static void escape(struct buf *b, struct str s)
{
	size_t n;

	for (; n = str_find_char(s, '|'), n < s.n; s = str_from(s, n + 1)) {
		text_printable(b, str_first(s, n));
		buf_put_str(b, STR("\\x7c"));
	}
	text_printable(b, s);
}

static void put(struct piper *p, struct str s)
{
	buf_clear(&p->text);
	(p->s->compat ? drop_separators : escape)(&p->text, s);
	if (p->text.n != 0)
		fwrite(p->text.p, 1, p->text.n, p->out);
}

/* A field that is not the first of its line. */
static void field(struct piper *p, struct str s)
{
	putc('|', p->out);
	put(p, s);
}

/* "MAJOR.MINOR.BUILD CSD", where ours leaves out what is empty and takes uname's text apart. */
static struct str breakpad_os_version(const struct piper *p, struct arena *a)
{
	enum { VERSION_OFFSET = 8 }; /* in MINIDUMP_SYSTEM_INFO */
	struct cursor c = md_stream(&p->dump->md, MD_SYSTEM_INFO);
	uint32_t version[3];
	struct str csd;

	cursor_skip(&c, VERSION_OFFSET);
	for (size_t i = 0; i < 3; i++)
		version[i] = cursor_u32(&c);
	cursor_skip(&c, 4); /* platform */
	if (c.failed)
		return p->dump->system.os_version;
	if (!md_string(&p->dump->md, cursor_u32(&c), a, &csd))
		csd = STR("");
	return arena_printf(a, "%" PRIu32 ".%" PRIu32 ".%" PRIu32 " %.*s", version[0], version[1],
			    version[2], STR_ARGS(csd));
}

/* Signals of Linux that are given with their code: src/processor/minidump_processor.cc,
 * GetCrashReason. */
static const struct {
	struct str signal;
	const char *between;
} with_codes[] = {
	{ STR_INIT("SIGILL"), " / " },
	{ STR_INIT("SIGBUS"), " / " },
	{ STR_INIT("SIGFPE"), " / " },
	{ STR_INIT("SIGSEGV"), " /" },
};

static struct str breakpad_signal(struct str reason, uint32_t code, struct arena *a)
{
	size_t n = str_find(reason, STR(" / "));
	struct str signal = str_first(reason, n), name = str_from(reason, n + 3);

	for (size_t i = 0; i < sizeof(with_codes) / sizeof(with_codes[0]); i++) {
		if (!str_eq(signal, with_codes[i].signal))
			continue;
		if (name.n == 0 || str_starts(name, STR("SI_")))
			return arena_printf(a, "%.*s%s0x%08" PRIx32, STR_ARGS(signal),
					    with_codes[i].between, code);
		return arena_printf(a, "%.*s%s%.*s", STR_ARGS(signal), with_codes[i].between,
				    STR_ARGS(name));
	}
	return signal;
}

/* It knows Windows' exceptions, but not the NTSTATUS and error codes that may stand for one. */
static struct str breakpad_reason(const struct piper *p, struct arena *a)
{
	const struct md_exception *e = &p->dump->exception;
	struct str reason = p->s->reason;
	bool numbers = str_starts(reason, STR("STATUS_")) || str_starts(reason, STR("ERROR_")) ||
		       str_starts(reason, STR("unknown "));

	if (numbers)
		return arena_printf(a, "0x%08" PRIx32 " / 0x%08" PRIx32, e->code, e->flags);
	return str_starts(reason, STR("SIG")) ? breakpad_signal(reason, e->flags, a) : reason;
}

static void put_system(struct piper *p)
{
	const struct md_system *s = &p->dump->system;

	fputs("OS", p->out);
	field(p, s->os_name);
	field(p, p->s->compat ? breakpad_os_version(p, &p->scratch) : s->os_version);
	fputs("\nCPU", p->out);
	field(p, str_of(s->cpu_name));
	field(p, s->has_cpu_info ? s->cpu_info : STR(""));
	fprintf(p->out, "|%u\nGPU", s->n_cpus);
	field(p, p->dump->gpu.version);
	field(p, p->dump->gpu.vendor);
	field(p, p->dump->gpu.renderer);
	putc('\n', p->out);
}

/* A thread's number: its place in the dump; for Breakpad, among those that did not write it. */
static size_t number_of(const struct piper *p, size_t thread)
{
	size_t number = thread;

	for (size_t i = 0; p->s->compat && i < thread; i++)
		number -= state_is_dump_thread(p->s, i);
	return number;
}

/* Of a dump without a crash the assertion, if it has one. */
static void put_crash(struct piper *p)
{
	const struct md_extra *x = &p->dump->extra;
	bool crashed = p->dump->exception.present;

	fputs("Crash", p->out);
	if (crashed)
		field(p, p->s->compat ? breakpad_reason(p, &p->scratch) : p->s->reason);
	else
		field(p, x->has_assertion ? x->assertion_expression : STR("No crash"));
	putc('|', p->out);
	if (crashed && p->s->has_address)
		fprintf(p->out, "0x%" PRIx64, p->s->address);
	putc('|', p->out);
	if (p->s->requesting >= 0)
		fprintf(p->out, "%zu", number_of(p, (size_t)p->s->requesting));
	putc('\n', p->out);
}

static void put_modules(struct piper *p)
{
	const struct md_modules *m = &p->dump->modules;

	for (size_t i = 0; i < m->by_address.n; i++) {
		const struct md_module *one = &m->v[m->by_address.v[i].item];

		fputs("Module", p->out);
		field(p, str_leaf(one->code_file));
		field(p, one->version);
		field(p, str_leaf(one->debug_file));
		field(p, one->debug_id);
		fprintf(p->out, "|0x%08" PRIx64 "|0x%08" PRIx64 "|%d\n", one->base,
			one->base + one->size - 1,
			!p->dump->is_microdump && one->base == m->v[0].base);
	}
	putc('\n', p->out);
}

/* A frame's place, by numbers. */
struct place {
	size_t thread;
	uint64_t frame;
};

static void put_place(struct piper *p, const struct place *at, struct str module)
{
	fprintf(p->out, "%zu|%" PRIu64, at->thread, at->frame);
	field(p, module);
}

/* Function, file, line, and how far pc is from the line, or else from the function. */
static void put_function(struct piper *p, struct str function, const struct sym_place *place,
			 uint64_t from_line, uint64_t from_function)
{
	bool has_line = place->has_file && place->has_line;

	field(p, function);
	field(p, has_line ? place->file : STR(""));
	putc('|', p->out);
	if (has_line)
		fprintf(p->out, "%" PRIu32, place->line);
	fprintf(p->out, "|0x%" PRIx64 "\n", has_line ? from_line : from_function);
}

/* A frame that has symbols, and before it those that are inlined there; its number moves on by
 * them. */
static void put_named(struct piper *p, struct place *at, struct str module,
		      const struct sym_frame *f, uint64_t pc)
{
	for (size_t i = 0; i < f->n_inlines; i++, at->frame++) {
		put_place(p, at, module);
		put_function(p, f->inlines[i].function, &f->inlines[i].place, pc - f->line_base,
			     pc - f->base);
	}
	put_place(p, at, module);
	put_function(p, f->function, &f->place, pc - f->line_base, pc - f->base);
}

/* Breakpad counts from the return address, but on x86 only: stack_frame_cpu.h, ReturnAddress. */
static uint64_t counted_from(const struct piper *p, const struct frame_note *note)
{
	enum cpu_kind cpu = p->dump->system.cpu;

	return note->instruction + (cpu == CPU_X86 || cpu == CPU_AMD64 ? note->behind : 0);
}

static void put_frame(struct piper *p, struct place *at, const struct frame_note *note)
{
	uint64_t pc = counted_from(p, note);
	const struct md_module *m;
	struct sym_frame f = { 0 };

	arena_reset(&p->scratch);
	if (note->module == MD_NO_MODULE) {
		put_place(p, at, STR(""));
		fprintf(p->out, "||||0x%" PRIx64 "\n", pc);
		return;
	}
	m = &p->dump->modules.v[note->module];
	if (names_find(p->s->names, note->module, note->instruction, &p->scratch, &f) &&
	    f.function.n != 0) {
		put_named(p, at, str_leaf(m->code_file), &f, pc - m->base);
	} else {
		put_place(p, at, str_leaf(m->code_file));
		fprintf(p->out, "||||0x%" PRIx64 "\n", pc - m->base);
	}
}

/* Frames are numbered with those that are inlined; a gap in the numbers is one in the stack. */
static void put_thread(struct piper *p, size_t thread)
{
	struct place at = { .thread = number_of(p, thread) };
	uint64_t inlined = 0;

	for (size_t i = 0; i < frames_kept(&p->frames, thread); i++) {
		uint64_t number;
		struct frame_note note = frames_at(&p->frames, thread, i, &number);

		at.frame = number + inlined;
		put_frame(p, &at, &note);
		inlined = at.frame - number;
	}
}

void state_pipe(struct state *s, struct arena *a, FILE *out)
{
	struct piper p = {
		.out = out,
		.s = s,
		.dump = s->dump,
		.scratch = { .oom = a->oom },
		.text = { .oom = a->oom },
	};

	frames_collect(&p.frames, s, a);
	put_system(&p);
	put_crash(&p);
	put_modules(&p);
	if (s->requesting >= 0)
		put_thread(&p, (size_t)s->requesting);
	for (size_t i = 0; i < s->dump->threads.n; i++)
		if ((ptrdiff_t)i != s->requesting)
			put_thread(&p, i);
	frames_free(&p.frames);
	arena_free(&p.scratch);
	buf_free(&p.text);
}
