#define _GNU_SOURCE /* O_PATH */
#include "base/sandbox_os.h"

#ifdef __linux__

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Landlock's attributes and rights as of its ABI 6: the headers of older systems have fewer. The
 * kernel takes a struct that is longer than its own when the rest is zero. */
struct ruleset {
	uint64_t files, network, scopes;
};

enum {
	TRUNCATE = 1 << 14,
	IOCTL_DEVICE = 1 << 15,
	WRITE_FOLDER = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
		       LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE |
		       LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
		       LANDLOCK_ACCESS_FS_REFER | TRUNCATE,
	NETWORK = 3, /* binding and connecting TCP */
	SCOPES = 3,  /* abstract sockets, signals */
};

/* What each ABI added. */
static const struct {
	long abi;
	struct ruleset adds;
} abis[] = {
	{ 1, { .files = (1 << 13) - 1 } }, { 2, { .files = LANDLOCK_ACCESS_FS_REFER } },
	{ 3, { .files = TRUNCATE } },      { 4, { .network = NETWORK } },
	{ 5, { .files = IOCTL_DEVICE } },  { 6, { .scopes = SCOPES } },
};

void sandbox_os_begin(struct sandbox *s)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct ruleset all = { 0 };

	for (size_t i = 0; i < COUNT(abis); i++) {
		if (abis[i].abi > abi)
			break;
		all.files |= abis[i].adds.files;
		all.network |= abis[i].adds.network;
		all.scopes |= abis[i].adds.scopes;
	}
	s->rights = all.files;
	if (abi >= 1)
		s->files = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);
}

/* Rights that only folders have are refused for a file. What has no name, a pipe, is never
 * restricted, and refused as well. */
void sandbox_os_allow(const struct sandbox *s, const char *path, enum sandbox_use use)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	struct landlock_path_beneath_attr rule = {
		.parent_fd = fd,
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE,
	};
	struct stat st;

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		rule.allowed_access |= use == SANDBOX_WRITE ? WRITE_FOLDER
							    : LANDLOCK_ACCESS_FS_READ_DIR;
	else if (use == SANDBOX_WRITE)
		rule.allowed_access |= LANDLOCK_ACCESS_FS_WRITE_FILE | TRUNCATE;
	rule.allowed_access &= s->rights;
	syscall(SYS_landlock_add_rule, s->files, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	close(fd);
}

bool sandbox_os_files(struct sandbox *s)
{
	bool ok = s->files >= 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
		  syscall(SYS_landlock_restrict_self, s->files, 0) == 0;

	if (s->files >= 0)
		close(s->files);
	s->files = -1;
	return ok;
}

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef ARCHITECTURE

/* System calls that commands make after their inputs are known, with glibc and musl; those that
 * only older architectures have come last. */
static const unsigned allowed[] = {
	/* clang-format off */
	SYS_read, SYS_readv, SYS_pread64, SYS_write, SYS_writev, SYS_pwrite64, SYS_lseek, SYS_close,
	SYS_fcntl, SYS_fstat, SYS_newfstatat, SYS_statx, SYS_openat, SYS_readlinkat, SYS_getcwd,
	SYS_munmap, SYS_mremap, SYS_madvise, SYS_brk, SYS_futex, SYS_getrandom,
	SYS_getdents64, SYS_fallocate,
	SYS_clock_gettime, SYS_rt_sigreturn, SYS_rt_sigprocmask, SYS_rt_sigaction, SYS_sigaltstack,
	SYS_restart_syscall, SYS_exit, SYS_exit_group, SYS_getpid, SYS_gettid, SYS_tgkill,
	/* files that are written */
	SYS_ftruncate, SYS_utimensat, SYS_fsync, SYS_fdatasync, SYS_fchmod, SYS_mkdirat, SYS_unlinkat,
	SYS_renameat, SYS_renameat2, SYS_linkat, SYS_faccessat,
	/* workers */
	SYS_wait4, SYS_pipe2, SYS_ppoll, SYS_set_robust_list, SYS_set_tid_address, SYS_rseq,
	SYS_sched_getaffinity,
#ifdef __x86_64__
	SYS_open, SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_mkdir, SYS_unlink, SYS_rename,
	SYS_poll, SYS_pipe, SYS_fork,
#endif
	/* clang-format on */
};

/* Nobody makes these but someone who has taken the process over. */
static const unsigned killed[] = {
	/* clang-format off */
	SYS_execve, SYS_execveat, SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen,
	SYS_accept, SYS_accept4, SYS_sendto, SYS_sendmsg, SYS_sendmmsg, SYS_ptrace,
	SYS_process_vm_readv, SYS_process_vm_writev, SYS_pidfd_getfd, SYS_io_uring_setup,
	SYS_io_uring_enter, SYS_io_uring_register, SYS_bpf, SYS_userfaultfd, SYS_perf_event_open,
	SYS_mount, SYS_umount2, SYS_move_mount, SYS_open_tree, SYS_fsopen, SYS_pivot_root,
	SYS_chroot, SYS_open_by_handle_at, SYS_keyctl, SYS_add_key, SYS_request_key,
	SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_setns,
	SYS_unshare, SYS_memfd_create,
	/* clang-format on */
};

/* Allowed, unless the argument has any of these bits. */
static const struct {
	unsigned call, argument, bits;
} conditions[] = {
	{ SYS_mmap, 2, PROT_EXEC },
	{ SYS_mprotect, 2, PROT_EXEC },
	{ SYS_clone, 0, ~(unsigned)(0xff | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID) },
	{ SYS_ioctl, 1, ~(unsigned)TCGETS }, /* whether it is a terminal */
	{ SYS_prlimit64, 2, UINT32_MAX },    /* limits are read, not set */
};

