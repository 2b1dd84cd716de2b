// Runs a fuzzer without libFuzzer: replays the files it is given, then a fixed set of inputs made from them.
//
//   tcpjury_NAME_fuzzer [--runs N] [--keep FILE] [FILE|FOLDER]...
//
// The made inputs are mutations of the files, or plain pseudo-random octets where there are none; they depend
// on nothing but the files and N, so that a failure comes again. --keep writes each input to FILE before it
// is tried: after a crash, that is the one.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/random.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;
using Input = std::vector<std::uint8_t>;

constexpr std::size_t random_input_max = 256;  // octets
constexpr std::size_t grown_input_max = 4096;  // octets
constexpr std::size_t mutations_max = 8;       // of one input
constexpr int usage_error = 2;
constexpr int unreadable_file = 3;

struct Arguments {
  std::uint64_t runs = 20'000;  ///< made inputs
  fs::path keep = {};
  std::vector<fs::path> paths = {};
};

std::optional<Arguments> parse(const std::vector<std::string_view>& words) {
  Arguments arguments;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word != "--runs" && word != "--keep") {
      if (word.starts_with("-")) return std::nullopt;
      arguments.paths.emplace_back(word);
      continue;
    }
    if (++i == words.size()) return std::nullopt;
    const std::string_view value = words[i];
    if (word == "--keep") {
      arguments.keep = value;
      continue;
    }
    const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), arguments.runs);
    if (failed != std::errc{} || end != value.data() + value.size()) return std::nullopt;
  }
  return arguments;
}

std::optional<Input> read(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return std::nullopt;
  return Input{std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
}

/// The files under `path` in the order of their names, so that every machine makes the same inputs.
std::vector<fs::path> files_under(const fs::path& path) {
  std::error_code failed;
  if (!fs::is_directory(path, failed)) return {path};
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator{path, failed}) {
    if (entry.is_regular_file(failed)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void mutate_once(Input& input, tcpjury::Random& random) {
  const std::size_t at = random.below(input.size() + 1);
  const auto place = input.begin() + static_cast<std::ptrdiff_t>(at);
  const auto value = static_cast<std::uint8_t>(random.below(256));
  switch (random.below(5)) {
    case 0:
      input.insert(place, value);
      break;
    case 1:
      input.resize(at);
      break;
    case 2: {
      const Input front{input.begin(), place};
      if (input.size() < grown_input_max) input.insert(input.end(), front.begin(), front.end());
      break;
    }
    case 3:
      if (at < input.size()) input[at] ^= static_cast<std::uint8_t>(1U << (value % 8U));
      break;
    default:
      if (at < input.size()) input[at] = value;
      break;
  }
}

Input made_input(const std::vector<Input>& seeds, tcpjury::Random& random) {
  if (seeds.empty()) {
    Input input(random.below(random_input_max + 1));
    for (std::uint8_t& octet : input) octet = static_cast<std::uint8_t>(random.below(256));
    return input;
  }
  Input input = seeds[random.below(seeds.size())];
  const std::size_t times = 1 + random.below(mutations_max);
  for (std::size_t i = 0; i < times; ++i) mutate_once(input, random);
  return input;
}

void try_input(const Input& input, const fs::path& keep) {
  if (!keep.empty()) {
    std::ofstream file{keep, std::ios::binary};
    std::copy(input.begin(), input.end(), std::ostreambuf_iterator<char>{file});
  }
  LLVMFuzzerTestOneInput(input.data(), input.size());
}

}  // namespace

int main(int argc, char** argv) {
  const std::optional<Arguments> arguments = parse({argv + 1, argv + argc});
  if (!arguments) {
    std::fprintf(stderr, "usage: %s [--runs N] [--keep FILE] [FILE|FOLDER]...\n", argv[0]);
    return usage_error;
  }
  std::vector<Input> seeds;
  for (const fs::path& path : arguments->paths) {
    for (const fs::path& file : files_under(path)) {
      std::optional<Input> input = read(file);
      if (!input) {
        std::fprintf(stderr, "cannot read %s\n", file.c_str());
        return unreadable_file;
      }
      seeds.push_back(*std::move(input));
    }
  }
  for (const Input& seed : seeds) try_input(seed, arguments->keep);
  tcpjury::Random random{1};
  for (std::uint64_t i = 0; i < arguments->runs; ++i) try_input(made_input(seeds, random), arguments->keep);
  std::printf("%zu files and %llu made inputs, none failed\n", seeds.size(),
              static_cast<unsigned long long>(arguments->runs));
  return 0;
}
