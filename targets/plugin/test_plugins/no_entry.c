/* A shared object that is not a target at all. */
int tcpjury_test_plugin_nothing(void);
__attribute__((visibility("default"))) int tcpjury_test_plugin_nothing(void) { return 0; }
