# Brings what was staged for the package to where Debian's policy wants it, compressed so that the same files give
# the same bytes. Run by CPack between staging and packing.
set(share ${CPACK_TEMPORARY_DIRECTORY}/usr/share)
set(doc ${share}/doc/cipherform)

configure_file(${CIPHERFORM_SOURCE}/cmake/copyright ${doc}/copyright COPYONLY)
configure_file(${CIPHERFORM_SOURCE}/cmake/lintian-overrides ${share}/lintian/overrides/cipherform COPYONLY)
file(RENAME ${doc}/CHANGELOG.md ${doc}/changelog)
configure_file(${CIPHERFORM_GENERATED}/changelog.Debian ${doc}/changelog.Debian COPYONLY)
file(GLOB pages ${share}/man/man*/*)
execute_process(COMMAND gzip -9n ${doc}/changelog ${doc}/changelog.Debian ${pages} COMMAND_ERROR_IS_FATAL ANY)
