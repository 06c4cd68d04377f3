#include <inttypes.h>
#include <stdio.h>

#include "../lib/crashes.h"
#include "base/buf.h"
#include "base/file.h"

/*
 * Compares the analysis of single instructions with rust-minidump's:
 *
 *   instructions FILE
 *
 * FILE has lines of bytes, text, accesses, target and adjusted address, after comments that say
 * what the registers were (corpus: golden/probes/instructions.tsv). What an instruction does must
 * be equal in every row whose kind the peer decodes and knows ("derivable"); of the texts, 95 %
 * must be; the rest is counted. Prints what differs.
 */
enum { LEAST_TEXTS = 95 }; /* percent */

static const struct {
	const char *name;
	uint64_t value;
} registers[] = {
	{ "rax", 0x1000 }, { "rcx", 0x2100 }, { "rdx", 0x3200 },  { "rbx", 0x4300 },
	{ "rbp", 0x6500 }, { "rsi", 0x7600 }, { "rdi", 0x8700 },  { "r8", 0x9800 },
	{ "r9", 0xa900 },  { "r10", 0xba00 }, { "r11", 0xcb00 },  { "r12", 0xdc00 },
	{ "r13", 0xed00 }, { "r14", 0xfe00 }, { "r15", 0x10f00 }, { "rsp", 0x7fff0000 },
};

static const uint8_t stack[64] = { 0x22, 0x02, 0x40 };

static void analyse(struct crash *c, struct str code)
{
	crash_make(c, MD_OS_LINUX, CPU_AMD64);
	c->crash.compat = true;
	c->crash.reason = STR("SIGSEGV / SEGV_MAPERR");
	c->crash.address = 0x77777;
	for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++)
		crash_reg(c, registers[i].name, registers[i].value);
	crash_code(c, 0x400100, code);
	c->thread.stack_start = 0x7fff0000;
	c->thread.stack = (struct slice){ stack, sizeof(stack) };
	crash_memory(c, 0x7fff0000, stack, sizeof(stack));
	crash_hints(c);
}

static void describe_access(const struct hint_access *a, struct buf *out)
{
	buf_printf(out, "%s0x%016" PRIx64 "/", out->n == 0 ? "" : " ", a->address);
	if (a->size != 0)
		buf_printf(out, "%u/", a->size);
	else
		buf_printf(out, "None/");
	buf_printf(out, "%s",
		   !a->typed   ? "-"
		   : !a->write ? "read"
		   : a->read   ? "readwrite"
			       : "write");
}

/* The columns behind the text, as the table has them. */
static void describe(const struct hints *h, struct buf *out)
{
	for (unsigned i = 0; i < h->n_accesses; i++)
		describe_access(&h->accesses[i], out);
	if (h->n_accesses == 0)
		buf_printf(out, h->has_accesses ? "-" : "null");
	if (h->update == HINT_UPDATE_KNOWN)
		buf_printf(out, "\t0x%016" PRIx64, h->target);
	else
		buf_printf(out, "\tnull");
	if (h->adjusted == HINT_AS_REPORTED)
		buf_printf(out, "\tnull");
	else
		buf_printf(out, "\t%s 0x%016" PRIx64,
			   h->adjusted == HINT_NULL_POINTER ? "null-pointer" : "non-canonical",
			   h->adjusted_address);
}

struct score {
	unsigned rows, texts, derivable, effects_of_derivable, others, effects_of_others;
};

static void compare(struct score *s, struct str line)
{
	size_t tab = str_find_char(line, '\t');
	struct str code = str_first(line, tab), rest = str_from(line, tab + 1);
	struct str text = str_first(rest, str_find_char(rest, '\t'));
	struct str want = str_from(rest, text.n + 1);
	struct crash c;
	struct buf got = { 0 };

	analyse(&c, code);
	bool derivable = c.hints.decoded && (c.hints.insn.kind & INSN_PEER_DERIVABLE) != 0 &&
			 !str_eq(text, STR("null"));
	bool same_text = str_eq(text, c.hints.decoded ? str_of(c.hints.insn.text) : STR("null"));

	describe(&c.hints, &got);
	bool same = str_eq(want, buf_str(&got));
	if (!same_text)
		printf("text of %.*s: %s, not %.*s\n", STR_ARGS(code), c.hints.insn.text,
		       STR_ARGS(text));
	if (!same)
		printf("%s %.*s: %.*s, not %.*s\n",
		       derivable ? "effects of" : "not derivable:", STR_ARGS(code),
		       STR_ARGS(buf_str(&got)), STR_ARGS(want));
	s->rows++;
	s->texts += same_text;
	s->derivable += derivable;
	s->effects_of_derivable += derivable && same;
	s->others += !derivable;
	s->effects_of_others += !derivable && same;
	buf_free(&got);
	arena_free(&c.a);
}

int main(int argc, char **argv)
{
	struct error err = { 0 };
	struct score s = { 0 };
	struct str rest, line;
	struct file f;

	if (argc != 2 || !file_open(&f, argv[1], &err)) {
		fprintf(stderr, "instructions: %s\n", argc != 2 ? "FILE" : err.text);
		return EXIT_USAGE;
	}
	rest = (struct str){ (const char *)f.data.p, f.data.n };
	while (str_next_line(&rest, &line)) {
		if (!str_starts(line, STR("#")))
			compare(&s, line);
	}
	printf("%u of %u texts, %u of %u derivable effects, %u of %u others equal\n", s.texts,
	       s.rows, s.effects_of_derivable, s.derivable, s.effects_of_others, s.others);
	file_close(&f);
	return s.texts * 100 >= s.rows * LEAST_TEXTS && s.effects_of_derivable == s.derivable &&
			       s.rows != 0
		       ? EXIT_DONE
		       : EXIT_INPUT;
}
