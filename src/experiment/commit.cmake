# Writes OUTPUT, if it would change: the commit of SOURCE, whether tracked files differ from it, compiler and build type.
execute_process(COMMAND git -C ${SOURCE} rev-parse --short=12 HEAD OUTPUT_VARIABLE commit
                OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
execute_process(COMMAND git -C ${SOURCE} status --porcelain --untracked-files=no OUTPUT_VARIABLE changes ERROR_QUIET)
if(failed)
  set(commit unknown)
endif()
set(dirty 0)
if(changes)
  set(dirty 1)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT
"#define BENOMALY_COMMIT \"${commit}\"
#define BENOMALY_DIRTY ${dirty}
#define BENOMALY_COMPILER \"${COMPILER}\"
#define BENOMALY_BUILD_TYPE \"${BUILD_TYPE}\"
")