/*
 * What a filter costs at the start is its length, for the kernel compiles it, and a trial run for
 * each system call that there is, which the kernel makes of filters that do nothing but compare:
 * 70 us for a list of calls, none for these tables of bits. A call then takes some 20 ns more.
 */
enum {
	X32 = 0x40000000, /* calls of another ABI on x86-64 */
	WORD = 32,
	WORDS = 16, /* calls up to 511; the kernel has not used the numbers above 472 */
	PROGRAM_MAX = 13 + 3 * COUNT(conditions) + 4 * WORDS + 4,
};

/* The answers to WORD neighbouring calls, a bit for each call. */
struct word {
	uint32_t allowed, killed;
};

/* Where a jump leads that ends with an answer; answers stand at the end of the program, in this
 * order. */
enum { UNKNOWN = 252, ALLOW, REFUSE, KILL };

struct program {
	struct sock_filter code[PROGRAM_MAX];
	unsigned short n;
};

static void add(struct program *p, unsigned short what, uint32_t value)
{
	p->code[p->n++] = (struct sock_filter)BPF_STMT(what, value);
}

static void load(struct program *p, size_t offset)
{
	add(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
}

/* Skips so many instructions, or jumps to an answer, when the test is true, and when it is false.
 */
static void test(struct program *p, unsigned short how, uint32_t value, uint8_t if_true,
		 uint8_t if_false)
{
	p->code[p->n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_K | how, value, if_true,
						       if_false);
}

/* Leaves the number of the call in A. */
static void check_architecture(struct program *p)
{
	add(p, BPF_MISC | BPF_TXA, 0); /* not a comparison: the trial runs end here */
	load(p, offsetof(struct seccomp_data, arch));
	test(p, BPF_JEQ, ARCHITECTURE, 0, KILL);
	load(p, offsetof(struct seccomp_data, nr));
	test(p, BPF_JGE, X32, KILL, 0);
}

/* The low half of an argument has all bits that are looked at: both architectures are
 * little-endian. */
static void check_conditions(struct program *p)
{
	for (size_t i = 0; i < COUNT(conditions); i++) {
		test(p, BPF_JEQ, conditions[i].call, 0, 2);
		load(p, offsetof(struct seccomp_data, args) +
				conditions[i].argument * sizeof(uint64_t));
		test(p, BPF_JSET, conditions[i].bits, REFUSE, ALLOW);
	}
}

static void check_words(struct program *p, const struct word *words)
{
	add(p, BPF_ALU | BPF_AND | BPF_K, WORD - 1);
	add(p, BPF_MISC | BPF_TAX, 0);
	add(p, BPF_LD | BPF_IMM, 1);
	add(p, BPF_ALU | BPF_LSH | BPF_X, 0);
	add(p, BPF_MISC | BPF_TAX, 0); /* X: the call's bit in its word */
	load(p, offsetof(struct seccomp_data, nr));
	add(p, BPF_ALU | BPF_RSH | BPF_K, 5); /* A: the word */
	for (uint32_t i = 0; i < WORDS; i++) {
		if ((words[i].allowed | words[i].killed) == 0)
			continue;
		test(p, BPF_JEQ, i, 0, 3);
		add(p, BPF_MISC | BPF_TXA, 0);
		test(p, BPF_JSET, words[i].allowed, ALLOW, 0);
		test(p, BPF_JSET, words[i].killed, KILL, UNKNOWN);
	}
}

static uint8_t distance(const struct program *p, unsigned from, uint8_t jump)
{
	return jump < UNKNOWN ? jump : (uint8_t)(p->n - from - 1 + jump - UNKNOWN);
}

static void add_answers(struct program *p, uint32_t unknown)
{
	for (unsigned i = 0; i < p->n; i++) {
		p->code[i].jt = distance(p, i, p->code[i].jt);
		p->code[i].jf = distance(p, i, p->code[i].jf);
	}
	add(p, BPF_RET | BPF_K, unknown);
	add(p, BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	add(p, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	add(p, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
}

bool sandbox_os_calls(const struct sandbox *s)
{
	struct program p = { .n = 0 };
	struct sock_fprog filter = { .filter = p.code };
	struct word words[WORDS] = { 0 };

	for (size_t i = 0; i < COUNT(allowed); i++)
		words[allowed[i] / WORD].allowed |= 1U << allowed[i] % WORD;
	for (size_t i = 0; i < COUNT(killed); i++)
		words[killed[i] / WORD].killed |= 1U << killed[i] % WORD;
	check_architecture(&p);
	check_conditions(&p);
	check_words(&p, words);
	add_answers(&p, s->strict ? SECCOMP_RET_KILL_PROCESS : SECCOMP_RET_ERRNO | EPERM);
	filter.len = p.n;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0;
}

#else

bool sandbox_os_calls(const struct sandbox *s)
{
	(void)s;
	return false;
}

#endif
#else

void sandbox_os_begin(struct sandbox *s)
{
	(void)s;
}

void sandbox_os_allow(const struct sandbox *s, const char *path, enum sandbox_use use)
{
	(void)s;
	(void)path;
	(void)use;
}

bool sandbox_os_files(struct sandbox *s)
{
	(void)s;
	return false;
}

bool sandbox_os_calls(const struct sandbox *s)
{
	(void)s;
	return false;
}

#endif
