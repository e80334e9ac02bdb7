@NullMarked
package io.github.redissessionscaler.kubernetes;

import org.jspecify.annotations.NullMarked;
