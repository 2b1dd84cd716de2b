// Boost.Asio, as much of it as we use. Include it in .cpp files of this folder only.
#pragma once

// Asio 1.74 uses std::exchange without including its header, and g++ 12 notices.
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
