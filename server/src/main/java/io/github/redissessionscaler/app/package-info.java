/** Wiring and life cycle. */
@NullMarked
package io.github.redissessionscaler.app;

import org.jspecify.annotations.NullMarked;
