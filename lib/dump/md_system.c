#include "dump/md_system.h"

#include <inttypes.h>

#include "base/utf.h"

enum { SYSTEM_INFO_SIZE = 56 };

/* PROCESSOR_ARCHITECTURE_* of winnt.h, and from 0x8000 on Breakpad's. The width of SPARC is
 * rust-minidump's. */
static const struct architecture {
	uint16_t value;
	enum cpu_kind cpu;
	unsigned pointer_bits;
	const char *name;
} architectures[] = {
	{ 0, CPU_X86, 32, "x86" },
	{ 1, CPU_MIPS, 32, "mips" },
	{ 3, CPU_PPC, 32, "ppc" },
	{ 5, CPU_ARM, 32, "arm" },
	{ 9, CPU_AMD64, 64, "amd64" },
	{ 10, CPU_X86, 32, "x86" },
	{ 12, CPU_ARM64, 64, "arm64" },
	{ 0x8001, CPU_SPARC, 32, "sparc" },
	{ 0x8002, CPU_PPC64, 64, "ppc64" },
	{ 0x8003, CPU_ARM64_OLD, 64, "arm64" },
	{ 0x8004, CPU_MIPS64, 64, "mips64" },
	/* Unknown to rust-minidump. */
	{ 0x8005, CPU_RISCV, 32, "riscv" },
	{ 0x8006, CPU_RISCV64, 64, "riscv64" },
};

/* VER_PLATFORM_* of winnt.h and Breakpad's, with rust-minidump's names:
 * minidump/src/system_info.rs. */
static const struct platform {
	uint32_t value;
	enum md_os os;
	bool only_ours;
	const char *name;
} platforms[] = {
	{ 1, MD_OS_WINDOWS, true, "Windows" },       { 2, MD_OS_WINDOWS, false, "Windows NT" },
	{ 3, MD_OS_WINDOWS, false, "Windows NT" },   { 0x8101, MD_OS_MACOS, false, "Mac OS X" },
	{ 0x8102, MD_OS_IOS, false, "iOS" },         { 0x8201, MD_OS_LINUX, false, "Linux" },
	{ 0x8202, MD_OS_SOLARIS, false, "Solaris" }, { 0x8203, MD_OS_ANDROID, false, "Android" },
	{ 0x8204, MD_OS_PS3, false, "PS3" },         { 0x8205, MD_OS_NACL, false, "NaCl" },
	{ 0x8206, MD_OS_FUCHSIA, true, "Fuchsia" },
};

struct number_name {
	uint32_t value;
	const char *name;
};

/* Implementer and part of ARM's main id register; the list of rust-minidump, minidump.rs,
 * MinidumpSystemInfo::read. */
static const struct number_name arm_vendors[] = {
	{ 0x41, "ARM" },
	{ 0x51, "Qualcomm" },
	{ 0x56, "Marvell" },
	{ 0x69, "Intel/Marvell" },
};
static const struct number_name arm_parts[] = {
	{ 0x4100c050, "Cortex-A5" },    { 0x4100c080, "Cortex-A8" }, { 0x4100c090, "Cortex-A9" },
	{ 0x4100c0f0, "Cortex-A15" },   { 0x4100c140, "Cortex-R4" }, { 0x4100c150, "Cortex-R5" },
	{ 0x4100b360, "ARM1136" },      { 0x4100b560, "ARM1156" },   { 0x4100b760, "ARM1176" },
	{ 0x4100b020, "ARM11-MPCore" }, { 0x41009260, "ARM926" },    { 0x41009460, "ARM946" },
	{ 0x41009660, "ARM966" },       { 0x510006f0, "Krait" },     { 0x510000f0, "Scorpion" },
};

/* Bits of AT_HWCAP from 0 on: arch/arm/include/uapi/asm/hwcap.h of Linux. */
static const char *const arm_features[] = {
	"swp",      "half", "thumb",  "26bit",  "fastmult", "fpa",  "vfpv2",
	"edsp",     "java", "iwmmxt", "crunch", "thumbee",  "neon", "vfpv3",
	"vfpv3d16", "tls",  "vfpv4",  "idiva",  "idivt",
};
/* VFPD32, LPAE and EVTSTRM have no name in reports, but count as features. */
static const uint32_t arm_known_features = 0x3fffff;

static void set_architecture(struct md_system *s, uint16_t value, bool compat)
{
	s->architecture = value;
	s->cpu_name = "unknown";
	for (size_t i = 0; i < COUNT(architectures); i++) {
		const struct architecture *a = &architectures[i];
		bool hidden = compat && (a->cpu == CPU_RISCV || a->cpu == CPU_RISCV64);

		if (a->value == value && !hidden) {
			s->cpu = a->cpu;
			s->cpu_name = a->name;
			s->pointer_bits = a->pointer_bits;
		}
	}
}

static void set_platform(struct md_system *s, uint32_t value, struct arena *a, bool compat)
{
	s->platform = value;
	for (size_t i = 0; i < COUNT(platforms); i++) {
		if (platforms[i].value == value && !(compat && platforms[i].only_ours)) {
			s->os = platforms[i].os;
			s->os_name = str_of(platforms[i].name);
			return;
		}
	}
	/* The doubled prefix is rust-minidump's, in JSON that others read. */
	s->os_name = arena_printf(a, "0x0x%06" PRIx32, value);
}

