#include "base/progress.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/tool.h"
#include "base/utf.h"

/* A line that is longer than the terminal is wide cannot be erased: 80 columns are usual. */
enum { FIRST_MS = 1000, NEXT_MS = 100, MOST_BYTES = 79 };

/* To the first column; to the end of the line: ECMA-48, 8.3.41. */
static const struct str erase = STR_INIT("\r\033[K");

static uint64_t now_ms(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* Terminals of editors and of serial lines show the bytes of an escape sequence. */
static bool can_erase(FILE *out)
{
	const char *term = getenv("TERM");

	return out != NULL && isatty(fileno(out)) && term != NULL && strcmp(term, "dumb") != 0;
}

struct progress progress_make(const struct diag *d, bool prints)
{
	bool wanted = d->verbosity >= DIAG_WARNINGS && !(prints && isatty(STDOUT_FILENO)) &&
		      can_erase(d->out);

	return (struct progress){
		.out = wanted ? d->out : NULL,
		.tool = d->tool,
		.owner = getpid(),
		.due_ms = now_ms() + FIRST_MS,
	};
}

/* The end of a name says more than its start. A character is not cut. */
static void put_name(struct buf *line, const char *name)
{
	struct buf text = { .oom = tool_oom };
	size_t room = line->n < MOST_BYTES ? MOST_BYTES - line->n : 0, from;

	text_printable(&text, str_of(name));
	from = text.n > room ? text.n - room : 0;
	while (from < text.n && ((unsigned char)text.p[from] & 0xc0) == 0x80)
		from++;
	buf_put(line, text.p + from, text.n - from);
	buf_free(&text);
}

void progress_step(struct progress *p, size_t done, size_t n, const char *name)
{
	struct buf line = { .oom = tool_oom };
	uint64_t now;

	if (p == NULL || p->out == NULL || p->owner != getpid())
		return;
	now = now_ms();
	if (now < p->due_ms)
		return;
	p->due_ms = now + NEXT_MS;
	buf_printf(&line, "%s: %zu of %zu: ", p->tool, done, n);
	put_name(&line, name);
	fprintf(p->out, "%s%.*s", erase.p, STR_ARGS(buf_str(&line)));
	fflush(p->out);
	p->shown = true;
	buf_free(&line);
}

struct str progress_erase(const struct progress *p)
{
	bool line = p != NULL && p->out != NULL && (p->shown || p->owner != getpid());

	return line ? erase : (struct str){ 0 };
}

void progress_end(struct progress *p)
{
	if (p == NULL || !p->shown || p->owner != getpid())
		return;
	fputs(erase.p, p->out);
	fflush(p->out);
	p->shown = false;
}
