#include "harness/scenario/schema.h"

#include "harness/cli/commands.h"
#include "harness/cli/say.h"

namespace tcpjury::cli {

int schema_command() {
  say(scenario::scenario_schema());
  return code(runner::Exit::ok);
}

}  // namespace tcpjury::cli
