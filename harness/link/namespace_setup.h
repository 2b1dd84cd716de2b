// A network namespace of our own: the only place where a kernel under test and its tester may talk.
#pragma once

#include "harness/base/result.h"

namespace tcpjury::link {

/// How the namespace came to be.
struct EnteredNamespace {
  bool user_namespace = false;  ///< a user namespace was needed, since we are not privileged
};

/// Moves the calling thread into a fresh network namespace with its loopback device up. Without privileges a
/// user namespace is made around it, in which the caller is root; that needs a process with one thread.
/// There is no way back: whoever calls this is a process for one run. Everything in the namespace vanishes
/// with the process.
Result<EnteredNamespace> enter_fresh_network_namespace();

}  // namespace tcpjury::link
