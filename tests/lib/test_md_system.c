#include <stdlib.h>

#include "dumps.h"

static bool read_cut(struct md_system *s, const struct dump_maker *m, size_t n, struct arena *a,
		     bool compat)
{
	struct md md;

	return dump_open_cut(&md, m, n, a) && md_system_read(s, &md, a, compat);
}

/* Architecture, then CPU and width; with compat, if that differs. */
static const struct {
	uint16_t value;
	enum cpu_kind cpu;
	unsigned bits;
	const char *name, *compat_name;
} architectures[] = {
	{ 0, CPU_X86, 32, "x86", NULL },
	{ 1, CPU_MIPS, 32, "mips", NULL },
	{ 2, CPU_UNKNOWN, 0, "unknown", NULL },
	{ 9, CPU_AMD64, 64, "amd64", NULL },
	{ 10, CPU_X86, 32, "x86", NULL },
	{ 12, CPU_ARM64, 64, "arm64", NULL },
	{ 0x8001, CPU_SPARC, 32, "sparc", NULL },
	{ 0x8003, CPU_ARM64_OLD, 64, "arm64", NULL },
	{ 0x8004, CPU_MIPS64, 64, "mips64", NULL },
	{ 0x8006, CPU_RISCV64, 64, "riscv64", "unknown" },
	{ 0xffff, CPU_UNKNOWN, 0, "unknown", NULL },
};

START_TEST(architecture_chooses_the_cpu)
{
	struct dump_maker m = dump_make(_i % 2 != 0);
	struct arena a = { 0 };
	struct md_system s;
	const char *compat = architectures[_i].compat_name;

	dump_system(&m, architectures[_i].value, 2, 0);
	ck_assert(read_cut(&s, &m, m.b.n, &a, false));
	ck_assert_int_eq(s.cpu, architectures[_i].cpu);
	ck_assert_uint_eq(s.pointer_bits, architectures[_i].bits);
	ck_assert_str_eq(s.cpu_name, architectures[_i].name);
	ck_assert(read_cut(&s, &m, m.b.n, &a, true));
	ck_assert_str_eq(s.cpu_name, compat == NULL ? architectures[_i].name : compat);
	arena_free(&a);
}
END_TEST

static const struct {
	uint32_t value;
	enum md_os os;
	const char *name, *compat_name;
} platforms[] = {
	{ 0, MD_OS_UNKNOWN, "0x0x000000", NULL },
	{ 1, MD_OS_WINDOWS, "Windows", "0x0x000001" },
	{ 2, MD_OS_WINDOWS, "Windows NT", NULL },
	{ 3, MD_OS_WINDOWS, "Windows NT", NULL },
	{ 0x8101, MD_OS_MACOS, "Mac OS X", NULL },
	{ 0x8201, MD_OS_LINUX, "Linux", NULL },
	{ 0x8203, MD_OS_ANDROID, "Android", NULL },
	{ 0x8206, MD_OS_FUCHSIA, "Fuchsia", "0x0x008206" },
	{ 0xffffffff, MD_OS_UNKNOWN, "0x0xffffffff", NULL },
};

START_TEST(platform_chooses_the_system)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };
	struct md_system s;
	const char *compat = platforms[_i].compat_name;

	dump_system(&m, 9, platforms[_i].value, 0);
	ck_assert(read_cut(&s, &m, m.b.n, &a, false));
	ck_assert_int_eq(s.os, platforms[_i].os);
	is_text(s.os_name, platforms[_i].name);
	ck_assert(read_cut(&s, &m, m.b.n, &a, true));
	is_text(s.os_name, compat == NULL ? platforms[_i].name : compat);
	arena_free(&a);
}
END_TEST

/* Platform, whether the version is 0.0.0, the CSD string, and the version reported. */
static const struct {
	uint32_t platform;
	bool zero;
	const char *csd, *version;
} versions[] = {
	{ 2, false, "Service Pack 1", "10.0.19041 Service Pack 1" },
	{ 2, false, "", "10.0.19041" },
	{ 2, false, "  ", "10.0.19041" },
	{ 2, false, NULL, "10.0.19041" },
	{ 0x8201, false, "Linux 5.4.0 x", "10.0.19041 Linux 5.4.0 x" },
	{ 0x8201, true, "Linux 5.4.0-1 #2 SMP Mon x86_64 GNU/Linux", "5.4.0-1 #2 SMP Mon x86_64" },
	{ 0x8201, true, "Linux 5.4.0-1 #2 SMP Mon x86_64 Linux/GNU", "5.4.0-1 #2 SMP Mon" },
	{ 0x8201, true, "Linux 5.4.0-1 x86_64", "5.4.0-1 " },
	{ 0x8201, true, "Linux 5.4.0-1", "5.4.0-1 " },
	{ 0x8201, true, "Linux", "0.0.0 Linux" },
	{ 0x8201, true, "Linux 0.0.0 x y", "0.0.0 Linux 0.0.0 x y" },
	{ 0x8201, true, "", "0.0.0" },
	{ 0x8203, true, "Linux 5.4.0 x", "0.0.0 Linux 5.4.0 x" },
};

