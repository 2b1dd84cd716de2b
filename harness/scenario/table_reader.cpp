#include "harness/scenario/table_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/assert.h"

namespace tcpjury::scenario {
namespace {

/// The field of `table` into whose table `name` belongs; null when there is none.
const Field* owner_of(std::string_view table, std::string_view name) {
  const auto fields = fields_of(table);
  const auto owner = std::ranges::find_if(fields, [&](const Field& field) {
    return std::ranges::find(fields_of(field.refers), name, &Field::name) != fields_of(field.refers).end();
  });
  return owner == fields.end() ? nullptr : &*owner;
}

}  // namespace

TableReader::TableReader(VariantContext& context, const Node& node, std::string_view table)
    : context_{context}, node_{node}, table_{table}, known_{fields_of(table)} {
  if (node.kind != Node::Kind::table) {
    context.complaints().add(Code::wrong_type, node,
                             fmt::format("expected a table, not {}", describe(node.kind)),
                             fmt::format("its fields: {}", fmt::join(field_names(table), ", ")));
    clean_ = false;
    return;
  }
  for (const Member& member : node.members) {
    if (std::ranges::find(known_, member.key, &Field::name) == known_.end()) complain_unknown(member);
  }
  for (const Field& wanted : known_) {
    if (wanted.required && node.find(wanted.name) == nullptr) {
      context.complaints().add(Code::missing_field, node, fmt::format("'{}' is missing", wanted.name),
                               std::string{wanted.example});
    }
  }
}

void TableReader::complain_unknown(const Member& member) {
  clean_ = false;
  const auto names = field_names(table_);
  const std::string_view usual = usual_name(member.key);
  std::string hint;
  if (const Field* owner = owner_of(table_, member.key)) {
    hint = fmt::format("it belongs into '{}'", owner->name);
  } else if (std::ranges::find(names, usual) != names.end()) {
    hint = fmt::format("did you mean '{}'?", usual);
  } else {
    hint = suggestion(member.key, names);
  }
  if (hint.empty()) hint = fmt::format("known: {}", fmt::join(names, ", "));
  context_.complaints().add(Code::unknown_field, member, fmt::format("unknown field '{}'", member.key),
                            std::move(hint));
}

const Node* TableReader::find(std::string_view name) const {
  TCPJURY_ASSERT(field(name).name == name);
  if (node_.kind != Node::Kind::table) return nullptr;
  const Member* member = node_.find(name);
  return member == nullptr ? nullptr : &member->value;
}

const Field& TableReader::field(std::string_view name) const {
  const auto found = std::ranges::find(known_, name, &Field::name);
  TCPJURY_ASSERT(found != known_.end());
  return *found;
}

}  // namespace tcpjury::scenario
