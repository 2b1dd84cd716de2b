#include "harness/cli/context.h"

namespace tcpjury::cli {

reports::Context report_context(std::string run) {
  return {.run = std::move(run),
          .find_requirement = model::find_requirement,
          .source_line = reports::read_source_line};
}

}  // namespace tcpjury::cli
