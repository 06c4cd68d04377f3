#include <inttypes.h>

#include "base/utf.h"
#include "dump/print_impl.h"

enum { CV_AT = 76 };
enum { CV_PDB70 = 0x53445352, CV_PDB20 = 0x3031424e, CV_ELF = 0x4270454c };
enum { GUID_DIGITS = 32, PDB20_DIGITS = 8 };

/* MINIDUMP_MODULE with its VS_FIXEDFILEINFO, minidumpapiset.h and verrsrc.h. */
static const struct print_field module_fields[] = {
	{ "base_of_image                   ", 0, 8, PRINT_HEX, 0 },
	{ "size_of_image                   ", 8, 4, PRINT_HEX, 0 },
	{ "checksum                        ", 12, 4, PRINT_HEX, 0 },
	{ "time_date_stamp                 ", 16, 4, PRINT_TIME, 0 },
	{ "module_name_rva                 ", 20, 4, PRINT_HEX, 0 },
	{ "version_info.signature          ", 24, 4, PRINT_HEX, 0 },
	{ "version_info.struct_version     ", 28, 4, PRINT_HEX, 0 },
	{ "version_info.file_version       ", 32, 4, PRINT_PAIR, 0 },
	{ "version_info.product_version    ", 40, 4, PRINT_PAIR, 0 },
	{ "version_info.file_flags_mask    ", 48, 4, PRINT_HEX, 0 },
	{ "version_info.file_flags         ", 52, 4, PRINT_HEX, 0 },
	{ "version_info.file_os            ", 56, 4, PRINT_HEX, 0 },
	{ "version_info.file_type          ", 60, 4, PRINT_HEX, 0 },
	{ "version_info.file_subtype       ", 64, 4, PRINT_HEX, 0 },
	{ "version_info.file_date          ", 68, 4, PRINT_PAIR, 0 },
	{ "cv_record.data_size             ", 76, 4, PRINT_DEC, 0 },
	{ "cv_record.rva                   ", 80, 4, PRINT_HEX, 0 },
	{ "misc_record.data_size           ", 84, 4, PRINT_DEC, 0 },
	{ "misc_record.rva                 ", 88, 4, PRINT_HEX, 0 },
};

/* MINIDUMP_UNLOADED_MODULE begins like it. */
enum { UNLOADED_FIELDS = 5 };

/* CodeView records by signature; after the fields, what is special. */
static const struct print_field pdb20_fields[] = {
	{ "(cv_record).cv_header.signature ", 0, 4, PRINT_HEX, 0 },
	{ "(cv_record).cv_header.offset    ", 4, 4, PRINT_HEX, 0 },
	{ "(cv_record).signature           ", 8, 4, PRINT_TIME, 0 },
	{ "(cv_record).age                 ", 12, 4, PRINT_DEC, 0 },
};
static const struct print_field cv_signature_field[] = {
	{ "(cv_record).cv_signature        ", 0, 4, PRINT_HEX, 0 },
};
static const struct print_field pdb70_age_field[] = {
	{ "(cv_record).age                 ", 20, 4, PRINT_DEC, 0 },
};

static void print_quoted(struct printer *p, const char *label, struct str text)
{
	fprintf(p->out, "  %s= \"", label);
	print_text(p, text);
	fputs("\"\n", p->out);
}

/* What is left of a record up to the first nul. */
static void print_pdb_name(struct printer *p, struct cursor cv, size_t at)
{
	cursor_seek(&cv, at);
	struct slice bytes = cursor_bytes(&cv, cursor_left(&cv));
	struct str s = { (const char *)bytes.p, bytes.n };

	print_quoted(p, "(cv_record).pdb_file_name       ",
		     utf8_repair(p->a, str_first(s, str_find_char(s, '\0'))));
}

static void print_pdb70(struct printer *p, const struct cursor *cv)
{
	print_fields(p, cv, cv_signature_field, COUNT(cv_signature_field));
	fputs("  (cv_record).signature           = ", p->out);
	print_guid(p, cursor_sub(cv, 4, 16));
	putc('\n', p->out);
	print_fields(p, cv, pdb70_age_field, COUNT(pdb70_age_field));
	print_pdb_name(p, *cv, 24);
}

