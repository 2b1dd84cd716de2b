# tcpjury_library(NAME DEPENDS lib... [PRIVATE lib...])
#
# One folder is one library tcpjury_NAME made of its *.cpp. Its *_test.cpp become the test program
# tcpjury_NAME_test. Sources are globbed: a new file is part of the build without touching CMake. A *_bench.cpp
# is a program of its own, tcpjury_benchmark() builds it.
function(tcpjury_library name)
  cmake_parse_arguments(arg "" "" "DEPENDS;PRIVATE;TEST_DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_(test|bench)\\.cpp$")
  set(library "tcpjury_${name}")
  if(sources)
    add_library(${library} STATIC ${sources})
    target_link_libraries(${library} PUBLIC tcpjury_flags ${arg_DEPENDS} PRIVATE ${arg_PRIVATE})
  else()
    add_library(${library} INTERFACE)
    target_link_libraries(${library} INTERFACE tcpjury_flags ${arg_DEPENDS})
  endif()
  if(TCPJURY_TESTS AND tests)
    add_executable(${library}_test ${tests})
    target_link_libraries(${library}_test PRIVATE ${library} ${arg_TEST_DEPENDS} GTest::gmock GTest::gtest_main)
    target_compile_definitions(${library}_test PRIVATE
      TCPJURY_SOURCE_DIR="${PROJECT_SOURCE_DIR}" TCPJURY_BINARY_DIR="${PROJECT_BINARY_DIR}")
    gtest_discover_tests(${library}_test DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 300)
  endif()
endfunction()

# tcpjury_benchmark(NAME): NAME_bench.cpp of this folder becomes tcpjury_NAME_bench, where Google Benchmark is
# installed. It prints; it judges nothing.
function(tcpjury_benchmark name)
  find_package(benchmark QUIET)
  if(NOT benchmark_FOUND)
    return()
  endif()
  add_executable(tcpjury_${name}_bench "${name}_bench.cpp")
  target_link_libraries(tcpjury_${name}_bench PRIVATE tcpjury_${name} benchmark::benchmark_main)
endfunction()
