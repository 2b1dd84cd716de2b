#include "connection.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <limits>

#include "address.h"

namespace tcpjury::lwip {
namespace {

constexpr u8_t ext_arg = 0;  // the only one configured (LWIP_TCP_PCB_NUM_EXT_ARGS)

int refuse(tcpjury_reply& reply, const char* why) {
  std::snprintf(reply.error, sizeof reply.error, "%s", why);
  return TCPJURY_FAILED;
}

const char* explain(err_t error) {
  switch (error) {
    case ERR_OK:
      return "no error";
    case ERR_MEM:
      return "out of memory";
    case ERR_BUF:
      return "buffer error, or no local port is free";
    case ERR_TIMEOUT:
      return "time-out";
    case ERR_RTE:
      return "no route to the remote address";
    case ERR_INPROGRESS:
      return "operation in progress";
    case ERR_VAL:
      return "illegal value";
    case ERR_WOULDBLOCK:
      return "operation would block";
    case ERR_USE:
      return "the address is in use";
    case ERR_ALREADY:
      return "already connecting";
    case ERR_ISCONN:
      return "the connection already exists";
    case ERR_CONN:
      return "the connection does not exist or is closing";
    case ERR_IF:
      return "error of the network interface";
    case ERR_ABRT:
      return "connection aborted by the stack (time-out)";
    case ERR_RST:
      return "connection reset";
    case ERR_CLSD:
      return "connection closed";
    case ERR_ARG:
      return "illegal argument";
    default:
      return "unknown error";
  }
}

int refuse(tcpjury_reply& reply, err_t error) { return refuse(reply, explain(error)); }

tcpjury_state state_of(const tcp_pcb& pcb) {
  switch (pcb.state) {
    case CLOSED:
      return TCPJURY_CLOSED;
    case LISTEN:
      return TCPJURY_LISTEN;
    case SYN_SENT:
      return TCPJURY_SYN_SENT;
    case SYN_RCVD:
      return TCPJURY_SYN_RECEIVED;
    case ESTABLISHED:
      return TCPJURY_ESTABLISHED;
    case FIN_WAIT_1:
      return TCPJURY_FIN_WAIT_1;
    case FIN_WAIT_2:
      return TCPJURY_FIN_WAIT_2;
    case CLOSE_WAIT:
      return TCPJURY_CLOSE_WAIT;
    case CLOSING:
      return TCPJURY_CLOSING;
    case LAST_ACK:
      return TCPJURY_LAST_ACK;
    case TIME_WAIT:
      return TCPJURY_TIME_WAIT;
  }
  return TCPJURY_CLOSED;
}

void drop_unread(Connection& connection) {
  for (; connection.has_unread(); ++connection.unread_first)
    pbuf_free(connection.unread[connection.unread_first]);
  connection.unread.clear();
  connection.unread_first = 0;
  connection.unread_offset = 0;
}

// The user gave the handle back: lwIP goes on alone, and only the end of the control block is still noted.
void detach(Connection& connection) {
  connection.abandoned = true;
  if (connection.pcb == nullptr) return;
  tcp_arg(connection.pcb, nullptr);
  if (connection.listener) return;
  tcp_recv(connection.pcb, nullptr);
  tcp_sent(connection.pcb, nullptr);
  tcp_err(connection.pcb, nullptr);
}

}  // namespace

Connection& Connections::add(tcp_pcb* pcb) {
  all_.push_back(std::make_unique<Connection>());
  auto& connection = *all_.back();
  connection.owner = this;
  connection.handle = static_cast<tcpjury_handle>(all_.size());
  connection.pcb = pcb;
  return connection;
}

void Connections::attach(Connection& connection) {
  static const tcp_ext_arg_callbacks callbacks{.destroy = &Connections::on_destroy, .passive_open = nullptr};
  tcp_arg(connection.pcb, &connection);
  tcp_ext_arg_set_callbacks(connection.pcb, ext_arg, &callbacks);
  tcp_ext_arg_set(connection.pcb, ext_arg, &connection);
  if (connection.listener) return;
  tcp_recv(connection.pcb, &Connections::on_receive);
  tcp_sent(connection.pcb, &Connections::on_sent);
  tcp_err(connection.pcb, &Connections::on_error);
}

void Connections::emit(const Connection& connection, tcpjury_event_kind kind, const char* text) {
  if (connection.abandoned) return;
  tcpjury_event event{};
  event.struct_size = sizeof event;
  event.kind = kind;
  event.handle = connection.handle;
  event.text = text;
  config_->event(config_->harness, &event);
}

Connection* Connections::find(tcpjury_handle handle) {
  return handle == 0 || handle > all_.size() ? nullptr : all_[handle - 1].get();
}

void Connections::settle() {
  for (auto* connection : freed_) {
    if (connection->ended) continue;
    connection->ended = true;
    emit(*connection, TCPJURY_EVENT_CLOSED);
  }
  freed_.clear();
}

void Connections::forget() {
  freed_.clear();
  all_.clear();
}

int Connections::call(const tcpjury_call& call, tcpjury_reply& reply) {
  if (call.kind == TCPJURY_CALL_OPEN_PASSIVE) return open_passive(call, reply);
  if (call.kind == TCPJURY_CALL_OPEN_ACTIVE) return open_active(call, reply);
  auto* connection = find(call.handle);
  if (connection == nullptr) return refuse(reply, "no such handle");
  reply.handle = call.handle;
  if (call.kind == TCPJURY_CALL_STATUS) {
    reply.state = connection->pcb == nullptr ? TCPJURY_CLOSED : state_of(*connection->pcb);
    return TCPJURY_OK;
  }
  if (connection->abandoned) return refuse(reply, "the handle was given back");
  switch (call.kind) {
    case TCPJURY_CALL_SEND:
      return send(*connection, call, reply);
    case TCPJURY_CALL_RECEIVE:
      return receive(*connection, call, reply);
    case TCPJURY_CALL_CLOSE:
      return close(*connection, reply);
    case TCPJURY_CALL_RELEASE:
      return release(*connection, reply);
    case TCPJURY_CALL_ABORT:
      return abort(*connection, reply);
    case TCPJURY_CALL_SET:
      return set(*connection, call, reply);
    default:
      return TCPJURY_UNSUPPORTED;
  }
}

int Connections::open_passive(const tcpjury_call& call, tcpjury_reply& reply) {
  const auto type = static_cast<u8_t>(call.family == 6 ? IPADDR_TYPE_V6 : IPADDR_TYPE_V4);
  auto* pcb = tcp_new_ip_type(type);
  if (pcb == nullptr) return refuse(reply, ERR_MEM);
  if (const auto error = tcp_bind(pcb, call.family == 6 ? IP6_ADDR_ANY : IP4_ADDR_ANY, call.local_port);
      error != ERR_OK) {
    tcp_close(pcb);
    return refuse(reply, error);
  }
  const auto backlog = static_cast<u8_t>(std::clamp<std::uint32_t>(call.backlog, 1, 0xff));
  auto error = static_cast<err_t>(ERR_OK);
  auto* listener = tcp_listen_with_backlog_and_err(pcb, backlog, &error);
  if (listener == nullptr) {
    tcp_close(pcb);
    return refuse(reply, error);
  }
  auto& connection = add(listener);
  connection.listener = true;
  attach(connection);
  tcp_accept(listener, &Connections::on_accept);
  reply.handle = connection.handle;
  return TCPJURY_OK;
}

int Connections::open_active(const tcpjury_call& call, tcpjury_reply& reply) {
  const auto type = static_cast<u8_t>(call.family == 6 ? IPADDR_TYPE_V6 : IPADDR_TYPE_V4);
  auto* pcb = tcp_new_ip_type(type);
  if (pcb == nullptr) return refuse(reply, ERR_MEM);
  const auto remote = address_from(call.remote, call.family);
  auto error = static_cast<err_t>(ERR_OK);
  if (call.local_port != 0)
    error = tcp_bind(pcb, call.family == 6 ? IP6_ADDR_ANY : IP4_ADDR_ANY, call.local_port);
  if (error != ERR_OK) {
    tcp_close(pcb);
    return refuse(reply, error);
  }
  auto& connection = add(pcb);
  attach(connection);
  reply.handle = connection.handle;
  error = tcp_connect(pcb, &remote, call.remote_port, &Connections::on_connected);
  // tcp_new_port() finds no port when its counter wraps, once in 16384 calls; the next call finds one.
  if (error == ERR_BUF) error = tcp_connect(pcb, &remote, call.remote_port, &Connections::on_connected);
  if (error == ERR_OK) return TCPJURY_OK;
  detach(connection);
  if (connection.pcb != nullptr) tcp_abort(connection.pcb);
  reply.handle = 0;
  return refuse(reply, error);
}

int Connections::send(Connection& connection, const tcpjury_call& call, tcpjury_reply& reply) {
  if (connection.listener) return refuse(reply, "a listener has no peer to send to");
  if (connection.pcb == nullptr) return refuse(reply, ERR_CONN);
  reply.count = 0;
  std::size_t chunk = std::numeric_limits<u16_t>::max();
  while (reply.count < call.length) {
    const std::size_t room = tcp_sndbuf(connection.pcb);
    const auto length = std::min({call.length - reply.count, room, chunk});
    if (length == 0) break;
    const auto error =
        tcp_write(connection.pcb, call.data + reply.count, static_cast<u16_t>(length), TCP_WRITE_FLAG_COPY);
    if (error == ERR_MEM) {
      chunk = length / 2;  // its queue is nearly full: less may fit
      continue;
    }
    if (error != ERR_OK) return refuse(reply, error);
    reply.count += length;
  }
  connection.blocked = reply.count < call.length;
  if (reply.count > 0) tcp_output(connection.pcb);
  return TCPJURY_OK;
}

int Connections::receive(Connection& connection, const tcpjury_call& call, tcpjury_reply& reply) {
  if (connection.listener) return refuse(reply, "a listener receives no text");
  reply.count = 0;
  while (connection.has_unread() && reply.count < call.length) {
    auto* octets = connection.unread[connection.unread_first];
    const auto left = static_cast<std::size_t>(octets->tot_len - connection.unread_offset);
    const auto length = static_cast<u16_t>(std::min(left, call.length - reply.count));
    pbuf_copy_partial(octets, call.data + reply.count, length, connection.unread_offset);
    reply.count += length;
    connection.unread_offset = static_cast<u16_t>(connection.unread_offset + length);
    if (connection.unread_offset == octets->tot_len) {
      ++connection.unread_first;
      connection.unread_offset = 0;
      pbuf_free(octets);
    }
  }
  if (!connection.has_unread()) drop_unread(connection);
  // Opens the window by what was read and by nothing else.
  for (std::size_t told = 0; connection.pcb != nullptr && told < reply.count;) {
    const auto step = static_cast<u16_t>(std::min<std::size_t>(reply.count - told, 0xffff));
    told += step;
    tcp_recved(connection.pcb, step);
  }
  reply.peer_closed = !connection.has_unread() && connection.peer_closed ? 1 : 0;
  if (reply.count == 0 && reply.peer_closed == 0 && connection.pcb == nullptr) return refuse(reply, ERR_CONN);
  return TCPJURY_OK;
}

int Connections::close(Connection& connection, tcpjury_reply& reply) {
  if (connection.pcb == nullptr) return refuse(reply, ERR_CONN);
  const auto state = state_of(*connection.pcb);
  // Nothing to shut down yet: CLOSE deletes the TCB (RFC 9293 sections 3.10.4.2 and 3.10.4.3).
  if (state == TCPJURY_LISTEN || state == TCPJURY_SYN_SENT) return release(connection, reply);
  const auto error = tcp_shutdown(connection.pcb, 0, 1);
  return error == ERR_OK ? static_cast<int>(TCPJURY_OK) : refuse(reply, error);
}

int Connections::release(Connection& connection, tcpjury_reply& reply) {
  if (connection.pcb == nullptr) {
    detach(connection);
    drop_unread(connection);
    return TCPJURY_OK;
  }
  // lwIP resets when text it delivered was not read (RFC 9293 section 3.6.1): it knows from the window.
  auto* pcb = connection.pcb;
  detach(connection);
  drop_unread(connection);
  const auto error = tcp_close(pcb);
  return error == ERR_OK ? static_cast<int>(TCPJURY_OK) : refuse(reply, error);
}

int Connections::abort(Connection& connection, tcpjury_reply& reply) {
  if (connection.listener) return release(connection, reply);
  if (connection.pcb == nullptr) return refuse(reply, ERR_CONN);
  auto* pcb = connection.pcb;
  detach(connection);
  drop_unread(connection);
  tcp_abort(pcb);
  return TCPJURY_OK;
}

int Connections::set(const Connection& connection, const tcpjury_call& call, tcpjury_reply& reply) {
  if (connection.listener || connection.pcb == nullptr) return refuse(reply, ERR_CONN);
  auto& pcb = *connection.pcb;
  const auto milliseconds = static_cast<u32_t>(call.value / 1'000'000);
  constexpr unsigned ecn_bits = 2;
  switch (call.option) {
    case TCPJURY_OPTION_NAGLE:
      if (call.value != 0) tcp_nagle_enable(&pcb);
      if (call.value == 0) tcp_nagle_disable(&pcb);
      return TCPJURY_OK;
    case TCPJURY_OPTION_KEEPALIVE:
      if (call.value != 0) ip_set_option(&pcb, SOF_KEEPALIVE);
      if (call.value == 0) ip_reset_option(&pcb, SOF_KEEPALIVE);
      return TCPJURY_OK;
    case TCPJURY_OPTION_KEEPALIVE_IDLE:
      pcb.keep_idle = milliseconds;
      return TCPJURY_OK;
    case TCPJURY_OPTION_KEEPALIVE_INTERVAL:
      pcb.keep_intvl = milliseconds;
      return TCPJURY_OK;
    case TCPJURY_OPTION_KEEPALIVE_COUNT:
      pcb.keep_cnt = static_cast<u32_t>(call.value);
      return TCPJURY_OK;
    case TCPJURY_OPTION_DIFFSERV:
      pcb.tos = static_cast<u8_t>(call.value << ecn_bits);
      return TCPJURY_OK;
    case TCPJURY_OPTION_TTL:
      pcb.ttl = static_cast<u8_t>(call.value);
      return TCPJURY_OK;
    default:
      return TCPJURY_UNSUPPORTED;
  }
}

err_t Connections::on_accept(void* argument, tcp_pcb* child, err_t error) {
  auto* listener = static_cast<Connection*>(argument);
  if (child == nullptr || error != ERR_OK) return ERR_VAL;  // lwIP had no memory for the child
  auto& connection = listener->owner->add(child);
  listener->owner->attach(connection);

  tcpjury_event event{};
  event.struct_size = sizeof event;
  event.kind = TCPJURY_EVENT_ACCEPTED;
  event.handle = listener->handle;
  event.child = connection.handle;
  event.family = IP_IS_V6_VAL(child->remote_ip) ? 6 : 4;
  address_to(child->remote_ip, event.remote);
  event.remote_port = child->remote_port;
  const auto& config = *listener->owner->config_;
  config.event(config.harness, &event);
  return ERR_OK;
}

err_t Connections::on_connected(void* argument, tcp_pcb*, err_t) {
  auto* connection = static_cast<Connection*>(argument);
  connection->owner->emit(*connection, TCPJURY_EVENT_OPENED);
  return ERR_OK;
}

err_t Connections::on_receive(void* argument, tcp_pcb*, pbuf* octets, err_t) {
  auto* connection = static_cast<Connection*>(argument);
  if (octets == nullptr) {
    connection->peer_closed = true;
    connection->owner->emit(*connection, TCPJURY_EVENT_PEER_CLOSED);
    return ERR_OK;
  }
  const bool was_empty = !connection->has_unread();
  connection->unread.push_back(octets);
  if (was_empty) connection->owner->emit(*connection, TCPJURY_EVENT_READABLE);
  return ERR_OK;
}

err_t Connections::on_sent(void* argument, tcp_pcb*, u16_t) {
  auto* connection = static_cast<Connection*>(argument);
  if (connection->blocked) {
    connection->blocked = false;
    connection->owner->emit(*connection, TCPJURY_EVENT_WRITABLE);
  }
  return ERR_OK;
}

void Connections::on_error(void* argument, err_t error) {
  auto* connection = static_cast<Connection*>(argument);
  if (error == ERR_CLSD) return;  // an orderly end, which settle() tells
  connection->ended = true;
  drop_unread(*connection);  // the queues are flushed (RFC 9293 section 3.10.7.4, second check)
  connection->peer_closed = false;
  const bool reset = error == ERR_RST;
  connection->owner->emit(*connection, reset ? TCPJURY_EVENT_RESET : TCPJURY_EVENT_ERROR, explain(error));
}

void Connections::on_destroy(u8_t, void* argument) {
  auto* connection = static_cast<Connection*>(argument);
  connection->pcb = nullptr;
  connection->owner->freed_.push_back(connection);
}

}  // namespace tcpjury::lwip