static void put_number_name(struct buf *b, const struct number_name *names, size_t n,
			    uint32_t value, const char *kind)
{
	for (size_t i = 0; i < n; i++) {
		if (names[i].value == value) {
			buf_printf(b, " %s", names[i].name);
			return;
		}
	}
	buf_printf(b, " %s(0x%" PRIx32 ")", kind, value);
}

static void put_arm(struct buf *b, uint16_t level, struct cursor cpu)
{
	uint32_t cpuid = cursor_u32(&cpu);
	uint32_t hwcaps = cursor_u32(&cpu);
	const char *comma = "";

	buf_printf(b, "ARMv%u", level);
	if (cpuid != 0) {
		put_number_name(b, arm_vendors, COUNT(arm_vendors), cpuid >> 24, "vendor");
		put_number_name(b, arm_parts, COUNT(arm_parts), cpuid & 0xff00fff0, "part");
	}
	if ((hwcaps & arm_known_features) == 0)
		return;
	buf_put_str(b, STR(" features: "));
	for (size_t i = 0; i < COUNT(arm_features); i++) {
		if ((hwcaps >> i & 1) != 0) {
			buf_printf(b, "%s%s", comma, arm_features[i]);
			comma = ",";
		}
	}
}

/* The three words of cpuid 0 as Latin-1. An empty union is twelve nuls, which rust-minidump prints.
 */
static void put_vendor(struct buf *b, struct cursor cpu, bool compat)
{
	for (unsigned i = 0; i < 3; i++) {
		uint32_t word = cursor_u32(&cpu);

		for (unsigned shift = 0; shift < 32; shift += 8) {
			if (compat || (word >> shift & 0xff) != 0)
				utf8_put(b, word >> shift & 0xff);
		}
	}
	if (compat || b->n != 0)
		buf_put_char(b, ' ');
}

static void set_cpu_info(struct md_system *s, uint16_t level, uint16_t revision, struct cursor cpu,
			 struct arena *a, bool compat)
{
	struct buf b = { .oom = a->oom };

	s->has_cpu_info = s->cpu == CPU_X86 || s->cpu == CPU_AMD64 || s->cpu == CPU_ARM;
	if (s->cpu == CPU_ARM)
		put_arm(&b, level, cpu);
	if (s->cpu == CPU_X86)
		put_vendor(&b, cpu, compat);
	if (s->cpu == CPU_X86 || s->cpu == CPU_AMD64)
		buf_printf(&b, "family %u model %u stepping %u", level, revision >> 8,
			   revision & 0xff);
	s->cpu_info = arena_strdup(a, buf_str(&b));
	buf_free(&b);
}

/* Cuts what stands behind the last blank off, and returns it; all of s when there is no blank. */
static struct str cut_last_field(struct str *s)
{
	size_t blank = s->n;

	while (blank > 0 && s->p[blank - 1] != ' ')
		blank--;

	struct str last = str_from(*s, blank);
	*s = str_first(*s, blank > 0 ? blank - 1 : 0);
	return last;
}

/*
 * Breakpad and Crashpad write "uname -srvmo" and no version: "Linux VERSION BUILD... ARCH
 * GNU/Linux". The version is field 1; one field is dropped at the end, and one more if that was
 * "Linux/GNU", as rust-minidump does (MinidumpSystemInfo::os_parts). False when there is no version
 * in it.
 */
static bool split_uname(struct str text, struct str *version, struct str *build)
{
	struct str rest = str_from(text, str_find_char(text, ' ') + 1);
	size_t n = str_find_char(rest, ' ');

	*version = str_first(rest, n);
	*build = str_from(rest, n + 1);
	if (text.n == str_find_char(text, ' ') || str_eq(*version, STR("0.0.0")))
		return false;
	if (str_eq(cut_last_field(build), STR("Linux/GNU")))
		cut_last_field(build);
	return true;
}

static void set_version(struct md_system *s, const uint32_t version[3], struct str csd,
			struct arena *a)
{
	struct str from_uname, build;
	bool none = (version[0] | version[1] | version[2]) == 0;

	if (s->os == MD_OS_LINUX && none && split_uname(csd, &from_uname, &build)) {
		s->os_version = arena_printf(a, "%.*s %.*s", STR_ARGS(from_uname), STR_ARGS(build));
		return;
	}
	build = str_trim(csd);
	s->os_version = arena_printf(a, "%" PRIu32 ".%" PRIu32 ".%" PRIu32 "%s%.*s", version[0],
				     version[1], version[2], build.n == 0 ? "" : " ",
				     STR_ARGS(build));
}

bool md_system_read(struct md_system *s, const struct md *md, struct arena *a, bool compat)
{
	struct cursor c = md_stream(md, MD_SYSTEM_INFO);
	struct str csd = { 0 };
	uint32_t version[3];

	*s = (struct md_system){ 0 };
	if (cursor_left(&c) < SYSTEM_INFO_SIZE)
		return false;
	set_architecture(s, cursor_u16(&c), compat);
	uint16_t level = cursor_u16(&c);
	uint16_t revision = cursor_u16(&c);
	s->n_cpus = cursor_u8(&c);
	cursor_skip(&c, 1); /* product type */
	for (unsigned i = 0; i < COUNT(version); i++)
		version[i] = cursor_u32(&c);
	set_platform(s, cursor_u32(&c), a, compat);
	if (!md_string(md, cursor_u32(&c), a, &csd))
		csd = (struct str){ 0 };
	cursor_skip(&c, 4); /* suite mask */
	set_cpu_info(s, level, revision, c, a, compat);
	set_version(s, version, csd, a);
	return true;
}
