# cmake --install: the program, the stacks it brings along as plugins, and the data it reads.
include(GNUInstallDirs)

if(TARGET tcpjury)
  install(TARGETS tcpjury RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
# Not CMAKE_INSTALL_LIBDIR: the program looks for its plugins beside its own bin folder, wherever that was moved.
foreach(plugin IN ITEMS tcpjury_target_lwip tcpjury_target_reference)
  if(TARGET ${plugin})
    install(TARGETS ${plugin} LIBRARY DESTINATION lib/tcpjury)
  endif()
endforeach()
install(FILES "${PROJECT_SOURCE_DIR}/targets/abi/tcpjury_target.h" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/scenarios/" DESTINATION "${CMAKE_INSTALL_DATADIR}/tcpjury/scenarios"
  FILES_MATCHING PATTERN "*.toml" PATTERN "*.json" PATTERN "invalid" EXCLUDE)
file(GLOB known_deviations RELATIVE "${PROJECT_SOURCE_DIR}" CONFIGURE_DEPENDS
  "${PROJECT_SOURCE_DIR}/targets/*/deviations.toml")
foreach(file IN LISTS known_deviations)
  cmake_path(GET file PARENT_PATH folder)
  install(FILES "${PROJECT_SOURCE_DIR}/${file}" DESTINATION "${CMAKE_INSTALL_DATADIR}/tcpjury/${folder}")
endforeach()
install(FILES "${PROJECT_SOURCE_DIR}/reports/docs/kill-matrix.md"
  DESTINATION "${CMAKE_INSTALL_DATADIR}/tcpjury/reports/docs" OPTIONAL)
install(FILES "${PROJECT_SOURCE_DIR}/targets/reference/kill_matrix.toml"
  DESTINATION "${CMAKE_INSTALL_DATADIR}/tcpjury/targets/reference" OPTIONAL)
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/README.md"
  DESTINATION "${CMAKE_INSTALL_DOCDIR}")
