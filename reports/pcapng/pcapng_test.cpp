#include "reports/pcapng/pcapng.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>

#include "reports/common/text.h"
#include "reports/common/writer.h"
#include "reports/testing/golden.h"
#include "reports/testing/sample.h"

namespace tcpjury::reports {
namespace {

using ::testing::ElementsAre;
using testing::failing_case;
using ::testing::HasSubstr;
using testing::sample_context;
using testing::sample_run;

/// A reader of its own, written from the draft and sharing nothing with the writer.
class MiniReader {
 public:
  struct Option {
    unsigned code = 0;
    std::string value = {};
  };
  struct Block {
    std::uint32_t type = 0;
    std::string fixed = {};  ///< the fields before data and options
    std::string data = {};
    std::vector<Option> options = {};

    [[nodiscard]] std::vector<std::string> all(unsigned code) const {
      std::vector<std::string> out;
      for (const Option& o : options) {
        if (o.code == code) out.push_back(o.value);
      }
      return out;
    }
  };

  static std::uint64_t number(std::string_view octets) {
    std::uint64_t v = 0;
    for (std::size_t i = octets.size(); i-- > 0;) v = (v << 8U) | static_cast<unsigned char>(octets[i]);
    return v;
  }

  static std::vector<Block> read(std::string_view file) {
    std::vector<Block> blocks;
    while (!file.empty()) {
      const auto length = static_cast<std::size_t>(number(file.substr(4, 4)));
      EXPECT_EQ(length % 4, 0U);
      EXPECT_GE(file.size(), length);
      EXPECT_EQ(number(file.substr(length - 4, 4)), length);
      blocks.push_back(block(number(file.substr(0, 4)), file.substr(8, length - 12)));
      file.remove_prefix(length);
    }
    return blocks;
  }

