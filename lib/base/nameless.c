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

/* The way that root has where /proc is not. */
static bool link_empty(int fd, const char *path)
{
	return linkat(fd, "", AT_FDCWD, path, AT_EMPTY_PATH) == 0;
}

/* A folder is there: who may link is told so. */
static bool can_link(int fd, const char *folder)
{
	char path[PROC_PATH_SIZE];

	proc_path(fd, path);
	return access(path, F_OK) == 0 || (!link_empty(fd, folder) && errno == EEXIST);
}

int nameless_open(const char *folder)
{
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0 || can_link(fd, folder))
		return fd;
	close(fd);
	return -1;
}

bool nameless_link(int fd, const char *path)
{
	char from[PROC_PATH_SIZE];

	proc_path(fd, from);
	if (linkat(AT_FDCWD, from, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0)
		return true;
	return access(from, F_OK) != 0 && link_empty(fd, path);
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
