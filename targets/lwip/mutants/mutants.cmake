# The mutants: lwIP with one sentence of TCP broken each.
#
# mutant(NAME FILE f FIND text REPLACE text BREAKS sentence STATES s... REQUIREMENTS id... [OUTCOME o])
#   FILE          the source, below src/core of lwIP
#   FIND          text that stands exactly once in it; it is replaced by REPLACE
#   BREAKS        what the mutant does wrong, for people
#   STATES        where it can be seen (RFC 9293 section 3.3.2)
#   REQUIREMENTS  at least one of these must be found broken
#   ALSO          what else the same mistake breaks elsewhere; "*" at the end stands for any state
#   OUTCOME       warning: only a SHOULD is broken; conviction (default): a requirement is broken; death or hang: the process is

# --- LISTEN and the handshake

mutant(syn_ack_acknowledges_isn FILE tcp_in.c
  FIND    [[    npcb->rcv_nxt = seqno + 1;]]
  REPLACE [[    npcb->rcv_nxt = seqno;]]
  BREAKS  "The SYN,ACK acknowledges J instead of J+1"
  STATES LISTEN
  REQUIREMENTS RFC9293-3.10.7.2-SYN-LISTEN RFC9293-3.5-3WHS-SYNACK
  ALSO RFC9293-3.10.7.2-SYN+FIN-LISTEN)

mutant(listen_ignores_ack FILE tcp_in.c
  FIND    [[    /* For incoming segments with the ACK flag set, respond with a]]
  REPLACE [[    return;
    /* For incoming segments with the ACK flag set, respond with a]]
  BREAKS  "An ACK to a listener is not answered by a reset"
  STATES LISTEN
  REQUIREMENTS RFC9293-3.10.7.2-ACK-LISTEN
  OUTCOME warning)

mutant(listen_answers_reset FILE tcp_in.c
  FIND    [[    /* An incoming RST should be ignored. Return. */]]
  REPLACE [[    tcp_rst((const struct tcp_pcb *)pcb, ackno, seqno + tcplen, ip_current_dest_addr(),
            ip_current_src_addr(), tcphdr->dest, tcphdr->src);]]
  BREAKS  "A reset to a listener is answered by a reset"
  STATES LISTEN
  REQUIREMENTS RFC9293-3.10.7.2-RST-LISTEN RFC9293-3.5.2-NORESTRST
  OUTCOME warning)

mutant(syn_sent_acknowledges_too_much FILE tcp_in.c
  FIND    [[        pcb->rcv_nxt = seqno + 1;]]
  REPLACE [[        pcb->rcv_nxt = seqno + 2;]]
  BREAKS  "The ACK of a SYN,ACK acknowledges K+2 instead of K+1"
  STATES SYN-SENT
  REQUIREMENTS RFC9293-3.10.7.3-SYN-ACK-SYNSENT RFC9293-3.5-3WHS-ACK)

mutant(syn_sent_ignores_bad_ack FILE tcp_in.c
  FIND    [[        /* send a RST to bring the other side in a non-synchronized state. */]]
  REPLACE [[        break;]]
  BREAKS  "An unacceptable ACK in SYN-SENT is not answered by a reset"
  STATES SYN-SENT
  REQUIREMENTS RFC9293-3.10.7.3-ACK-BAD-SYNSENT)

