#include "harness/model/text_store.h"

#include <gtest/gtest.h>

#include <string>

namespace tcpjury::model {
namespace {

using wire::SeqNum;

Bytes octets(std::string_view text) {
  Bytes b;
  for (const char c : text) b.push_back(static_cast<std::byte>(c));
  return b;
}

TEST(TextStore, KnowsWhatWasAppendedAndNotWhatFollows) {
  TextStore store;
  store.restart(SeqNum{100});
  store.append(octets("abcd"));
  EXPECT_TRUE(store.agrees(SeqNum{101}, octets("bc")));
  EXPECT_FALSE(store.agrees(SeqNum{101}, octets("bx")));
  EXPECT_TRUE(store.agrees(SeqNum{102}, octets("cdxyz"))) << "nobody has said what follows";
  EXPECT_FALSE(store.agrees(SeqNum{102}, octets("xdxyz")));
}

TEST(TextStore, LeavesGapsUnknownUntilTheyAreSaid) {
  TextStore store;
  store.restart(SeqNum{0});
  store.note(SeqNum{4}, octets("ef"));
  EXPECT_TRUE(store.agrees(SeqNum{0}, octets("zzzzef")));
  store.note(SeqNum{0}, octets("abcd"));
  EXPECT_FALSE(store.agrees(SeqNum{0}, octets("zzzzef")));
  EXPECT_TRUE(store.agrees(SeqNum{0}, octets("abcdef")));
}

TEST(TextStore, WhatWasSaidDifferentlyTwiceIsUnknownForGood) {
  TextStore store;
  store.restart(SeqNum{0});
  store.note(SeqNum{0}, octets("abc"));
  store.note(SeqNum{1}, octets("X"));
  store.note(SeqNum{1}, octets("b"));
  EXPECT_TRUE(store.agrees(SeqNum{0}, octets("a?c")));
  EXPECT_FALSE(store.agrees(SeqNum{0}, octets("a?d")));
}

TEST(TextStore, ForgetsAndGoesOnAcrossTheWrap) {
  TextStore store;
  store.restart(SeqNum{0xffff'fffe});
  store.append(octets("abcdef"));
  store.forget_before(SeqNum{1});
  EXPECT_TRUE(store.agrees(SeqNum{1}, octets("def")));
  EXPECT_FALSE(store.agrees(SeqNum{1}, octets("dxf")));
  store.forget_before(SeqNum{10});
  store.append(octets("k"));
  EXPECT_FALSE(store.agrees(SeqNum{10}, octets("x")));
  store.forget_before(SeqNum{3});
  EXPECT_FALSE(store.agrees(SeqNum{10}, octets("x"))) << "an older number forgets nothing";
}

TEST(TextStore, KeepsNothingBeyondItsReach) {
  TextStore store;
  store.restart(SeqNum{0});
  store.note(SeqNum{TextStore::reach}, octets("a"));
  EXPECT_TRUE(store.agrees(SeqNum{TextStore::reach}, octets("b")));
}

}  // namespace
}  // namespace tcpjury::model
