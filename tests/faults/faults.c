/*
 * Preloaded into a command, makes calls fail. FAULT says which: "CLASS:N:HOW" the Nth call of a
 * class, "CLASS:N+:HOW" that and all later ones, "CLASS:0:HOW" none. HOW is an error of the table
 * below, or "short": half of what was asked is read or written. FAULT_COUNT is a file of 16 bytes,
 * which become the number of calls of the class and of those that failed, over all processes of the
 * command.
 *
 * What allocates, maps or forks is replaced. Other calls are caught in the kernel
 * (SECCOMP_RET_TRAP, seccomp(2)), since stdio makes them where nothing can be replaced. What is
 * written to standard error never fails: it says what did.
 */
#define _GNU_SOURCE /* registers of a signal's context */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { SHORT = -1 };

/* The sixth argument, which no caught call has, of those made here: let through. */
enum { OURS = 0x6661756c };

static const struct {
	const char *name;
	int error;
} errors[] = {
	{ "EAGAIN", EAGAIN }, { "EDQUOT", EDQUOT }, { "EINTR", EINTR },
	{ "EIO", EIO },       { "EMFILE", EMFILE }, { "ENOMEM", ENOMEM },
	{ "ENOSPC", ENOSPC }, { "EXDEV", EXDEV },   { "short", SHORT },
};

static const struct {
	const char *class;
	unsigned call;
} caught[] = {
	/* clang-format off */
	{ "read", SYS_read }, { "read", SYS_readv }, { "read", SYS_pread64 },
	{ "write", SYS_write }, { "write", SYS_writev }, { "write", SYS_pwrite64 },
	{ "open", SYS_openat }, { "close", SYS_close }, { "seek", SYS_lseek },
	{ "sync", SYS_fsync }, { "sync", SYS_fdatasync }, { "rename", SYS_renameat },
	{ "rename", SYS_renameat2 }, { "truncate", SYS_ftruncate }, { "mkdir", SYS_mkdirat },
	{ "mode", SYS_fchmod }, { "stat", SYS_newfstatat }, { "stat", SYS_fstat },
	{ "stat", SYS_statx }, { "list", SYS_getdents64 }, { "time", SYS_utimensat },
	{ "lock", SYS_flock }, { "pipe", SYS_pipe2 }, { "poll", SYS_ppoll },
#ifdef __x86_64__
	{ "open", SYS_open }, { "rename", SYS_rename }, { "mkdir", SYS_mkdir },
	{ "stat", SYS_stat }, { "stat", SYS_lstat }, { "pipe", SYS_pipe }, { "poll", SYS_poll },
#endif
	/* clang-format on */
};

struct counts {
	_Atomic uint64_t calls, failed;
};

/* What FAULT says: functions that stand for libc's have no argument for it. */
static struct {
	struct counts *counts; /* NULL: nothing was asked for */
	char class[16];
	uint64_t n;
	bool later;
	int error;
} plan;

/* Counts a call of a class; whether it is to fail. */
static bool is_due(const char *class)
{
	if (plan.counts == NULL || strcmp(class, plan.class) != 0)
		return false;

	uint64_t n = ++plan.counts->calls;
	if (plan.n == 0 || n < plan.n || (n > plan.n && !plan.later))
		return false;
	plan.counts->failed++;
	return true;
}

static bool fails(const char *class)
{
	bool due = is_due(class);

	if (due)
		errno = plan.error;
	return due;
}

/* What glibc's own are called. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t align, size_t n);

void *malloc(size_t n)
{
	return fails("malloc") ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return fails("malloc") ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	return fails("malloc") ? NULL : __libc_realloc(p, n);
}

void *aligned_alloc(size_t align, size_t n)
{
	return fails("malloc") ? NULL : __libc_memalign(align, n);
}

int posix_memalign(void **p, size_t align, size_t n)
{
	*p = aligned_alloc(align, n);
	return *p == NULL ? ENOMEM : 0;
}

void *mmap(void *at, size_t n, int protection, int flags, int fd, off_t offset)
{
	if (fails("map"))
		return MAP_FAILED;
	return (void *)syscall(SYS_mmap, at, n, protection, flags, fd, offset);
}

pid_t __libc_fork(void);

pid_t fork(void)
{
	return fails("fork") ? -1 : __libc_fork();
}

/* Where a signal's context has the arguments of a call, and takes its result. */
#if defined(__x86_64__)
static const int arguments[] = { REG_RDI, REG_RSI, REG_RDX, REG_R10, REG_R8 };
static greg_t *registers(ucontext_t *u)
{
	return u->uc_mcontext.gregs;
}
enum { ANSWER = REG_RAX };
#elif defined(__aarch64__)
static const int arguments[] = { 0, 1, 2, 3, 4 };
static unsigned long long *registers(ucontext_t *u)
{
	return u->uc_mcontext.regs;
}
enum { ANSWER = 0 };
#endif

