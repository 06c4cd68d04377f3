#define _GNU_SOURCE /* O_TMPFILE */
#include "base/nameless.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#ifdef O_TMPFILE

enum { PROC_PATH_SIZE = 32 };

/* open(2), O_TMPFILE: the way to link such a file that needs no privilege. */
static void proc_path(int fd, char path[PROC_PATH_SIZE])
{
	snprintf(path, PROC_PATH_SIZE, "/proc/self/fd/%d", fd);
}

int nameless_open(const char *folder)
{
	char path[PROC_PATH_SIZE];
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		return -1;
	proc_path(fd, path);
	if (access(path, F_OK) == 0)
		return fd;
	close(fd);
	return -1;
}

bool nameless_link(int fd, const char *path)
{
	char from[PROC_PATH_SIZE];

	proc_path(fd, from);
	return linkat(AT_FDCWD, from, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0;
}

#else

int nameless_open(const char *folder)
{
	(void)folder;
	return -1;
}

bool nameless_link(int fd, const char *path)
{
	(void)fd;
	(void)path;
	errno = ENOSYS;
	return false;
}

#endif
