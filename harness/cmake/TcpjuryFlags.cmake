# Compiler flags that every target of the project shares.
add_library(tcpjury_flags INTERFACE)
target_include_directories(tcpjury_flags INTERFACE "${PROJECT_SOURCE_DIR}" "${PROJECT_BINARY_DIR}/generated")
target_compile_options(tcpjury_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wswitch
  $<$<BOOL:${TCPJURY_WERROR}>:-Werror>)
# Clang counts constexpr steps and gives up on the requirement catalogue; and it complains about
# std::stable_sort of libstdc++ 12, which g++ does not.
target_compile_options(tcpjury_flags INTERFACE
  $<$<COMPILE_LANG_AND_ID:CXX,Clang>:-fconstexpr-steps=100000000;-Wno-deprecated-declarations>)
target_compile_definitions(tcpjury_flags INTERFACE $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)

# Coverage feedback is needed in every library a fuzzer reaches, plain C ones included, so it is set for all.
option(TCPJURY_FUZZERS "Build the fuzzers with libFuzzer (clang only; see fuzz/README.md)" OFF)
if(TCPJURY_FUZZERS)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "TCPJURY_FUZZERS needs clang: cmake --preset fuzz")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
