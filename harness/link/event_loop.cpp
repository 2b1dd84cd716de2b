#include "harness/link/event_loop.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <map>

#include "harness/base/assert.h"
#include "harness/link/asio.h"

namespace tcpjury::link {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// A watched descriptor. `waiting` while a wait for readability is under way in the reactor.
struct Watched {
  asio::posix::stream_descriptor descriptor;
  bool waiting = false;
};

}  // namespace

struct EventLoop::Impl {
  asio::io_context context{1};
  // Without work of its own the context would count as finished and wait for nothing.
  asio::executor_work_guard<asio::io_context::executor_type> busy{context.get_executor()};
  asio::signal_set signals{context};
  asio::steady_timer timer{context};
  std::map<int, Watched> watched;
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
  bool readable = false;
  bool deadline_came = false;
  bool interrupted = false;
  std::atomic<bool> stop_asked = false;

  // The handler finds its descriptor by number: a wait that was already over when unwatch() came must not
  // touch what is gone.
  void arm(int number, Watched& w) {
    if (w.waiting) return;
    w.waiting = true;
    w.descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                            [this, number](const error_code& failure) {
                              const auto found = watched.find(number);
                              if (failure || found == watched.end()) return;
                              found->second.waiting = false;
                              readable = true;
                            });
  }

  void arm_timer(TimePoint deadline) {
    deadline_came = false;
    if (deadline == never) return;
    timer.expires_at(start + (deadline - clock_epoch));
    timer.async_wait([this](const error_code& failure) {
      if (!failure) deadline_came = true;
    });
  }

  void forget_timer(TimePoint deadline) {
    if (deadline == never) return;
    timer.cancel();
    // The handler of the cancelled wait runs now, so that it cannot speak for the next deadline.
    context.poll();
  }
};

EventLoop::EventLoop(Interrupts interrupts) : impl_{std::make_unique<Impl>()} {
  if (interrupts == Interrupts::leave_alone) return;
  impl_->signals.add(SIGINT);
  impl_->signals.add(SIGTERM);
  impl_->signals.async_wait([impl = impl_.get()](const error_code& failure, int) {
    if (!failure) impl->interrupted = true;
  });
}

EventLoop::~EventLoop() {
  for (auto& [number, watched] : impl_->watched) watched.descriptor.release();
}

TimePoint EventLoop::now() const {
  return clock_epoch + std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - impl_->start);
}

Result<void> EventLoop::watch(int descriptor) {
  TCPJURY_ASSERT(!impl_->watched.contains(descriptor));
  asio::posix::stream_descriptor wrapped{impl_->context};
  error_code failure;
  wrapped.assign(descriptor, failure);
  if (failure) return fail("cannot wait for a descriptor: " + failure.message());
  impl_->watched.emplace(descriptor, Watched{.descriptor = std::move(wrapped)});
  return {};
}

void EventLoop::unwatch(int descriptor) {
  const auto found = impl_->watched.find(descriptor);
  if (found == impl_->watched.end()) return;
  found->second.descriptor.release();
  impl_->watched.erase(found);
}

Wake EventLoop::run_until(TimePoint deadline) {
  Impl& loop = *impl_;
  loop.readable = false;
  for (auto& [number, watched] : loop.watched) loop.arm(number, watched);
  loop.arm_timer(deadline);
  loop.context.restart();
  while (!loop.readable && !loop.deadline_came && !loop.interrupted && !loop.stop_asked) {
    loop.context.run_one();
  }
  loop.forget_timer(deadline);
  if (loop.interrupted) return Wake::interrupted;
  if (loop.stop_asked.exchange(false)) return Wake::stopped;
  return loop.readable ? Wake::readable : Wake::deadline;
}

bool EventLoop::interrupted() {
  impl_->context.restart();
  impl_->context.poll();
  return impl_->interrupted;
}

void EventLoop::stop() {
  impl_->stop_asked = true;
  asio::post(impl_->context, [] {});
}

}  // namespace tcpjury::link
