"""Has scapy say what it thinks of datagrams, for wire/scapy_test.cpp.

  scapy_check.py read FILE    reads lines of hexadecimal octets; prints one line of key=value fields for each
  scapy_check.py write COUNT  prints COUNT datagrams scapy built: fields, then a tab, then hexadecimal octets

Checksums and lengths are what scapy computes, never what the octets say.
"""

import random
import sys

from scapy.compat import raw
from scapy.layers.inet import ICMP, IP, TCP, in4_chksum
from scapy.layers.inet6 import IPv6, in6_chksum
from scapy.packet import Raw
from scapy.utils import checksum

PROTOCOL_TCP = 6
EXTENSIONS = (0, 43, 44, 60)


def without(octets, field):
    """The octets with the 16-bit field at this place zero."""
    return octets[:field] + b"\0\0" + octets[field + 2:]


def transport_of(ip):
    """The upper layer's protocol and octets, behind every header of IP."""
    if isinstance(ip, IP):
        return ip.proto, raw(ip.payload)
    layer, protocol = ip, ip.nh
    while protocol in EXTENSIONS:
        layer = layer.payload
        protocol = layer.nh
    return protocol, raw(layer.payload)


def ip_fields(ip, octets):
    fields = {"src": ip.src, "dst": ip.dst}
    if isinstance(ip, IP):
        header = octets[: ip.ihl * 4]
        again = IP(octets)
        del again.len
        fields |= {"tos": ip.tos, "id": ip.id, "flags": int(ip.flags), "frag": ip.frag, "ttl": ip.ttl,
                   "length": IP(raw(again)).len, "checksum": checksum(without(header, 10))}
    else:
        again = IPv6(octets)
        del again.plen
        fields |= {"tc": ip.tc, "flow": ip.fl, "hops": ip.hlim, "length": IPv6(raw(again)).plen}
    return fields


def upper_checksum(ip, protocol, upper, field):
    if isinstance(ip, IP):
        return in4_chksum(protocol, ip, without(upper, field))
    return in6_chksum(protocol, ip, without(upper, field))


def tcp_fields(ip, upper):
    tcp = TCP(upper)
    bits = int(tcp.flags)  # nine, for scapy: the last reserved bit was once a flag
    fields = {"sport": tcp.sport, "dport": tcp.dport, "seq": tcp.seq, "ack": tcp.ack,
              "dataofs": tcp.dataofs, "reserved": tcp.reserved << 1 | bits >> 8, "bits": bits & 255, "window": tcp.window,
              "urgent": tcp.urgptr, "text": raw(tcp.payload).hex(),
              "tcpsum": upper_checksum(ip, PROTOCOL_TCP, upper, 16)}
    for name, value in tcp.options:
        if name == "MSS":
            fields["mss"] = value
        elif name == "WScale":
            fields["wscale"] = value
        elif name == "SAckOK":
            fields["sackok"] = 1
        elif name == "Timestamp":
            fields["ts"] = "/".join(str(number) for number in value)
        elif name == "SAck":
            fields["sack"] = "/".join(str(number) for number in value)
    return fields


def icmp_fields(ip, upper):
    total = checksum(without(upper, 2)) if isinstance(ip, IP) else upper_checksum(ip, 58, upper, 2)
    return {"type": upper[0], "code": upper[1], "icmpsum": total}


def fields_of(octets):
    ip = IP(octets) if octets[0] >> 4 == 4 else IPv6(octets)
    fields = ip_fields(ip, octets)
    protocol, upper = transport_of(ip)
    fields["protocol"] = protocol
    if protocol == PROTOCOL_TCP:
        fields |= tcp_fields(ip, upper)
    elif protocol in (1, 58):
        fields |= icmp_fields(ip, upper)
    return " ".join(f"{key}={value}" for key, value in fields.items())


def random_ip(draw):
    if draw.random() < 0.5:
        return IP(src="192.0.2.%d" % draw.randrange(256), dst="198.51.100.%d" % draw.randrange(256),
                  tos=draw.randrange(256), id=draw.randrange(65536), ttl=draw.randrange(256), flags="DF")
    return IPv6(src="2001:db8::%x" % draw.randrange(1, 65536), dst="2001:db8:1::%x" % draw.randrange(1, 65536),
                tc=draw.randrange(256), fl=draw.randrange(1 << 20), hlim=draw.randrange(256))


def random_tcp(draw):
    options = []
    if draw.random() < 0.5:
        options.append(("MSS", draw.randrange(65536)))
    if draw.random() < 0.5:
        options += [("NOP", None), ("WScale", draw.randrange(15))]
    if draw.random() < 0.5:
        options.append(("SAckOK", b""))
    if draw.random() < 0.5:
        options.append(("Timestamp", (draw.getrandbits(32), draw.getrandbits(32))))
    return TCP(sport=draw.randrange(65536), dport=draw.randrange(65536), seq=draw.getrandbits(32),
               ack=draw.getrandbits(32), flags=draw.randrange(256), window=draw.randrange(65536),
               urgptr=draw.randrange(65536), options=options) / Raw(draw.randbytes(draw.randrange(40)))


def read(path):
    with open(path, encoding="ascii") as lines:
        for line in lines:
            print(fields_of(bytes.fromhex(line.strip())))


def write(count):
    draw = random.Random(9293)
    for number in range(count):
        ip = random_ip(draw)
        if isinstance(ip, IP) and number % 7 == 0:
            packet = ip / ICMP(type=8, id=draw.randrange(65536)) / Raw(draw.randbytes(draw.randrange(40)))
        else:
            packet = ip / random_tcp(draw)
        octets = raw(packet)
        print(fields_of(octets) + "\t" + octets.hex())


if __name__ == "__main__":
    if sys.argv[1] == "read":
        read(sys.argv[2])
    else:
        write(int(sys.argv[2]))
