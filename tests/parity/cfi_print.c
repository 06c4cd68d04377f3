#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "bin/dw_cfi.h"
#include "bin/elf.h"

/*
 * cfi_print [--compat] FILE: the STACK CFI records of an ELF file, and nothing else of it.
 */
static bool is_code(const void *context, uint64_t address)
{
	return elf_is_code(context, address);
}

static struct slice bytes_at(const void *context, uint64_t address, uint64_t n)
{
	return elf_bytes_at(context, address, n);
}

static uint64_t address_of(const struct elf *e, struct str name)
{
	const struct elf_section *s = elf_section(e, name);

	return s == NULL ? 0 : s->address;
}

static void print(struct elf *e, bool compat, struct diag *d)
{
	struct dw_cfi_input in = {
		.file = e->file,
		.debug_frame = { elf_debug_section(e, "frame"), 0 },
		.text = address_of(e, STR(".text")),
		.got = address_of(e, STR(".got")),
		.bias = e->bias,
		.cpu = elf_cpu(e, compat),
		.address_size = e->is64 ? 8 : 4,
		.big = e->big,
		.compat = compat,
		.is_code = is_code,
		.bytes_at = bytes_at,
		.context = e,
	};
	const struct elf_section *eh = elf_section(e, STR(".eh_frame"));
	struct buf out = { 0 };
	struct dw_cfi cfi;

	if (eh != NULL)
		in.eh_frame = (struct dw_cfi_section){ elf_contents(e, eh), eh->address };
	dw_cfi_open(&cfi, &in, e->arena, d);
	for (size_t i = 0; i < cfi.n; i++) {
		dw_cfi_write(&cfi, i, &out);
		if (out.n > 65536 || i + 1 == cfi.n) {
			fwrite(out.p, 1, out.n, stdout);
			buf_clear(&out);
		}
	}
	buf_free(&out);
}

int main(int argc, char **argv)
{
	bool compat = argc > 2 && strcmp(argv[1], "--compat") == 0;
	struct diag d = { .tool = "cfi_print", .out = stderr };
	struct arena a = { 0 };
	struct error err = { 0 };
	struct file f = { 0 };
	struct elf e = { 0 };

	if (argc != 2 + compat)
		return EXIT_USAGE;
	bool read = file_open(&f, argv[1 + compat], &err) &&
		    elf_open(&e, f.data, f.name, &a, &d, &err);
	if (read)
		print(&e, compat, &d);
	else
		diag_error(&d, &err);
	elf_close(&e);
	file_close(&f);
	arena_free(&a);
	return read ? EXIT_DONE : error_exit_code(&err);
}
