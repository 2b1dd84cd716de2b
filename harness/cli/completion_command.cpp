#include <fmt/format.h>

#include "harness/cli/commands.h"
#include "harness/cli/say.h"

namespace tcpjury::cli {

int completion_command(const CompletionArgs&) {
  std::string names;
  std::string cases;
  for (const CommandFlags& command : command_flags()) {
    names += (names.empty() ? "" : " ") + command.command;
    cases += fmt::format("    {}) words=\"{}\" ;;\n", command.command, fmt::join(command.flags, " "));
  }
  say(fmt::format(R"sh(# bash completion of tcpjury; load it with: eval "$(tcpjury completion bash)"
_tcpjury() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "{} --help --version" -- "$current"))
    return
  fi
  case "${{COMP_WORDS[1]}}" in
{}  esac
  if [ "${{COMP_WORDS[1]}}" = list ] && [ "$COMP_CWORD" -eq 2 ]; then
    words="scenarios requirements targets profiles plans faults runs"
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current") $(compgen -f -- "$current"))
}}
complete -F _tcpjury tcpjury
)sh",
                  names, cases));
  return code(runner::Exit::ok);
}

}  // namespace tcpjury::cli
