# Sourced by the launchers. Prints the path of a java that is new enough, or says what to do and exits.

required_java=25

# Without the options of the environment: java prints them before its version, and some have other effects.
java_version() {
  (unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS && "$1" -version 2>&1) | sed -n '1s/.*version "\([0-9]*\).*/\1/p'
}

find_java() {
  for java in \
    "${JAVA_HOME:-/nonexistent}/bin/java" \
    "$(command -v java || true)" \
    /usr/lib/jvm/*/bin/java \
    /opt/java/*/bin/java \
    /opt/jdk*/bin/java \
    /Library/Java/JavaVirtualMachines/*/Contents/Home/bin/java \
    "$HOME"/.sdkman/candidates/java/*/bin/java \
    "$HOME"/.jdks/*/bin/java; do
    if [ -x "$java" ] && [ "$(java_version "$java")" -ge "$required_java" ] 2>/dev/null; then
      echo "$java"
      return
    fi
  done
  echo "redis-session-scaler needs Java $required_java: install a JDK $required_java, or set JAVA_HOME to one." >&2
  exit 1
}
