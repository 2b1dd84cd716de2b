# cmake --install: the program, the stacks it brings along as plugins, and the data it reads.
include(GNUInstallDirs)

if(TARGET tcpjury)
  install(TARGETS tcpjury RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
if(TARGET tcpjury_target_lwip)
  install(TARGETS tcpjury_target_lwip LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}/tcpjury")
endif()
install(FILES "${PROJECT_SOURCE_DIR}/targets/abi/tcpjury_target.h" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/scenarios/" DESTINATION "${CMAKE_INSTALL_DATADIR}/tcpjury/scenarios"
  FILES_MATCHING PATTERN "*.toml" PATTERN "*.json" PATTERN "invalid" EXCLUDE)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/targets/" DESTINATION "${CMAKE_INSTALL_DATADIR}/tcpjury/targets"
  FILES_MATCHING PATTERN "target.toml" PATTERN "deviations.toml")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/README.md"
  DESTINATION "${CMAKE_INSTALL_DOCDIR}")
