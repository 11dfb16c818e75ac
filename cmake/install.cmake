# What `cmake --install` puts where, and the Debian package that CPack makes of it.
include(GNUInstallDirs)

# Completions and manual pages come from the program's own table of commands.
set(PAGES ${GENERATED}/pages)
add_custom_command(OUTPUT ${PAGES}.stamp
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${PAGES}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${PAGES}/man1
  COMMAND cipherform man-pages ${PAGES}/man1
  COMMAND cipherform completion bash > ${PAGES}/cipherform
  COMMAND cipherform completion zsh > ${PAGES}/_cipherform
  COMMAND cipherform completion fish > ${PAGES}/cipherform.fish
  COMMAND ${CMAKE_COMMAND} -E touch ${PAGES}.stamp
  DEPENDS cipherform COMMENT "Writing completions and manual pages" VERBATIM)
add_custom_target(pages ALL DEPENDS ${PAGES}.stamp)

install(TARGETS cipherform RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY ${PAGES}/man1 ${GENERATED}/man/man5 DESTINATION ${CMAKE_INSTALL_MANDIR})
install(FILES ${PAGES}/cipherform DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${PAGES}/cipherform.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
# Debian's zsh looks for what packages bring in a directory of its own.
install(CODE "set(PAGES \"${PAGES}\")\nset(DATADIR \"${CMAKE_INSTALL_DATADIR}\")")
install(CODE [[
  set(site site-functions)
  if(CMAKE_INSTALL_PREFIX MATCHES "(^|/)usr$")
    set(site vendor-completions)
  endif()
  file(INSTALL ${PAGES}/_cipherform DESTINATION ${CMAKE_INSTALL_PREFIX}/${DATADIR}/zsh/${site})
]])
install(DIRECTORY schemas DESTINATION ${CMAKE_INSTALL_DATADIR}/cipherform)
install(DIRECTORY docs examples DESTINATION ${CMAKE_INSTALL_DOCDIR} PATTERN man EXCLUDE)
# The scripts of the kits stay programs, whatever umask the sources were checked out with.
install(CODE "set(EXAMPLES \"${CMAKE_INSTALL_DOCDIR}/examples\")")
install(CODE [[
  file(GLOB_RECURSE scripts $ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/${EXAMPLES}/*.sh)
  foreach(script ${scripts})
    file(READ ${script} beginning LIMIT 2)
    if(beginning MATCHES "^#!")
      file(CHMOD ${script} PERMISSIONS
        OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
    endif()
  endforeach()
]])
install(FILES README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME cipherform)
set(CPACK_PACKAGE_CONTACT "${CIPHERFORM_MAINTAINER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "reconciles a Cipherscale tenant with a declaration")
set(CPACK_PACKAGE_DESCRIPTION
  "Who exists in a Cipherscale tenant and who is in which group is declared in
YAML and kept in Git. cipherform shows what would change, for review in a pull
request, and applies exactly that. There is no state file: the tenant itself
is read, completely and with proof, before anything is taken away.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS ca-certificates)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
# The version and what Debian wants to be compressed are settled when it is packed.
set(CPACK_PROJECT_CONFIG_FILE ${GENERATED}/cpack.cmake)
configure_file(cmake/cpack.cmake.in ${GENERATED}/cpack.cmake @ONLY)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/debian_files.cmake)
include(CPack)
