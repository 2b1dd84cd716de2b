// The user's side of lwIP: handles, RFC 9293 section 3.9.1 calls on the raw API, and events.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "lwip/tcp.h"
#include "tcpjury_target.h"

namespace tcpjury::lwip {

class Connections;

/// A listener or a connection as its user knows it. It outlives lwIP's control block: a handle stays a valid
/// number, and text that was acknowledged can still be read after an orderly end.
struct Connection {
  Connections* owner = nullptr;
  tcpjury_handle handle = 0;
  tcp_pcb* pcb = nullptr;  ///< null once lwIP freed it
  bool listener = false;
  bool abandoned = false;    ///< the user gave the handle back: RELEASE, ABORT, or CLOSE of a listener
  bool ended = false;        ///< its end was told: RESET, ERROR or CLOSED
  bool peer_closed = false;  ///< the peer's FIN was reached
  bool blocked = false;      ///< a SEND was not accepted in full; WRITABLE is owed
  std::vector<pbuf*> unread = {};
  std::size_t unread_first = 0;  ///< those before it were read and freed already
  u16_t unread_offset = 0;       ///< octets of the first unread one that were read already
  [[nodiscard]] bool has_unread() const { return unread_first < unread.size(); }
};

class Connections {
 public:
  explicit Connections(const tcpjury_config& config) : config_{&config} {}

  int call(const tcpjury_call& call, tcpjury_reply& reply);
  /// Tells the orderly ends. lwIP frees a control block before it says why, so this runs when it is done.
  void settle();
  /// Forgets everything without telling lwIP, whose memory is about to be freed as a whole.
  void forget();

 private:
  Connection& add(tcp_pcb* pcb);
  void attach(Connection& connection);
  void emit(const Connection& connection, tcpjury_event_kind kind, const char* text = nullptr);
  Connection* find(tcpjury_handle handle);

  int open_passive(const tcpjury_call& call, tcpjury_reply& reply);
  int open_active(const tcpjury_call& call, tcpjury_reply& reply);
  int send(Connection& connection, const tcpjury_call& call, tcpjury_reply& reply);
  int receive(Connection& connection, const tcpjury_call& call, tcpjury_reply& reply);
  int close(Connection& connection, tcpjury_reply& reply);
  int release(Connection& connection, tcpjury_reply& reply);
  int abort(Connection& connection, tcpjury_reply& reply);
  static int set(const Connection& connection, const tcpjury_call& call, tcpjury_reply& reply);

  static err_t on_accept(void* argument, tcp_pcb* child, err_t error);
  static err_t on_connected(void* argument, tcp_pcb* pcb, err_t error);
  static err_t on_receive(void* argument, tcp_pcb* pcb, pbuf* octets, err_t error);
  static err_t on_sent(void* argument, tcp_pcb* pcb, u16_t length);
  static void on_error(void* argument, err_t error);
  static void on_destroy(u8_t id, void* argument);

  const tcpjury_config* config_;
  std::vector<std::unique_ptr<Connection>> all_ = {};  ///< a handle is an index plus one
  std::vector<Connection*> freed_ = {};                ///< control blocks that went since the last settle()
};

}  // namespace tcpjury::lwip
