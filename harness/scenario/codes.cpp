#include "harness/scenario/codes.h"

#include <algorithm>
#include <array>

#include "harness/base/assert.h"

namespace tcpjury::scenario {
namespace {

constexpr std::array codes{
    CodeInfo{Code::unreadable_file, "S001", "the file cannot be read",
             "The file does not exist, is not a regular file, or the permissions forbid reading it."},
    CodeInfo{Code::file_too_large, "S002", "the file is too large",
             "A scenario file has at most 1 MiB. Use [matrix] and repeat instead of writing steps out."},
    CodeInfo{
        Code::toml_syntax, "S003", "not valid TOML",
        "The text breaks a rule of TOML 1.0: a missing quote, a key given twice, an inline table over "
        "several "
        "lines, octets that are not UTF-8. Only the first such error of a file is found, since what follows "
        "it cannot be understood."},
    CodeInfo{Code::nested_too_deep, "S004", "nested too deep",
             "Tables, arrays and dotted keys may be nested 32 levels deep, steps inside steps 8."},
    CodeInfo{
        Code::unknown_field, "S005", "unknown field",
        "No field of this name exists at this place. 'tcpjury explain step' and the JSON schema list those "
        "that do."},
    CodeInfo{
        Code::wrong_type, "S006", "wrong type",
        "The value is of another kind than the field wants, a string where a table belongs for instance."},
    CodeInfo{Code::missing_field, "S007", "a field is missing",
             "This table needs the field to mean anything."},
    CodeInfo{Code::out_of_range, "S008", "out of range",
             "The number does not fit the header field, or the text is longer than a segment can carry."},
    CodeInfo{
        Code::bad_control_bits, "S009", "unknown control bit",
        "Control bits are SYN FIN RST ACK PSH URG ECE CWR, separated by commas; \"none\" is the empty set."},
    CodeInfo{Code::bad_expression, "S010", "not an expression",
             "Expressions are sums, products and whole quotients, modulo 2^32, of numbers and names, and the "
             "lesser of two: J+1, rcv.nxt-1, 2*mss, 0x10, target.rcv.wnd/mss, min(mss, 10)."},
    CodeInfo{Code::bad_duration, "S011", "not a duration",
             "A duration carries its unit: \"200ms\", \"1.5s\", \"2MSL\", \"2MSL+5s\". The units are ns us "
             "ms s min "
             "h, and MSL, the maximum segment lifetime of the target."},
    CodeInfo{
        Code::bad_octets, "S012", "not octets",
        "Octets are written \"hex:02 04 05 b4\": two hexadecimal digits each, blanks between them allowed."},
    CodeInfo{Code::unknown_word, "S013", "unknown word",
             "The field takes one of a few words, such as the name of a state, and this is none of them."},
    CodeInfo{Code::unknown_requirement, "S014", "unknown requirement",
             "The catalogue has no requirement of this id. 'tcpjury list requirements' shows all."},
    CodeInfo{Code::bad_name, "S015", "not a name",
             "Names of axes, constants, counters and connections are lower-case letters, digits and '_', "
             "beginning "
             "with a letter; ids are such words with '-' allowed, separated by '/'. Names that a match "
             "binds, like "
             "J and K, are upper-case."},
    CodeInfo{
        Code::id_not_path, "S016", "the id does not match the file",
        "The scenario handshake/passive-open lives in handshake/passive-open.toml, so that an id in a report "
        "leads to its file."},
    CodeInfo{Code::duplicate_id, "S017", "the id is taken", "Two files of the selection give the same id."},
    CodeInfo{Code::not_one_action, "S018", "a step does one thing",
             "A step has exactly one of call, send, expect, expect_nothing, expect_state, expect_event, "
             "wait, any_of, "
             "repeat, icmp."},
    CodeInfo{
        Code::out_of_place, "S019", "the field has no meaning here",
        "The field exists but does nothing at this place: 'within' beside a send, 'truncate' in an expect."},
    CodeInfo{Code::contradiction, "S020", "two fields contradict each other",
             "Both set the same octets, for instance raw_options and mss. Keep one of them."},
    CodeInfo{Code::unbound_name, "S021", "the name has no value yet",
             "A name is bound where it first stands alone: seq = \"J\" in a send chooses the tester's "
             "initial sequence "
             "number, seq = \"K\" in an expect learns the target's. Only after that may it be part of a sum. "
             "Names "
             "that a match binds are upper-case; axes, constants and the engine's variables are lower-case."},
    CodeInfo{Code::name_taken, "S022", "the name is taken",
             "An axis, a constant or a counter has the name of another one, or of a variable of the engine."},
    CodeInfo{Code::unknown_axis, "S023", "unknown axis",
             "\"${name}\" is replaced by the value of a matrix axis, and the file has no such axis."},
    CodeInfo{Code::bad_condition, "S024", "not a condition",
             "Conditions compare matrix axes: state == 'FIN-WAIT-1', family != 'v6' and size > 1, "
             "state in ['CLOSING', 'LAST-ACK'], not (role == 'opener')."},
    CodeInfo{Code::unused, "S025", "never used",
             "An axis, a constant or a step has no effect on any variant: usually a slip in a name or a "
             "condition."},
    CodeInfo{Code::empty_matrix, "S026", "no variant is left",
             "An axis has no values, or 'exclude' removes every combination."},
    CodeInfo{Code::too_many, "S027", "too many",
             "Limits keep a slip from filling the memory: 1,000 steps and 100,000 variants a file, and "
             "200,000 steps "
             "over all its variants together; 16 axes; 100 errors shown."},
    CodeInfo{Code::impossible_start, "S028", "that role never reaches that state",
             "Only a listener is ever in LISTEN, and only an opener in SYN-SENT."},
    CodeInfo{
        Code::unknown_scenario, "S029", "no such scenario",
        "The argument is neither a file, nor a folder, nor the id of a scenario or of a folder of them."},
};

}  // namespace

std::span<const CodeInfo> diagnostic_codes() { return codes; }

std::string_view to_string(Code code) {
  const auto index = static_cast<std::size_t>(code) - 1;
  TCPJURY_ASSERT(index < codes.size());
  return codes[index].id;
}

const CodeInfo* find_code(std::string_view id) {
  const auto found = std::ranges::find_if(codes, [&](const CodeInfo& info) {
    return id.size() == 4 && (id[0] == 'S' || id[0] == 's') && info.id.substr(1) == id.substr(1);
  });
  return found == codes.end() ? nullptr : &*found;
}

}  // namespace tcpjury::scenario
