#include "harness/cli/runs.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "harness/runner/store.h"
#include "reports/json/json.h"

namespace tcpjury::cli {

Result<PastRun> find_run(const std::string& name) {
  std::error_code ignored;
  if (std::filesystem::is_regular_file(name, ignored)) {
    std::ifstream in{name};
    std::ostringstream text;
    text << in.rdbuf();
    auto record = reports::read_run(text.str());
    if (!record) return fail(fmt::format("{}: {}", name, record.error().message), record.error().hint);
    return PastRun{name, std::move(*record)};
  }
  const auto folder = runner::default_store();
  if (!folder) return fail("no run is stored: neither XDG_STATE_HOME nor HOME is set");
  const auto id = runner::resolve_run(*folder, name);
  if (!id) return tl::unexpected<Error>{id.error()};
  auto record = runner::load_run(*folder, *id);
  if (!record) return tl::unexpected<Error>{record.error()};
  return PastRun{*id, std::move(*record)};
}

}  // namespace tcpjury::cli
