#include "targets/linux/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>

namespace tcpjury::targets::kernel {
namespace {

std::string network_namespace() {
  std::array<char, 64> name{};
  EXPECT_GT(::readlink("/proc/self/ns/net", name.data(), name.size() - 1), 0);
  return name.data();
}

TEST(Doctor, ExaminesEverythingAndSaysWhatItFound) {
  const auto checks = examine_environment();
  std::vector<std::string> names;
  for (const EnvironmentCheck& check : checks) {
    names.push_back(check.name);
    EXPECT_FALSE(check.detail.empty()) << check.name;
    EXPECT_TRUE(!check.ok || check.hint.empty()) << check.name;
  }
  EXPECT_THAT(names, testing::ElementsAre("network namespace", "user namespace", "kernel settings",
                                          "tun link", "raw link", "ipv6"));
}

TEST(Doctor, LeavesTheCallerWhereItIs) {
  const std::string before = network_namespace();
  (void)examine_environment();
  EXPECT_EQ(network_namespace(), before);
}

}  // namespace
}  // namespace tcpjury::targets::kernel
