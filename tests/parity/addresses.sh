#!/bin/sh
# Functions, inlined calls, files and lines of addresses beside llvm-symbolizer's: every byte of small binaries of all kinds
# of CPU, compiler and linker, and 10,000 addresses of programs in C, C++ and Rust.
for tool in python3 llvm-symbolizer c++filt readelf; do
	if ! command -v "$tool" >/dev/null; then
		echo "skipped: no $tool to compare with"
		exit 77
	fi
done
set --

# in C: what this build made itself, if it keeps what is needed
if [ -e "$BUILD/dump-sym-parse" ] && readelf -SW "$BUILD/dump-sym-parse" | grep -q ' \.debug_info '; then
	set -- "$BUILD/dump-sym-parse"
else
	echo "skipped: a program in C: this build has no debug information"
fi

# in C++: templates that inline each other
cat >program.cc <<'END'
#include <algorithm>
#include <iostream>
#include <map>
#include <regex>
#include <string>
#include <vector>
namespace {
struct Words : std::map<std::string, std::vector<size_t>> {
	size_t longest() const
	{
		auto best = std::max_element(begin(), end(), [](const auto &a, const auto &b) { return a.second.size() < b.second.size(); });
		return best == end() ? 0 : best->second.size();
	}
};
}
int main(int argc, char **argv)
{
	std::regex word("[a-z]+(-[0-9]+)?", std::regex::icase);
	Words words;
	for (int i = 1; i < argc; i++) {
		std::string text = argv[i];
		for (std::sregex_iterator at(text.begin(), text.end(), word), end; at != end; ++at)
			words[at->str()].push_back(text.size());
	}
	for (auto &entry : words)
		std::sort(entry.second.begin(), entry.second.end(), std::greater<size_t>());
	std::cout << words.longest() << '\n';
}
END
if "${CXX:-c++}" -std=c++17 -O2 -g -o program program.cc 2>log; then
	set -- "$@" "$PWD/program"
else
	echo "skipped: a program in C++: no compiler"
fi

# in Rust: the same, with what is linked of the standard library
cat >program.rs <<'END'
use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::sync::{mpsc, Arc, Mutex};

fn words(text: &str) -> HashMap<String, Vec<usize>> {
	let mut found: HashMap<String, Vec<usize>> = HashMap::new();
	for (i, word) in text.split(|c: char| !c.is_alphanumeric()).enumerate() {
		found.entry(word.to_lowercase()).or_default().push(i);
	}
	found
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
	let (sender, receiver) = mpsc::channel();
	let longest = Arc::new(Mutex::new(0));
	for path in std::env::args().skip(1) {
		let (sender, longest) = (sender.clone(), longest.clone());
		let mut text = String::new();
		std::fs::File::open(&path)?.read_to_string(&mut text)?;
		std::thread::spawn(move || {
			let found = words(&text);
			let mut most = longest.lock().unwrap();
			*most = found.values().map(Vec::len).fold(*most, usize::max);
			sender.send(found).unwrap();
		});
	}
	drop(sender);
	let all: BTreeMap<_, _> = receiver.iter().flatten().collect();
	println!("{} {:?}", longest.lock().unwrap(), all);
	Ok(())
}
END
if rustc -O -g -o rust-program program.rs 2>log; then
	set -- "$@" "$PWD/rust-program"
else
	echo "skipped: a program in Rust: no compiler"
fi

# Left out: what llvm-symbolizer 14 does not read (.gnu_debugaltlink, .dwo, zstd), objects, which have no addresses, folded
# functions, which have several places, and calls without ranges of DWARF 2, which dump_syms leaves out, too.
own=$CRASH_CORPUS/binaries/own
if [ -d "$own" ]; then
	set -- "$@" "$own"/dead-* "$own"/*.so "$own"/plain-gcc-O2-dw[345] "$own"/plain-gcc-O0 "$own"/plain-gcc-dwarf64 \
		"$own"/plain-gcc-g1 "$own"/plain-clang-* "$own"/plain-lto-* "$own"/shapes-[!dt]* "$own"/rust-*
else
	echo "skipped: the files of the corpus: none at $CRASH_CORPUS"
fi
[ $# -gt 0 ] || exit 77
python3 "$ROOT/tests/parity/addresses.py" 10000 "$@"
