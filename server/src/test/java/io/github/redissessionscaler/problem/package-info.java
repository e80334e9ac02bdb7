@NullMarked
package io.github.redissessionscaler.problem;

import org.jspecify.annotations.NullMarked;
