#ifndef CRASH_BASE_LIMITS_H
#define CRASH_BASE_LIMITS_H

/*
 * Every limit on work, depth and size, each with the reason for its number. What goes over one is
 * cut off (and said so in the output) or refused with ERROR_LIMIT; crash-tools(7) lists them.
 * Fuzzing builds define LIMITS_SMALL, so that inputs of 64 KiB reach them.
 */
#ifdef LIMITS_SMALL
#define LIMIT(normal, small) (small)
#else
#define LIMIT(normal, small) (normal)
#endif

enum {
	/* Minidumps. Crashpad and minidump-writer write fewer than 30 streams. */
	LIMIT_DUMP_STREAMS = LIMIT(4096, 64),
	/* A UNICODE_STRING cannot be longer; the rest of a longer one is ignored. */
	LIMIT_DUMP_STRING_UNITS = LIMIT(32767, 256),
	/* Linux's default threads-max on large machines; mappings: vm.max_map_count. */
	LIMIT_DUMP_THREADS = LIMIT(65536, 256),
	LIMIT_DUMP_MODULES = LIMIT(65536, 256),
	LIMIT_DUMP_REGIONS = LIMIT(1048576, 1024),
	/* Linux's default fs.nr_open. */
	LIMIT_DUMP_HANDLES = LIMIT(1048576, 1024),
	/* Entries of Crashpad's tables, which cost 64 bytes of memory and 4 of the dump: it writes
	 * at most 400 annotations. */
	LIMIT_DUMP_ANNOTATIONS = LIMIT(131072, 256),
	/* Linux has 16. */
	LIMIT_DUMP_PROC_LIMITS = LIMIT(256, 32),
	/* Of a stability report: a browser has a few hundred processes. */
	LIMIT_DUMP_PROCESS_STATES = LIMIT(4096, 16),
	/* Contents and text that are printed of one dump, in times of its size and beyond that: a
	 * stack stands in its thread and in the memory list, a path twice in its module. */
	LIMIT_PRINT_TIMES = 8,
	LIMIT_PRINT_LEAST = LIMIT(1048576, 4096),
	/* A path of 32 KiB in the record, twice. */
	LIMIT_DUMP_CV_BYTES = LIMIT(65536, 1024),

	/* Of the walks of one dump, which take milliseconds; Socorro kills after 600. */
	LIMIT_CPU_SECONDS = 60,
	/* Stack walks: a thread prints the first and the last half of this many frames. */
	LIMIT_WALK_FRAMES_THREAD = LIMIT(16384, 64),
	/* Steps over all threads of a dump: whichever is less, this or STEPS_BASE + one a
	 * STEP_BYTES bytes of dump, since a real frame needs memory of its own in the dump. */
	LIMIT_WALK_STEPS_DUMP = LIMIT(1048576, 4096),
	LIMIT_WALK_STEPS_BASE = LIMIT(65536, 1024),
	LIMIT_WALK_STEP_BYTES = 8,
	/* Work that counts as one more step: bytes of call frame rules (a real frame has 200), and
	 * of code in search of jumps; words that the scanner asks symbols about. */
	LIMIT_WALK_STEP_RULES = 256,
	LIMIT_WALK_STEP_CODE = 256,
	LIMIT_WALK_STEP_ASKED = 16,
	/* Words that the scanner looks at; rust-minidump and Breakpad the same. */
	LIMIT_WALK_SCAN_WORDS = 40,
	LIMIT_WALK_SCAN_WORDS_FIRST = 160,
	/* Of those in search of code of no module, where frames of compiled scripts are large, and
	 * of those among words that turn out to be no return addresses. */
	LIMIT_WALK_SCAN_WORDS_MOST = 512,
	/* Bytes of a stack that make its end: below that many left, an end is believed. Windows and
	 * macOS have less than 200 above the first frame of a thread. */
	LIMIT_WALK_STACK_END = 1024,
	LIMIT_INLINE_DEPTH = LIMIT(255, 16),
	/* Operations of one postfix expression: real ones have fewer than 20. */
	LIMIT_CFI_OPS = LIMIT(4096, 64),
	/* Values that it may hold at a time, and variables of a STACK WIN program: real ones use 4
	 * and 15. */
	LIMIT_CFI_DEPTH = LIMIT(128, 16),
	LIMIT_WIN_VARIABLES = LIMIT(64, 24),
	/* Call frame information in DWARF. A CIE, which is read again for each of its FDEs: real
	 * ones have fewer than 100 bytes. States that a program remembers: compilers nest them 2
	 * deep. Rules and slots of a PLT that are printed of one FDE: librustc_driver's largest has
	 * 10,000 rules. */
	LIMIT_CFI_CIE_BYTES = LIMIT(1024, 256),
	LIMIT_CFI_STATES = 16,
	LIMIT_CFI_RULES = LIMIT(262144, 1024),
	LIMIT_CFI_SLOTS = LIMIT(131072, 256),
	/* Signal frames on one stack, each of which may lead to another stack: handlers nest 2
	   deep. */
	LIMIT_WALK_SIGNALS = 16,
	/* Functions that jumped to the next one, between two frames, and what is looked at to find
	 * them: functions that can be reached, bytes of each. */
	LIMIT_TAIL_CALLS = 8,
	LIMIT_TAIL_FUNCTIONS = 64,
	LIMIT_TAIL_BYTES = LIMIT(65536, 1024),
	/* Unloaded modules named at one address. Windows remembers 64 in all. */
	LIMIT_UNLOADED_AT = LIMIT(256, 16),

