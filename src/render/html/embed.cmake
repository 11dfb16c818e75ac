# Writes OUTPUT, the definitions of render/html_assets.h, from the files beside this one.
#   cmake -DOUTPUT=html_assets.cc -DSCRIPTS=data.js,main.js -P embed.cmake
set(text "// Made by src/render/html/embed.cmake.\n#include \"render/html_assets.h\"\n\nnamespace cipherform::html_assets {\n")

# A raw string literal cannot hold what ends it; that would also be a syntax error, but an obscure one.
function(embed name)
  set(content "")
  foreach(file ${ARGN})
    file(READ ${CMAKE_CURRENT_LIST_DIR}/${file} part)
    string(APPEND content "${part}")
  endforeach()
  string(FIND "${content}" ")asset\"" end)
  if(NOT end EQUAL -1)
    message(FATAL_ERROR "${ARGN}: holds the end of a raw string literal")
  endif()
  set(text "${text}const std::string_view ${name} = R\"asset(${content})asset\";\n" PARENT_SCOPE)
endfunction()

string(REPLACE "," ";" scripts "${SCRIPTS}")
embed(kPage plan.html)
embed(kStyle plan.css)
embed(kScript ${scripts})
file(WRITE ${OUTPUT} "${text}}  // namespace cipherform::html_assets\n")