START_TEST(version_comes_from_uname_when_there_is_no_other)
{
	struct dump_maker m = dump_make(_i % 2 != 0);
	struct arena a = { 0 };
	struct md_system s;
	uint32_t csd = versions[_i].csd == NULL ? 0xffffff : dump_string(&m, versions[_i].csd);

	dump_system(&m, 9, versions[_i].platform, csd);
	if (versions[_i].zero)
		memset(m.b.p + m.stream + 8, 0, 12);
	ck_assert(read_cut(&s, &m, m.b.n, &a, false));
	is_text(s.os_version, versions[_i].version);
	arena_free(&a);
}
END_TEST

/* Architecture, the words of the CPU union, and the line of text. */
static const struct {
	uint16_t architecture;
	uint32_t words[3];
	const char *text, *compat_text;
} cpu_infos[] = {
	{ 9, { 0, 0, 0 }, "family 6 model 5 stepping 4", NULL },
	{ 0,
	  { 0x756e6547, 0x49656e69, 0x6c65746e },
	  "GenuineIntel family 6 model 5 stepping 4",
	  NULL },
	{ 0, { 0x41, 0, 0xe9 }, "A\xc3\xa9 family 6 model 5 stepping 4", "" },
	{ 0, { 0, 0, 0 }, "family 6 model 5 stepping 4", "" },
	{ 5, { 0, 0, 0 }, "ARMv6", NULL },
	{ 5, { 0x410fc0f3, 0x81, 0 }, "ARMv6 ARM Cortex-A15 features: swp,edsp", NULL },
	{ 5, { 0x51000000, 0, 0 }, "ARMv6 Qualcomm part(0x51000000)", NULL },
	{ 5, { 0x01000010, 0x80000, 0 }, "ARMv6 vendor(0x1) part(0x1000010) features: ", NULL },
	{ 5, { 0, 0xffc00000, 0 }, "ARMv6", NULL },
};

START_TEST(cpu_is_described)
{
	struct dump_maker m = dump_make(_i % 2 != 0);
	struct arena a = { 0 };
	struct md_system s;

	dump_system(&m, cpu_infos[_i].architecture, 2, 0);
	for (size_t i = 0; i < 3; i++)
		dump_set(&m, m.stream + 32 + 4 * i, 4, cpu_infos[_i].words[i]);
	ck_assert(read_cut(&s, &m, m.b.n, &a, false));
	ck_assert(s.has_cpu_info);
	is_text(s.cpu_info, cpu_infos[_i].text);
	ck_assert_uint_eq(s.n_cpus, 2);

	/* rust-minidump keeps the nuls: always twelve characters. */
	ck_assert(read_cut(&s, &m, m.b.n, &a, true));
	if (cpu_infos[_i].compat_text == NULL)
		is_text(s.cpu_info, cpu_infos[_i].text);
	else
		ck_assert_ptr_nonnull(memchr(s.cpu_info.p, '\0', s.cpu_info.n));
	arena_free(&a);
}
END_TEST

START_TEST(other_cpus_are_not_described)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };
	struct md_system s;

	dump_system(&m, 12, 2, 0);
	ck_assert(read_cut(&s, &m, m.b.n, &a, false));
	ck_assert(!s.has_cpu_info);
	ck_assert_uint_eq(s.cpu_info.n, 0);
	arena_free(&a);
}
END_TEST

START_TEST(cut_system_info_is_none)
{
	struct dump_maker m = dump_make(false);

	dump_system(&m, 9, 2, 0);
	for (size_t n = 0; n <= m.b.n; n++) {
		struct arena a = { 0 };
		struct md_system s;

		ck_assert(read_cut(&s, &m, n, &a, false) == (n == m.b.n));
		arena_free(&a);
	}
	dump_set(&m, DUMP_HEADER + 4, 4, 55);
	struct arena a = { 0 };
	struct md_system s;
	ck_assert(!read_cut(&s, &m, m.b.n, &a, false));
	arena_free(&a);
}
END_TEST

static struct md_process read_process(const struct dump_maker *m, size_t n)
{
	struct arena a = { 0 };
	struct md_process p = { 0 };
	struct md md;

	if (dump_open_cut(&md, m, n, &a))
		md_process_read(&p, &md);
	arena_free(&a);
	return p;
}

static void put_misc_info(struct dump_maker *m, uint32_t flags)
{
	dump_begin(m, MD_MISC_INFO);
	dump_put(m, 4, 24);
	dump_put(m, 4, flags);
	dump_put(m, 4, 4321);
	dump_put(m, 4, 1600000000);
	dump_zeros(m, 8);
	dump_end(m);
}

/* Flags of MiscInfo, or -1 for none; text of /proc/PID/status, or NULL; the pid, or -1 for none. */
static const struct {
	int flags;
	const char *status;
	int pid;
} pids[] = {
	{ 3, NULL, 4321 },
	{ 1, "Pid:\t7\n", 4321 },
	{ 2, "Pid:\t7\n", -1 }, /* no falling back */
	{ -1, "Name:\tx\nPid:\t7\nPPid:\t8\n", 7 },
	{ -1, "Pid:\t7\nPid:\t8\n", 7 },
	{ -1, "Pid:\tseven\n", 0 },
	{ -1, "Pid:\t99999999999\n", 0 },
	{ -1, "Name:\tx\n", 0 },
	{ -1, "", 0 },
	{ -1, NULL, -1 },
};