static const char *class_of(int call)
{
	for (size_t i = 0; i < COUNT(caught); i++) {
		if ((int)caught[i].call == call)
			return caught[i].class;
	}
	return "";
}

/* A file that could not be closed is closed. */
static bool is_made_too(const char *class)
{
	return plan.error == SHORT || strcmp(class, "close") == 0;
}

static long make(int call, const long *a)
{
	long answer = syscall(call, a[0], a[1], a[2], a[3], a[4], (long)OURS);

	return answer < 0 ? -errno : answer;
}

static void on_call(int signal, siginfo_t *info, void *context)
{
	const char *class = class_of(info->si_syscall);
	int kept = errno;
	long a[COUNT(arguments)], answer = 0;

	(void)signal;
	for (size_t i = 0; i < COUNT(arguments); i++)
		a[i] = (long)registers(context)[arguments[i]];

	bool to_people = strcmp(class, "write") == 0 && a[0] == STDERR_FILENO;
	bool due = !to_people && is_due(class);
	if (due && plan.error == SHORT)
		a[2] = (a[2] + 1) / 2;
	if (!due || is_made_too(class))
		answer = make(info->si_syscall, a);
	if (due && plan.error != SHORT)
		answer = -plan.error;
	registers(context)[ANSWER] = answer;
	errno = kept;
}

/* Catches the calls of the table but for those with OURS in their sixth argument. */
static bool catch_calls(void)
{
	const struct sock_filter load_call = BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						      offsetof(struct seccomp_data, nr));
	const struct sock_filter load_sixth = BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						       offsetof(struct seccomp_data, args) +
							       5 * sizeof(uint64_t));
	const struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_filter code[COUNT(caught) + 6] = { load_call };
	struct sock_fprog filter = { .filter = code };
	struct sigaction action = { .sa_flags = SA_SIGINFO | SA_NODEFER | SA_RESTART };
	unsigned short n = 1;

	for (size_t i = 0; i < COUNT(caught); i++) {
		uint8_t found = (uint8_t)(COUNT(caught) - i);

		code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, caught[i].call,
							 found, 0);
	}
	code[n++] = allow;
	code[n++] = load_sixth;
	code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OURS, 0, 1);
	code[n++] = allow;
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP);
	filter.len = n;

	action.sa_sigaction = on_call;
	return sigaction(SIGSYS, &action, NULL) == 0 &&
	       prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0;
}

static bool read_plan(const char *fault)
{
	char how[16], plus[2] = "";
	unsigned long long n;

	if (sscanf(fault, "%15[a-z]:%llu%1[+]:%15s", plan.class, &n, plus, how) != 4 &&
	    sscanf(fault, "%15[a-z]:%llu:%15s", plan.class, &n, how) != 3)
		return false;
	plan.n = n;
	plan.later = plus[0] == '+';
	for (size_t i = 0; i < COUNT(errors); i++) {
		if (strcmp(errors[i].name, how) == 0)
			plan.error = errors[i].error;
	}
	return plan.error != 0;
}

__attribute__((constructor)) static void begin(void)
{
	const char *fault = getenv("FAULT"), *count = getenv("FAULT_COUNT");
	int fd = fault == NULL || count == NULL ? -1 : open(count, O_RDWR | O_CLOEXEC);
	void *shared = MAP_FAILED;

	if (fd < 0)
		return;
	shared = (void *)syscall(SYS_mmap, NULL, sizeof(struct counts), PROT_READ | PROT_WRITE,
				 MAP_SHARED, fd, 0);
	close(fd);
	if (shared == MAP_FAILED || !read_plan(fault) || !catch_calls()) {
		dprintf(STDERR_FILENO, "faults: %s cannot be made\n", fault);
		_exit(125);
	}
	plan.counts = shared;
}
