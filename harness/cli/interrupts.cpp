#include "harness/cli/interrupts.h"

#include <signal.h>

#include <atomic>

namespace tcpjury::cli {
namespace {

std::atomic<unsigned> count{0};
static_assert(std::atomic<unsigned>::is_always_lock_free);

void note(int) { count.fetch_add(1); }

}  // namespace

void count_interrupts() {
  struct sigaction action{};
  action.sa_handler = note;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

unsigned interrupts() { return count.load(); }

}  // namespace tcpjury::cli
