#include "bin/source.h"

#include "base/cursor.h"
#include "base/gzip.h"

/* The first bytes of each kind: dump-sym-parse.md 2. */
static const struct {
	enum source_kind kind;
	struct str magic;
} magics[] = {
	{ SOURCE_ELF, STR_INIT("\177ELF") },
	{ SOURCE_PE, STR_INIT("MZ") },
	{ SOURCE_PDB, STR_INIT("Microsoft C/C++ MSF 7.00\r\n\032DS\0\0\0") },
	{ SOURCE_MACHO, STR_INIT("\xfe\xed\xfa\xce") },
	{ SOURCE_MACHO, STR_INIT("\xfe\xed\xfa\xcf") },
	{ SOURCE_MACHO, STR_INIT("\xce\xfa\xed\xfe") },
	{ SOURCE_MACHO, STR_INIT("\xcf\xfa\xed\xfe") },
	{ SOURCE_MACHO, STR_INIT("\xca\xfe\xba\xbf") },
	{ SOURCE_CABINET, STR_INIT("MSCF") },
	{ SOURCE_SYM, STR_INIT("MODULE ") },
};

/* Java's class files begin as fat Mach-O files do; where those have the number of slices, they have
 * the version, 45 or more. */
static bool is_fat(struct slice data)
{
	struct cursor c = cursor_make(data, "");

	c.big = true;
	return cursor_u32(&c) == 0xcafebabe && cursor_u32(&c) < 45 && !c.failed;
}

enum source_kind source_kind(struct slice data)
{
	struct str text = { (const char *)data.p, data.n };

	for (size_t i = 0; i < COUNT(magics); i++) {
		if (str_starts(text, magics[i].magic))
			return magics[i].kind;
	}
	if (is_fat(data))
		return SOURCE_MACHO;
	return gzip_is(data) ? SOURCE_GZIP : SOURCE_UNKNOWN;
}

const char *source_kind_name(enum source_kind kind)
{
	static const char *const names[] = {
		[SOURCE_UNKNOWN] = "file of an unknown kind",
		[SOURCE_ELF] = "ELF file",
		[SOURCE_PE] = "PE executable",
		[SOURCE_PDB] = "PDB file",
		[SOURCE_MACHO] = "Mach-O file",
		[SOURCE_CABINET] = "cabinet",
		[SOURCE_SYM] = "symbol file",
		[SOURCE_GZIP] = "gzip file",
	};

	return names[kind];
}