static void print_rest(struct printer *p, const char *label, struct cursor c)
{
	fprintf(p->out, "  %s= ", label);
	print_hex(p, cursor_bytes(&c, cursor_left(&c)));
	putc('\n', p->out);
}

static void print_codeview(struct printer *p, const struct cursor *record)
{
	struct cursor at = cursor_sub(record, CV_AT, 8);
	struct cursor cv = md_location(p->md, &at), rest = cv;
	uint32_t signature = cursor_u32(&rest);

	if (rest.failed) {
		fputs("  (cv_record)                     = (null)\n", p->out);
	} else if (signature == CV_PDB70) {
		print_pdb70(p, &cv);
	} else if (signature == CV_PDB20) {
		print_fields(p, &cv, pdb20_fields, COUNT(pdb20_fields));
		print_pdb_name(p, cv, 16);
	} else if (signature == CV_ELF) {
		print_fields(p, &cv, cv_signature_field, COUNT(cv_signature_field));
		print_rest(p, "(cv_record).build_id            ", rest);
	} else {
		print_rest(p, "(cv_record)                     ", cv);
	}
}

/* The id of symbol stores with hyphens: a GUID in small letters, or the number that old PDB files
 * have, then the age unless it is 0. */
static void print_debug_id(struct printer *p, struct str id)
{
	bool guid = id.n > GUID_DIGITS;
	size_t digits = guid ? GUID_DIGITS : PDB20_DIGITS;
	struct str age = str_from(id, digits);

	fputs("  (debug_identifier)              = \"", p->out);
	if (id.n == 0)
		fputs("00000000-0000-0000-0000-000000000000", p->out);
	for (size_t i = 0; i < digits && i < id.n; i++) {
		if (guid && i >= 8 && i <= 20 && i % 4 == 0)
			putc('-', p->out);
		putc(guid && id.p[i] >= 'A' ? id.p[i] | 0x20 : id.p[i], p->out);
	}
	if (age.n != 0 && !str_eq(age, STR("0")))
		fprintf(p->out, "-%.*s", STR_ARGS(age));
	fputs("\"\n", p->out);
}

static void print_module(struct printer *p, const struct md_module *m)
{
	fputs("MINIDUMP_MODULE\n", p->out);
	print_fields(p, &m->record, module_fields, COUNT(module_fields));
	print_quoted(p, "(code_file)                     ", m->code_file);
	print_quoted(p, "(code_identifier)               ", m->code_id);
	print_codeview(p, &m->record);
	fputs("  (misc_record)                   = (null)\n", p->out);
	print_quoted(p, "(debug_file)                    ", m->debug_file);
	print_debug_id(p, m->debug_id);
	print_quoted(p, "(version)                       ", m->version);
	putc('\n', p->out);
}

void print_modules(struct printer *p)
{
	struct md_modules list;

	md_modules_read(&list, p->md, &p->system, p->a, p->d, p->compat);
	if (!list.readable)
		return;
	fprintf(p->out, "MinidumpModuleList\n  module_count = %zu\n\n", list.n);
	for (size_t i = 0; i < list.n; i++) {
		fprintf(p->out, "module[%zu]\n", i);
		print_module(p, &list.v[i]);
	}
}

void print_unloaded(struct printer *p)
{
	struct md_unloaded_modules list;

	md_unloaded_read(&list, p->md, p->a, p->d, p->compat);
	if (!list.readable)
		return;
	fprintf(p->out, "MinidumpUnloadedModuleList\n  module_count = %zu\n\n", list.n);
	for (size_t i = 0; i < list.n; i++) {
		fprintf(p->out, "module[%zu]\nMINIDUMP_UNLOADED_MODULE\n", i);
		print_fields(p, &list.v[i].record, module_fields, UNLOADED_FIELDS);
		print_quoted(p, "(code_file)                     ", list.v[i].code_file);
		print_quoted(p, "(code_identifier)               ", list.v[i].code_id);
	}
}
