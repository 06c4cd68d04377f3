#include "sym/pieces.h"

#include <sys/mman.h>

/* Pages are given back after GIVE_BACK bytes. */
enum { WINDOW = 256 * 1024, GIVE_BACK = 4 * 1024 * 1024, PAGE = 4096 };

#define EACH(byte) ((byte)*0x0101010101010101u)

struct pieces pieces_make(struct str text, bool mapped)
{
	return (struct pieces){ text, text.p, mapped };
}

/* The pages that lie wholly between two places. */
static void give_back(const char *from, const char *to)
{
	const uintptr_t page = PAGE;
	uintptr_t start = ((uintptr_t)from + page - 1) & ~(page - 1),
		  end = (uintptr_t)to & ~(page - 1);

	if (start < end)
		madvise((void *)start, end - start, MADV_DONTNEED);
}

void pieces_touch(struct str text, bool mapped, size_t n, size_t *touched)
{
	*touched += n + PAGE;
	if (*touched < GIVE_BACK)
		return;
	if (mapped)
		give_back(text.p, text.p + text.n);
	*touched = 0;
}

bool pieces_next(struct pieces *p, struct str *piece)
{
	size_t n = p->rest.n < WINDOW ? p->rest.n : WINDOW, end = n;

	if (n == 0)
		return false;
	if (p->rest.p - p->kept > GIVE_BACK) {
		if (p->mapped)
			give_back(p->kept, p->rest.p);
		p->kept = p->rest.p;
	}
	while (end > 0 && p->rest.p[end - 1] != '\n')
		end--;
	if (end == 0)
		end = n + str_find_char(str_from(p->rest, n), '\n') + 1;
	*piece = str_first(p->rest, end);
	p->rest = str_from(p->rest, end);
	return true;
}

bool text_is_plain(struct str s)
{
	uint64_t high = 0, eight;
	size_t i = 0;

	for (; s.n - i >= sizeof(eight); i += sizeof(eight)) {
		memcpy(&eight, s.p + i, sizeof(eight));
		high |= eight;
	}
	for (; i < s.n; i++)
		high |= (unsigned char)s.p[i];
	return (high & EACH(0x80)) == 0 && (s.n == 0 || memchr(s.p, '\r', s.n) == NULL);
}

/* 0x80 in each byte of ASCII text that is zero. */
static inline uint64_t zeros(uint64_t v)
{
	return ~(v + EACH(0x7f)) & EACH(0x80);
}

/* 0x80 somewhere if one of eight bytes is a control but LF, or not ASCII. */
static inline uint64_t dirt(uint64_t v)
{
	uint64_t line_ends = zeros((v ^ EACH('\n')) & EACH(0x7f));
	uint64_t delete = zeros((v ^ EACH(0x7f)) & EACH(0x7f));
	/* A LF becomes a '*', so that all that is below a blank is dirt. */
	uint64_t raised = v | line_ends >> 2;

	return (v | delete | ~((raised & EACH(0x7f)) + EACH(0x60))) & EACH(0x80);
}

bool text_is_clean(struct str s)
{
	uint64_t dirty = 0, eight;
	size_t i = 0;

	for (; s.n - i >= sizeof(eight); i += sizeof(eight)) {
		memcpy(&eight, s.p + i, sizeof(eight));
		dirty |= dirt(eight);
	}
	eight = EACH(' ');
	if (i < s.n)
		memcpy(&eight, s.p + i, s.n - i);
	return (dirty | dirt(eight)) == 0;
}