mutant(syn_never_retransmitted FILE tcp.c
  FIND    [[        if (pcb->rtime >= pcb->rto) {]]
  REPLACE [[        if (pcb->state > SYN_RCVD && pcb->rtime >= pcb->rto) {]]
  BREAKS  "A SYN that is not answered is never sent again"
  STATES SYN-SENT SYN-RECEIVED
  REQUIREMENTS RFC9293-3.10.8-RETRANSMISSION-SYNSENT RFC9293-3.10.8-RETRANSMISSION-SYNRCVD-P
    RFC9293-3.10.8-RETX RFC6298-5.4-1)

mutant(syn_received_accepts_any_ack FILE tcp_in.c
  FIND    [[        /* expected ACK number? */
        if (TCP_SEQ_BETWEEN(ackno, pcb->lastack + 1, pcb->snd_nxt)) {]]
  REPLACE [[        if (1) {]]
  BREAKS  "An ACK of something never sent establishes a connection in SYN-RECEIVED"
  STATES SYN-RECEIVED
  REQUIREMENTS RFC9293-3.10.7.4-ACK-BAD-SYNRCVD-P)

mutant(syn_received_ignores_bad_ack FILE tcp_in.c
  FIND    [[          /* incorrect ACK number, send RST */]]
  REPLACE [[          break;]]
  BREAKS  "An unacceptable ACK in SYN-RECEIVED is not answered by a reset"
  STATES SYN-RECEIVED
  REQUIREMENTS RFC9293-3.10.7.4-ACK-BAD-SYNRCVD-P)

# --- ports nobody listens on

mutant(closed_port_silent FILE tcp_in.c
  FIND    [[    if (!(TCPH_FLAGS(tcphdr) & TCP_RST)) {]]
  REPLACE [[    if (0) {]]
  BREAKS  "A segment to a closed port is not answered by a reset"
  STATES CLOSED
  REQUIREMENTS RFC9293-3.10.7.1-NO-ACK-CLOSED RFC9293-3.10.7.1-ACK-CLOSED)

mutant(closed_port_reset_acknowledges_too_little FILE tcp_in.c
  FIND    [[      tcp_rst(NULL, ackno, seqno + tcplen, ip_current_dest_addr(),]]
  REPLACE [[      tcp_rst(NULL, ackno, seqno, ip_current_dest_addr(),]]
  BREAKS  "The reset of a closed port acknowledges SEG.SEQ instead of SEG.SEQ+SEG.LEN"
  STATES CLOSED
  REQUIREMENTS RFC9293-3.10.7.1-NO-ACK-CLOSED RFC9293-3.5.2-RST-SEQ)

mutant(closed_port_reset_has_wrong_sequence FILE tcp_in.c
  FIND    [[      tcp_rst(NULL, ackno, seqno + tcplen, ip_current_dest_addr(),]]
  REPLACE [[      tcp_rst(NULL, ackno + 1, seqno + tcplen, ip_current_dest_addr(),]]
  BREAKS  "The reset of a closed port has the sequence number SEG.ACK+1 instead of SEG.ACK"
  STATES CLOSED
  REQUIREMENTS RFC9293-3.10.7.1-ACK-CLOSED RFC9293-3.5.2-RST-SEQ
  ALSO RFC9293-3.10.7.1-NO-ACK-CLOSED)

# --- resets and stray SYNs in synchronized states

mutant(reset_ignored FILE tcp_in.c
  FIND    [[      if (seqno == pcb->rcv_nxt) {]]
  REPLACE [[      if (pcb->state != ESTABLISHED && seqno == pcb->rcv_nxt) {]]
  BREAKS  "A reset exactly at RCV.NXT does not end an established connection"
  STATES ESTABLISHED
  REQUIREMENTS RFC9293-3.10.7.4-RST-EXACT-ESTAB RFC5961-3.2-2)

mutant(reset_outside_window_accepted FILE tcp_in.c
  FIND    [[    if (acceptable) {]]
  REPLACE [[    if (1) {]]
  BREAKS  "A reset with any sequence number ends the connection"
  STATES ESTABLISHED SYN-RECEIVED CLOSE-WAIT
  REQUIREMENTS RFC9293-3.10.7.4-RST-OUT-ESTAB RFC5961-3.2-1 RFC9293-3.5.3-RST-VALID
  ALSO RFC9293-3.10.7.4-RST-OUT-* RFC9293-3.10.7.4-RST-INWND-* RFC9293-3.10.7.3-ACK-BAD+RST-SYNSENT RFC9293-3.10.7.3-RST-NOACK-SYNSENT)

mutant(reset_inside_window_accepted FILE tcp_in.c
  FIND    [[           (RST spoofing attack), which is present in RFC 793 RST handling. */
        tcp_ack_now(pcb);]]
  REPLACE [[         */
        acceptable = 1;]]
  BREAKS  "A reset inside the window, but not at RCV.NXT, ends the connection without a challenge ACK"
  STATES ESTABLISHED
  REQUIREMENTS RFC9293-3.10.7.4-RST-INWND-ESTAB RFC5961-3.2-3 RFC5961-3.2-4
  ALSO RFC9293-3.10.7.4-RST-INWND-*
  OUTCOME warning)

mutant(syn_in_window_unanswered FILE tcp_in.c
  FIND    [[    /* Cope with new connection attempt after remote end crashed */
    tcp_ack_now(pcb);]]
  REPLACE [[    ;]]
  BREAKS  "A SYN on an established connection is dropped without a challenge ACK"
  STATES ESTABLISHED
  REQUIREMENTS RFC9293-3.10.7.4-SYN-INWND-ESTAB RFC9293-3.10.7.4-SYN-OUT-ESTAB RFC5961-4.2-1 RFC9293-3.5.1-HALFOPEN-SYN)

# --- checksums and options

mutant(bad_checksum_accepted FILE tcp_in.c
  FIND    [[    if (chksum != 0) {]]
  REPLACE [[    if (0) {]]
  BREAKS  "A segment with a wrong checksum is processed"
  STATES LISTEN ESTABLISHED
  REQUIREMENTS RFC9293-MUST-3 RFC9293-3.1-BAD-CHECKSUM-LISTEN RFC9293-3.1-BAD-CHECKSUM-ESTAB)

mutant(odd_checksum_wrong FILE tcp_out.c
  FIND    [[#endif /* TCP_CHECKSUM_ON_COPY */
  }]]
  REPLACE [[#endif /* TCP_CHECKSUM_ON_COPY */
    if (seg->p->tot_len % 2 != 0) seg->tcphdr->chksum ^= 0x0101;
  }]]
  BREAKS  "Segments with an odd number of octets carry a wrong checksum"
  STATES ESTABLISHED
  REQUIREMENTS RFC9293-3.1-CKSUM-ODD RFC9293-MUST-2)

mutant(mss_ignored FILE tcp_in.c
  FIND    [[          pcb->mss = ((mss > TCP_MSS) || (mss == 0)) ? TCP_MSS : mss;]]
  REPLACE [[          pcb->mss = TCP_MSS;]]
  BREAKS  "Segments exceed the MSS that the peer announced"
  STATES ESTABLISHED
  REQUIREMENTS RFC9293-MUST-14 RFC9293-MUST-16)

# --- text

mutant(text_never_acknowledged FILE tcp_in.c
  FIND    [[        /* Acknowledge the segment(s). */
        tcp_ack(pcb);]]
  REPLACE [[        ;]]
  BREAKS  "Text is delivered, but never acknowledged"
  STATES ESTABLISHED
  REQUIREMENTS RFC9293-3.10.7.4-DATA-INORDER-ESTAB RFC9293-MUST-40
  ALSO RFC9293-3.10.7.4-ACK-OF-SYN+DATA-* RFC9293-MUST-40 RFC9293-3.10.7.4-DATA-*)

mutant(text_over_acknowledged FILE tcp_in.c
  FIND    [[        pcb->rcv_nxt = seqno + tcplen;]]
  REPLACE [[        pcb->rcv_nxt = seqno + tcplen + (inseg.p->tot_len > 0);]]
  BREAKS  "An acknowledgment of text covers one octet that was never sent"
  STATES ESTABLISHED
  REQUIREMENTS RFC9293-3.10.7.4-DATA-INORDER-ESTAB
  ALSO RFC9293-3.10.7.4-DATA-* RFC9293-3.10.7.4-FIN-INORDER-* RFC9293-3.10.7.4-ACK-OF-SYN+DATA-*)

mutant(old_text_unanswered FILE tcp_in.c
  FIND    [[        LWIP_DEBUGF(TCP_INPUT_DEBUG, ("tcp_receive: duplicate seqno %"U32_F"\n", seqno));
        tcp_ack_now(pcb);]]
  REPLACE [[        return;]]
  BREAKS  "A duplicate of text already received is dropped without an ACK"
  STATES ESTABLISHED
  REQUIREMENTS RFC9293-3.10.7.4-SEQ-OLD-ESTAB)

mutant(text_never_retransmitted FILE tcp.c
  FIND    [[        if (pcb->rtime >= pcb->rto) {]]
  REPLACE [[        if (pcb->state != ESTABLISHED && pcb->rtime >= pcb->rto) {]]
  BREAKS  "Text that is not acknowledged is never sent again"
  STATES ESTABLISHED
  REQUIREMENTS RFC9293-3.10.8-RETRANSMISSION-ESTAB RFC9293-3.10.8-RETX RFC6298-5.4-1)

mutant(window_ignored FILE tcp_out.c
  FIND    [[  wnd = LWIP_MIN(pcb->snd_wnd, pcb->cwnd);]]
  REPLACE [[  wnd = pcb->cwnd;]]
  BREAKS  "Text is sent beyond the window that the peer announced"
  STATES ESTABLISHED
  REQUIREMENTS RFC5681-2-1 RFC9293-SHLD-15 RFC9293-MUST-34)

# --- the end of a connection

mutant(fin_unanswered FILE tcp_in.c
  FIND    [[      if (recv_flags & TF_GOT_FIN) { /* passive close */
        tcp_ack_now(pcb);]]
  REPLACE [[      if (recv_flags & TF_GOT_FIN) {
        tcp_clear_flags(pcb, TF_ACK_DELAY | TF_ACK_NOW);]]
  BREAKS  "A FIN in ESTABLISHED is not acknowledged"
  STATES ESTABLISHED
  REQUIREMENTS RFC9293-3.10.7.4-FIN-INORDER-ESTAB
  ALSO RFC9293-MUST-40 RFC9293-3.10.7.4-DATA-FILLGAP-ESTAB RFC9293-3.10.7.4-DATA-INORDER-ESTAB)

mutant(fin_not_counted FILE tcp_in.c
  FIND    [[        pcb->rcv_nxt = seqno + tcplen;]]
  REPLACE [[        pcb->rcv_nxt = seqno + inseg.len;]]
  BREAKS  "A FIN is answered by an ACK that does not cover it"
  STATES ESTABLISHED FIN-WAIT-2
  REQUIREMENTS RFC9293-3.10.7.4-FIN-INORDER-ESTAB RFC9293-3.10.7.4-FIN-INORDER-FINWAIT2 RFC9293-3.4-FIN-SEQ
  ALSO RFC9293-3.10.7.4-FIN+ACK-FIN-* RFC9293-MUST-40 RFC9293-3.10.7.4-FIN-INORDER-* RFC9293-3.10.7.4-DATA-FILLGAP-ESTAB RFC9293-SHLD-31)

mutant(fin_out_of_order_accepted FILE tcp_in.c
  FIND    [[        /* We get here if the incoming segment is out-of-sequence. */]]
  REPLACE [[        if (flags & TCP_FIN) recv_flags |= TF_GOT_FIN;]]
  BREAKS  "A FIN beyond a gap closes the connection before the gap is filled"
  STATES ESTABLISHED
  REQUIREMENTS RFC9293-MUST-40 RFC9293-3.1-ACKSET RFC9293-3.10.7.4-FIN-OOO-ESTAB RFC9293-3.10.7.4-DATA-FILLGAP-ESTAB
  ALSO RFC9293-3.1-ACKSET)

mutant(close_sends_no_fin FILE tcp.c
  FIND    [[    case ESTABLISHED:
      err = tcp_send_fin(pcb);]]
  REPLACE [[    case ESTABLISHED:
      err = ERR_OK;]]
  BREAKS  "CLOSE in ESTABLISHED sends no FIN"
  STATES ESTABLISHED
  REQUIREMENTS RFC9293-3.10.4-CLOSE-ESTAB)

mutant(close_wait_close_sends_no_fin FILE tcp.c
  FIND    [[    case CLOSE_WAIT:
      err = tcp_send_fin(pcb);]]
  REPLACE [[    case CLOSE_WAIT:
      err = ERR_OK;]]
  BREAKS  "CLOSE in CLOSE-WAIT sends no FIN"
  STATES CLOSE-WAIT
  REQUIREMENTS RFC9293-3.10.4-CLOSE-CLOSEWAIT)

mutant(half_closed_refuses_text FILE tcp_in.c
  FIND    [[  if ((tcplen > 0) && (pcb->state < CLOSE_WAIT)) {]]
  REPLACE [[  if ((tcplen > 0) && (pcb->state < FIN_WAIT_1)) {]]
  BREAKS  "Text and FIN that arrive after our own FIN are neither taken nor acknowledged"
  STATES FIN-WAIT-1 FIN-WAIT-2
  REQUIREMENTS RFC9293-3.10.7.4-DATA-INORDER-FINWAIT2 RFC9293-3.6-HALFCLOSED-RCV
    RFC9293-3.10.7.4-FIN-INORDER-FINWAIT2 RFC9293-3.10.7.4-DATA-INORDER-FINWAIT1
  ALSO RFC9293-3.10.7.4-FIN+ACK-FIN-* RFC9293-3.10.7.4-FIN-INORDER-FINWAIT1)

mutant(simultaneous_close_unanswered FILE tcp_in.c
  FIND    [[          tcp_ack_now(pcb);
          pcb->state = CLOSING;]]
  REPLACE [[          tcp_clear_flags(pcb, TF_ACK_DELAY | TF_ACK_NOW);
          pcb->state = CLOSING;]]
  BREAKS  "A FIN that crosses our own is not acknowledged"
  STATES FIN-WAIT-1
  REQUIREMENTS RFC9293-3.10.7.4-FIN-INORDER-FINWAIT1)

mutant(last_ack_never_ends FILE tcp_in.c
  FIND    [[        /* bugfix #21699: don't set pcb->state to CLOSED here or we risk leaking segments */
        recv_flags |= TF_CLOSED;]]
  REPLACE [[        ;]]
  BREAKS  "The ACK of our FIN in LAST-ACK does not end the connection"
  STATES LAST-ACK
  REQUIREMENTS RFC9293-3.10.7.4-ACK-FIN-LASTACK)

mutant(time_wait_forgotten FILE tcp.c
  FIND    [[ > 2 * TCP_MSL / TCP_SLOW_INTERVAL) {
      ++pcb_remove;]]
  REPLACE [[ >= 0) {
      ++pcb_remove;]]
  BREAKS  "TIME-WAIT ends at the next tick of the clock instead of after 2 MSL"
  STATES TIME-WAIT
  REQUIREMENTS RFC9293-MUST-13 RFC9293-3.10.8-TIME-WAIT-TIMEWAIT RFC9293-3.10.8-TW
    RFC9293-3.10.7.4-FIN-RETX-TIMEWAIT)

mutant(time_wait_silent FILE tcp_in.c
  FIND    [[  if ((tcplen > 0)) {]]
  REPLACE [[  if (0) {]]
  BREAKS  "A retransmitted FIN in TIME-WAIT is not acknowledged"
  STATES TIME-WAIT
  REQUIREMENTS RFC9293-3.10.7.4-FIN-RETX-TIMEWAIT
  ALSO RFC9293-3.10.7.2-ACK-LISTEN RFC9293-3.10.7.1-ACK-CLOSED)

# --- the process itself

mutant(dies_in_close_wait FILE tcp_in.c
  FIND    [[    case CLOSE_WAIT:
    /* FALLTHROUGH */]]
  REPLACE [[    case CLOSE_WAIT:
      LWIP_ASSERT("a mutant dies of a FIN in CLOSE-WAIT", pcb->state != CLOSE_WAIT || !(flags & TCP_FIN));]]
  BREAKS  "The process aborts on a FIN in CLOSE-WAIT"
  STATES CLOSE-WAIT
  REQUIREMENTS RFC9293-3.10.7.4-FIN-RETX-CLOSEWAIT RFC9293-3.10.7.4-FIN-INWND-CLOSEWAIT
  OUTCOME death)

mutant(dies_of_an_option_length FILE tcp_in.c
  FIND    [[            /* If the length field is zero, the options are malformed]]
  REPLACE [[            LWIP_ASSERT("a mutant dies of an illegal option length", 0);
            /* If the length field is zero, the options are malformed]]
  BREAKS  "The process aborts on an option whose length is 0 or 1"
  STATES LISTEN ESTABLISHED
  REQUIREMENTS RFC9293-MUST-7
  OUTCOME death)

mutant(hangs_on_simultaneous_open FILE tcp_in.c
  FIND    [[      /* received SYN ACK with expected sequence number? */]]
  REPLACE [[      if ((flags & (TCP_SYN | TCP_ACK)) == TCP_SYN) for (;;) {}]]
  BREAKS  "The process spins for ever on a SYN in SYN-SENT"
  STATES SYN-SENT
  REQUIREMENTS RFC9293-3.10.7.3-SYN-SYNSENT RFC9293-MUST-10
  OUTCOME hang)
