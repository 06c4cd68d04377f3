/*
 * Preloaded into a command, tries what a flaw in a reader would be used for when its input,
 * PROBE_FILE, is read: PROBE names the attempt. It says on standard error whether it was allowed;
 * the kernel may kill the process instead.
 */
#define _GNU_SOURCE /* memfd_create and its like in the list of system calls */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool opens(const char *path, int flags)
{
	return syscall(SYS_openat, AT_FDCWD, path, flags, 0600) >= 0;
}

static bool reads(void)
{
	return opens("/etc/passwd", O_RDONLY);
}

static bool lists(void)
{
	return opens("/", O_RDONLY | O_DIRECTORY);
}

static bool creates(void)
{
	return opens("../escaped", O_WRONLY | O_CREAT);
}

static bool overwrites(void)
{
	const char *path = getenv("PROBE_FILE");

	return path != NULL && opens(path, O_WRONLY);
}

static bool connects(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool runs(void)
{
	static const char *const argv[] = { "true", NULL };

	return syscall(SYS_execve, "/bin/true", argv, NULL) >= 0;
}

static bool traces(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static bool makes_code(void)
{
	return syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != -1;
}

static bool makes_memory_file(void)
{
	return syscall(SYS_memfd_create, "x", 0) >= 0;
}

static bool starts_namespace(void)
{
	return syscall(SYS_unshare, 0x10000000) == 0; /* CLONE_NEWUSER */
}

static bool changes_mode(void)
{
	return syscall(SYS_fchmodat, AT_FDCWD, ".", 0777) == 0;
}

static const struct {
	const char *name;
	bool (*attempt)(void);
} probes[] = {
	{ "read", reads },
	{ "list", lists },
	{ "create", creates },
	{ "overwrite", overwrites },
	{ "socket", connects },
	{ "execve", runs },
	{ "ptrace", traces },
	{ "code", makes_code },
	{ "memfd", makes_memory_file },
	{ "unshare", starts_namespace },
	{ "chmod", changes_mode },
};

/* Whether it is the input and not, for example, a list that a command reads before. */
static bool is_input(int fd)
{
	const char *path = getenv("PROBE_FILE");
	struct stat input, mapped;

	return fd >= 0 && path != NULL && stat(path, &input) == 0 && fstat(fd, &mapped) == 0 &&
	       input.st_ino == mapped.st_ino;
}

static void probe(int fd)
{
	const char *name = getenv("PROBE");

	for (size_t i = 0; name != NULL && i < sizeof(probes) / sizeof(probes[0]); i++) {
		if (strcmp(probes[i].name, name) == 0 && is_input(fd))
			dprintf(2, "%s: %s\n", name, probes[i].attempt() ? "allowed" : "refused");
	}
}

/* The commands map what they read, or read it in pieces. */
void *mmap(void *at, size_t n, int protection, int flags, int fd, off_t offset)
{
	probe(fd);
	return (void *)syscall(SYS_mmap, at, n, protection, flags, fd, offset);
}

ssize_t read(int fd, void *to, size_t n)
{
	probe(fd);
	return syscall(SYS_read, fd, to, n);
}
