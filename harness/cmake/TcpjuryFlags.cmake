# Compiler flags that every target of the project shares.
add_library(tcpjury_flags INTERFACE)
target_include_directories(tcpjury_flags INTERFACE "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}/generated")
target_compile_options(tcpjury_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wswitch
  $<$<BOOL:${TCPJURY_WERROR}>:-Werror>)
target_compile_definitions(tcpjury_flags INTERFACE $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)
