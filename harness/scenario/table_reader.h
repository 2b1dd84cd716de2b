// Reads a table of the file by the names of the field table.
#pragma once

#include <span>
#include <string_view>

#include "harness/scenario/variant_context.h"

namespace tcpjury::scenario {

/// Complains at once about keys that the table has not, and about required ones that are missing.
class TableReader {
 public:
  /// `table` is a name of fields.h; `node` may be of any kind.
  TableReader(VariantContext& context, const Node& node, std::string_view table);

  /// False when the node is no table or has unknown keys.
  [[nodiscard]] bool clean() const { return clean_; }
  /// The value of a field, or null when the file does not give it. Asserts that the field table knows it.
  [[nodiscard]] const Node* find(std::string_view name) const;
  /// What the field table says about `name`.
  [[nodiscard]] const Field& field(std::string_view name) const;

  /// Calls `read(node, field)` when the file gives the field.
  template <class Read>
  void with(std::string_view name, Read&& read) const {
    if (const Node* node = find(name)) read(*node, field(name));
  }

 private:
  void complain_unknown(const Member& member);

  VariantContext& context_;
  const Node& node_;
  std::string_view table_;
  std::span<const Field> known_;
  bool clean_ = true;
};

}  // namespace tcpjury::scenario
