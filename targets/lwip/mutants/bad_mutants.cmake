# For the tests of apply.cmake: texts that must be refused.
mutant(missing FILE tcp_in.c FIND "no such text" REPLACE "")
mutant(twice FILE tcp_in.c FIND "tcp_ack_now(pcb);" REPLACE "")
