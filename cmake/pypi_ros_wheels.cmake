# Needed only with the PyPI ROS wheels; pass it as -DCMAKE_PROJECT_INCLUDE=<this file>.
#
# The wheels export include directories of the machine that they were built on (/opt/python/...),
# which CMake refuses. This drops the directories that do not exist here.
function(_drop_missing_include_directories)
  get_property(targets DIRECTORY PROPERTY IMPORTED_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(directories ${target} INTERFACE_INCLUDE_DIRECTORIES)
    if(directories)
      set(kept "")
      foreach(directory IN LISTS directories)
        if(NOT IS_ABSOLUTE "${directory}" OR EXISTS "${directory}")
          list(APPEND kept "${directory}")
        endif()
      endforeach()
      set_target_properties(${target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${kept}")
    endif()
  endforeach()
endfunction()
cmake_language(DEFER CALL _drop_missing_include_directories)

# CMake refuses to install a library whose users would need a folder inside the source tree, as
# numpy's headers are when the virtual environment lies there. Nobody compiles against the
# generated Python extension, so its users need no headers at all.
function(_hide_python_include_dirs)
  set(target "${PROJECT_NAME}__rosidl_generator_py")
  if(TARGET ${target})
    set_target_properties(${target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "")
  endif()
endfunction()
cmake_language(DEFER CALL _hide_python_include_dirs)
