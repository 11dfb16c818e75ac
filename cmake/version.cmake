# Which version this tree is: cmake -DSOURCE=… -DRELEASE=X.Y.Z -DOUT=DIR -P version.cmake
#
# At a tag vX.Y.Z it is X.Y.Z, N commits later X.Y.Z+N.gHASH; before the first tag it is RELEASE-dev.N+gHASH, which
# comes before RELEASE. Changes that are not committed add -dirty. A tarball of `git archive` carries what it is in
# archive_version.txt; any other tree without git is RELEASE, of 1970-01-01.
#
# Writes DIR/version.cc, DIR/version.cmake and what else says the version, and leaves a file alone that would not
# change: run at every build, it costs a compilation only when the version is another one.
cmake_minimum_required(VERSION 3.25)

function(git result)
  execute_process(COMMAND git -C ${SOURCE} ${ARGN} OUTPUT_VARIABLE out ERROR_QUIET RESULT_VARIABLE code
    OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(code EQUAL 0)
    set(${result} "${out}" PARENT_SCOPE)
  else()
    set(${result} "" PARENT_SCOPE)
  endif()
endfunction()

# "v1.2.3", "v1.2.3-4-gabcdef0", either with "-dirty" → 1.2.3, 1.2.3+4.gabcdef0, …
function(version_of_describe result described)
  if(described MATCHES "^v([0-9]+\\.[0-9]+\\.[0-9]+)(-([0-9]+)-(g[0-9a-f]+))?(-dirty)?$")
    set(version ${CMAKE_MATCH_1})
    if(CMAKE_MATCH_3)
      string(APPEND version "+${CMAKE_MATCH_3}.${CMAKE_MATCH_4}")
    endif()
    set(${result} "${version}${CMAKE_MATCH_5}" PARENT_SCOPE)
  else()
    set(${result} "" PARENT_SCOPE)
  endif()
endfunction()

# Of this very tree: a tarball unpacked inside another repository is not that one's.
function(version_of_git version time)
  set(${version} "" PARENT_SCOPE)
  git(top rev-parse --show-toplevel)
  file(REAL_PATH "${SOURCE}" here)
  if(NOT top STREQUAL here)
    return()
  endif()
  git(committed log -1 --format=%ct)
  set(${time} "${committed}" PARENT_SCOPE)
  git(described describe --tags --dirty --match v[0-9]*)
  version_of_describe(found "${described}")
  if(NOT found)
    git(count rev-list --count HEAD)
    git(hash describe --always --dirty --exclude *)
    set(found "${RELEASE}-dev.${count}+g${hash}")
  endif()
  set(${version} "${found}" PARENT_SCOPE)
endfunction()

function(version_of_archive version time)
  set(${version} "" PARENT_SCOPE)
  file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/archive_version.txt lines)
  if(lines MATCHES "^\\$")
    return()  # not a tarball
  endif()
  list(POP_BACK lines committed hash described)
  version_of_describe(found "${described}")
  if(NOT found)
    set(found "${RELEASE}-dev+g${hash}")
  endif()
  set(${version} "${found}" PARENT_SCOPE)
  set(${time} "${committed}" PARENT_SCOPE)
endfunction()

version_of_git(VERSION TIME)
if(NOT VERSION)
  version_of_archive(VERSION TIME)
endif()
if(NOT VERSION)
  set(VERSION ${RELEASE})
  set(TIME 0)
endif()
if(NOT "$ENV{SOURCE_DATE_EPOCH}" STREQUAL "")
  set(TIME "$ENV{SOURCE_DATE_EPOCH}")
endif()
set(ENV{SOURCE_DATE_EPOCH} "${TIME}")
string(TIMESTAMP DATE "%Y-%m-%d" UTC)
string(TIMESTAMP DEBIAN_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)
# In Debian's order: 1.2.3~dev.4 < 1.2.3 < 1.2.3+4.gabcdef0; a hyphen would begin the revision.
string(REPLACE "-dev" "~dev" DEBIAN_VERSION "${VERSION}")
string(REPLACE "-dirty" "+dirty" DEBIAN_VERSION "${DEBIAN_VERSION}")
string(APPEND DEBIAN_VERSION "-1")

foreach(template version.cc version.cmake changelog.Debian)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/${template}.in ${OUT}/${template} @ONLY)
endforeach()
configure_file(${SOURCE}/docs/man/cipherform.yaml.5.in ${OUT}/man/man5/cipherform.yaml.5 @ONLY)
