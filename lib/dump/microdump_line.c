#include "base/limits.h"
#include "base/utf.h"
#include "dump/microdump_impl.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Appends the bytes that pairs of digits stand for. False if anything else is among them: the bytes
 * before it are taken. */
static bool put_hex(struct buf *b, struct str s)
{
	for (size_t i = 0; i + 1 < s.n; i += 2) {
		int high = hex_digit(s.p[i]), low = hex_digit(s.p[i + 1]);

		if (high < 0 || low < 0)
			return false;
		buf_put_char(b, (char)(high << 4 | low));
	}
	return s.n % 2 == 0;
}

static bool next_hex(struct str *rest, uint64_t *value)
{
	struct str word;

	return str_next_word(rest, &word) && str_hex_to_u64(word, value);
}

/* The next field of a text that bars separate. */
static struct str next_field(struct str *rest)
{
	size_t n = str_find_char(*rest, '|');
	struct str field = str_first(*rest, n);

	*rest = str_from(*rest, n + 1);
	return field;
}

/* microdump_writer.cc, DumpOSInformation. */
static const struct {
	struct str name;
	enum cpu_kind cpu;
	unsigned bits;
	const char *report;
} architectures[] = {
	{ STR_INIT("arm"), CPU_ARM, 32, "arm" },
	{ STR_INIT("arm64"), CPU_ARM64, 64, "arm64" },
	{ STR_INIT("x86"), CPU_X86, 32, "x86" },
	{ STR_INIT("x86_64"), CPU_AMD64, 64, "amd64" },
	{ STR_INIT("mips"), CPU_MIPS, 32, "mips" },
	{ STR_INIT("mips64"), CPU_MIPS64, 64, "mips64" },
	{ STR_INIT("riscv32"), CPU_RISCV, 32, "riscv" },
	{ STR_INIT("riscv64"), CPU_RISCV64, 64, "riscv64" },
};

static void set_architecture(struct md_system *s, struct str name)
{
	s->cpu = CPU_UNKNOWN;
	s->cpu_name = "unknown";
	s->pointer_bits = 0;
	for (size_t i = 0; i < COUNT(architectures); i++) {
		if (!str_eq(name, architectures[i].name))
			continue;
		s->cpu = architectures[i].cpu;
		s->cpu_name = architectures[i].report;
		s->pointer_bits = architectures[i].bits;
	}
}

/* OS, architecture, number of CPUs, architecture of the machine, version. */
static bool read_system(struct microdump *r, struct str rest)
{
	struct md_system *s = &r->d->system;
	struct str os, architecture, cpus, machine;
	uint64_t n;

	if (!str_next_word(&rest, &os) || !str_next_word(&rest, &architecture) ||
	    !str_next_word(&rest, &cpus) || !str_next_word(&rest, &machine))
		return false;
	s->os = str_eq(os, STR("A"))   ? MD_OS_ANDROID
		: str_eq(os, STR("L")) ? MD_OS_LINUX
				       : MD_OS_UNKNOWN;
	s->os_name = s->os == MD_OS_ANDROID ? STR("Android")
		     : s->os == MD_OS_LINUX ? STR("Linux")
					    : STR("unknown");
	set_architecture(s, architecture);
	s->n_cpus = str_hex_to_u64(cpus, &n) && n <= UINT8_MAX ? (uint8_t)n : 0;
	s->os_version = utf8_repair(r->a, str_trim(rest));
	r->has_system = true;
	return true;
}

/* "0", and stack pointer and range, of which we have no need; or an address and bytes. */
static bool read_stack(struct microdump *r, struct str rest)
{
	struct md_thread *t = &r->d->threads.v[0];
	uint64_t address;
	struct str bytes;

	if (str_starts(rest, STR("0 ")))
		return true;
	if (!next_hex(&rest, &address) || !str_next_word(&rest, &bytes))
		return false;
	if (!r->has_stack)
		t->stack_start = address;
	r->has_stack = true;
	r->stack_broken |= address - t->stack_start != r->stack.n;
	if (!r->stack_broken)
		r->stack_broken = !put_hex(&r->stack, bytes);
	return !r->stack_broken;
}

static bool read_context(struct microdump *r, struct str rest)
{
	buf_clear(&r->context);
	return put_hex(&r->context, str_trim(rest));
}

/* The signal's number, its name, and the address of the crash. */
static bool read_reason(struct microdump *r, struct str rest)
{
	struct md_exception *e = &r->d->exception;
	struct str name;
	uint64_t code;

	if (!next_hex(&rest, &code) || code > UINT32_MAX || !str_next_word(&rest, &name) ||
	    !next_hex(&rest, &e->address))
		return false;
	e->code = (uint32_t)code;
	return true;
}

static bool read_gpu(struct microdump *r, struct str rest)
{
	if (str_eq(str_trim(rest), STR("UNKNOWN")))
		return true;
	r->d->gpu.version = utf8_repair(r->a, next_field(&rest));
	r->d->gpu.vendor = utf8_repair(r->a, next_field(&rest));
	r->d->gpu.renderer = utf8_repair(r->a, next_field(&rest));
	return true;
}

/* What the kernel says behind the name of a file that has been removed is not part of it. */
static struct str module_name(struct str s)
{
	struct str mark = STR(" (deleted)");

	s = str_trim(s);
	return str_ends(s, mark) ? str_first(s, s.n - mark.n) : s;
}

/* Address, offset in the file, size, debug id, name. */
static bool read_module(struct microdump *r, struct str rest)
{
	struct md_module m = { .has_debug_file = true };
	uint64_t offset, end;
	struct str id;

	if (!next_hex(&rest, &m.base) || !next_hex(&rest, &offset) || !next_hex(&rest, &m.size) ||
	    !str_next_word(&rest, &id) || m.size == 0 ||
	    __builtin_add_overflow(m.base, m.size, &end) ||
	    r->modules.n / sizeof(m) == LIMIT_DUMP_MODULES)
		return false;
	m.debug_id = utf8_repair(r->a, id);
	m.code_file = m.debug_file = utf8_repair(r->a, module_name(rest));
	buf_put(&r->modules, &m, sizeof(m));
	return true;
}

/* By the letter behind the tag, ": X ". Others are of no use to us: V and P, the product. */
static const struct {
	char key;
	bool (*read)(struct microdump *r, struct str rest);
} lines[] = {
	{ 'C', read_context }, { 'G', read_gpu },    { 'M', read_module },
	{ 'O', read_system },  { 'R', read_reason }, { 'S', read_stack },
};

void microdump_line(struct microdump *r, struct str line)
{
	struct str rest = str_from(line, str_find(line, STR(": ")) + 2);

	if (rest.n < 2 || rest.p[1] != ' ')
		return;
	for (size_t i = 0; i < COUNT(lines); i++) {
		if (lines[i].key == rest.p[0] && !lines[i].read(r, str_from(rest, 2)))
			diag_warn(r->diag, &r->at, "line %c of the microdump cannot be read",
				  lines[i].key);
	}
}
