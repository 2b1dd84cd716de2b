// The worker program of the pool's tests.
#include "harness/runner/testing/hostile.h"
#include "harness/runner/worker.h"

int main() {
  return tcpjury::runner::worker_main(tcpjury::runner::testing::open_hostile,
                                      tcpjury::runner::testing::hostile_cases);
}