START_TEST(pid_is_of_misc_info_or_else_of_status)
{
	struct dump_maker m = dump_make(false);

	if (pids[_i].flags >= 0)
		put_misc_info(&m, (uint32_t)pids[_i].flags);
	if (pids[_i].status != NULL)
		dump_text(&m, MD_LINUX_PROC_STATUS, pids[_i].status);

	struct md_process p = read_process(&m, m.b.n);
	ck_assert(p.has_pid == (pids[_i].pid >= 0));
	if (p.has_pid)
		ck_assert_int_eq((int)p.pid, pids[_i].pid);
	ck_assert(p.has_create_time == (pids[_i].flags > 0 && (pids[_i].flags & 2) != 0));
}
END_TEST

START_TEST(breakpad_info_names_threads)
{
	struct dump_maker m = dump_make(_i % 2 != 0);

	dump_begin(&m, MD_BREAKPAD_INFO);
	dump_put(&m, 4, (uint64_t)_i / 2);
	dump_put(&m, 4, 11);
	dump_put(&m, 4, 22);
	dump_end(&m);

	struct md_process p = read_process(&m, m.b.n);
	ck_assert(p.has_dump_thread == ((_i / 2 & 1) != 0));
	ck_assert(p.has_requesting_thread == ((_i / 2 & 2) != 0));
	ck_assert_uint_eq(p.dump_thread, 11);
	ck_assert_uint_eq(p.requesting_thread, 22);
	for (size_t n = 0; n < m.b.n; n++) {
		p = read_process(&m, n);
		ck_assert(!p.has_dump_thread && !p.has_requesting_thread);
	}
}
END_TEST

START_TEST(cut_misc_info_is_none)
{
	struct dump_maker m = dump_make(false);

	put_misc_info(&m, 3);
	for (size_t n = 0; n <= m.b.n; n++)
		ck_assert(read_process(&m, n).has_pid == (n == m.b.n));
}
END_TEST

static struct md_linux read_linux(struct dump_maker *m, struct arena *a)
{
	struct md_linux l;
	struct md md;

	dump_open(&md, m, a);
	md_linux_read(&l, &md, a);
	return l;
}

START_TEST(distribution_has_two_sets_of_names)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };

	dump_text(&m, MD_LINUX_LSB_RELEASE,
		  "ID=debian\n no separator\nVERSION_ID=\"12\"\n VERSION_CODENAME = bookworm \n"
		  "PRETTY_NAME=\"Debian \xff 12\"\nDISTRIB_ID=Debian");
	struct md_linux l = read_linux(&m, &a);
	ck_assert(l.has_lsb && !l.has_microcode);
	is_text(l.lsb_id, "Debian");
	is_text(l.lsb_release, "12");
	is_text(l.lsb_codename, "bookworm");
	is_text(l.lsb_description, "Debian \xef\xbf\xbd 12");
	arena_free(&a);
}
END_TEST

static const struct {
	const char *text;
	bool has;
	uint64_t value;
} microcodes[] = {
	{ "vendor_id\t: X\nmicrocode\t: 0x1e34a6789\nmicrocode : 0x2\n", true, 0x1e34a6789 },
	{ "microcode : 12\nmicrocode : 0x2\n", false, 0 },
	{ "microcode : 0x\n", false, 0 },
	{ "microcode\n", false, 0 },
	{ "", false, 0 },
};

START_TEST(microcode_is_the_first_in_cpuinfo)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };

	dump_text(&m, MD_LINUX_CPU_INFO, microcodes[_i].text);
	struct md_linux l = read_linux(&m, &a);
	ck_assert(l.has_microcode == microcodes[_i].has && !l.has_lsb);
	if (l.has_microcode)
		ck_assert_uint_eq(l.microcode, microcodes[_i].value);
	arena_free(&a);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("md_system");
	TCase *t = tcase_create("md_system");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, architecture_chooses_the_cpu, 0, COUNT(architectures));
	tcase_add_loop_test(t, platform_chooses_the_system, 0, COUNT(platforms));
	tcase_add_loop_test(t, version_comes_from_uname_when_there_is_no_other, 0, COUNT(versions));
	tcase_add_loop_test(t, cpu_is_described, 0, COUNT(cpu_infos));
	tcase_add_test(t, other_cpus_are_not_described);
	tcase_add_test(t, cut_system_info_is_none);
	tcase_add_loop_test(t, pid_is_of_misc_info_or_else_of_status, 0, COUNT(pids));
	tcase_add_loop_test(t, breakpad_info_names_threads, 0, 8);
	tcase_add_test(t, cut_misc_info_is_none);
	tcase_add_test(t, distribution_has_two_sets_of_names);
	tcase_add_loop_test(t, microcode_is_the_first_in_cpuinfo, 0, COUNT(microcodes));
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
