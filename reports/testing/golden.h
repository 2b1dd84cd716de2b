// Compares text with a golden file beside the code. TCPJURY_UPDATE_GOLDEN=1 writes the file instead; the
// diff of version control then shows what users will see differently.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace tcpjury::reports::testing {

/// `name` is a path below reports/, such as "junit/golden/sample.xml".
inline void expect_golden(std::string_view actual, const std::string& name) {
  const std::string path = std::string{TCPJURY_SOURCE_DIR} + "/reports/" + name;
  const char* update = std::getenv("TCPJURY_UPDATE_GOLDEN");
  if (update != nullptr && std::string_view{update} == "1") {
    std::ofstream out{path, std::ios::binary};
    out << actual;
    ASSERT_TRUE(out.flush().good()) << "cannot write " << path;
    return;
  }
  const std::ifstream in{path, std::ios::binary};
  ASSERT_TRUE(in.good()) << path << " is missing; TCPJURY_UPDATE_GOLDEN=1 writes it";
  std::ostringstream expected;
  expected << in.rdbuf();
  EXPECT_EQ(expected.str(), actual) << "differs from " << path
                                    << "; where that is meant, run again with TCPJURY_UPDATE_GOLDEN=1";
}

}  // namespace tcpjury::reports::testing