	/* A line of a .sym; the longest seen is 155,000 bytes. The rest of a longer one is skipped.
	 */
	LIMIT_SYM_LINE = LIMIT(1048576, 4096),
	/* Bytes of the lines and INLINEs of one FUNC, or of the rows of one STACK CFI INIT, that a
	 * look-up reads for nothing (most real ones have fewer), and how many bytes beyond that all
	 * look-ups in one file may read: a second. Then what lies beyond is ignored. */
	LIMIT_SYM_BODY_FREE = LIMIT(4096, 1024),
	LIMIT_SYM_BODY_BYTES = LIMIT(536870912, 16384),
	/* Bytes of functions of one file that are kept for who asks for them again. */
	LIMIT_SYM_KNOWN_BYTES = LIMIT(67108864, 1048576),
	/* Rows of one STACK CFI INIT that apply at an address. */
	LIMIT_SYM_CFI_ROWS = LIMIT(65536, 64),

	/* Files of one tree among which a module's binary is looked for by its name: a distribution
	 * has as many. By id and path it is found without. */
	LIMIT_BINARIES = LIMIT(262144, 64),

	/* ELF: bytes of a section's name, which are looked for once a section; and of all names of
	 * symbols, in times of their string table: entries may share it, real ones hardly do. */
	LIMIT_ELF_SECTION_NAME = LIMIT(4096, 64),
	LIMIT_ELF_NAMES_TIMES = 8,
	/* Bytes of an object's sections that are copied to be relocated, in times of the file:
	 * compressed debug sections have a quarter of their size. */
	LIMIT_ELF_COPIES_TIMES = 16,
	/* A function's name, as it is and readable. The longest real ones have 150,000. */
	LIMIT_NAME_BYTES = LIMIT(1048576, 4096),
	/* How many times longer a readable name may be: substitutions can make it exponential. Of
	 * 69,000 names of LLVM the most is 16. */
	LIMIT_NAME_TIMES = 128,

	/* JSON documents that are read: nesting (Python stops there too), bytes and values of one
	 * document. A value costs 16 bytes of memory. */
	LIMIT_JSON_DEPTH = LIMIT(1000, 64),
	LIMIT_JSON_BYTES = LIMIT(268435456, 65536),
	LIMIT_JSON_VALUES = LIMIT(16777216, 16384),
	/* Bytes of one file that are read again behind a document that turned out bad: each of many
	 * unfinished lines can claim as many lines as nesting has levels. */
	LIMIT_JSON_AGAIN = LIMIT(67108864, 65536),
	/* Of a function's name in a signature: the longest real one has 150,000. */
	LIMIT_SIG_NAME_BYTES = LIMIT(262144, 1024),
	/* PCRE2: steps and memory (KiB) of one match. */
	LIMIT_REGEX_MATCH = LIMIT(1000000, 10000),
	LIMIT_REGEX_DEPTH = LIMIT(10000, 1000),
	LIMIT_REGEX_HEAP_KIB = LIMIT(20480, 1024),

	/* Inflating: deflate cannot exceed 1032:1; total bytes of one file. */
	LIMIT_INFLATE_RATIO = 1100,
	LIMIT_INFLATE_MIB = LIMIT(8192, 1),
	/* All sections of one binary that are unpacked; one that is, to memory, while it is read;
	 * memory for it: xz -9 needs 65. */
	LIMIT_UNPACK_MIB = LIMIT(4096, 1),
	LIMIT_UNPACK_MEMORY_MIB = LIMIT(1024, 1),
	LIMIT_UNPACK_XZ_MIB = LIMIT(80, 16),

	/* Rows of one unit's line table: the largest seen has 1.2 million. A row costs 16 bytes. */
	LIMIT_DWARF_ROWS = LIMIT(33554432, 65536),
	/* Bytes of line programs that are run, in times of their section and beyond that: units may
	 * share one, and dwz makes them. */
	LIMIT_DWARF_LINE_TIMES = 8,
	LIMIT_DWARF_LINE_LEAST = LIMIT(16777216, 65536),
	/* Sequences of a line table that overlap at an address, of which the last counts. */
	LIMIT_DWARF_OVERLAPS = 64,
	/* Folders or files of one line table: the largest seen has 3,000. */
	LIMIT_DWARF_FILES = LIMIT(1048576, 4096),
	/* Ranges of inlined calls that do not fit into the calls around them: how many pieces wait
	 * at a time, and how often on average one is tried. Compilers write none. */
	LIMIT_INLINE_AGAIN = 1024,
	LIMIT_INLINE_TRIES = 16,

	/* MiB of a pipe, or of whatever else cannot be mapped: it is kept in memory, and a minidump
	 * of Crashpad has a few. */
	LIMIT_PIPE_MIB = LIMIT(256, 2),
	/* Functions and inlined calls around an entry: 38 is the most that was seen. */
	LIMIT_DWARF_DEPTH = LIMIT(4096, 64),
	/* From an entry to the one that names it: elfutils has the same, compilers need 3. */
	LIMIT_DWARF_CHAIN = 16,
	/* Namespaces, classes and functions around one. */
	LIMIT_DWARF_SCOPES = 64,
	/* Bytes of debug information that are read more than once (shared names, range lists,
	 * abbreviations, units of a .dwo), in times of the sections and beyond that: less than one
	 * is usual, dwz makes it 3. */
	LIMIT_DWARF_TIMES = 64,
	LIMIT_DWARF_LEAST = LIMIT(67108864, 65536),
	/* Bytes of abbreviations of units that are kept open; usual ones take 64 KiB. */
	LIMIT_DWARF_TABLES = LIMIT(33554432, 65536),

	/* GiB of a cache of indexes, unless --cache-size says otherwise: those of 60 GiB of .sym.
	 */
	LIMIT_CACHE_GIB = 10,

	LIMIT_WORKERS = 256,
};

#endif