 private:
  static Block block(std::uint64_t type, std::string_view body) {
    Block out{static_cast<std::uint32_t>(type)};
    const std::size_t fixed = type == 0x0a0d0d0a ? 16 : type == 1 ? 8 : 20;
    out.fixed = body.substr(0, fixed);
    body.remove_prefix(fixed);
    if (type == 6) {
      const auto captured = static_cast<std::size_t>(number(std::string_view{out.fixed}.substr(12, 4)));
      out.data = body.substr(0, captured);
      body.remove_prefix((captured + 3) / 4 * 4);
    }
    while (!body.empty()) {
      const auto code = static_cast<unsigned>(number(body.substr(0, 2)));
      const auto length = static_cast<std::size_t>(number(body.substr(2, 2)));
      if (code == 0) break;
      out.options.push_back({code, std::string{body.substr(4, length)}});
      body.remove_prefix(4 + (length + 3) / 4 * 4);
    }
    return out;
  }
};

runner::RunRecord only(engine::CaseResult result) {
  runner::RunRecord record = sample_run();
  record.results = {std::move(result)};
  return record;
}

TEST(Pcapng, SectionSaysWhatTheCaseWas) {
  const auto blocks = MiniReader::read(pcapng_report(only(failing_case()), sample_context()));
  ASSERT_GE(blocks.size(), 2U);
  EXPECT_EQ(blocks[0].type, 0x0a0d0d0aU);
  EXPECT_EQ(hex(bytes_of(blocks[0].fixed)), "4d3c2b1a01000000ffffffffffffffff");
  EXPECT_EQ(blocks[0].all(1).at(0), "target lwip 2.1.3, profile rfc9293, seed 24301");
  const std::string comment = blocks[0].all(1).at(1);
  EXPECT_THAT(comment, HasSubstr("handshake/rcv-ack-syn-received-bad-ack[family=v4]: fail, seed 24301\n"));
  EXPECT_THAT(comment, HasSubstr("MUST RFC9293-3.10.7.4-ACK-SYNRCVD-P"));
  EXPECT_EQ(blocks[1].type, 1U);
  EXPECT_EQ(hex(bytes_of(blocks[1].fixed)), "6500000000000000") << "LINKTYPE_RAW, no cut";
  EXPECT_EQ(blocks[1].all(9), std::vector<std::string>{"\x09"}) << "nanoseconds";
}

TEST(Pcapng, PacketsCarryOctetsTimeDirectionAndComments) {
  const engine::CaseResult result = failing_case();
  const std::string id = "handshake/rcv-ack-syn-received-bad-ack[family=v4]";
  const auto blocks = MiniReader::read(pcapng_report(only(result), sample_context()));
  ASSERT_EQ(blocks.size(), 6U) << "section, interface, four packets";
  const MiniReader::Block& syn_ack = blocks[3];
  EXPECT_EQ(syn_ack.type, 6U);
  EXPECT_EQ(bytes_of(syn_ack.data), result.transcript[3].octets);
  // one hour and 201 ms in nanoseconds: 0x000003463cb3a440, high word first
  EXPECT_EQ(hex(bytes_of(syn_ack.fixed)),
            "00000000"
            "46030000"
            "40a4b33c"
            "28000000"
            "28000000");
  EXPECT_THAT(syn_ack.all(1), ElementsAre(id + " step 3", "taken by step 3", "then: SYN-RECEIVED"));
  EXPECT_EQ(MiniReader::number(syn_ack.all(2).at(0)), 1U) << "inbound";
  EXPECT_EQ(MiniReader::number(syn_ack.all(5).at(0)), 3U) << "index in the transcript";
  EXPECT_EQ(MiniReader::number(blocks[2].all(2).at(0)), 2U) << "outbound";
  EXPECT_THAT(blocks[2].all(1),
              ElementsAre("before: call listen, backlog 16 -> ok", "then: LISTEN", id + " step 2"));
  EXPECT_THAT(blocks[5].all(1).at(1), HasSubstr("RFC9293-3.10.7.4-ACK-SYNRCVD-P (MUST)"));
}

TEST(Pcapng, ManyCasesShareASectionThatListsThoseThatDidNotPass) {
  const auto blocks = MiniReader::read(pcapng_report(sample_run(), sample_context()));
  EXPECT_THAT(blocks[0].all(1), ElementsAre(HasSubstr("target lwip"), HasSubstr("bad-ack[family=v4]: fail")));
  ASSERT_EQ(blocks.size(), 9U) << "section, interface, three and four packets";
  EXPECT_THAT(blocks[2].all(1), ElementsAre("handshake/passive-open[family=v4] step 2"));
}

TEST(Pcapng, SectionOfAVeryLargeRunStaysBounded) {
  runner::RunRecord record = sample_run();
  record.results.assign(300, failing_case());
  for (engine::CaseResult& result : record.results) result.reason = std::string(100'000, 'x');
  const auto blocks = MiniReader::read(pcapng_report(record, {}));
  EXPECT_EQ(blocks[0].all(1).size(), 202U);
  EXPECT_EQ(blocks[0].all(1).back(), "and 100 more cases");
  EXPECT_EQ(blocks[0].all(1).at(1).size(), 4000U);
}

TEST(Pcapng, RunWithoutPacketsIsStillACapture) {
  const auto blocks = MiniReader::read(pcapng_report({}, {}));
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(blocks[0].type, 0x0a0d0d0aU);
  EXPECT_EQ(blocks[1].type, 1U);
}

TEST(Pcapng, HostileNotesStayWithinTheirOptions) {
  runner::RunRecord record = testing::hostile_run();
  record.results[2].transcript[2].note = std::string(70'000, 'a') + "\xff";
  record.results[2].transcript[3].note = std::string("nul\0inside", 10);
  std::string euros;
  for (int i = 0; i < 30'000; ++i) euros += "\u20ac";
  record.results[2].transcript[5].note = euros;
  const auto blocks = MiniReader::read(pcapng_report(only(record.results[2]), {}));
  ASSERT_EQ(blocks.size(), 6U);
  EXPECT_EQ(blocks[2].all(1).back().size(), 65'535U);
  EXPECT_EQ(blocks[3].all(1).at(1), "nul inside");
  EXPECT_EQ(blocks[4].all(1).back().size(), 65'535U) << "21845 characters of three octets";
  for (const auto& b : blocks) {
    for (const std::string& comment : b.all(1)) EXPECT_EQ(valid_utf8(comment), comment);
  }
}

/// What a command prints; nothing when it fails.
std::string output_of(const std::string& command) {
  std::string out;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe{::popen(command.c_str(), "r"), &::pclose};
  std::array<char, 4096> buffer{};
  while (pipe) {
    const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe.get());
    if (n == 0) break;
    out.append(buffer.data(), n);
  }
  return out;
}

class ForeignReader : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(write_report(pcapng_report(sample_run(), sample_context()), path_)); }
  void TearDown() override { std::remove(path_.c_str()); }
  [[nodiscard]] static bool installed(const std::string& program) {
    return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0;
  }
  /// Named after the test: tests run side by side.
  std::string path_ = ::testing::TempDir() + "tcpjury_" +
                      ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".pcapng";
};

TEST_F(ForeignReader, TcpdumpReadsEveryPacket) {
  if (!installed("tcpdump")) GTEST_SKIP() << "tcpdump is not installed";
  const std::string text = output_of("tcpdump -n -S -r " + path_ + " 2>/dev/null");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 7);
  EXPECT_THAT(text, HasSubstr("192.0.2.1.80 > 192.0.2.2.40000: Flags [R.], seq 4000000002, ack 1001"));
}

TEST_F(ForeignReader, TsharkFindsTheCommentOfTheBrokenRule) {
  if (!installed("tshark")) GTEST_SKIP() << "tshark is not installed";
  const std::string text = output_of("tshark -n -r " + path_ +
                                     " -Y 'frame.comment contains \"ACK-SYNRCVD-P\"'"
                                     " -T fields -e ip.src -e tcp.flags.reset -e frame.packet_flags_direction"
                                     " 2>/dev/null");
  EXPECT_THAT(text, ::testing::StartsWith("192.0.2.1\t1\t"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  const std::string checked = output_of("tshark -n -o tcp.check_checksum:TRUE -r " + path_ +
                                        " -Y 'tcp.checksum.status==1' 2>/dev/null");
  EXPECT_EQ(std::count(checked.begin(), checked.end(), '\n'), 7)
      << "all packets whole and in the right place";
}

}  // namespace
}  // namespace tcpjury::reports
