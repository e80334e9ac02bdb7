@NullMarked
package io.github.redissessionscaler.input;

import org.jspecify.annotations.NullMarked;
