// Initial sequence numbers of a host, judged over many connections (RFC 9293 section 3.4.1, RFC 6528).
//
// A conforming stack computes ISN = M + F(addresses, ports, secret), M a clock. Between connections the
// difference of two numbers is then uniform over 2^32; of one connection the numbers only grow. What is
// tested is how often the simplest predictions of an outsider come true. Each test convicts a conforming
// stack with a probability below `isn_false_alarm`, whatever the number of samples.
#pragma once

#include <span>
#include <vector>

#include "harness/model/findings.h"
#include "harness/model/host_facts.h"

namespace tcpjury::model {

inline constexpr double isn_false_alarm = 1e-9;

/// The numbers one running host chose, in the order of time. A restart begins another life.
using HostLife = std::vector<IsnSample>;

/// P(X >= hits) of a binomial distribution with `trials` and probability `p`.
[[nodiscard]] double binomial_tail(std::size_t trials, std::size_t hits, double p);

/// MUST-8, MUST-9, SHLD-1, RFC 6528 section 3 and 2, RFC 5927 section 4.2. Says nothing where samples are too
/// few. `restarted`: every life began with a start of the host from another seed.
void judge_isns(std::span<const HostLife> lives, bool restarted, Findings& findings);

/// Rows in which the same stack did different things (transitions a stack may choose, but only once).
void judge_choices(const HostFacts& facts, Findings& findings);

}  // namespace tcpjury::model
