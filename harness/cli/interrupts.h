// Ctrl-C: counted, so that the first lets running cases end and the second kills them.
#pragma once

namespace tcpjury::cli {

/// Counts SIGINT and SIGTERM from now on.
void count_interrupts();
[[nodiscard]] unsigned interrupts();

}  // namespace tcpjury::cli
