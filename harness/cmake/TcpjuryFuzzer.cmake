# tcpjury_fuzzer(NAME SOURCES file... LIBS lib...)
#
# A fuzzer is a file with LLVMFuzzerTestOneInput. With TCPJURY_FUZZERS it becomes the libFuzzer program
# tcpjury_NAME_fuzzer; without, the same program with a main of our own that replays files and a fixed set of
# pseudo-random inputs. ctest runs either over fuzz/corpus/NAME (label corpus), so no fuzzer rots unbuilt.
function(tcpjury_fuzzer name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBS" ${ARGN})
  set(program "tcpjury_${name}_fuzzer")
  set(corpus "${PROJECT_SOURCE_DIR}/fuzz/corpus/${name}")
  if(NOT EXISTS "${corpus}")
    set(corpus "")
  endif()

  add_executable(${program} ${arg_SOURCES})
  target_link_libraries(${program} PRIVATE tcpjury_flags ${arg_LIBS})
  if(TCPJURY_FUZZERS)
    target_link_options(${program} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${program} PRIVATE "${PROJECT_SOURCE_DIR}/fuzz/standalone_main.cpp")
  endif()

  if(TCPJURY_TESTS)
    if(TCPJURY_FUZZERS)
      set(bounded -runs=20000 -seed=1)
      # libFuzzer writes what it finds into the first folder it is given; the repository's must stay as it is.
      set(scratch "${CMAKE_CURRENT_BINARY_DIR}/${name}_scratch")
      file(MAKE_DIRECTORY "${scratch}")
      add_test(NAME fuzz/${name} COMMAND ${program} ${bounded} "${scratch}" ${corpus})
    else()
      add_test(NAME fuzz/${name} COMMAND ${program} ${corpus})
    endif()
    set_tests_properties(fuzz/${name} PROPERTIES LABELS corpus TIMEOUT 300)
  endif()
endfunction()
