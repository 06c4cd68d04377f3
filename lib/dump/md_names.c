#include <stdlib.h>

#include "dump/md.h"

struct stream_name {
	uint32_t type;
	bool unread; /* known by name only */
	const char *name;
};

/*
 * minidumpapiset.h and Breakpad's minidump_format.h; names as rust-minidump prints them
 * (minidump-common/src/format.rs, MINIDUMP_STREAM_TYPE). Sorted by type: find_stream() searches.
 * The high half of a private type is two letters: "CP" Crashpad, "Gg" Breakpad, "Kk" Chrome, "Mz"
 * Mozilla.
 */
static const struct stream_name streams[] = {
	{ 0, true, "UnusedStream" },
	{ 1, true, "ReservedStream0" },
	{ 2, true, "ReservedStream1" },
	{ 3, false, "ThreadListStream" },
	{ 4, false, "ModuleListStream" },
	{ 5, false, "MemoryListStream" },
	{ 6, false, "ExceptionStream" },
	{ 7, false, "SystemInfoStream" },
	{ 8, true, "ThreadExListStream" },
	{ 9, false, "Memory64ListStream" },
	{ 10, true, "CommentStreamA" },
	{ 11, true, "CommentStreamW" },
	{ 12, false, "HandleDataStream" },
	{ 13, true, "FunctionTable" },
	{ 14, false, "UnloadedModuleListStream" },
	{ 15, false, "MiscInfoStream" },
	{ 16, false, "MemoryInfoListStream" },
	{ 17, false, "ThreadInfoListStream" },
	{ 18, true, "HandleOperationListStream" },
	{ 19, true, "TokenStream" },
	{ 20, true, "JavaScriptDataStream" },
	{ 21, true, "SystemMemoryInfoStream" },
	{ 22, true, "ProcessVmCountersStream" },
	{ 23, true, "IptTraceStream" },
	{ 24, false, "ThreadNamesStream" },
	{ 0x8000, true, "ceStreamNull" },
	{ 0x8001, true, "ceStreamSystemInfo" },
	{ 0x8002, true, "ceStreamException" },
	{ 0x8003, true, "ceStreamModuleList" },
	{ 0x8004, true, "ceStreamProcessList" },
	{ 0x8005, true, "ceStreamThreadList" },
	{ 0x8006, true, "ceStreamThreadContextList" },
	{ 0x8007, true, "ceStreamThreadCallStackList" },
	{ 0x8008, true, "ceStreamMemoryVirtualList" },
	{ 0x8009, true, "ceStreamMemoryPhysicalList" },
	{ 0x800a, true, "ceStreamBucketParameters" },
	{ 0x800b, true, "ceStreamProcessModuleMap" },
	{ 0x800c, true, "ceStreamDiagnosisList" },
	{ 0xffff, true, "LastReservedStream" },
	{ 0x43500001, false, "CrashpadInfoStream" },
	{ 0x47670001, false, "BreakpadInfoStream" },
	{ 0x47670002, false, "AssertionInfoStream" },
	{ 0x47670003, false, "LinuxCpuInfo" },
	{ 0x47670004, false, "LinuxProcStatus" },
	{ 0x47670005, false, "LinuxLsbRelease" },
	{ 0x47670006, true, "LinuxCmdLine" },
	{ 0x47670007, false, "LinuxEnviron" },
	{ 0x47670008, true, "LinuxAuxv" },
	{ 0x47670009, false, "LinuxMaps" },
	{ 0x4767000a, true, "LinuxDsoDebug" },
	{ 0x4b6b0002, false, "StabilityReportStream" },
	{ 0x4d7a0001, false, "MozMacosCrashInfoStream" },
	{ 0x4d7a0002, false, "MozMacosBootargsStream" },
	{ 0x4d7a0003, false, "MozLinuxLimits" },
	{ 0x4d7a0004, false, "MozSoftErrors" },
};

static int compare_types(const void *key, const void *entry)
{
	uint32_t type = *(const uint32_t *)key;
	const struct stream_name *name = entry;

	return (type > name->type) - (type < name->type);
}

static const struct stream_name *find_stream(uint32_t type)
{
	return bsearch(&type, streams, COUNT(streams), sizeof(streams[0]), compare_types);
}

const char *md_stream_name(uint32_t type)
{
	const struct stream_name *found = find_stream(type);

	return found == NULL ? NULL : found->name;
}

bool md_stream_is_unread(uint32_t type)
{
	const struct stream_name *found = find_stream(type);

	return found != NULL && found->unread;
}

const char *md_stream_vendor(uint32_t type)
{
	if (type <= 0xffff)
		return "Official";
	if (type >> 16 == 0x4767)
		return "Google Extension";
	return type >> 16 == 0x4d7a ? "Mozilla Extension" : "Unknown Extension";
}

/* rust-minidump: minidump/src/minidump.rs, Error; minidump-processor/src/processor.rs,
 * ProcessError. */
static const struct verdict {
	const char *name, *text;
} verdicts[] = {
	[MD_OK] = { "OK", "OK" },
	[MD_FILE_NOT_FOUND] = { "FileNotFound", "File not found" },
	[MD_IO_ERROR] = { "IoError", "I/O error" },
	[MD_MISSING_HEADER] = { "MissingHeader", "Missing minidump header (empty minidump?)" },
	[MD_HEADER_MISMATCH] = { "HeaderMismatch", "Header mismatch" },
	[MD_VERSION_MISMATCH] = { "VersionMismatch", "Minidump version mismatch" },
	[MD_MISSING_DIRECTORY] = { "MissingDirectory",
				   "Missing stream directory (heavily truncated minidump?)" },
	[MD_MISSING_THREAD_LIST] = { "MissingThreadList", "The thread list stream was not found" },
	[MD_MISSING_SYSTEM_INFO] = { "MissingSystemInfo",
				     "The system information stream was not found" },
};

const char *md_verdict_name(enum md_verdict v)
{
	return verdicts[v].name;
}

const char *md_verdict_text(enum md_verdict v)
{
	return verdicts[v].text;
}
