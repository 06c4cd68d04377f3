#include <inttypes.h>

#include "base/utf.h"
#include "dump/md_text.h"
#include "dump/print_impl.h"

/* Streams that the peer doesn't print: the auxiliary vector of a Linux process, and comments. */

/* Types from 0 on: AT_* of Linux's uapi/linux/auxvec.h and, 16 and more, of the headers of its
 * processors. */
static const char *const auxv_names[] = {
	[0] = "AT_NULL",
	[1] = "AT_IGNORE",
	[2] = "AT_EXECFD",
	[3] = "AT_PHDR",
	[4] = "AT_PHENT",
	[5] = "AT_PHNUM",
	[6] = "AT_PAGESZ",
	[7] = "AT_BASE",
	[8] = "AT_FLAGS",
	[9] = "AT_ENTRY",
	[10] = "AT_NOTELF",
	[11] = "AT_UID",
	[12] = "AT_EUID",
	[13] = "AT_GID",
	[14] = "AT_EGID",
	[15] = "AT_PLATFORM",
	[16] = "AT_HWCAP",
	[17] = "AT_CLKTCK",
	[23] = "AT_SECURE",
	[24] = "AT_BASE_PLATFORM",
	[25] = "AT_RANDOM",
	[26] = "AT_HWCAP2",
	[27] = "AT_RSEQ_FEATURE_SIZE",
	[28] = "AT_RSEQ_ALIGN",
	[31] = "AT_EXECFN",
	[32] = "AT_SYSINFO",
	[33] = "AT_SYSINFO_EHDR",
	[51] = "AT_MINSIGSTKSZ",
};

void print_auxv(struct printer *p)
{
	struct cursor c = md_stream(p->md, MD_LINUX_AUXV);
	unsigned size = p->has_system && p->system.pointer_bits == 32 ? 4 : 8;

	if (c.failed)
		return;
	fputs("Stream LinuxAuxv:\n", p->out);
	while (cursor_left(&c) >= 2 * (size_t)size) {
		uint64_t type = cursor_uint(&c, size), value = cursor_uint(&c, size);

		if (type < COUNT(auxv_names) && auxv_names[type] != NULL)
			fprintf(p->out, "  %-21s= 0x%" PRIx64 "\n", auxv_names[type], value);
		else
			fprintf(p->out, "  %-21" PRIu64 "= 0x%" PRIx64 "\n", type, value);
	}
	putc('\n', p->out);
}

/* CommentStreamA and CommentStreamW: text up to the first nul. */
void print_comments(struct printer *p)
{
	struct cursor narrow = md_stream(p->md, MD_COMMENT_A);
	struct cursor wide = md_stream(p->md, MD_COMMENT_W);
	struct str text = md_text(&narrow);

	if (!narrow.failed) {
		fputs("Stream CommentStreamA:\n", p->out);
		print_line(p, utf8_repair(p->a, str_first(text, str_find_char(text, '\0'))));
		putc('\n', p->out);
	}
	if (!wide.failed) {
		fputs("Stream CommentStreamW:\n", p->out);
		print_units(p, wide, cursor_left(&wide) / 2);
		putc('\n', p->out);
	}
}
